package spec

import (
	"iter"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// [1, 2] and { a = 1 } are a tuple and an object, of which each element has a type of its own. To make a list, a set or a map of one,
// cty looks for a common type by comparing every element with every other one: for ten thousand elements that takes longer than all the
// rest of Load. Long ones have few types, though, so that there is a [short] way.

var (
	toList = collecting(stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), cty.List(cty.DynamicPseudoType))
	toSet  = collecting(stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), cty.Set(cty.DynamicPseudoType))
	toMap  = collecting(stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), cty.Map(cty.DynamicPseudoType))
)

// collecting is a conversion to a collection with the short way.
func collecting(general function.Function, want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: general.Params(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if short, ok := shortWay(args[0], want); ok {
				return short.typ, nil
			}
			return general.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if v := collected(args[0], want); v.Type().IsCollectionType() && !args[0].Type().IsCollectionType() {
				return v, nil
			}
			return general.Call(args)
		},
	})
}

// quick is a function of which those arguments are collected that are to be lists, sets or maps.
func quick(f function.Function) function.Function {
	want := func(i int) cty.Type {
		if params := f.Params(); i < len(params) {
			return params[i].Type
		}
		return f.VarParam().Type
	}
	takes := slices.ContainsFunc(f.Params(), func(p function.Parameter) bool { return p.Type.IsCollectionType() })
	if more := f.VarParam(); !takes && (more == nil || !more.Type.IsCollectionType()) {
		return f
	}
	return prepared(f, cty.Type.IsCollectionType, func(args []cty.Value) ([]cty.Value, error) {
		args = slices.Clone(args)
		for i := range args {
			if !want(i).IsCollectionType() {
				continue
			}
			var err error
			if args[i] = collected(args[i], want(i)); want(i).ElementType() == cty.DynamicPseudoType && sameKind(args[i].Type(), want(i)) {
				continue // to convert it would compare all elements once more
			}
			if args[i], err = convert.Convert(args[i], want(i)); err != nil {
				return nil, function.NewArgError(i, err)
			}
		}
		return args, nil
	})
}

// sameKind tells whether both are lists, sets or maps.
func sameKind(a, b cty.Type) bool {
	return a.IsListType() && b.IsListType() || a.IsSetType() && b.IsSetType() || a.IsMapType() && b.IsMapType()
}

// fewElements are too few for a short way to be worth it.
const fewElements = 64

// short is a way from a tuple to a list or a set, or from an object to a map.
type short struct {
	typ   cty.Type // of the result
	build func(from cty.Value, element cty.Type) (cty.Value, error)
}

// shortWay is the way from a long value to what is wanted. It is not ok when there is none.
func shortWay(v cty.Value, want cty.Type) (way short, ok bool) {
	raw, _ := v.Unmark()
	ty := raw.Type()
	var types iter.Seq[cty.Type]
	collection := cty.Map
	switch {
	case ty.IsTupleType() && want.IsListType():
		types, collection, way.build = slices.Values(ty.TupleElementTypes()), cty.List, sequence(cty.ListVal)
	case ty.IsTupleType() && want.IsSetType():
		types, collection, way.build = slices.Values(ty.TupleElementTypes()), cty.Set, sequence(cty.SetVal)
	case ty.IsObjectType() && want.IsMapType():
		types, way.build = maps.Values(ty.AttributeTypes()), mapOf
	default:
		return way, false
	}
	if !raw.IsKnown() || raw.IsNull() || raw.LengthInt() == 0 {
		return way, false
	}
	if raw.LengthInt() < fewElements && !want.ElementType().IsCollectionType() { // whose elements may be long
		return way, false
	}
	element := want.ElementType()
	if element == cty.DynamicPseudoType {
		if element, ok = commonType(types); !ok {
			return way, false
		}
	}
	way.typ = collection(element)
	return way, !element.HasDynamicTypes() && element.Equals(element.WithoutOptionalAttributesDeep())
}

// collected is a value as what is wanted. One that has no short way to that comes back as it is, for the library to convert
// or to refuse.
func collected(v cty.Value, want cty.Type) cty.Value {
	way, ok := shortWay(v, want)
	if !ok {
		return v
	}
	raw, marks := v.Unmark()
	list, err := way.build(raw, way.typ.ElementType())
	if err != nil {
		return v
	}
	return list.WithMarks(marks)
}

func sequence(build func([]cty.Value) cty.Value) func(from cty.Value, element cty.Type) (cty.Value, error) {
	return func(from cty.Value, element cty.Type) (cty.Value, error) {
		values := from.AsValueSlice()
		for i := range values {
			if err := become(&values[i], element); err != nil {
				return cty.NilVal, err
			}
		}
		return build(values), nil
	}
}

func mapOf(from cty.Value, element cty.Type) (cty.Value, error) {
	values := from.AsValueMap()
	for key, v := range values {
		if err := become(&v, element); err != nil {
			return cty.NilVal, err
		}
		values[key] = v
	}
	return cty.MapVal(values), nil
}

// become converts a value.
func become(v *cty.Value, ty cty.Type) (err error) {
	if ty.IsCollectionType() {
		*v = collected(*v, ty)
	}
	if !v.Type().Equals(ty) {
		*v, err = convert.Convert(*v, ty)
	}
	return err
}

// commonType is the type that all elements can have. It is not ok for elements of many types, and for those whose type is not known.
func commonType(types iter.Seq[cty.Type]) (common cty.Type, ok bool) {
	const many = 16
	var different []cty.Type
	for ty := range types {
		if !slices.ContainsFunc(different, ty.Equals) {
			if different = append(different, ty); len(different) > many || ty.HasDynamicTypes() {
				return cty.NilType, false
			}
		}
	}
	common, _ = convert.UnifyUnsafe(different)
	return common, common != cty.NilType
}
