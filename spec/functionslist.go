package spec

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Functions on lists, sets and maps that cty's standard library does not have, or has without a limit that a spec needs, or in
// another form than OpenTofu.

// maxRange is the longest range. The standard library stops at 1024, which is less than some pools have volumes.
const maxRange = 100_000

// rangeFunc is range(end), range(start, end) and range(start, end, step).
var rangeFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "params", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.Number)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var start, end cty.Value
		switch len(args) {
		case 1:
			start, end = cty.Zero, args[0]
		case 2, 3:
			start, end = args[0], args[1]
		default:
			return cty.NilVal, errors.New("it takes one to three numbers: range(end), range(start, end) or range(start, end, step)")
		}
		down, step := end.LessThan(start).True(), cty.NumberIntVal(1)
		if down {
			step = cty.NumberIntVal(-1)
		}
		if len(args) == 3 {
			step = args[2]
		}
		if start.RawEquals(end) {
			return cty.ListValEmpty(cty.Number), nil
		}
		if step.RawEquals(cty.Zero) || step.LessThan(cty.Zero).True() != down {
			return cty.NilVal, function.NewArgErrorf(2, "the step does not lead from the start to the end")
		}
		var numbers []cty.Value
		for n := start; n.LessThan(end).True() != down && !n.RawEquals(end); n = n.Add(step) {
			if len(numbers) == maxRange {
				return cty.NilVal, fmt.Errorf("it would give more than %d numbers", maxRange)
			}
			numbers = append(numbers, n)
		}
		return cty.ListVal(numbers), nil
	},
})

// setProduct is the standard library's, with a limit.
var setProduct = function.New(&function.Spec{
	VarParam: stdlib.SetProductFunc.VarParam(),
	Type:     stdlib.SetProductFunc.ReturnTypeForValues,
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		size := 1
		for _, arg := range args {
			if arg, _ := arg.Unmark(); arg.IsKnown() && !arg.IsNull() {
				if size *= arg.LengthInt(); size > maxObjects {
					return cty.NilVal, fmt.Errorf("it would give more than %d elements", maxObjects)
				}
			}
		}
		return stdlib.SetProductFunc.Call(args)
	},
})

// length is the number of elements, or of a text's characters.
var length = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		if ty == cty.String || ty == cty.DynamicPseudoType || ty.IsCollectionType() || ty.IsTupleType() || ty.IsObjectType() {
			return cty.Number, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "only text and collections have a length")
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v := args[0]
		switch {
		case v.Type() == cty.String:
			return stdlib.Strlen(v)
		case v.Type().IsObjectType():
			return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))), nil
		case v.Type().IsTupleType():
			return cty.NumberIntVal(int64(v.LengthInt())), nil
		}
		return v.Length(), nil
	},
})

// index is the position of an element in a list.
var index = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "it searches a list")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, element := it.Element()
			eq, err := stdlib.Equal(element, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			if !eq.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if eq.True() {
				return i, nil
			}
		}
		return cty.NilVal, errors.New("the list does not have the value")
	},
})

// lookup is an element of a map or an object, or else the default, which may be null: a config value of null is one that
// is not there.
var lookup = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "map", Type: cty.DynamicPseudoType}, {Name: "key", Type: cty.String},
		{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowDynamicType: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		switch {
		case ty.IsMapType():
			return ty.ElementType(), nil
		case !ty.IsObjectType():
			return cty.NilType, function.NewArgErrorf(0, "it looks into a map or an object")
		case !args[1].IsKnown():
			return cty.DynamicPseudoType, nil
		case ty.HasAttribute(args[1].AsString()):
			return ty.AttributeType(args[1].AsString()), nil
		}
		return args[2].Type(), nil
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		from, key := args[0], args[1]
		switch {
		case from.Type().IsObjectType() && from.Type().HasAttribute(key.AsString()):
			return from.GetAttr(key.AsString()), nil
		case from.Type().IsMapType() && from.HasIndex(key).True():
			return from.Index(key), nil
		}
		fallback, err := convert.Convert(args[2], ty)
		if err != nil {
			return cty.NilVal, function.NewArgErrorf(2, "the default must be %s, as the elements are", ty.FriendlyName())
		}
		return fallback, nil
	},
})

var allTrue, anyTrue = quantifier(true), quantifier(false)

// quantifier is over a list of booleans: the answer is whole as long as every element is.
func quantifier(whole bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			result := cty.BoolVal(whole)
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				switch {
				case v.IsNull():
					v = cty.False
				case !v.IsKnown():
					return cty.UnknownVal(cty.Bool), nil
				}
				if whole {
					result = result.And(v)
				} else {
					result = result.Or(v)
				}
			}
			return result, nil
		},
	})
}

// sum adds the numbers of a list, set or tuple.
var sum = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsSetType() && !ty.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "it adds the numbers of a list")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil || n.IsNull() {
				return cty.NilVal, function.NewArgErrorf(0, "it has an element that is not a number")
			}
			total, err = stdlib.Add(total, n)
			if err != nil {
				return cty.NilVal, err
			}
		}
		return total, nil
	},
})
