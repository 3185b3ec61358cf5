package schema

import (
	"path"
	"slices"
	"strings"
	"sync"
)

// MatchesAny tells whether a config key is one of those that patterns mean, in which * stands for any text, ? for one character and
// [a-z] for one of several. A pattern that does not compile matches nothing.
func MatchesAny(patterns []string, key string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		// path.Match keeps a star from matching a slash, which is a letter like any other in a config key.
		matched, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x00"), strings.ReplaceAll(key, "/", "\x00"))
		return matched
	})
}

// PatternOf is the pattern that a single config key matches.
func PatternOf(key string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(key)
}

// IsSecret tells whether the values of a config key are secret: some driver's key of this name is, or there is no such key and it is
// called like one. Keys below user. are the users' own, of which nothing is known.
func IsSecret(key string) bool {
	key = strings.TrimPrefix(key, "volume.") // a default for volumes
	if secret, known := secretKeys()[key]; known || strings.HasPrefix(key, "user.") {
		return secret
	}
	return slices.ContainsFunc([]string{"password", "passphrase", "secret", "token", "api_key", "apikey", "keyring", "credential"}, func(word string) bool {
		return strings.Contains(strings.ToLower(key), word)
	})
}

// secretKeys tells of each config key of any driver, but of defaults for volumes, whether it is secret. No driver is completed for that.
var secretKeys = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	add := func(keys []Key) {
		for _, key := range keys {
			names[key.Name] = names[key.Name] || key.Secret
		}
	}
	add(poolCommon())
	add(volumeCommon())
	for _, driver := range tables() {
		add(driver.pool)
		add(driver.volume)
	}
	return names
})
