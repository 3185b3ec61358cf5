package spec

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Functions on text that cty's standard library does not have, or has without a limit that a spec needs, or in another form
// than OpenTofu.

// replace replaces text, or what a regular expression in slashes matches.
var replace = function.New(&function.Spec{
	Params: stdlib.ReplaceFunc.Params(),
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if expression, ok := inSlashes(args[1].AsString()); ok {
			return stdlib.RegexReplace(args[0], cty.StringVal(expression), args[2])
		}
		return stdlib.Replace(args[0], args[1], args[2])
	},
})

// inSlashes is a regular expression that replace is given.
func inSlashes(pattern string) (expression string, ok bool) {
	if len(pattern) > 1 && strings.HasPrefix(pattern, "/") && strings.HasSuffix(pattern, "/") {
		return pattern[1 : len(pattern)-1], true
	}
	return "", false
}

var startsWith, endsWith = affix("prefix", strings.HasPrefix), affix("suffix", strings.HasSuffix)

func affix(name string, has func(s, affix string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(has(args[0].AsString(), args[1].AsString())), nil
		},
	})
}
