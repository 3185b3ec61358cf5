package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
	"tarn/spec/write"
)

// leaveOutFaults plans what is declared, and leaves out what the plan would change, is blocked by, or cannot be made for, until there
// is nothing of that. What has no place in the file stays: the plan will tell.
func (a *adoption) leaveOutFaults(file *write.File) {
	for {
		faults := a.faults(file)
		if len(faults) == 0 {
			return
		}
		changed := false
		pools := file.Pools[:0]
		for _, pool := range file.Pools {
			volumes := pool.Volumes[:0]
			for _, volume := range pool.Volumes {
				object := plan.VolumeObject(a.ids[volume])
				if why, faulty := faults[object]; faulty {
					a.leftOut[object], changed = why, true
				} else {
					volumes = append(volumes, volume)
				}
			}
			pool.Volumes = volumes
			object := plan.PoolObject(pool.Name)
			why, faulty := faults[object]
			switch {
			case pool.Existing && len(volumes) == 0: // it says nothing
				a.leftOut[object] = "none of its volumes is declared"
			case !faulty:
				pools = append(pools, pool)
			case !pool.Existing && len(volumes) > 0: // its volumes can be declared all the same
				changed = true
				pools = append(pools, &write.Pool{Name: pool.Name, Existing: true, Volumes: volumes, Comment: []string{"The pool itself is not declared: " + why + "."}})
			default:
				changed = true
				a.leftOut[object] = why
				for _, volume := range volumes {
					a.leftOut[plan.VolumeObject(a.ids[volume])] = "its pool is not declared"
				}
			}
		}
		file.Pools = pools
		if !changed {
			return
		}
	}
}

// faults plan a file. They say of each object why it is not as it should be.
func (a *adoption) faults(file *write.File) map[plan.Object]string {
	faults := map[plan.Object]string{}
	add := func(object plan.Object, why string) {
		if _, known := faults[object]; !known {
			faults[object] = strings.TrimSuffix(strings.TrimSpace(why), ".")
		}
	}
	file.Variables = a.variables(file)
	text := file.Bytes()
	want, diags := a.load(text)
	places := a.placesOf(file, text)
	addAll := func(diags hcl.Diagnostics) {
		for _, d := range diags {
			if d.Severity == hcl.DiagError && d.Subject != nil && d.Subject.Start.Line <= len(places) && d.Subject.Start.Line > 0 {
				add(places[d.Subject.Start.Line-1], lowered(d.Detail))
			}
		}
	}
	if diags.HasErrors() {
		addAll(diags)
		return faults
	}
	p, diags := planner.New(want, a.State, planner.Options{Remote: a.opts.Remote, Project: a.project})
	addAll(diags)
	if p == nil {
		return faults
	}
	for _, blocker := range p.Blockers {
		add(blocker.Object, blocker.Why)
	}
	for _, step := range p.Steps {
		add(step.Action.Object(), a.changes(step))
	}
	return faults
}

// changes say what a step would do.
func (a *adoption) changes(step plan.Step) string {
	var changes []plan.Change
	switch action := step.Action.(type) {
	case plan.PatchVolume:
		changes = action.Changes
	case plan.PatchPool:
		changes = action.Changes
	}
	if len(changes) == 0 {
		return fmt.Sprintf("to declare it would be a change: %s", step.Title())
	}
	var attrs []string
	marks := true
	for _, change := range changes {
		key, isConfig := change.Attr.ConfigKey()
		marks = marks && isConfig && isMark(key)
		attrs = append(attrs, change.Attr.Label())
	}
	why := "to declare it would change " + plan.List(attrs)
	if marks {
		why = "its marks are not its own, or not complete, and to declare it would change " + plan.List(attrs)
	}
	return why
}

// load loads the file, with the values of its variables.
func (a *adoption) load(text []byte) (*spec.Spec, hcl.Diagnostics) {
	const name = "import.hcl"
	var vars []string
	for name, value := range a.values {
		vars = append(vars, name+"="+value)
	}
	slices.Sort(vars)
	return spec.Load([]string{name}, spec.Options{Vars: vars, Inputs: map[string][]byte{name: text}, Shared: true})
}

// placesOf says of each line which object it is about. Blocks begin lines, which nothing else in the file does as they do: a text in
// quotes is on one line.
func (a *adoption) placesOf(file *write.File, text []byte) []plan.Object {
	var places []plan.Object
	var object plan.Object
	pool, volume := -1, -1
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "pool "):
			pool, volume = pool+1, -1
			object = plan.PoolObject(file.Pools[pool].Name)
		case strings.HasPrefix(line, "  volume "):
			volume++
			object = plan.VolumeObject(a.ids[file.Pools[pool].Volumes[volume]])
		}
		places = append(places, object)
	}
	return places
}
