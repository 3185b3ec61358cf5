package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// parseSourceName reads renamed_from, [remote:][pool/]name, as lxc writes it. Like lxc it takes what stands before the
// first colon for a remote.
func (l *loader) parseSourceName(text string, rng hcl.Range) *Source {
	var s Source
	rest := text
	if remote, after, ok := strings.Cut(rest, ":"); ok {
		s.Remote, rest = remote, after
		if remote == "" {
			return l.badSource(rng, text, "there is nothing before the colon, where the remote stands")
		}
	}
	parts := strings.Split(rest, "/")
	switch len(parts) {
	case 1:
		s.Name = parts[0]
	case 2:
		s.Pool, s.Name = parts[0], parts[1]
		if s.Pool == "" {
			return l.badSource(rng, text, "there is nothing before the slash, where the pool stands")
		}
	default:
		return l.badSource(rng, text, "it has more than one slash; a snapshot cannot be renamed to a volume")
	}
	if s.Name == "" {
		return l.badSource(rng, text, "the name of the volume is missing")
	}
	return &s
}

func (l *loader) badSource(rng hcl.Range, text, why string) *Source {
	l.errorf(rng, "Invalid renamed_from", "%q does not name a volume: %s. Write \"name\" for a volume of the same pool, "+
		"\"pool/name\" or \"remote:pool/name\".", text, why)
	return nil
}

// trimColon takes the colon off a remote that is written as in an lxc command.
func trimColon(remote string) (string, bool) { return strings.CutSuffix(remote, ":") }

// checkName reports a name that the server would refuse, and warns of one that only some servers take. Names of what
// exists already, or shall go, are not the spec's choice: there is no warning for them.
func (l *loader) checkName(kind, name string, err error, rng hcl.Range, chosen bool) {
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			l.errorf(rng, fmt.Sprintf("Invalid %s name", kind), "LXD does not take this name: %s.", line)
		}
		return
	}
	if err := schema.CheckPortable(name); err != nil && chosen && l.opts.Portable {
		l.warnf(rng, "Name is not portable", "%s.", capital(err.Error()))
	}
}
