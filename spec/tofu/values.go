package tofu

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

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
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return "", false
	}
	if plain, ok := e.literal(); ok {
		return plain, true
	}
	names, ok := c.evaluate("name = "+text, e)
	if !ok || len(names) != 1 {
		return "", false
	}
	return names[0], true
}

// textValues are the texts in a list that an expression of the spec gives, each once.
func (c *converter) textValues(text string) ([]string, bool) {
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return nil, false
	}
	return c.evaluate("for_each = toset("+text+")\nname = each.key", e)
}

// evaluate gives the names of the pools that a block with these attributes is. It loads a spec, so that an expression that asks for more
// than a machine has comes to nothing as it would there.
func (c *converter) evaluate(attributes string, e *expression) ([]string, bool) {
	for _, t := range e.node.Variables() {
		if root := t.RootName(); root != "var" && root != "local" {
			return nil, false
		}
	}
	if known, ok := c.evaluated[attributes]; ok {
		return known.names, known.ok
	}
	const name = "names.hcl"
	block := "pool \"p\" {\n" + attributes + "\nexisting = true\n}\n"
	c.probing = true
	text := c.declarations(block) + block
	c.probing = false
	want, diags := spec.Load([]string{name}, spec.Options{Dir: c.specDir, Inputs: map[string][]byte{name: []byte(text)}})
	var v evaluated
	if v.ok = !diags.HasErrors(); v.ok {
		for _, pool := range want.Pools {
			v.names = append(v.names, pool.Name)
		}
	}
	c.evaluated[attributes] = v
	return v.names, v.ok
}

// evaluated are the names that a block stands for, when they are known.
type evaluated struct {
	names []string
	ok    bool
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
