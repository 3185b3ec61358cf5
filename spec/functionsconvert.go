package spec

import (
	"iter"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// tolist, toset and tomap, which cty's standard library has, too slow for large specs.

var (
	toList = collect(cty.List, func(v cty.Value) cty.Value { return cty.ListVal(v.AsValueSlice()) }, tupleTypes)
	toSet  = collect(cty.Set, func(v cty.Value) cty.Value { return cty.SetVal(v.AsValueSlice()) }, tupleTypes)
	toMap  = collect(cty.Map, func(v cty.Value) cty.Value { return cty.MapVal(v.AsValueMap()) }, attributeTypes)
)

// collect is a conversion to a collection with a short way for what has elements of one type, which types gives. The
// library looks for a common type by comparing every element with every other one: for ten thousand elements that takes
// longer than all the rest of Load.
func collect(typ func(cty.Type) cty.Type, build func(cty.Value) cty.Value, types func(cty.Type) iter.Seq[cty.Type]) function.Function {
	general := stdlib.MakeToFunc(typ(cty.DynamicPseudoType))
	return function.New(&function.Spec{
		Params: general.Params(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if element, ok := uniform(args[0], types); ok {
				return typ(element), nil
			}
			return general.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if _, ok := uniform(args[0], types); ok {
				v, marks := args[0].Unmark()
				return build(v).WithMarks(marks), nil
			}
			return general.Call(args)
		},
	})
}

// uniform is the one type that all elements have.
func uniform(v cty.Value, types func(cty.Type) iter.Seq[cty.Type]) (cty.Type, bool) {
	element := cty.NilType
	if v.IsNull() || !v.IsKnown() {
		return element, false
	}
	for ty := range types(v.Type()) {
		if element == cty.NilType {
			element = ty
		}
		if !ty.Equals(element) {
			return element, false
		}
	}
	return element, element != cty.NilType && !element.HasDynamicTypes()
}

// tupleTypes are the types of a tuple's elements, none for another value.
func tupleTypes(ty cty.Type) iter.Seq[cty.Type] {
	if !ty.IsTupleType() {
		return func(func(cty.Type) bool) {}
	}
	return slices.Values(ty.TupleElementTypes())
}

// attributeTypes are the types of an object's attributes, none for another value.
func attributeTypes(ty cty.Type) iter.Seq[cty.Type] {
	if !ty.IsObjectType() {
		return func(func(cty.Type) bool) {}
	}
	return maps.Values(ty.AttributeTypes())
}
