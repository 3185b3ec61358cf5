package spec

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// VolumeRef names a volume as lxc writes it, and renamed_from does: [remote:][pool/]name.
type VolumeRef struct {
	Remote string // "" for the same server
	Pool   string // "" for the same pool
	Name   string
}

// String is the name as lxc writes it.
func (ref VolumeRef) String() string {
	text := ref.Name
	if ref.Pool != "" {
		text = ref.Pool + "/" + text
	}
	if ref.Remote != "" {
		text = ref.Remote + ":" + text
	}
	return text
}

// parseRenamedFrom reads renamed_from, nil when it has a mistake. Like lxc it takes what stands before the first colon for a
// remote.
func (l *loader) parseRenamedFrom(text string, at hcl.Range) *VolumeRef {
	fail := func(why string) *VolumeRef {
		l.errorf(at, "Invalid renamed_from", "%q does not name a volume: %s. Write \"name\" for a volume of the same pool, "+
			"\"pool/name\" or \"remote:pool/name\".", text, why)
		return nil
	}
	var ref VolumeRef
	rest := text
	if remote, after, ok := strings.Cut(rest, ":"); ok {
		ref.Remote, rest = remote, after
		if remote == "" {
			return fail("there is nothing before the colon, where the remote stands")
		}
	}
	parts := strings.Split(rest, "/")
	switch len(parts) {
	case 1:
		ref.Name = parts[0]
	case 2:
		ref.Pool, ref.Name = parts[0], parts[1]
		if ref.Pool == "" {
			return fail("there is nothing before the slash, where the pool stands")
		}
	default:
		return fail("it has more than one slash; a snapshot cannot be renamed to a volume")
	}
	if ref.Name == "" {
		return fail("the name of the volume is missing")
	}
	return &ref
}
