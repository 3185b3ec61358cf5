package tofu

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tarn/spec"
)

// readValues reads the files of variables that OpenTofu reads unasked. Of two values the last wins.
func (c *converter) readValues() error {
	entries, err := os.ReadDir(c.root.dir)
	if err != nil {
		return err
	}
	var names, auto []string
	for _, e := range entries {
		switch name := e.Name(); {
		case e.IsDir():
		case name == "terraform.tfvars" || name == "terraform.tfvars.json":
			names = append(names, name)
		case strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json"):
			auto = append(auto, name)
		}
	}
	for _, name := range append(names, auto...) {
		b, err := c.files.values(filepath.Join(c.root.dir, name))
		if err != nil {
			return err
		}
		for _, a := range b.attrs {
			c.root.given[a.name] = a
		}
	}
	return nil
}

// passedProvider is what a module's call passes on as a provider.
func passedProvider(e *expression, key string) (string, bool) {
	object, ok := e.node.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return "", false
	}
	for _, item := range object.Items {
		from, to := item.KeyExpr.Range(), item.ValueExpr.Range()
		if strings.TrimSpace(e.text[from.Start.Byte:from.End.Byte]) == key {
			return strings.TrimSpace(e.text[to.Start.Byte:to.End.Byte]), true
		}
	}
	return "", false
}

// textValue is the text that an expression of the spec has with the values that the configuration gives to variables. It is not ok when
// that is not known.
func (c *converter) textValue(text string) (string, bool) {
	v := c.value(text, 0)
	if v == cty.NilVal || !v.IsWhollyKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// textValues are the texts in a list that an expression of the spec gives.
func (c *converter) textValues(text string) ([]string, bool) {
	v := c.value(text, 0)
	if v == cty.NilVal || !v.IsWhollyKnown() || v.IsNull() || !v.CanIterateElements() {
		return nil, false
	}
	var all []string
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		if element.IsNull() || element.Type() != cty.String {
			return nil, false
		}
		all = append(all, element.AsString())
	}
	return all, true
}

// value evaluates an expression of the spec, cty.NilVal when that cannot be done.
func (c *converter) value(text string, depth int) cty.Value {
	e, err := newExpression(text, place{line: 1})
	if err != nil || depth > 50 {
		return cty.NilVal
	}
	vars, locals := map[string]cty.Value{}, map[string]cty.Value{}
	for _, t := range e.node.Variables() {
		attr, ok := secondName(t)
		if !ok {
			return cty.NilVal
		}
		switch t.RootName() {
		case "var":
			vars[attr] = c.variableValue(attr)
		case "local":
			l := c.locals[attr]
			if l == nil || l.err != nil {
				return cty.NilVal
			}
			locals[attr] = c.value(l.text, depth+1)
		default:
			return cty.NilVal
		}
	}
	for _, values := range []map[string]cty.Value{vars, locals} {
		for _, v := range values {
			if v == cty.NilVal {
				return cty.NilVal
			}
		}
	}
	functions := spec.Functions()
	delete(functions, "file") // whose paths start elsewhere
	delete(functions, "env")
	v, diags := e.node.Value(&hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{"var": cty.ObjectVal(vars), "local": cty.ObjectVal(locals)}})
	if diags.HasErrors() {
		return cty.NilVal
	}
	return v
}

// variableValue is the value of a variable of the spec when none is given besides.
func (c *converter) variableValue(name string) cty.Value {
	used := c.variables[name]
	if used == nil {
		return cty.NilVal
	}
	if used.decl == nil {
		return cty.StringVal("default")
	}
	e := c.defaultOf(used)
	if e == nil || used.sensitive() {
		return cty.NilVal
	}
	v := constant(e)
	typ := c.typeOf(used)
	if v == cty.NilVal || typ == "" {
		return v
	}
	t, err := newExpression(typ, used.at)
	if err != nil {
		return v
	}
	want, defaults, diags := typeexpr.TypeConstraintWithDefaults(t.node)
	if diags.HasErrors() {
		return v
	}
	if defaults != nil && !v.IsNull() {
		v = defaults.Apply(v)
	}
	converted, err := convert.Convert(v, want)
	if err != nil {
		return cty.NilVal
	}
	return converted
}

// secondName is the name behind the first dot of a reference.
func secondName(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	attr, ok := t[1].(hcl.TraverseAttr)
	return attr.Name, ok
}

// defaultOf is the default that a variable has in the spec, nil for none.
func (c *converter) defaultOf(v *usedVariable) *expression {
	if v.arg != nil {
		return v.arg
	}
	if a := c.root.given[v.name]; a != nil && v.in == c.root {
		return a.value
	}
	if a := v.decl.attr("default"); a != nil {
		return a.value
	}
	return nil
}

// typeOf is the type of a variable in the spec, "" for any.
func (c *converter) typeOf(v *usedVariable) string {
	if typ, ok := c.types[v.name]; ok && v.in == c.root {
		return typ
	}
	a := v.decl.attr("type")
	if a == nil {
		return ""
	}
	text := a.value.text
	if word, ok := a.value.literal(); ok { // as it was written before
		text = word
	}
	switch text {
	case "list", "map", "set":
		text += "(any)"
	}
	return text
}

// sensitive tells whether the value of a variable is never to be shown.
func (v *usedVariable) sensitive() bool {
	return slices.ContainsFunc([]string{"sensitive", "ephemeral"}, func(name string) bool {
		e := v.decl.value(name)
		return e != nil && e.text != "false"
	})
}
