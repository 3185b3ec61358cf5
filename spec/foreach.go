package spec

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
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
		all, of, ok := l.forEachElements(d.forEach, ctx)
		if !ok {
			if l.opts.ValuesMayLack {
				yield(element{eachIn(ctx, keyed{cty.UnknownVal(cty.String).RefineNotNull(), elementOf(of)}), address + "[…]", true})
			}
			return
		}
		if !l.admit(len(all), d.forEach.Range()) {
			return
		}
		if d.last {
			d.forEach = hcl.StaticExpr(cty.DynamicVal, d.forEach.Range()) // its tree takes ten times its text
		}
		var in *hcl.EvalContext
		said := 0
		for _, e := range all {
			// That of the element before serves again unless somebody may have kept it, as a diagnostic does for the values that it is about.
			if in == nil || !d.last || l.opts.Origins != nil || said != len(l.diags) {
				in = eachIn(ctx, e)
			} else {
				in.Variables["each"] = e.object()
			}
			said = len(l.diags)
			if !yield(element{in, address + "[" + strconv.Quote(textOf(e.key)) + "]", false}) {
				return
			}
		}
	}
}

const invalidForEach = "Invalid for_each"

// keyed is what each.key and each.value are for an element.
type keyed struct{ key, value cty.Value }

// object is what each is for the element.
func (k keyed) object() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"key": k.key, "value": k.value})
}

// forEachElements evaluates for_each to its elements, in order. When it is not ok, of is what is known of its value.
func (l *loader) forEachElements(expr hcl.Expression, ctx *hcl.EvalContext) (all []keyed, of cty.Value, ok bool) {
	l.reading.evaluate(expr)
	if texts, ok := textsOfSet(expr, ctx); ok {
		return texts, cty.NilVal, true
	}
	v, ok := l.forEachValue(expr, ctx)
	if !ok {
		return nil, v, false
	}
	all = make([]keyed, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if v.Type().IsSetType() {
			key = value
		}
		if key.IsNull() {
			l.errorf(expr.Range(), invalidForEach, "for_each needs a map or a set of texts. The set has an element that is null.")
			return nil, v, false
		}
		all = append(all, keyed{key, value})
	}
	return all, v, true
}

// textsOfSet is a short way for what is mostly written, toset of a list of texts, and not ok for anything else. cty makes a set of them
// first and sorts that each time that it looks through it, which takes longer than all the rest of Load.
func textsOfSet(expr hcl.Expression, ctx *hcl.EvalContext) (all []keyed, ok bool) {
	call, ok := expr.(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "toset" || len(call.Args) != 1 || call.ExpandFinal {
		return nil, false
	}
	if all, ok = plainElements(call.Args[0]); !ok {
		list, diags := call.Args[0].Value(ctx)
		if len(diags) > 0 || list.IsMarked() || !list.IsKnown() || list.IsNull() || !list.Type().IsTupleType() && !list.Type().IsListType() || list.LengthInt() == 0 {
			return nil, false
		}
		all = make([]keyed, 0, list.LengthInt())
		for it := list.ElementIterator(); it.Next(); {
			_, text := it.Element()
			if text.Type() != cty.String || text.IsMarked() || !text.IsKnown() || text.IsNull() {
				return nil, false
			}
			all = append(all, keyed{text, text})
		}
	}
	slices.SortFunc(all, func(a, b keyed) int { return strings.Compare(a.key.AsString(), b.key.AsString()) })
	return slices.CompactFunc(all, func(a, b keyed) bool { return a.key.AsString() == b.key.AsString() }), true
}

// plainElements are the elements of a list that is written as plain texts and nothing else.
func plainElements(expr hcl.Expression) (all []keyed, ok bool) {
	list, ok := expr.(*hclsyntax.TupleConsExpr)
	if !ok || len(list.Exprs) == 0 {
		return nil, false
	}
	all = make([]keyed, 0, len(list.Exprs))
	for _, expr := range list.Exprs {
		text, ok := textOfPlain(expr)
		if !ok {
			return nil, false
		}
		all = append(all, keyed{text, text})
	}
	return all, true
}

// eachIn is a context with the element of a for_each.
func eachIn(ctx *hcl.EvalContext, of keyed) *hcl.EvalContext {
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{"each": of.object()}
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
	v, ok := l.evaluate(expr, ctx)
	ty, hint := v.Type(), ""
	// Of a map the keys are enough. Which elements of a set are the same is not known while one is not.
	if known := ok || v.IsKnown() && (ty.IsMapType() || ty.IsObjectType()); !known && (ty == cty.DynamicPseudoType || ty.IsMapType() || ty.IsObjectType() || ty.IsSetType()) {
		return v, false
	}
	switch {
	case v.IsMarked():
		l.errorf(expr.Range(), invalidForEach, "The value comes from a sensitive variable, and its keys would be shown in addresses.")
		return v, false
	case v.IsNull():
		hint = "It is null; write {} for no elements."
	case ty.IsMapType(), ty.IsObjectType():
		return v, true
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
	case ty == cty.Number:
		hint = "It is a number. For so many objects write for_each = toset([for n in range(3) : tostring(n)])."
	case ty == cty.String:
		hint = "It is text. For one object write toset([…]) around it."
	default:
		hint = fmt.Sprintf("It is %s.", kindOf(v))
	}
	l.errorf(expr.Range(), invalidForEach, "for_each needs a map or a set of texts. %s", hint)
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
