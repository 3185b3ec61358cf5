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

	// constant tells that the items are the same for all objects of a block. Then evaluated is what they were, once that is known to be
	// without a mistake. Nobody changes these maps.
	constant  bool
	evaluated *evaluatedConfig
}

// evaluatedConfig is what a config attribute says of an object.
type evaluatedConfig struct {
	config Config
	unset  map[string]hcl.Range // see [Volume.Unset]
}

// configItem is one key and its value. A key that is the same for all objects of a block has its name from the start.
type configItem struct {
	key   hcl.Expression // nil when the name is known
	name  string
	at    hcl.Range // of the key
	value hcl.Expression
}

// declareConfig prepares a config attribute, and evaluates the keys that do not depend on anything.
func (l *loader) declareConfig(attr *hcl.Attribute, refs references) *configExpr {
	c := &configExpr{at: attr.Expr.Range()}
	pairs, diags := hcl.ExprMap(attr.Expr)
	if diags.HasErrors() {
		c.whole = l.checkedExpr(attr.Expr, refs)
		return c
	}
	seen := map[string]hcl.Range{}
	for _, pair := range pairs {
		item := configItem{at: pair.Key.Range(), key: pair.Key, value: l.checkedExpr(pair.Value, refs)}
		if name, ok := unquotedKey(pair.Key); ok {
			l.errorf(item.at, "Key without quotes", "A key with a dot is written in quotes: %q.", name)
			item.key = hcl.StaticExpr(cty.StringVal(name), item.at)
			c.items = append(c.items, item)
			continue
		}
		item.key = l.checkedExpr(pair.Key, refs)
		if len(pair.Key.Variables()) == 0 {
			name, ok := l.evaluateKey(item, l.scope(c.at.Filename))
			if ok && l.checkNotDuplicate(seen, name, item.at) {
				item.key, item.name = nil, name
			} else {
				item.key = hcl.StaticExpr(cty.DynamicVal, item.at)
			}
		}
		c.items = append(c.items, item)
	}
	return c
}

// evaluateOnce has what is the same for all objects of a block evaluated once.
func (c *configExpr) evaluateOnce() {
	if c.whole != nil {
		c.whole = evaluatedOnce(c.whole)
	}
	c.constant = true
	for i := range c.items {
		item := &c.items[i]
		item.value = evaluatedOnce(item.value)
		_, constant := item.value.(*constant)
		if item.key != nil {
			item.key, constant = evaluatedOnce(item.key), false
		}
		c.constant = c.constant && constant
	}
}

// unquotedKey is the text of a key such as snapshots.schedule that is written without quotes, which HCL reads as a reference.
func unquotedKey(key hcl.Expression) (string, bool) {
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

// valueExpr is what the value of a key was evaluated from, nil when that is not known.
func (c *configExpr) valueExpr(name string) hcl.Expression {
	for _, item := range c.items {
		if item.key == nil && item.name == name {
			return item.value
		}
	}
	return c.whole
}

// namedKeys are the places of the keys whose names are known, by name.
func (c *configExpr) namedKeys() map[string]hcl.Range {
	keys := map[string]hcl.Range{}
	for _, item := range c.items {
		if item.key == nil {
			keys[item.name] = item.at
		}
	}
	return keys
}

// hasKey reports whether a key is written down: its value may be null, or have a mistake.
func (c *configExpr) hasKey(name string) bool {
	if c == nil {
		return false
	}
	for _, item := range c.items {
		if item.name == name {
			return true
		}
	}
	return false
}

// checkNotDuplicate reports a second value for one key.
func (l *loader) checkNotDuplicate(seen map[string]hcl.Range, key string, rng hcl.Range) bool {
	first, duplicate := seen[key]
	if duplicate {
		l.errorf(rng, "Duplicate config key", "The key %q has a value at %s already.", key, fileLine(first))
		return false
	}
	seen[key] = rng
	return true
}

// evaluateKey gives the name of a key.
func (l *loader) evaluateKey(item configItem, ctx *hcl.EvalContext) (string, bool) {
	v, ok := l.evaluate(item.key, ctx)
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
	return textOf(v), true
}
