package cli

import (
	"os"
	"slices"
	"time"

	"tarn/spec"
)

// completionLimit is for how long a shell is let wait for the words that complete a line.
const completionLimit = 2 * time.Second

// addresses completes --only and --exclude with what the spec on the command line declares. Nothing is asked of a server, nothing is
// taken out of a pipe that the command itself is to read, and what takes long gives nothing.
func (f *planFlags) addresses(a *app, paths []string) []string {
	if slices.ContainsFunc(slices.Concat(paths, f.varFiles), isStream) {
		return nil
	}
	found := make(chan []string, 1)
	go func() { found <- declared(paths, f.loadOptions(a)) }()
	select {
	case addresses := <-found:
		return addresses
	case <-time.After(completionLimit):
		return nil
	}
}

// declared are the addresses of what a spec declares, none of one that is wrong.
func declared(paths []string, opts spec.Options) []string {
	want, diags := spec.Load(paths, opts)
	if diags.HasErrors() {
		return nil
	}
	var addresses []string
	for _, pool := range want.Pools {
		addresses = append(addresses, pool.Name)
		for _, volume := range pool.Volumes {
			addresses = append(addresses, pool.Name+"/"+volume.Name)
		}
	}
	return addresses
}

// isStream tells whether a path is neither a file nor a directory.
func isStream(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
