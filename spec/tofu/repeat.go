package tofu

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// repeat is the for_each of a block in the spec.
type repeat struct {
	text  string // "" for none
	keyIn string // what an index of the resource is in the pool's block: each.key, or with count each.value
	set   bool   // the elements are their own keys

	// outer is the for_each of the module that a volume with one of its own is in: that of the pool around the volume.
	outer *repeat

	condition string // of a count that is 1 or 0, "" for every other
	label     string // with a condition: the key of the only element
}

// same tells whether two blocks are repeated in the same way.
func (r repeat) same(other repeat) bool {
	return r.text == other.text || r.condition != "" && r.condition == other.condition
}

// repeatOf is what for_each or count of a resource, or of the module that it is in, becomes, and where the resource's expressions stand.
// A count becomes for_each over numbers: the keys are what the indexes were, each.value is count.index.
func (c *converter) repeatOf(r *resource) (repeat, scope, error) {
	var calls []*module
	for m := r.in; m != nil; m = m.parent {
		if m.repeated() {
			calls = append(calls, m)
		}
	}
	forEach, count := r.value("for_each"), r.value("count")
	own := forEach != nil || count != nil
	s := constantScope(r.in)
	switch {
	case len(calls) == 1 && own && r.kind != poolKind:
		return c.repeatTwice(r, calls[0])
	case len(calls) > 1 || own && len(calls) > 0:
		return repeat{}, s, errTwice(r)
	case len(calls) == 1:
		m := calls[0]
		rep, err := c.repeatBy(m.call, constantScope(m.parent), m.call.labels[0])
		s.repeat = rep.text
		return rep, s, err
	case !own:
		return repeat{}, s, nil
	}
	if forEach != nil {
		if ref, ok := referenceOf(forEach.node); ok && ofResource(ref) {
			return c.repeatOfResource(r, forEach, ref)
		}
	}
	rep, err := c.repeatBy(r.block, s, r.label())
	s.repeat = rep.text
	switch {
	case rep.condition != "" && r.kind != poolKind:
		s.index = "0"
	case count != nil:
		s.index = "each.value"
	default:
		s.key, s.value = "each.key", "each.value"
	}
	return rep, s, err
}

// What each.key and each.value of a module's call are while a volume with for_each in the module is written. A spec has no words for them in
// the volume, where each is the volume's own.
const (
	moduleEach  = "each.module_"
	moduleKey   = moduleEach + "key"
	moduleValue = moduleEach + "value"
)

func errTwice(r *resource) error {
	return because(r.at, "it is repeated, and so is the module that it is in")
}

// repeatTwice is for a volume that is repeated in a module that is: when its pool is in that module, the pool has the module's for_each, and
// the volume in its block its own, in which each is the pool's.
func (c *converter) repeatTwice(r *resource, m *module) (repeat, scope, error) {
	s := constantScope(r.in)
	outer, err := c.repeatBy(m.call, constantScope(m.parent), m.call.labels[0])
	if err != nil {
		return outer, s, err
	}
	rep, err := c.repeatBy(r.block, s, r.label())
	rep.outer = &outer
	s.callKey, s.callValue, s.repeat = moduleKey, moduleValue, rep.text
	switch {
	case rep.condition != "":
		s.index = "0"
	case r.value("count") != nil:
		s.index = "each.value"
	default:
		s.key, s.value = "each.key", "each.value"
	}
	return rep, s, err
}

// repeatOfResource is for_each over the instances of another resource: over what that one is repeated by.
func (c *converter) repeatOfResource(r *resource, e *expression, ref reference) (repeat, scope, error) {
	s := constantScope(r.in)
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return repeat{}, s, because(e.at, "its references lead in a circle")
	}
	defer func() { c.depth-- }()
	other, steps, err := c.resourceOf(e, ref, s)
	if err != nil {
		return repeat{}, s, err
	}
	if len(steps) > 0 || other.value("for_each") == nil {
		return repeat{}, s, because(e.at, "for_each goes through what %s is after an apply", other.key())
	}
	rep, inner, err := c.repeatOf(other)
	inner.in, inner.elements = r.in, other
	return rep, inner, err
}

// repeatBy is the for_each or count of a block.
func (c *converter) repeatBy(b *block, s scope, label string) (repeat, error) {
	if count := b.value("count"); count != nil {
		text, err := c.rewrite(count, s)
		if err != nil {
			return repeat{}, err
		}
		if ifOne, ok := conditionOfOne(count); ok {
			condition, err := c.rewrite(ifOne, s)
			if err != nil {
				return repeat{}, err
			}
			r := repeat{text: fmt.Sprintf("{ for i in range(%s) : i => i }", text), keyIn: "each.value", condition: condition, label: label}
			if kinds[b.labels[0]] == volumeKind || kinds[b.labels[0]] == copyKind {
				r.text = onlyIf(condition, label)
			}
			return r, nil
		}
		return repeat{text: fmt.Sprintf("{ for i in range(%s) : i => i }", text), keyIn: "each.value"}, nil
	}
	forEach := b.value("for_each")
	text, err := c.rewrite(forEach, s)
	return repeat{text: text, keyIn: "each.key", set: c.isSet(forEach, s)}, err
}

// conditionOfOne is the condition of a count that is 1 or 0.
func conditionOfOne(count *expression) (*expression, bool) {
	node, ok := count.node.(*hclsyntax.ConditionalExpr)
	if !ok || !isNumber(node.TrueResult, 1) || !isNumber(node.FalseResult, 0) {
		return nil, false
	}
	condition, err := count.part(node.Condition)
	return condition, err == nil
}

func isNumber(node hclsyntax.Expression, n int64) bool {
	literal, ok := node.(*hclsyntax.LiteralValueExpr)
	return ok && literal.Val.Type() == cty.Number && literal.Val.Equals(cty.NumberIntVal(n)).True()
}

// only is the for_each of a volume for those elements alone for which a condition holds; condition is written with the names that
// elementNames gives.
func (r repeat) only(condition, key, value string) string {
	if r.condition != "" {
		return onlyIf(bracketed(r.condition, false)+" && "+condition, r.label)
	}
	return fmt.Sprintf("{ for %s, %s in %s : %s => %s if %s }", key, value, r.text, key, value, condition)
}

// onlyIf is a for_each of one element or none.
func onlyIf(condition, label string) string {
	return fmt.Sprintf("toset(%s ? [%s] : [])", condition, quoted(label))
}

// equal compares two expressions; one in brackets goes behind.
func equal(a, b string) string {
	a, b = bracketed(a, false), bracketed(b, false)
	if strings.HasPrefix(a, "(") {
		a, b = b, a
	}
	return a + " == " + b
}

// withNames is an expression of the spec with other names for each.key and each.value.
func withNames(text, key, value string) string {
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return text
	}
	w := &rewriter{e: e}
	for _, t := range e.node.Variables() {
		if name, ok := secondName(t); ok && t.RootName() == "each" {
			w.edits = append(w.edits, edit{t[0].SourceRange().Start.Byte, t[1].SourceRange().End.Byte, map[bool]string{true: key, false: value}[name == "key"]})
		}
	}
	return w.apply()
}

// elementNames are names for a key and a value of a for expression that the texts do not use otherwise.
func elementNames(texts ...string) (key, value string) {
	all := strings.Join(texts, " ")
	key, value = "k", "v"
	for usesName(all, key) || usesName(all, value) {
		key, value = key+"k", value+"v"
	}
	return key, value
}

// usesName tells whether a text has a word.
func usesName(text, name string) bool {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}) {
		if word == name {
			return true
		}
	}
	return false
}
