package plan

import (
	"fmt"
	"strings"
)

// What a patch does besides giving values: it takes settings away, and may make an object the spec's.

// markPrefix is what the keys of tarn's own marks begin with. A spec cannot set them.
const markPrefix = "user.tarn."

// Removes tells whether the change takes a setting away: a config key that has a value and will have none. Tarn's marks are no
// settings.
func (c Change) Removes() bool {
	key, isConfig := c.Attr.ConfigKey()
	return isConfig && c.From != nil && (c.To == nil || *c.To == "" && !c.Secret) && !strings.HasPrefix(key, markPrefix)
}

// changes are those of a patch, nil for other steps.
func (s *Step) changes() []Change {
	switch action := s.Action.(type) {
	case PatchPool:
		return action.Changes
	case PatchVolume:
		return action.Changes
	}
	return nil
}

// Removes is how many settings the step takes away from an object.
func (s *Step) Removes() int {
	n := 0
	for _, change := range s.changes() {
		if change.Removes() {
			n++
		}
	}
	return n
}

// takesOver tells whether the step makes an object the spec's that was not.
func (s *Step) takesOver() bool {
	switch action := s.Action.(type) {
	case PatchPool:
		return action.TakesOver
	case PatchVolume:
		return action.TakesOver
	}
	return false
}

// RemovedSettings is how many settings the plan takes away from objects that stay.
func (p *Plan) RemovedSettings() int {
	n := 0
	for i := range p.Steps {
		n += p.Steps[i].Removes()
	}
	return n
}

// TakenOver is how many objects the plan makes the spec's that were not.
func (p *Plan) TakenOver() int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].takesOver() {
			n++
		}
	}
	return n
}

// removal words how many settings are taken away: removes 3 settings.
func removal(n int) string { return fmt.Sprintf("removes %d %s", n, Plural(n, "setting")) }

// patches says what the patches of the plan do besides giving values, " (takes over 2 objects, removes 3 settings)".
func (p *Plan) patches() string {
	var parts []string
	if n := p.TakenOver(); n > 0 {
		parts = append(parts, fmt.Sprintf("takes over %d %s", n, Plural(n, "object")))
	}
	if n := p.RemovedSettings(); n > 0 {
		parts = append(parts, removal(n))
	}
	if parts == nil {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
