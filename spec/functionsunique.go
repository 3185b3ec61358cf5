package spec

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// distinct is a list without what is in it before. The standard library compares each element with each other one, which takes
// minutes for the texts of a long list.
var distinct = function.New(&function.Spec{
	Params: stdlib.DistinctFunc.Params(),
	Type:   stdlib.DistinctFunc.ReturnTypeForValues,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		if list.Type().ElementType() != cty.String || !list.IsWhollyKnown() || list.LengthInt() == 0 {
			return stdlib.DistinctFunc.Call(args)
		}
		seen := map[string]bool{}
		null := false
		var once []cty.Value
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			switch {
			case v.IsNull() && !null:
				null = true
			case !v.IsNull() && !seen[v.AsString()]:
				seen[v.AsString()] = true
			default:
				continue
			}
			once = append(once, v)
		}
		return cty.ListVal(once), nil
	},
})
