package cli

import (
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/spec"
)

// splitSpecs gives the paths of each spec.
func splitSpecs(paths []string, each string) ([][]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	switch each {
	case "":
		return [][]string{paths}, nil
	case "file":
		specs := make([][]string, len(paths))
		for i, path := range paths {
			specs[i] = []string{path}
		}
		return specs, nil
	case "dir":
		return byDirectory(paths), nil
	}
	return nil, notOneOf("each", each, []string{"dir", "file"})
}

// byDirectory gives each directory with those of the paths that lie in it. These are named besides, so that one that is
// missing is told. Standard input lies in none.
func byDirectory(paths []string) (specs [][]string) {
	index := map[string]int{}
	for _, path := range paths {
		if path == stdin {
			specs = append(specs, []string{path})
			continue
		}
		dir := filepath.Clean(path)
		info, err := os.Stat(path)
		isDir := err == nil && info.IsDir()
		if !isDir {
			dir = filepath.Dir(path)
		}
		i, ok := index[dir]
		if !ok {
			i = len(specs)
			index[dir] = i
			specs = append(specs, []string{dir})
		}
		if !isDir {
			specs[i] = append(specs[i], path)
		}
	}
	return specs
}

// findDirs is [spec.FindDirs], which standard input is no concern of.
func findDirs(paths []string) ([]string, hcl.Diagnostics) {
	if len(paths) == 0 {
		return spec.FindDirs(nil)
	}
	var dirs []string
	var all hcl.Diagnostics
	for _, path := range paths {
		if path == stdin {
			dirs = append(dirs, path)
			continue
		}
		found, diags := spec.FindDirs([]string{path})
		dirs, all = append(dirs, found...), append(all, diags...)
	}
	return dirs, all
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
