package spec

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// forEach is the row of for_each in the blocks that have it.
var forEach = attribute{name: "for_each", typ: "a map or a set of texts",
	doc: "The block stands for as many objects as this has elements; each.key and each.value are those of one."}

// element is one object of a declaration: the only one, or one for an element of for_each.
type element struct {
	ctx     *hcl.EvalContext
	address string
	any     bool // it stands for all the elements of a for_each that is not known, and is no object
}

// elements goes through the objects that a declaration stands for. In a volume with for_each, each is the volume's own;
// in one without, it is its pool's.
func (l *loader) elements(d *declaration, ctx *hcl.EvalContext, address string) iter.Seq[element] {
	address += addressLabel(d.label)
	return func(yield func(element) bool) {
		if d.forEach == nil {
			if l.admit(1, d.at) {
				yield(element{ctx: ctx, address: address})
			}
			return
		}
		v, ok := l.forEachValue(d.forEach, ctx)
		if !ok {
			if l.opts.ValuesMayLack {
				yield(element{eachIn(ctx, cty.UnknownVal(cty.String).RefineNotNull(), elementOf(v)), address + "[…]", true})
			}
			return
		}
		if !l.admit(v.LengthInt(), d.forEach.Range()) {
			return
		}
		for it := v.ElementIterator(); it.Next(); {
			key, value := it.Element()
			if v.Type().IsSetType() {
				key = value
			}
			if !yield(element{eachIn(ctx, key, value), address + "[" + strconv.Quote(textOf(key)) + "]", false}) {
				return
			}
		}
	}
}

// eachIn is a context with the element of a for_each.
func eachIn(ctx *hcl.EvalContext, key, value cty.Value) *hcl.EvalContext {
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
	return child
}

// elementOf is what is known of any element of a for_each that is not known.
func elementOf(v cty.Value) cty.Value {
	if ty := v.Type(); ty.IsCollectionType() {
		return cty.UnknownVal(ty.ElementType())
	}
	return cty.DynamicVal
}

// forEachValue evaluates for_each to a map, an object or a set of texts.
func (l *loader) forEachValue(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	const summary = "Invalid for_each"
	v, ok := l.evaluate(expr, ctx)
	ty, hint := v.Type(), ""
	// Of a map the keys are enough. Which elements of a set are the same is not known while one is not.
	if known := ok || v.IsKnown() && (ty.IsMapType() || ty.IsObjectType()); !known && (ty == cty.DynamicPseudoType || ty.IsMapType() || ty.IsObjectType() || ty.IsSetType()) {
		return v, false
	}
	switch {
	case v.IsMarked():
		l.errorf(expr.Range(), summary, "The value comes from a sensitive variable, and its keys would be shown in addresses.")
		return v, false
	case v.IsNull():
		hint = "It is null; write {} for no elements."
	case ty.IsMapType(), ty.IsObjectType():
		return v, true
	case ty.IsSetType() && ty.ElementType() == cty.String && v.HasElement(cty.NullVal(cty.String)).True():
		l.errorf(expr.Range(), summary, "for_each needs a map or a set of texts. The set has an element that is null.")
		return v, false
	case ty.IsSetType() && ty.ElementType() == cty.String:
		return v, true
	case ty.IsSetType() && v.LengthInt() == 0:
		return cty.SetValEmpty(cty.String), true
	case ty.IsSetType():
		hint = fmt.Sprintf("It is %s.", plainType("set of "+ty.ElementType().FriendlyNameForConstraint()))
		switch element := ty.ElementType(); {
		case element.IsObjectType() && element.HasAttribute("name"):
			hint += " For a map of them by name, write { for o in LIST : o.name => o }."
		case element.IsObjectType() || element.IsMapType():
			hint += " For a map of them, write { for o in LIST : o.KEY => o }, with what tells one from the others as KEY."
		case element == cty.Number:
			hint += " Write the numbers as texts, toset([\"1\", \"2\"])."
		}
	case ty.IsListType(), ty.IsTupleType():
		hint = "It is a list, and what stands at a place of a list would be another object whenever the list changes. " +
			"Write toset(…) around it."
	default:
		hint = fmt.Sprintf("It is %s.", kindOf(v))
	}
	l.errorf(expr.Range(), summary, "for_each needs a map or a set of texts. %s", hint)
	return v, false
}

// addressLabel is a label as addresses have it. Quotes keep the dots of a label apart from those of the address.
func addressLabel(label string) string {
	for _, c := range label {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !plain {
			return strconv.Quote(label)
		}
	}
	return label
}
