package tofu

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tarn/cli/readfile"
	"tarn/spec"
)

// Limits on a configuration: far beyond any, and far below what a machine cannot hold.
const (
	maxFiles   = 5_000
	maxBytes   = 64 << 20
	maxModules = 500
	maxNesting = 20 // modules in modules
)

// files reads the files of directories, and counts what it reads.
type files struct {
	count, bytes int
}

// suffixes are those of a configuration's files. Of two files that differ in it alone OpenTofu takes the first.
var suffixes = []string{".tofu", ".tofu.json", ".tf", ".tf.json"}

// configFiles are the names of the files in a directory that belong to its configuration, in order.
func configFiles(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, cause(err))
	}
	all := map[string]bool{}
	for _, e := range entries {
		if !e.IsDir() {
			all[e.Name()] = true
		}
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
			continue
		}
		if !slices.ContainsFunc(suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) }) {
			continue
		}
		if base, ok := strings.CutSuffix(name, ".tf"); ok && all[base+".tofu"] {
			continue
		}
		if base, ok := strings.CutSuffix(name, ".tf.json"); ok && all[base+".tofu.json"] {
			continue
		}
		names = append(names, name)
	}
	return names, nil
}

// directory reads the configuration in a directory. overrides are the files that would change what the others say.
func (f *files) directory(dir string) (top []*block, overrides []string, err error) {
	names, err := configFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		base, _, _ := strings.Cut(name, ".")
		if base == "override" || strings.HasSuffix(base, "_override") {
			overrides = append(overrides, path)
			continue
		}
		b, err := f.file(path)
		if err != nil {
			return nil, nil, err
		}
		top = append(top, b)
	}
	return top, overrides, nil
}

// file reads one file.
func (f *files) file(path string) (*block, error) {
	src, err := readfile.Regular(path, readfile.Spec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	f.count++
	f.bytes += len(src)
	if f.count > maxFiles || f.bytes > maxBytes {
		return nil, fmt.Errorf("%s: the configuration is too large: more than %d files or %d MiB", path, maxFiles, maxBytes>>20)
	}
	if err := spec.CheckText(src, path); err != nil {
		return nil, err
	}
	if spec.IsJSON(path) {
		return readJSON(src, path)
	}
	return readNative(src, path)
}

// cause is an error about a file without the file's name.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// values reads a file of variables: attributes alone.
func (f *files) values(path string) (*block, error) {
	src, err := readfile.Regular(path, readfile.Spec)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	if err := spec.CheckText(src, path); err != nil {
		return nil, err
	}
	if !spec.IsJSON(path) {
		return readNative(src, path)
	}
	return readJSONValues(src, path)
}
