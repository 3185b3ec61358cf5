package spec

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// configExpr is a config attribute. The items of an object literal are evaluated one by one, so that every value has its
// own place and a mistake in one does not hide those in others; any other expression is evaluated whole.
type configExpr struct {
	at    hcl.Range
	whole hcl.Expression // nil for an object literal
	items []configItem
}

type configItem struct {
	key   hcl.Expression // nil when name is known already
	name  string
	at    hcl.Range // of the key
	value hcl.Expression
}

func (l *loader) declareConfig(attr *hcl.Attribute, refs references) *configExpr {
	c := &configExpr{at: attr.Expr.Range()}
	pairs, diags := hcl.ExprMap(attr.Expr)
	if diags.HasErrors() {
		c.whole = l.checked(attr.Expr, refs)
		return c
	}
	seen := map[string]hcl.Range{}
	for _, pair := range pairs {
		item := configItem{at: pair.Key.Range(), key: pair.Key, value: l.checked(pair.Value, refs)}
		if name, ok := dotted(pair.Key); ok {
			l.errorf(item.at, "Key without quotes", "A key with a dot is written in quotes: %q.", name)
			item.key = hcl.StaticExpr(cty.StringVal(name), item.at)
			c.items = append(c.items, item)
			continue
		}
		item.key = l.checked(pair.Key, refs)
		if len(pair.Key.Variables()) == 0 {
			name, ok := l.configKey(item, l.scope(c.at.Filename))
			if ok && l.fresh(seen, name, item.at) {
				item.key, item.name = nil, name
			} else {
				item.key = hcl.StaticExpr(cty.DynamicVal, item.at)
			}
		}
		c.items = append(c.items, item)
	}
	return c
}

// dotted is the text of a key such as snapshots.schedule, which without quotes reads as a reference.
func dotted(key hcl.Expression) (string, bool) {
	native, ok := key.(*hclsyntax.ObjectConsKeyExpr)
	if !ok || native.ForceNonLiteral {
		return "", false
	}
	expr, ok := native.Wrapped.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(expr.Traversal) < 2 {
		return "", false
	}
	parts := []string{expr.Traversal.RootName()}
	for _, step := range expr.Traversal[1:] {
		attr, ok := step.(hcl.TraverseAttr)
		if !ok {
			return "", false
		}
		parts = append(parts, attr.Name)
	}
	return strings.Join(parts, "."), true
}

// keyRange is where a key stands, or its value when the key was computed.
func (c *configExpr) keyRange(name string, value Value) hcl.Range {
	for _, item := range c.items {
		if item.key == nil && item.name == name {
			return item.at
		}
	}
	return value.Range
}

// expr is what the value of a key was evaluated from, nil when that cannot be told.
func (c *configExpr) expr(name string) hcl.Expression {
	for _, item := range c.items {
		if item.key == nil && item.name == name {
			return item.value
		}
	}
	return c.whole
}

// fresh reports a second value for one key.
func (l *loader) fresh(seen map[string]hcl.Range, key string, rng hcl.Range) bool {
	first, dup := seen[key]
	if dup {
		l.errorf(rng, "Duplicate config key", "The key %q has a value at %s already.", key, at(first))
		return false
	}
	seen[key] = rng
	return true
}

func (l *loader) configKey(item configItem, ctx *hcl.EvalContext) (string, bool) {
	v, ok := l.value(item.key, ctx)
	if !ok {
		return "", false
	}
	if v.IsMarked() {
		l.errorf(item.at, "Sensitive value", "A config key is shown in plans, so it cannot come from a sensitive variable.")
		return "", false
	}
	if v.IsNull() || v.Type() != cty.String {
		l.errorf(item.at, "Wrong type", "A config key must be text, and this is %s.", kindOf(v))
		return "", false
	}
	return v.AsString(), true
}

// readConfig evaluates the config attribute for one object.
func (r *reader) readConfig() Config {
	c := r.config
	if c == nil {
		return nil
	}
	r.ranges.Attrs["config"] = c.at
	if c.whole != nil {
		return r.wholeConfig(c)
	}
	config := make(Config, len(c.items))
	var seen map[string]hcl.Range
	for _, item := range c.items {
		name := item.name
		if item.key != nil {
			key, ok := r.l.configKey(item, r.ctx)
			if !ok {
				continue
			}
			if seen == nil {
				seen = map[string]hcl.Range{}
				for _, item := range c.items {
					if item.key == nil {
						seen[item.name] = item.at
					}
				}
			}
			if !r.l.fresh(seen, key, item.at) {
				continue
			}
			name = key
		}
		if v, ok := r.l.value(item.value, r.ctx); ok {
			r.setConfig(config, name, v, item.value)
		}
	}
	return config
}

func (r *reader) wholeConfig(c *configExpr) Config {
	v, ok := r.l.value(c.whole, r.ctx)
	if !ok {
		return nil
	}
	v, marks := v.Unmark()
	if v.IsNull() {
		delete(r.ranges.Attrs, "config")
		return nil
	}
	if ty := v.Type(); !ty.IsObjectType() && !ty.IsMapType() {
		r.l.errorf(c.at, "Wrong type", "\"config\" must be an object, { key = value, … }, and this is %s.", kindOf(v))
		return nil
	}
	config := make(Config, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		r.setConfig(config, key.AsString(), value.WithMarks(marks), c.whole)
	}
	return config
}

// setConfig puts in a value as LXD stores it. To LXD an empty text is an unset key, so it is not put in, as null is not.
func (r *reader) setConfig(config Config, key string, v cty.Value, expr hcl.Expression) {
	v, marks := v.UnmarkDeep()
	if v.IsNull() {
		return
	}
	value := Value{Sensitive: len(marks) > 0, Range: expr.Range()}
	switch v.Type() {
	case cty.String:
		value.Text = v.AsString()
	case cty.Bool:
		value.Text = "false"
		if v.True() {
			value.Text = "true"
		}
	case cty.Number:
		text, err := numberText(v)
		if err != nil {
			r.l.mistaken(expr.Range(), expr, r.ctx, "Wrong type", "The value of %q cannot be written for LXD: %s.", key, err)
			return
		}
		value.Text = text
	default:
		r.l.mistaken(expr.Range(), expr, r.ctx, "Wrong type", "The value of %q must be text, a number or a boolean, and this is %s.", key, kindOf(v))
		return
	}
	if value.Text != "" {
		config[key] = value
	}
}
