package write

import (
	"strconv"
	"strings"
)

// Named is a file of a spec with its name in the directory.
type Named struct {
	Name string
	File *File
}

// Common is the file of what is not about one pool.
const Common = "tarn.hcl"

// Split is the file as several that mean the same: one for each pool, called after it, and before them tarn.hcl with the settings and
// the variables, where there are any. remarks are the lines at the end of a pool's file; the others' are of no pool.
func (f *File) Split(remarks func(pool string) []string) []Named {
	var files []Named
	if !f.Settings.empty() || len(f.Variables) > 0 {
		files = append(files, Named{Common, &File{Comment: f.Comment, Settings: f.Settings, Variables: f.Variables}})
	}
	labels := newLabels()
	for _, pool := range f.Pools {
		labels.keep(pool.Name)
	}
	names := make([]string, len(f.Pools))
	for i, pool := range f.Pools {
		names[i] = pool.Name
	}
	for i, name := range FileNames(names) {
		pool := f.Pools[i]
		same := *pool
		same.label = labels.of(pool.Name) // blocks of one label would be one pool's
		file := &File{Pools: []*Pool{&same}}
		if lines := remarks(pool.Name); len(lines) > 0 {
			file.Remarks = append([]string{"Not in this spec:"}, lines...)
		}
		files = append(files, Named{name, file})
	}
	return files
}

// FileNames are names for the files of pools, each of another one than the others and than [Common].
func FileNames(pools []string) []string {
	taken := map[string]bool{strings.TrimSuffix(Common, ".hcl"): true}
	names := make([]string, len(pools))
	for i, pool := range pools {
		name := fileName(pool)
		for n := 2; taken[strings.ToLower(name)]; n++ { // some file systems take capitals for small letters
			name = fileName(pool) + "-" + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		names[i] = name + ".hcl"
	}
	return names
}

// fileName is a plain file name like a pool's name.
func fileName(pool string) string {
	name := slug(pool)
	if name == "tarn" {
		return "pool-tarn"
	}
	return strings.TrimLeft(name, "-_.")
}
