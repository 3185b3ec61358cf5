package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Config holds config values by key. A key that the spec sets to null or "" is not in it.
type Config map[string]Value

// Value is one config value, as the string that LXD stores. Text keeps the author's spelling ("10GiB"), so that messages
// echo the file; a number or a boolean has its canonical text.
type Value struct {
	Text      string
	Sensitive bool // never shown: it comes from a sensitive variable, or its key is secret
	Range     hcl.Range
	Unknown   bool // there is a value, and it is not known; see Options.ValuesMayLack
}

// Keys are the keys in sorted order.
func (c Config) Keys() []string {
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
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
	if c.evaluated != nil {
		r.unset = c.evaluated.unset
		return c.evaluated.config
	}
	said := len(r.l.diags)
	config := make(Config, len(c.items))
	var seen map[string]hcl.Range // keys, when some of them are computed
	for _, item := range c.items {
		name := item.name
		if item.key != nil {
			key, ok := r.l.evaluateKey(item, r.ctx)
			if !ok {
				r.unknown("config")
				continue
			}
			if seen == nil {
				seen = c.namedKeys()
			}
			if !r.l.checkNotDuplicate(seen, key, item.at) {
				continue
			}
			name = key
		}
		v, _ := r.l.evaluate(item.value, r.ctx)
		r.setConfig(config, name, v, item.value)
	}
	if c.constant && len(r.l.diags) == said && !r.ranges.Unknown["config"] {
		c.evaluated = &evaluatedConfig{config, r.unset}
	}
	return config
}

// wholeConfig evaluates a config attribute that is no object literal.
func (r *reader) wholeConfig(c *configExpr) Config {
	v, _ := r.l.evaluate(c.whole, r.ctx)
	v, marks := v.Unmark()
	if v.IsNull() {
		delete(r.ranges.Attrs, "config")
		return nil
	}
	if ty := v.Type(); ty == cty.DynamicPseudoType || !v.IsKnown() && (ty.IsObjectType() || ty.IsMapType()) {
		r.unknown("config")
		return nil
	} else if !ty.IsObjectType() && !ty.IsMapType() {
		r.l.errorf(c.at, "Wrong type", "\"config\" must be an object, { key = value, … }, and this is %s.%s", kindOf(v), objectMeant(v))
		return nil
	}
	config := make(Config, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		r.setConfig(config, textOf(key), value.WithMarks(marks), c.whole)
	}
	return config
}

// setConfig puts in a value as LXD stores it. To LXD an empty text is an unset key, so it is not put in, as null is not, but noted.
func (r *reader) setConfig(config Config, key string, v cty.Value, expr hcl.Expression) {
	v, marks := v.UnmarkDeep()
	if v.IsNull() {
		return
	}
	value := Value{Sensitive: len(marks) > 0 || r.l.isSecretKey(key), Range: expr.Range()}
	if ty := v.Type(); !v.IsKnown() && (ty == cty.DynamicPseudoType || ty.IsPrimitiveType()) {
		value.Unknown = true
		config[key] = value
		return
	}
	used := expr // whose values a mistake may show
	if value.Sensitive {
		used = nil
	}
	switch v.Type() {
	case cty.String:
		value.Text = textOf(v)
	case cty.Bool:
		value.Text = "false"
		if v.True() {
			value.Text = "true"
		}
	case cty.Number:
		text, err := numberText(v)
		if err != nil {
			r.l.valueErrorf(expr.Range(), used, r.ctx, "Wrong type", "The value of %q cannot be written for LXD: %s.", key, err)
			return
		}
		value.Text = text
	default:
		r.l.valueErrorf(expr.Range(), used, r.ctx, "Wrong type", "The value of %q must be text, a number or a boolean, and this is %s.%s", key, kindOf(v), dottedMeant(key, v))
		return
	}
	if value.Text != "" {
		if value.Sensitive {
			r.l.spec.Secrets.Add(value.Text)
		}
		config[key] = value
		return
	}
	if r.unset == nil {
		r.unset = map[string]hcl.Range{}
	}
	r.unset[key] = value.Range
}

// objectMeant says how a value that should be an object is written as one, "" when that is not known.
func objectMeant(v cty.Value) string {
	ty := v.Type()
	if !v.IsWhollyKnown() || v.ContainsMarked() || v.IsNull() {
		return ""
	}
	var items []string
	switch {
	case ty == cty.String && textOf(v) == "":
		return " Write {}, or leave it out."
	case ty == cty.String:
		items = []string{textOf(v)}
	case (ty.IsTupleType() || ty.IsListType()) && v.LengthInt() == 0:
		return " Write {}, or leave it out."
	case ty.IsTupleType() || ty.IsListType():
		for it := v.ElementIterator(); it.Next(); {
			_, item := it.Element()
			if item.IsNull() || item.Type() != cty.String {
				return " Take the brackets around it away: one object has all keys."
			}
			items = append(items, textOf(item))
		}
	}
	var pairs []string
	for _, item := range items {
		key, value, ok := strings.Cut(item, "=")
		if key = strings.TrimSpace(key); !ok || !isConfigKey(key) {
			return ""
		}
		pairs = append(pairs, fmt.Sprintf("%s = %q", configKey(key), strings.TrimSpace(value)))
	}
	if len(pairs) == 0 || slices.ContainsFunc(pairs, notToShow) {
		return ""
	}
	return fmt.Sprintf(" Write { %s }.", strings.Join(pairs, ", "))
}

// dottedMeant says how config keys with dots are written that stand as objects in each other, "" when they are none.
func dottedMeant(key string, v cty.Value) string {
	if !v.Type().IsObjectType() || v.ContainsMarked() {
		return ""
	}
	var keys []string
	for _, part := range sortedKeys(v.Type().AttributeTypes()) {
		if name := key + "." + part; isConfigKey(name) {
			keys = append(keys, strconv.Quote(name))
		}
	}
	if len(keys) == 0 {
		return ""
	}
	return fmt.Sprintf(" The dots are a part of a key: write %s = ….", strings.Join(keys, " = …, "))
}
