package cli

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/live"
	"tarn/spec"
)

// What a server or the configuration of lxc does not have, a spec may have named: then the error begins with the place, as those of
// compilers do.

func at(place hcl.Range, err error) error {
	if err == nil || place.Filename == "" {
		return err
	}
	return fmt.Errorf("%s:%d: %w", place.Filename, place.Start.Line, err)
}

// remotePlace is where the spec names the server, nowhere when --remote does or nobody.
func (a *app) remotePlace(want *spec.Spec) hcl.Range {
	if a.remote != "" || want.Settings.Remote == "" {
		return hcl.Range{}
	}
	return want.Settings.Ranges.Of("remote")
}

// fromRemote words an error about another server that volumes come from.
func (s *session) fromRemote(name string, err error) error {
	err = fmt.Errorf("a volume comes from %s: %w", name, err)
	if s.want == nil { // a saved plan
		return err
	}
	for _, p := range s.want.Pools {
		for _, v := range p.Volumes {
			switch {
			case v.RenamedFrom != nil && v.RenamedFrom.Remote == name:
				return at(v.Ranges.Of("renamed_from"), err)
			case v.CopyOf != nil && v.CopyOf.Remote == name:
				return at(v.Ranges.Of("copy_of"), err)
			}
		}
	}
	return err
}

// atProject puts the place before an error about a project that the spec names.
func (s *session) atProject(err error) error {
	var missing *live.NoProjectError
	if s.want == nil || !errors.As(err, &missing) {
		return err
	}
	if s.app.project == "" && s.want.Settings.Project == missing.Project {
		return at(s.want.Settings.Ranges.Of("project"), err)
	}
	for _, p := range s.want.Pools {
		for _, v := range p.Volumes {
			switch {
			case v.Project == missing.Project:
				return at(v.Ranges.Of("project"), err)
			case v.RenamedFrom != nil && v.RenamedFrom.Project == missing.Project:
				return at(v.Ranges.Of("renamed_from"), err)
			case v.CopyOf != nil && v.CopyOf.Project == missing.Project:
				return at(v.Ranges.Of("copy_of"), err)
			}
		}
	}
	return err
}
