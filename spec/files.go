package spec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// FindFiles gives the files that Load would read. What cannot be found is an error, and does not keep the others from being
// found.
func FindFiles(paths []string) ([]string, hcl.Diagnostics) {
	l := &loader{reported: map[diagnosticID]bool{}}
	return l.filesOf(paths), l.diags
}

// IsJSON reports whether a file is in HCL's JSON syntax, which goes by its name.
func IsJSON(filename string) bool { return strings.HasSuffix(filename, ".json") }

// filesOf gives the files of all paths, each once.
func (l *loader) filesOf(paths []string) []string {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	found := map[string]bool{}
	var names []string
	for _, path := range paths {
		for _, name := range l.filesOfPath(path) {
			if id := l.identity(name); !found[id] {
				found[id] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// osPath is a path as the operating system needs it.
func (l *loader) osPath(name string) string {
	if l.opts.Dir == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.opts.Dir, name)
}

// identity is the same for two names of one file.
func (l *loader) identity(name string) string {
	path := l.osPath(name)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return path
}

// filesOfPath gives the files of one path, under the names that diagnostics show.
func (l *loader) filesOfPath(path string) []string {
	info, err := os.Stat(l.osPath(path))
	if err != nil {
		l.unreadable(path, err)
		return nil
	}
	if !info.IsDir() {
		return []string{path}
	}
	entries, err := os.ReadDir(l.osPath(path)) // sorted by name
	if err != nil {
		l.unreadable(path, err)
		return nil
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		// Hidden files are editors' locks and other tools' state.
		if entry.IsDir() || strings.HasPrefix(name, ".") {
			continue
		}
		if strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json") {
			names = append(names, filepath.Join(path, name))
		}
	}
	if len(names) == 0 {
		l.errorf(hcl.Range{}, "No spec files", "The directory %q has no *.hcl or *.hcl.json file. "+
			"Subdirectories are not searched; name them as further paths.", path)
	}
	return names
}

// unreadable reports a file or directory that cannot be read.
func (l *loader) unreadable(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		l.errorf(hcl.Range{}, "File not found", "There is no file or directory %q.", path)
		return
	}
	cause := err
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		cause = pathErr.Err
	}
	l.errorf(hcl.Range{}, "Unreadable file", "%q cannot be read: %s.", path, cause)
}
