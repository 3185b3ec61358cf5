package planner

import (
	"maps"
	"slices"
	"strings"

	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/spec"
)

// secrecy tells which config values are not shown. It goes by key: those that the schema and the spec's secret_config say, and those to
// which the spec gives a sensitive value. Of others only what can hardly be anything but such a value is hidden: the key of a secret
// may have got another name.
type secrecy struct {
	settings *spec.Settings // nil for those of a spec without settings
	values   map[string]bool
	judged   map[string]bool // keys, so that each is judged once
	unread   bool            // what the spec says is not known: no value is shown of keys that have the meaning that it gives them
}

// secretsOf are the secrets of a spec.
func secretsOf(want *spec.Spec) secrecy {
	s := secrecy{settings: &want.Settings, values: map[string]bool{}, judged: map[string]bool{}}
	add := func(config spec.Config) {
		for _, value := range config {
			if value.Sensitive && telling(value.Text) {
				s.values[value.Text] = true
			}
		}
	}
	for _, pool := range want.Pools {
		add(pool.Config)
		for _, member := range pool.Members {
			add(member.Config)
		}
		for _, volume := range pool.Volumes {
			add(volume.Config)
		}
	}
	return s
}

// telling tells whether a value is so special that it is the same secret wherever it stands. "true" is not, nor is a size.
func telling(value string) bool {
	const short = 8
	_, err := schema.ParseSize(value)
	return len(value) >= short && err != nil && schema.CheckSchedule(value) != nil && schema.CheckExpiry(value) != nil
}

// key tells whether the values of a config key are secret, whatever they are.
func (s secrecy) key(name string) bool {
	if secret, judged := s.judged[name]; judged {
		return secret
	}
	if s.settings == nil { // of a saved plan, whose spec is not at hand
		s.settings = &spec.Settings{}
	}
	secret := s.settings.IsSecret(name)
	if s.judged != nil {
		s.judged[name] = secret
	}
	return secret
}

// hides tells whether a value of a key is not shown.
func (s secrecy) hides(name, value string) bool {
	own := strings.TrimPrefix(name, "volume.")
	return s.key(name) || s.values[value] || s.unread && strings.HasPrefix(own, "user.") && !strings.HasPrefix(own, "user.tarn.")
}

// SecretsOn are the values that a server has of config keys that are secret, of what was read of it. want may be nil.
func SecretsOn(state *live.State, want *spec.Spec) []string {
	s := secrecy{judged: map[string]bool{}}
	if want != nil {
		s.settings = &want.Settings
	}
	found := map[string]bool{}
	for config := range state.Configs() {
		for key, value := range config {
			if s.key(key) {
				found[value] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
