package plan

import (
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
)

// Scope says what has to be read of the plan's server so that it can be judged: whether it still fits, whether it has been carried out.
func (p *Plan) Scope() live.Scope {
	scope := live.Scope{Pools: map[string]live.Names{}}
	for object := range p.Touched() {
		if !object.IsPool() {
			addVolume(&scope, object.Volume)
		}
	}
	for _, step := range p.Steps {
		if from, ok := SourceOf(step.Action); ok && from.Remote == "" {
			addVolume(&scope, from.Volume)
		}
	}
	return scope
}

// RemoteScopes says the same of the servers that volumes come from, by their names.
func (p *Plan) RemoteScopes() map[string]live.Scope {
	scopes := map[string]live.Scope{}
	for _, step := range p.Steps {
		if from, ok := SourceOf(step.Action); ok && from.Remote != "" {
			scope, ok := scopes[from.Remote]
			if !ok {
				scope.Pools = map[string]live.Names{}
			}
			addVolume(&scope, from.Volume)
			scopes[from.Remote] = scope
		}
	}
	return scopes
}

func addVolume(scope *live.Scope, id lxd.VolumeID) {
	scope.Pools[id.Pool] = append(scope.Pools[id.Pool], id.Name)
	if !slices.Contains(scope.Projects, id.Project) {
		scope.Projects = append(scope.Projects, id.Project)
	}
}

// Destroyed are the volumes that the plan deletes. What they hold, which [live.ReadDetails] reads, decides whether it is stale.
func (p *Plan) Destroyed() []lxd.VolumeID {
	var ids []lxd.VolumeID
	for _, step := range p.Steps {
		if action, ok := step.Action.(DeleteVolume); ok {
			ids = append(ids, action.Volume)
		}
	}
	return ids
}

// Finding is an object that is not as it should be, and in what.
type Finding struct {
	Remote string // the server that has it, "" for the plan's
	Object Object
	What   []string // never empty
}

// String is the finding as one line.
func (f Finding) String() string {
	object := f.Object.String()
	if f.Remote != "" {
		object = "volume " + f.Remote + ":" + VolumeName(f.Object.Volume)
	}
	return object + ": " + strings.Join(f.What, "; ")
}

// Line is the finding in a list, wrapped at a width, 0 for none.
func (f Finding) Line(width int) string { return prose(f.String(), "  ", width) }
