package tofu

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// reference is a reference of an expression: what it begins with, and the steps from there.
type reference struct {
	root  string
	steps []step
}

// step is one step of a reference: an attribute, an index, or all elements.
type step struct {
	attr  string               // of .attr
	index hclsyntax.Expression // of [expression]
	key   cty.Value            // of [key], when it is constant
	splat bool                 // of [*] and what follows it
	node  hclsyntax.Expression // with splat: the whole of it
}

// attr is the attribute of a step, "" when that is something else or not there.
func (r reference) attr(i int) string {
	if i >= len(r.steps) {
		return ""
	}
	return r.steps[i].attr
}

// referenceOf is the reference that an expression is, as far as it is one.
func referenceOf(node hclsyntax.Node) (reference, bool) {
	switch node := node.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return reference{node.Traversal.RootName(), stepsOf(node.Traversal[1:])}, true
	case *hclsyntax.RelativeTraversalExpr:
		ref, ok := referenceOf(node.Source)
		if !ok {
			return ref, false
		}
		ref.steps = append(ref.steps, stepsOf(node.Traversal)...)
		return ref, ofResource(ref)
	case *hclsyntax.IndexExpr:
		ref, ok := referenceOf(node.Collection)
		if !ok {
			return ref, false
		}
		ref.steps = append(ref.steps, step{index: node.Key})
		return ref, ofResource(ref)
	case *hclsyntax.SplatExpr:
		ref, ok := referenceOf(node.Source)
		if !ok {
			return ref, false
		}
		ref.steps = append(ref.steps, step{splat: true, node: node})
		return ref, ofResource(ref)
	}
	return reference{}, false
}

// ofResource tells whether a reference is to a resource or a module, whose instances are chosen by an index. Of everything else the part
// before the index is replaced by itself.
func ofResource(ref reference) bool {
	switch ref.root {
	case "var", "local", "each", "count", "path", "terraform", "tofu", "self":
		return false
	}
	return true
}

func stepsOf(traversal hcl.Traversal) []step {
	var steps []step
	for _, t := range traversal {
		switch t := t.(type) {
		case hcl.TraverseAttr:
			steps = append(steps, step{attr: t.Name})
		case hcl.TraverseIndex:
			steps = append(steps, step{key: t.Key})
		default:
			steps = append(steps, step{splat: true})
		}
	}
	return steps
}

// textOf writes steps as they stand behind something. It is not ok for those that are no constants.
func textOf(steps []step) (string, bool) {
	var b strings.Builder
	for _, s := range steps {
		switch {
		case s.attr != "":
			b.WriteString("." + s.attr)
		case s.key != cty.NilVal:
			b.WriteString("[" + keyText(s.key) + "]")
		default:
			return "", false
		}
	}
	return b.String(), true
}

// keyText is a constant index as an expression.
func keyText(key cty.Value) string {
	if key.Type() == cty.Number {
		return key.AsBigFloat().Text('f', -1)
	}
	return quoted(key.AsString())
}
