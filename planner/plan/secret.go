package plan

import (
	"fmt"
	"maps"
	"reflect"
)

// SecretSteps are the steps that set secret values: the plan's JSON does not have these, and [Plan.RestoreSecrets] brings them
// back.
func (p *Plan) SecretSteps() []*Step {
	var steps []*Step
	for i := range p.Steps {
		if p.Steps[i].setsSecret() {
			steps = append(steps, &p.Steps[i])
		}
	}
	return steps
}

func (s *Step) setsSecret() bool {
	changes := []Change(nil)
	switch action := s.Action.(type) {
	case CreatePool:
		return len(action.Secret) > 0
	case CreateVolume:
		return len(action.Secret) > 0
	case PatchPool:
		changes = action.Changes
	case PatchVolume:
		changes = action.Changes
	}
	for _, change := range changes {
		if change.Secret && change.To != nil {
			return true
		}
	}
	return false
}

// RestoreSecrets takes the values that a saved plan does not have from one that has been made anew of the same spec. It fails when
// that one does not ask for the same.
func (p *Plan) RestoreSecrets(fresh *Plan) error {
	for _, step := range p.SecretSteps() {
		found := false
		for i := range fresh.Steps {
			if reflect.DeepEqual(redacted(fresh.Steps[i].Action), redacted(step.Action)) {
				step.Action, found = fresh.Steps[i].Action, true
			}
		}
		if !found {
			return fmt.Errorf("step %d, %s: the spec does not ask for this any more, so its secret values cannot be taken from there",
				step.Number, step.Title())
		}
	}
	return nil
}

// redacted is an action without the secret values that it sets.
func redacted(action Action) Action {
	switch a := action.(type) {
	case CreatePool:
		a.Config = without(a.Config, a.Secret)
		if a.Members != nil {
			members := map[string]map[string]string{}
			for member, config := range a.Members {
				members[member] = without(config, a.Secret)
			}
			a.Members = members
		}
		return a
	case CreateVolume:
		a.Config = without(a.Config, a.Secret)
		return a
	case PatchPool:
		a.Changes = withoutSecrets(a.Changes)
		return a
	case PatchVolume:
		a.Changes = withoutSecrets(a.Changes)
		return a
	}
	return action
}

func without(config map[string]string, secret map[string]bool) map[string]string {
	config = maps.Clone(config)
	for key := range config {
		if secret[key] {
			config[key] = ""
		}
	}
	return config
}

func withoutSecrets(changes []Change) []Change {
	out := make([]Change, len(changes))
	for i, change := range changes {
		if change.Secret {
			change.From, change.To = secretValue(change.From != nil), secretValue(change.To != nil)
		}
		out[i] = change
	}
	return out
}
