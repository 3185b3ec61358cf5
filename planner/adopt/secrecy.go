package adopt

import (
	"maps"
	"slices"
	"strings"

	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/spec"
)

// Secrecy says which values of a server are secret, as no server does of keys below user. The zero value goes by the names of config keys
// alone, as every spec does that says nothing else.
type Secrecy struct {
	// Patterns are of config keys whose values are secret besides, and which the spec shall name in its secret_config.
	Patterns []string

	// Known are patterns of those that specs beside have as secret, and Values what is secret wherever it stands; see [Secrecy.Heed].
	Known  []string
	Values []string

	// Unknown says that there is a spec beside of which it cannot be told what it has as secret: all keys below user. count as such.
	Unknown bool

	// NotSecret are patterns of config keys whose values are none, whatever the keys are called. Those of keys that the schema knows
	// as secret are secret all the same.
	NotSecret []string
}

// Heed adds what a spec has as secret: the keys that its secret_config means, those to which it gives a sensitive value, and all
// values that it knows as sensitive.
func (s *Secrecy) Heed(beside *spec.Spec) {
	s.Known = append(s.Known, beside.Settings.SecretConfig...)
	keys := map[string]bool{}
	add := func(config spec.Config) {
		for key, value := range config {
			if value.Sensitive {
				keys[schema.PatternOf(key)] = true
			}
		}
	}
	for _, pool := range beside.Pools {
		add(pool.Config)
		for _, member := range pool.Members {
			add(member.Config)
		}
		for _, volume := range pool.Volumes {
			add(volume.Config)
		}
	}
	s.Known = append(s.Known, slices.Sorted(maps.Keys(keys))...)
	s.Values = append(s.Values, beside.Secrets.Values()...)
}

// IsSecret tells whether the values of a config key are secret.
func (s *Secrecy) IsSecret(key string) bool {
	switch {
	case schema.IsSecret(key) || s.known(key):
		return true
	case spec.MatchesSecret(s.NotSecret, key):
		return false
	}
	return !strings.HasPrefix(key, ownMarks) && spec.MatchesSecret(usually, key)
}

// known tells whether somebody has said that a config key holds a secret, and nobody that it does not.
func (s *Secrecy) known(key string) bool {
	if spec.MatchesSecret(s.NotSecret, key) || strings.HasPrefix(key, ownMarks) {
		return false
	}
	own := strings.TrimPrefix(key, "volume.")
	return s.Unknown && strings.HasPrefix(own, "user.") || spec.MatchesSecret(s.Patterns, key) || spec.MatchesSecret(s.Known, key)
}

// byName tells whether nothing but its name says that a config key holds a secret.
func (s *Secrecy) byName(key string) bool {
	return s.IsSecret(key) && !schema.IsSecret(key) && !s.known(key)
}

// usually are the patterns of a spec that says nothing of secrets.
var usually = new(spec.Settings).SecretKeys()

// settings are the patterns for the secret_config of a spec of objects that have these config keys, nil when it need not say anything.
// A pattern that means a key which holds no secret is replaced by the keys that it means besides.
func (s *Secrecy) settings(keys map[string]bool) []string {
	not := map[string]bool{}
	for key := range keys {
		if spec.MatchesSecret(s.NotSecret, key) && !schema.IsSecret(key) {
			not[key] = true
		}
	}
	needed := len(s.Patterns) > 0
	var patterns []string
	for _, p := range slices.Concat(usually, s.Patterns) {
		means := func(key string) bool { return spec.MatchesSecret([]string{p}, key) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(not)), means) {
			patterns = append(patterns, p)
			continue
		}
		needed = true
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if means(key) && !not[key] && !slices.Contains(patterns, schema.PatternOf(key)) {
				patterns = append(patterns, schema.PatternOf(key))
			}
		}
	}
	if !needed {
		return nil
	}
	return append([]string{}, patterns...)
}

// configKeys are those that what was read of a server has.
func configKeys(state *live.State) map[string]bool {
	keys := map[string]bool{}
	for config := range state.Configs() {
		for key := range config {
			keys[key] = true
		}
	}
	return keys
}

// SecretsOn are the secret values on a server, of what was read of it, with those that are secret wherever they stand.
func SecretsOn(state *live.State, s Secrecy) []string {
	found := map[string]bool{}
	secret := map[string]bool{}
	for key := range configKeys(state) {
		secret[key] = s.IsSecret(key)
	}
	for config := range state.Configs() {
		for key, value := range config {
			if secret[key] {
				found[value] = true
			}
		}
	}
	return slices.Concat(slices.Sorted(maps.Keys(found)), s.Values)
}
