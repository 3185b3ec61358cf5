package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/readfile"
	"tarn/lxd/schema"
)

// FindFiles gives the files that Load would read. What cannot be found is an error, and does not keep the others from being
// found.
func FindFiles(paths []string) ([]string, hcl.Diagnostics) {
	l := &loader{reported: map[diagnosticID]bool{}}
	return l.filesOf(paths), l.diags
}

// FindDirs gives the directories that have files of a spec, of the paths and of all that is below them, in order. Hidden directories
// are left out, and links to directories are not followed, which also ends where they lead in a circle. A path that is no directory comes back
// as it is. What cannot be read is an error, and does not keep the others from being found.
func FindDirs(paths []string) ([]string, hcl.Diagnostics) {
	l := &loader{reported: map[diagnosticID]bool{}}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	var dirs []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			l.unreadable(path, err)
			continue
		}
		if !info.IsDir() {
			dirs = append(dirs, path)
			continue
		}
		if found := l.dirsBelow(path); len(found) > 0 {
			dirs = append(dirs, found...)
		} else if !l.failed {
			l.errorf(hcl.Range{}, "No spec files", "Neither the directory %q nor one below it has a *.hcl or *.hcl.json file.", path)
		}
	}
	return dirs, l.diags
}

// dirsBelow gives a directory, if it has files of a spec, and those below it.
func (l *loader) dirsBelow(root string) []string {
	dirs := map[string]bool{}
	walk := root
	if info, err := os.Lstat(root); err == nil && info.Mode().Type() == fs.ModeSymlink {
		if real, err := filepath.EvalSymlinks(root); err == nil {
			walk = real // a link that is named is followed
		}
	}
	_ = filepath.WalkDir(walk, func(path string, entry fs.DirEntry, err error) error {
		if walk != root {
			path = root + strings.TrimPrefix(path, walk)
		}
		switch {
		case err != nil:
			l.unreadable(path, err)
			return fs.SkipDir
		case entry.IsDir() && path != root && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case !entry.IsDir() && isSpecFile(entry.Name()):
			dirs[filepath.Dir(path)] = true
		}
		return nil
	})
	return sortedKeys(dirs)
}

// isSpecFile tells by a file's name in a directory whether it belongs to a spec. Hidden files are editors' locks and other tools' state.
func isSpecFile(name string) bool {
	return !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".hcl") || strings.HasSuffix(name, ".hcl.json"))
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
	if _, given := l.opts.Inputs[path]; given {
		return []string{path}
	}
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
	unreadable := false
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !isSpecFile(name) {
			continue
		}
		name = filepath.Join(path, name)
		if !entry.Type().IsRegular() { // nobody has named it, so it is not waited for
			if err := readfile.IsRegular(l.osPath(name)); err != nil {
				l.unreadable(name, err)
				unreadable = true
				continue
			}
		}
		names = append(names, name)
	}
	if len(names) == 0 && !unreadable {
		l.errorf(hcl.Range{}, "No spec files", "The directory %q has no *.hcl or *.hcl.json file. "+
			"Subdirectories are not searched: name them as further paths, or see --recursive.", path)
	}
	return names
}

// unreadable reports a file or directory that cannot be read.
func (l *loader) unreadable(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		l.errorf(hcl.Range{}, "File not found", "There is no file or directory %q.%s", path, l.fileMeant(path))
		return
	}
	cause := err
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		cause = pathErr.Err
	}
	l.errorf(hcl.Range{}, "Unreadable file", "%q cannot be read: %s.", path, cause)
}

// maxBeside is how many names of a directory are looked at for one that was meant.
const maxBeside = 1000

// fileMeant is the question whether a file or directory beside one that is not there was meant, "" when none looks like it.
func (l *loader) fileMeant(path string) string {
	dir, base := filepath.Split(filepath.Clean(path))
	d, err := os.Open(l.osPath(filepath.Clean(dir)))
	if err != nil || base == "." || base == ".." {
		return ""
	}
	defer d.Close()
	entries, _ := d.ReadDir(maxBeside)
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && (entry.IsDir() || entry.Type().IsRegular()) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	meant := schema.Suggest(base, names)
	for _, ending := range []string{".hcl", ".hcl.json"} {
		if slices.Contains(names, base+ending) {
			meant = []string{base + ending}
			break
		}
	}
	if len(meant) == 0 {
		return ""
	}
	for i, name := range meant {
		meant[i] = filepath.ToSlash(dir) + name
	}
	return fmt.Sprintf(" Did you mean %s?", schema.QuotedList(meant, "or"))
}
