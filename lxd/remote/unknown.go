package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"tarn/lxd/schema"
	"tarn/lxd/secrets"
)

// unknownRemote says that nobody knows a remote, in which files it was looked for, and what to do.
func unknownRemote(name string, tools []*tool) error {
	names := remoteNames(tools)
	text := schema.NoSuch(fmt.Sprintf("lxc and incus know no remote %q", secrets.Address(name)), name, names)
	text += " (" + looked(tools) + ")"
	if len(schema.Suggest(name, names)) == 0 {
		text += `; add it with "lxc remote add", or name a socket as unix:PATH`
	}
	return errors.New(text)
}

// looked says in which files remotes were looked for.
func looked(tools []*tool) string {
	var read, missing, refused []string
	home := ""
	for _, t := range tools {
		read, missing, refused = append(read, t.read...), append(missing, t.missing...), append(refused, t.refused...)
		if t.homeIs != "" {
			home = t.homeIs
		}
	}
	var parts []string
	if len(read) > 0 {
		parts = append(parts, "looked in "+list(read, "and"))
	}
	if len(refused) > 0 {
		parts = append(parts, "this user may not read "+list(refused, "and"))
	}
	if len(missing) > 0 {
		parts = append(parts, "there is no "+list(missing, "or"))
	}
	if home != "" {
		parts = append(parts, fmt.Sprintf("HOME is not set, so the home was taken to be %s", home))
	}
	return strings.Join(parts, "; ")
}

// list joins paths, each once.
func list(paths []string, conjunction string) string {
	var once []string
	for _, path := range paths {
		if !slices.Contains(once, path) {
			once = append(once, path)
		}
	}
	if last := len(once) - 1; last > 0 {
		return strings.Join(once[:last], ", ") + " " + conjunction + " " + once[last]
	}
	return once[0]
}

// causeOf is an error of a file without the file's name.
func causeOf(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
