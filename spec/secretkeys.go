package spec

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
)

// isReference is how the key of an object reads that is one of something else: (each.key) = "…".
func isReference(key string) bool {
	root, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"var", "local", "each"}, root)
}

// PossiblySecret are patterns of the config keys to which a file may give a secret, as far as that can be told of one that has mistakes:
// those of secret_config, and those whose values come from elsewhere, as from a variable that may be sensitive. known is false when that
// is not all. As with [secretLiterals] the file is looked at token by token.
func PossiblySecret(src []byte, name string) (patterns []string, known bool) {
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	f := literalFinder{tokens: tokens}
	found := map[string]bool{}
	for _, pattern := range f.listOf("secret_config") {
		found[pattern] = true
	}
	known = true
	for i, token := range tokens {
		if token.Type != hclsyntax.TokenEqual && token.Type != hclsyntax.TokenColon {
			continue
		}
		value := f.valueAt(i + 1)
		refers := slices.ContainsFunc(tokens[value.Start:value.End], refersToSomething)
		switch key := f.keyBefore(i); {
		case !refers:
		case key == "" || isReference(key) || key == "config" && tokens[value.Start].Type != hclsyntax.TokenOBrace:
			known = false
		case strings.Contains(key, "."):
			found[schema.PatternOf(key)] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), known
}

// refersToSomething tells whether a word in an expression may be a reference.
func refersToSomething(token hclsyntax.Token) bool {
	return token.Type == hclsyntax.TokenIdent && !slices.Contains([]string{"true", "false", "null"}, string(token.Bytes))
}
