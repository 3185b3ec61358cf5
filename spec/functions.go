package spec

import (
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// pureFunctions are the functions that depend on their arguments alone, under OpenTofu's names. None knows the time or
// chance: the same files give the same spec.
var pureFunctions = sync.OnceValue(func() map[string]function.Function {
	all := map[string]function.Function{
		"abs":             stdlib.AbsoluteFunc,
		"alltrue":         allTrue,
		"anytrue":         anyTrue,
		"can":             tryfunc.CanFunc,
		"ceil":            stdlib.CeilFunc,
		"chomp":           stdlib.ChompFunc,
		"chunklist":       stdlib.ChunklistFunc,
		"coalesce":        stdlib.CoalesceFunc,
		"coalescelist":    stdlib.CoalesceListFunc,
		"compact":         stdlib.CompactFunc,
		"concat":          stdlib.ConcatFunc,
		"contains":        stdlib.ContainsFunc,
		"csvdecode":       bounded(stdlib.CSVDecodeFunc, checkCSV),
		"distinct":        distinct,
		"element":         stdlib.ElementFunc,
		"endswith":        endsWith,
		"flatten":         stdlib.FlattenFunc,
		"floor":           stdlib.FloorFunc,
		"format":          bounded(stdlib.FormatFunc, checkFormat),
		"formatdate":      stdlib.FormatDateFunc,
		"formatlist":      bounded(stdlib.FormatListFunc, checkFormat),
		"indent":          bounded(stdlib.IndentFunc, checkIndent),
		"index":           index,
		"join":            bounded(stdlib.JoinFunc, checkJoin),
		"jsondecode":      bounded(jsonDecode, checkJSON),
		"jsonencode":      bounded(stdlib.JSONEncodeFunc, checkNumber),
		"keys":            stdlib.KeysFunc,
		"length":          length,
		"log":             stdlib.LogFunc,
		"lookup":          lookup,
		"lower":           stdlib.LowerFunc,
		"max":             stdlib.MaxFunc,
		"merge":           stdlib.MergeFunc,
		"min":             stdlib.MinFunc,
		"parseint":        bounded(stdlib.ParseIntFunc, checkParseInt),
		"pow":             stdlib.PowFunc,
		"range":           rangeFunc,
		"regex":           bounded(stdlib.RegexFunc, checkRegex),
		"regexall":        bounded(stdlib.RegexAllFunc, checkRegexAll),
		"replace":         bounded(replace, checkReplace),
		"reverse":         stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc,
		"setproduct":      setProduct,
		"setsubtract":     stdlib.SetSubtractFunc,
		"setunion":        stdlib.SetUnionFunc,
		"signum":          stdlib.SignumFunc,
		"slice":           stdlib.SliceFunc,
		"sort":            stdlib.SortFunc,
		"split":           bounded(stdlib.SplitFunc, checkSplit),
		"startswith":      startsWith,
		"strrev":          stdlib.ReverseFunc,
		"substr":          stdlib.SubstrFunc,
		"sum":             sum,
		"timeadd":         stdlib.TimeAddFunc,
		"title":           stdlib.TitleFunc,
		"tobool":          stdlib.MakeToFunc(cty.Bool),
		"tolist":          toList,
		"tomap":           toMap,
		"tonumber":        bounded(stdlib.MakeToFunc(cty.Number), checkDigits),
		"toset":           toSet,
		"tostring":        bounded(stdlib.MakeToFunc(cty.String), checkNumber),
		"trim":            bounded(stdlib.TrimFunc, checkTrim),
		"trimprefix":      stdlib.TrimPrefixFunc,
		"trimspace":       stdlib.TrimSpaceFunc,
		"trimsuffix":      stdlib.TrimSuffixFunc,
		"try":             tryfunc.TryFunc,
		"upper":           stdlib.UpperFunc,
		"values":          stdlib.ValuesFunc,
		"yamldecode":      yamlDecode,
		"yamlencode":      bounded(yamlEncode, checkNumber),
		"zipmap":          stdlib.ZipmapFunc,
	}
	for name, f := range all {
		all[name] = quick(f)
	}
	return all
})

// functionNames are the names of all functions.
var functionNames = sync.OnceValue(func() []string { return slices.Sorted(maps.Keys(functions(nil))) })

// FunctionNames are the names of all functions that expressions can call, sorted.
func FunctionNames() []string { return slices.Clone(functionNames()) }

// functions are all functions but file, which depends on where it is called, and is here only for its name.
func functions(env map[string]string) map[string]function.Function {
	all := maps.Clone(pureFunctions())
	all["env"] = envFunc(env)
	maps.Copy(all, fileFunctions("."))
	return all
}
