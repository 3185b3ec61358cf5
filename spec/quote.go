package spec

import "github.com/hashicorp/hcl/v2/hclsyntax"

// Quote is text as a spec has it in quotes: what would begin a template is doubled, and what cannot be seen, or looks as something else
// does, is written as a code.
func Quote(text string) string { return quoted(text) }

// ConfigKey is the name of a config key, or of another element of an object, as a spec has it: in quotes unless it is a plain word.
func ConfigKey(name string) string {
	if hclsyntax.ValidIdentifier(name) && name != "for" && name != "null" && name != "true" && name != "false" {
		return name
	}
	return quoted(name)
}
