package spec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// declaration is a pool or volume block, prepared so that each element of its for_each costs no more than evaluating the
// expressions.
type declaration struct {
	label   string
	at      hcl.Range
	attrs   hcl.Attributes // without config and for_each; references are checked
	blocks  hcl.Blocks
	config  *configExpr
	forEach hcl.Expression  // nil without
	meant   map[string]bool // attributes that are misspelled, see content
}

// declare prepares a block. inForEach: a block around it has for_each.
func (l *loader) declare(block *hcl.Block, t *blockType, inForEach bool) *declaration {
	content := l.content(block.Body, t)
	d := &declaration{label: exact(block.Labels[0]), at: header(block), attrs: content.Attributes, blocks: content.Blocks, meant: content.meant}
	if attr, ok := d.attrs["for_each"]; ok {
		d.forEach = l.checkedExpr(attr.Expr, references{each: inForEach})
		delete(d.attrs, "for_each")
	}
	if d.forEach == nil && d.meant["for_each"] { // it has one under another name, so that each means something
		d.forEach = hcl.StaticExpr(cty.DynamicVal, d.at)
	}
	refs := references{each: inForEach || d.forEach != nil}
	if attr, ok := d.attrs["config"]; ok {
		d.config = l.declareConfig(attr, refs)
		delete(d.attrs, "config")
	}
	for _, attr := range d.attrs {
		attr.Expr = l.checkedExpr(attr.Expr, refs)
	}
	if d.label == "" {
		called := "messages and --only call"
		if t == memberBlock {
			called = "messages call"
		}
		l.errorf(d.at, "Invalid label", "The label of a %s cannot be empty: it is how %s the %s.", t.name, called, t.name)
	}
	if d.forEach != nil && d.attrs["name"] == nil {
		if !d.meant["name"] && !d.meant["for_each"] {
			l.errorf(d.at, "Missing name", "A %s with for_each needs a name that differs from element to element, "+
				"such as name = \"%s-${each.key}\".", t.name, d.label)
		}
		d.forEach = hcl.StaticExpr(cty.DynamicVal, d.at)
	}
	return d
}
