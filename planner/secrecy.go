package planner

import (
	"path"
	"slices"
	"strings"

	"tarn/lxd/schema"
	"tarn/spec"
)

// secrecy tells which config values are not shown. It goes by key: those that the schema and the spec's secret_config say, and those to
// which the spec gives a sensitive value. Of others only what can hardly be anything but such a value is hidden: the key of a secret
// may have got another name.
type secrecy struct {
	globs  []string
	values map[string]bool
}

// secretsOf are the secrets of a spec.
func secretsOf(want *spec.Spec) secrecy {
	s := secrecy{globs: want.Settings.SecretKeys(), values: map[string]bool{}}
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
func (s secrecy) key(name string) bool { return matchesAny(s.globs, name) }

// hides tells whether a value of a key is not shown.
func (s secrecy) hides(name, value string) bool { return s.key(name) || s.values[value] }

// matchesAny tells whether a config key is one of those that patterns mean. A pattern that does not compile is the spec's
// diagnostic.
func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		// path.Match keeps a star from matching a slash, which is a letter like any other in a config key.
		matched, _ := path.Match(strings.ReplaceAll(glob, "/", "\x00"), strings.ReplaceAll(name, "/", "\x00"))
		return matched
	})
}
