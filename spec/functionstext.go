package spec

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"tarn/cli/lazyregexp"
)

// Functions on text that cty's standard library does not have, or has without a limit that a spec needs, or in another form
// than OpenTofu.

// wideVerb is a format verb with a width or precision of five digits or more.
var wideVerb = lazyregexp.New(`%[^%a-zA-Z]*[0-9]{5}`)

// boundedFormat refuses widths that could only exhaust memory.
func boundedFormat(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if format, _ := args[0].Unmark(); format.IsKnown() && !format.IsNull() && wideVerb().MatchString(format.AsString()) {
				return cty.NilType, function.NewArgErrorf(0, "widths end at 9999")
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// indent is the standard library's, with a limit.
var indent = function.New(&function.Spec{
	Params: stdlib.IndentFunc.Params(),
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if args[0].LessThan(cty.Zero).True() || args[0].GreaterThan(cty.NumberIntVal(9999)).True() {
			return cty.NilVal, function.NewArgErrorf(0, "spaces must be from 0 to 9999")
		}
		return stdlib.IndentFunc.Call(args)
	},
})

// replace replaces text, or what a regular expression in slashes matches.
var replace = function.New(&function.Spec{
	Params: stdlib.ReplaceFunc.Params(),
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		pattern := args[1].AsString()
		if len(pattern) > 1 && strings.HasPrefix(pattern, "/") && strings.HasSuffix(pattern, "/") {
			return stdlib.RegexReplace(args[0], cty.StringVal(pattern[1:len(pattern)-1]), args[2])
		}
		return stdlib.Replace(args[0], args[1], args[2])
	},
})

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
