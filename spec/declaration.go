package spec

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// declaration is a pool or volume block, prepared so that each element of its for_each costs no more than evaluating the
// expressions.
type declaration struct {
	label   string
	at      hcl.Range
	attrs   hcl.Attributes // without config and for_each; references are checked
	blocks  hcl.Blocks     // nil once they are taken out
	config  *configExpr
	forEach hcl.Expression  // nil without
	meant   map[string]bool // attributes that are misspelled, see content

	// Of a pool block: that it adds volumes, and that it sets nothing else.
	adds, onlyAdds bool

	// last tells that its objects are made once and never again, and that nobody keeps what their expressions were evaluated in.
	last bool

	shared shared // of the objects of a for_each
}

// shared is what the object before this one has, so that of objects that differ in little else one serves for all. Nobody changes
// these.
type shared struct {
	ranges *Ranges
	config Config
	spare  map[string]hcl.Range // that no object has, nil for none
}

// places is an empty map for the places of an object's attributes, which share then gets.
func (s *shared) places() map[string]hcl.Range {
	places := s.spare
	if s.spare = nil; places == nil {
		return map[string]hcl.Range{}
	}
	clear(places)
	return places
}

// share gives what says the same, and is that of the object before where it had the same.
func (s *shared) share(ranges Ranges, config Config) (*Ranges, Config) {
	if is := s.ranges; is != nil && is.Block == ranges.Block && maps.Equal(is.Attrs, ranges.Attrs) && maps.Equal(is.Unknown, ranges.Unknown) {
		s.spare = ranges.Attrs
	} else {
		s.ranges = &ranges
	}
	if config == nil {
		return s.ranges, nil
	}
	if s.config == nil || !maps.Equal(s.config, config) {
		s.config = config
	}
	return s.ranges, s.config
}

// constant is an expression whose value does not depend on the element of a for_each: it is evaluated once.
type constant struct {
	hcl.Expression
	value *cty.Value // nil until then, and where there is something to say of it
}

func (c *constant) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if c.value != nil {
		return *c.value, nil
	}
	v, diags := c.Expression.Value(ctx)
	if len(diags) == 0 {
		c.value = &v
	}
	return v, diags
}

// UnwrapExpression is how HCL finds the expression itself.
func (c *constant) UnwrapExpression() hcl.Expression { return c.Expression }

// evaluatedOnce is an expression that is evaluated for each element of a for_each, or once where that is enough.
func evaluatedOnce(expr hcl.Expression) hcl.Expression {
	for _, t := range expr.Variables() {
		if t.RootName() == "each" {
			return expr
		}
	}
	return &constant{Expression: expr}
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
		if refs.each {
			attr.Expr = evaluatedOnce(attr.Expr)
		}
	}
	if d.config != nil && refs.each {
		d.config.evaluateOnce()
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
