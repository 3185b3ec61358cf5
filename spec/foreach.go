package spec

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// declaration is a pool or volume block, prepared so that each element of its for_each costs no more than evaluating the
// expressions.
type declaration struct {
	block  *hcl.Block
	label  string
	at     hcl.Range
	attrs  hcl.Attributes // without config and for_each; references are checked
	blocks hcl.Blocks
	config *configExpr
	each   hcl.Expression // for_each, nil without
}

// declare prepares a block. outer tells that a block around it has for_each.
func (l *loader) declare(block *hcl.Block, t *blockType, outer bool) *declaration {
	content := l.content(block.Body, t)
	d := &declaration{block: block, label: block.Labels[0], at: header(block), attrs: content.Attributes, blocks: content.Blocks}
	if attr, ok := d.attrs["for_each"]; ok {
		d.each = l.checked(attr.Expr, references{each: outer})
		delete(d.attrs, "for_each")
	}
	refs := references{each: outer || d.each != nil}
	if attr, ok := d.attrs["config"]; ok {
		d.config = l.declareConfig(attr, refs)
		delete(d.attrs, "config")
	}
	for _, attr := range d.attrs {
		attr.Expr = l.checked(attr.Expr, refs)
	}
	if d.label == "" {
		l.errorf(d.at, "Invalid label", "The label of a %s cannot be empty: it is how messages and --only call the %s.", t.name, t.name)
	}
	if d.each != nil && d.attrs["name"] == nil {
		l.errorf(d.at, "Missing name", "A %s with for_each needs a name that differs from element to element, "+
			"such as name = \"%s-${each.key}\".", t.name, d.label)
		d.each = hcl.StaticExpr(cty.DynamicVal, d.at)
	}
	return d
}

// element is one object of a declaration: the only one, or one for an element of for_each.
type element struct {
	ctx     *hcl.EvalContext
	address string
}

// elements goes through the objects that a declaration stands for. In a volume with for_each, each is the volume's own;
// in one without, it is its pool's.
func (l *loader) elements(d *declaration, ctx *hcl.EvalContext, address string) iter.Seq[element] {
	address += label(d.label)
	return func(yield func(element) bool) {
		if d.each == nil {
			if l.count(d.at) {
				yield(element{ctx, address})
			}
			return
		}
		v, ok := l.eachValue(d.each, ctx)
		if !ok {
			return
		}
		for it := v.ElementIterator(); it.Next(); {
			key, value := it.Element()
			if v.Type().IsSetType() {
				key = value
			}
			if !l.count(d.each.Range()) {
				return
			}
			child := ctx.NewChild()
			child.Variables = map[string]cty.Value{"each": cty.ObjectVal(map[string]cty.Value{"key": key, "value": value})}
			if !yield(element{child, address + "[" + strconv.Quote(key.AsString()) + "]"}) {
				return
			}
		}
	}
}

// eachValue evaluates for_each to a map, an object or a set of texts.
func (l *loader) eachValue(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	const summary = "Invalid for_each"
	v, ok := l.value(expr, ctx)
	if !ok {
		return v, false
	}
	ty, hint := v.Type(), ""
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
		hint = fmt.Sprintf("It is a set of %s.", ty.ElementType().FriendlyName())
	case ty.IsListType(), ty.IsTupleType():
		hint = "It is a list, and what stands at a place of a list would be another object whenever the list changes. " +
			"Write toset(…) around it."
	default:
		hint = fmt.Sprintf("It is %s.", kindOf(v))
	}
	l.errorf(expr.Range(), summary, "for_each needs a map or a set of texts. %s", hint)
	return v, false
}

// label is a label as addresses have it. Quotes keep the dots of a label apart from those of the address.
func label(label string) string {
	for _, c := range label {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !plain {
			return strconv.Quote(label)
		}
	}
	return label
}
