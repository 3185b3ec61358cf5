package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
	"tarn/lxd/secrets"
)

// Quoted is the value for a sentence, "(secret)" when it must not be shown.
func (v Value) Quoted() string {
	if v.Sensitive {
		return secrets.Hidden
	}
	return strconv.Quote(v.Text)
}

// Why is what is wrong with the value, without the value when it must not be shown: what says so most likely quotes it.
func (v Value) Why(err error) string {
	if v.Sensitive {
		return "is not one that servers take; it is sensitive and not shown"
	}
	return err.Error()
}

// IsSecret tells whether the values of a config key are secret, whoever has set them: the schema or secret_config says so. What is
// the default of a pool's volumes is as secret as the key of these.
func (s *Settings) IsSecret(key string) bool {
	return schema.IsSecret(key) || MatchesSecret(s.SecretKeys(), key)
}

// MatchesSecret tells whether patterns of secret_config mean a config key, in whichever case it is written.
func MatchesSecret(patterns []string, key string) bool {
	return slices.ContainsFunc([]string{key, strings.TrimPrefix(key, "volume.")}, func(key string) bool {
		return schema.MatchesAny(patterns, key) || schema.MatchesAny(patterns, strings.ToLower(key))
	})
}

// isSecretKey is Settings.IsSecret, which thousands of volumes ask of the same keys.
func (l *loader) isSecretKey(key string) bool {
	secret, known := l.secretKeys[key]
	if !known {
		secret = l.spec.Settings.IsSecret(key)
		l.secretKeys[key] = secret
	}
	return secret
}

// addSecret makes a value one that no text may have in it, with all that it is made of. The names of attributes and the keys of maps
// are none.
func (l *loader) addSecret(v cty.Value) {
	v, _ = v.UnmarkDeep()
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		switch {
		case part.IsNull() || !part.IsKnown():
			return false, nil
		case part.Type() == cty.String:
			l.spec.Secrets.Add(textOf(part))
		case part.Type() == cty.Number:
			if text, err := numberText(part); err == nil {
				l.spec.Secrets.Add(text)
			}
		}
		return true, nil
	})
}
