package tofu

import (
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// resolve is what a reference becomes in the spec.
func (c *converter) resolve(e *expression, ref reference, s scope) (string, error) {
	name := ref.attr(0)
	if name == "" && !ofResource(ref) {
		return "", because(e.at, "%s alone is no value", ref.root)
	}
	switch ref.root {
	case "var":
		return c.variable(e, s, name, ref.steps)
	case "local":
		return c.local(e, s, name, ref.steps)
	case "each":
		return c.each(e, s, name, ref.steps)
	case "count":
		if s.index == "" {
			return "", because(e.at, "count.index stands outside of a block with count")
		}
		return s.index, nil
	case "path":
		if name == "module" {
			return quoted(c.pathTo(s.in.dir)), nil
		}
		return quoted(c.pathTo(c.root.dir)), nil
	case "terraform", "tofu":
		if name == "workspace" {
			return c.workspace(e.at), nil
		}
		return "", because(e.at, "%s.%s has no meaning in a spec", ref.root, name)
	case "self":
		return "", because(e.at, "self has no meaning in a spec")
	case "module":
		return c.output(e, ref, s)
	}
	return c.resourceReference(e, ref, s)
}

// behind writes what is read from a value.
func behind(e *expression, text string, steps []step) (string, error) {
	if len(steps) == 0 {
		return text, nil
	}
	rest, ok := textOf(steps)
	if !ok {
		return "", because(e.at, "it takes all elements at once with [*] or an index that is computed")
	}
	return bracketed(text, true) + rest, nil
}

// variable is a variable: of the root one of the spec; of a module one of the spec, too, when it is given a constant or nothing, else
// what the module's call gives it.
func (c *converter) variable(e *expression, s scope, name string, steps []step) (string, error) {
	m := s.in
	decl := m.variables[name]
	if decl == nil {
		return "", because(e.at, "there is no variable %q", name)
	}
	arg := m.argument(name)
	if plain, ok := plainArgument(arg, decl); ok {
		return behind(e, plain, steps[1:])
	}
	if arg == nil || isConstant(arg) {
		if m.call != nil && arg == nil && decl.attr("default") == nil {
			return "", because(e.at, "the module's variable %q has no value", name)
		}
		return behind(e, "var."+c.useVariable(m, decl, arg), steps[1:])
	}
	typ := ""
	if a := decl.attr("type"); a != nil {
		typ = a.value.text
	}
	call := s.ofCall()
	if strings.Contains(typ, "optional(") && !c.passOn(call, arg, typ) {
		return "", because(arg.at, "the module's variable %q has optional attributes and is given a computed value", name)
	}
	text, err := c.once(instanceOf{arg, s.callKey, s.callValue}, func() (string, error) { return c.rewrite(arg, call) })
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(typ, "set(") && !strings.HasPrefix(text, "toset(") {
		text = "toset(" + text + ")"
	}
	if len(text) > 60 && !usesEach(text) {
		text = "local." + c.hoist(m.prefix+name, text, arg.at)
	}
	return behind(e, text, steps[1:])
}

// plainArgument is a text that a module's variable is given, when nothing says what it has to be like, and no default that it is meant to be
// chosen.
func plainArgument(arg *expression, decl *block) (string, bool) {
	if arg == nil || !plainText().MatchString(arg.text) || len(decl.nested("validation")) > 0 || decl.value("default") != nil || (&usedVariable{decl: decl}).sensitive() {
		return "", false
	}
	typ := decl.attr("type")
	return arg.text, typ == nil || typ.value.text == "string" || typ.value.text == "any"
}

// passOn gives a variable of the root that is passed on as it is the type that the module gives it, and so the defaults of its attributes.
func (c *converter) passOn(s scope, arg *expression, typ string) bool {
	ref, ok := referenceOf(arg.node)
	if !ok || ref.root != "var" || len(ref.steps) != 1 || s.in.parent != nil {
		return false
	}
	decl := s.in.variables[ref.attr(0)]
	if decl == nil {
		return false
	}
	if a := decl.attr("type"); a != nil && a.value.text != "any" && a.value.text != typ {
		return false
	}
	if have, ok := c.types[ref.attr(0)]; ok && have != typ {
		return false
	}
	c.types[ref.attr(0)] = typ
	return true
}

// isConstant tells whether an expression can be a default: it refers to nothing and calls nothing.
func isConstant(e *expression) bool {
	return constant(e) != cty.NilVal
}

// usesEach tells whether an expression of the spec is another one for each element.
func usesEach(text string) bool {
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return true
	}
	for _, t := range e.node.Variables() {
		if t.RootName() == "each" {
			return true
		}
	}
	return false
}

// local is a local value. One of a module that differs between the module's instances is written where it is used.
func (c *converter) local(e *expression, s scope, name string, steps []step) (string, error) {
	a := s.in.locals[name]
	if a == nil {
		return "", because(e.at, "there is no local value %q", name)
	}
	if s.in.inRepeated() {
		text, err := c.once(instanceOf{a.value, s.callKey, s.callValue}, func() (string, error) {
			return c.rewrite(a.value, scope{in: s.in, callKey: s.callKey, callValue: s.callValue})
		})
		if err != nil {
			return "", err
		}
		if s.callKey != "" || usesEach(text) {
			return behind(e, text, steps[1:])
		}
	}
	if err := c.useLocal(s.in, a); err != nil {
		return "", err
	}
	return behind(e, "local."+s.in.prefix+name, steps[1:])
}

// inRepeated tells whether a module or one that calls it has for_each or count.
func (m *module) inRepeated() bool {
	for ; m != nil; m = m.parent {
		if m.repeated() {
			return true
		}
	}
	return false
}

func (c *converter) each(e *expression, s scope, name string, steps []step) (string, error) {
	switch {
	case s.key == "":
		return "", because(e.at, "each.%s stands outside of a block with for_each", name)
	case name == "key":
		return behind(e, s.key, steps[1:])
	case s.elements != nil:
		return c.attributeOf(e, s.elements, scopeOfElements(s), steps[1:])
	}
	return behind(e, s.value, steps[1:])
}

// scopeOfElements is where the expressions of the resource stand that for_each goes through.
func scopeOfElements(s scope) scope {
	return scope{in: s.elements.in, key: s.key, value: s.value, index: s.value, repeat: s.repeat}
}

// output is what a module gives back.
func (c *converter) output(e *expression, ref reference, s scope) (string, error) {
	out, in, rest, err := c.outputOf(e, ref, s)
	if err != nil {
		return "", err
	}
	text, err := c.once(instanceOf{out, in.callKey, in.callValue}, func() (string, error) { return c.rewrite(out, in) })
	if err != nil {
		return "", err
	}
	return behind(e, text, rest)
}

// outputOf is the expression of a module's output, where that stands, and what is read from it.
func (c *converter) outputOf(e *expression, ref reference, s scope) (out *expression, in scope, rest []step, err error) {
	child := s.in.children[ref.attr(0)]
	if child == nil {
		return nil, in, nil, because(e.at, "module.%s is left behind", ref.attr(0))
	}
	steps := ref.steps[1:]
	in = scope{in: child, callKey: s.callKey, callValue: s.callValue}
	if child.repeated() {
		if len(steps) == 0 || steps[0].attr != "" {
			return nil, in, nil, because(e.at, "it takes all instances of module.%s", ref.attr(0))
		}
		key, err := c.indexText(e, steps[0], s)
		if err != nil {
			return nil, in, nil, err
		}
		if in.callKey, in.callValue, err = c.instance(child.call, constantScope(s.in), key); err != nil {
			return nil, in, nil, err
		}
		steps = steps[1:]
	}
	if len(steps) == 0 || child.outputs[steps[0].attr] == nil || child.outputs[steps[0].attr].value("value") == nil {
		return nil, in, nil, because(e.at, "module.%s has no such output", ref.attr(0))
	}
	return child.outputs[steps[0].attr].value("value"), in, steps[1:], nil
}

// instance is what each.key and each.value are for one instance of a block with for_each or count.
func (c *converter) instance(b *block, s scope, key string) (each, value string, err error) {
	if b.value("count") != nil {
		return key, key, nil
	}
	elements, err := c.rewrite(b.value("for_each"), s)
	if err != nil {
		return "", "", err
	}
	if c.isSet(b.value("for_each"), s) {
		return key, key, nil
	}
	return key, bracketed(elements, true) + "[" + key + "]", nil
}

// isSet tells whether an expression gives a set, as far as can be seen.
func (c *converter) isSet(e *expression, s scope) bool {
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return false
	}
	defer func() { c.depth-- }()
	switch node := e.node.(type) {
	case *hclsyntax.FunctionCallExpr:
		return node.Name == "toset" || strings.HasPrefix(node.Name, "set")
	case *hclsyntax.ScopeTraversalExpr:
		ref, _ := referenceOf(node)
		switch {
		case ref.root == "var" && len(ref.steps) == 1 && s.in.variables[ref.attr(0)] != nil:
			typ := s.in.variables[ref.attr(0)].attr("type")
			return typ != nil && strings.HasPrefix(typ.value.text, "set(")
		case ref.root == "local" && len(ref.steps) == 1 && s.in.locals[ref.attr(0)] != nil:
			return c.isSet(s.in.locals[ref.attr(0)].value, s)
		}
	}
	return false
}

// indexText is an index as it is written in the spec.
func (c *converter) indexText(e *expression, at step, s scope) (string, error) {
	switch {
	case at.key != cty.NilVal:
		return keyText(at.key), nil
	case at.index != nil:
		index, err := e.part(at.index)
		if err != nil {
			return "", err
		}
		return c.rewrite(index, s)
	}
	return "", because(e.at, "it takes all instances at once")
}

// part is a part of an expression as one of its own.
func (e *expression) part(node hclsyntax.Expression) (*expression, error) {
	rng := node.Range()
	return newExpression(e.text[rng.Start.Byte:rng.End.Byte], e.placeOf(node))
}

// resourceOf finds the resource that a reference begins with, and what is read from it.
func (c *converter) resourceOf(e *expression, ref reference, s scope) (*resource, []step, error) {
	labels, steps := []string{ref.root, ref.attr(0)}, ref.steps
	data := ref.root == "data"
	if data {
		if len(steps) < 2 {
			return nil, nil, because(e.at, "it refers to data that is not there")
		}
		labels, steps = []string{ref.attr(0), ref.attr(1)}, steps[1:]
	}
	if len(steps) == 0 || labels[1] == "" {
		return nil, nil, because(e.at, "there is nothing named %q", ref.root)
	}
	key := resourceKey(labels, data)
	r := s.in.resources[key]
	if r == nil {
		return nil, nil, because(e.at, "there is no %s", key)
	}
	return r, steps[1:], nil
}

// resourceReference is what a reference to another resource becomes: what that resource says there.
func (c *converter) resourceReference(e *expression, ref reference, s scope) (string, error) {
	r, steps, err := c.resourceOf(e, ref, s)
	if err != nil {
		return "", err
	}
	in, steps, err := c.instanceScope(e, r, steps, s)
	if err != nil {
		return "", err
	}
	return c.attributeOf(e, r, in, steps)
}

// instanceScope is where the expressions of one instance of a resource stand, for a reference to it.
func (c *converter) instanceScope(e *expression, r *resource, steps []step, s scope) (scope, []step, error) {
	in := scope{in: r.in, callKey: s.callKey, callValue: s.callValue}
	if r.value("for_each") == nil && r.value("count") == nil {
		return in, steps, nil
	}
	if len(steps) == 0 || steps[0].attr != "" || steps[0].splat {
		return in, nil, because(e.at, "it takes all instances of %s", r.key())
	}
	key, err := c.indexText(e, steps[0], s)
	if err != nil {
		return in, nil, err
	}
	if key == s.key && s.repeat != "" {
		if own, _, err := c.repeatOf(r); err == nil && own.text == s.repeat { // the same elements
			return scope{in: r.in, key: s.key, value: s.value, index: s.value, elements: s.elements, repeat: s.repeat}, steps[1:], nil
		}
	}
	if in.key, in.value, err = c.instance(r.block, in, key); err != nil {
		return in, nil, err
	}
	in.index = key
	return in, steps[1:], nil
}

// silent are the values of attributes that a resource does not set.
var silent = map[string]string{"description": `""`, "type": `"custom"`, "content_type": `"filesystem"`, "config": "{}"}

// attributeOf is what a resource says in an attribute.
func (c *converter) attributeOf(e *expression, r *resource, in scope, steps []step) (string, error) {
	if len(steps) == 0 || steps[0].attr == "" {
		return "", because(e.at, "it refers to %s as a whole", r.key())
	}
	name := steps[0].attr
	value := r.value(name)
	if name == "location" && value == nil {
		value = r.value("target")
	}
	if name == "id" && value == nil && r.kind == poolKind {
		value = r.value("name")
	}
	switch {
	case !ofServers(r.labels[0]):
		return "", because(e.at, "it refers to %s.%s, which a spec cannot know", r.key(), name)
	case value != nil:
		if name == "config" && len(steps) > 1 {
			if item, ok := itemOf(value, steps[1]); ok {
				if plain, isPlain := item.literal(); isPlain && plain != "" && c.secretStep(steps[1]) != "" {
					return "var." + c.secretVariable(c.secretStep(steps[1]), plain, item.at), nil
				}
				value, steps = item, steps[1:]
			}
		}
		text, err := c.rewrite(value, in)
		if err != nil {
			return "", err
		}
		return behind(e, text, steps[1:])
	case silent[name] != "" && !r.data:
		return behind(e, silent[name], steps[1:])
	}
	return "", because(e.at, "it refers to %s.%s, which only the server knows", r.key(), name)
}

// itemOf is the value of a key in an object that is written out.
func itemOf(e *expression, at step) (*expression, bool) {
	object, ok := e.node.(*hclsyntax.ObjectConsExpr)
	want := at.attr
	if at.key != cty.NilVal && at.key.Type() == cty.String {
		want = at.key.AsString()
	}
	if !ok || want == "" {
		return nil, false
	}
	for _, item := range object.Items {
		if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.Type() == cty.String && key.AsString() == want {
			value, err := e.part(item.ValueExpr)
			return value, err == nil
		}
	}
	return nil, false
}

// pathTo is the path from where the spec will be to a directory of the configuration.
func (c *converter) pathTo(dir string) string {
	from, err := filepath.Abs(c.specDir)
	if err != nil {
		return filepath.ToSlash(dir)
	}
	to, err := filepath.Abs(dir)
	if err != nil {
		return filepath.ToSlash(dir)
	}
	rel, err := filepath.Rel(from, to)
	if err != nil {
		return filepath.ToSlash(to)
	}
	return filepath.ToSlash(rel)
}
