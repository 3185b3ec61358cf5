package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// explainMissingPart replaces HCL's message on an attribute, key or index that a value does not have: it says what the value has.
func explainMissingPart(d *hcl.Diagnostic) {
	switch d.Summary {
	case "Unsupported attribute", "Invalid index", "Missing map element", "Attempt to get attribute from null value", "Attempt to index null value":
	default:
		return
	}
	if d.Expression == nil || d.EvalContext == nil {
		return
	}
	text, whole, key, ok := missingPart(d.Expression, d.EvalContext)
	if !ok || whole.ContainsMarked() || !whole.IsKnown() || key.IsMarked() || !key.IsKnown() || key.IsNull() {
		return
	}
	if detail := noSuchPart(text, whole, key); detail != "" {
		d.Detail = detail
	}
}

// missingPart finds where an expression takes a part of a value that is not there: the value as the expression has it, the value, and
// the attribute or key.
func missingPart(expr hcl.Expression, ctx *hcl.EvalContext) (text string, whole, key cty.Value, ok bool) {
	switch e := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		for i := 1; i < len(e.Traversal); i++ {
			whole, diags := e.Traversal[:i].TraverseAbs(ctx)
			if diags.HasErrors() {
				return "", whole, key, false
			}
			if _, diags := e.Traversal[:i+1].TraverseAbs(ctx); diags.HasErrors() {
				return traversalText(e.Traversal[:i]), whole, stepKey(e.Traversal[i]), true
			}
		}
	case *hclsyntax.RelativeTraversalExpr:
		whole, diags := e.Source.Value(ctx)
		for i := 0; i < len(e.Traversal) && !diags.HasErrors(); i++ {
			next, diags := e.Traversal[i : i+1].TraverseRel(whole)
			if diags.HasErrors() {
				return "The value", whole, stepKey(e.Traversal[i]), true
			}
			whole = next
		}
	case *hclsyntax.IndexExpr:
		whole, diags := e.Collection.Value(ctx)
		key, keyDiags := e.Key.Value(ctx)
		if diags.HasErrors() || keyDiags.HasErrors() {
			return "", whole, key, false
		}
		text = "The value"
		if source, ok := e.Collection.(*hclsyntax.ScopeTraversalExpr); ok {
			text = traversalText(source.Traversal)
		}
		return text, whole, key, true
	}
	return "", cty.NilVal, cty.NilVal, false
}

// stepKey is the attribute or key that a step of a reference takes.
func stepKey(step hcl.Traverser) cty.Value {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return cty.StringVal(step.Name)
	case hcl.TraverseIndex:
		return step.Key
	}
	return cty.DynamicVal
}

// noSuchPart says what a value has in place of a part that it does not have, "" when that is not known.
func noSuchPart(text string, whole, key cty.Value) string {
	part := valueText(key)
	ty := whole.Type()
	switch {
	case whole.IsNull():
		return fmt.Sprintf("%s is null, so it has no %s. Where a value may be missing write try(…, DEFAULT) around it.", text, part)
	case ty.IsObjectType() || ty.IsMapType():
		var names []string
		for it := whole.ElementIterator(); it.Next(); {
			name, _ := it.Element()
			names = append(names, name.AsString())
		}
		if key.Type() != cty.String {
			return fmt.Sprintf("%s has keys that are text, and %s is not.", text, part)
		}
		if len(names) == 0 {
			return fmt.Sprintf("%s has no %s: it is empty.", text, part)
		}
		return schema.NoSuchSentence(fmt.Sprintf("%s has no %s", text, part), key.AsString(), names)
	case ty.IsListType() || ty.IsTupleType():
		n := whole.LengthInt()
		switch {
		case key.Type() != cty.Number:
			return fmt.Sprintf("%s is a list, so its elements have numbers from 0 up, and no %s: write %s[0] for the first.", text, part, text)
		case n == 0:
			return fmt.Sprintf("%s has no element %s: it is empty.", text, part)
		case n == 1:
			return fmt.Sprintf("%s has no element %s: its only one is 0.", text, part)
		}
		return fmt.Sprintf("%s has no element %s: they are numbered from 0 to %d.", text, part, n-1)
	case ty.IsSetType():
		return fmt.Sprintf("%s is a set, whose elements have no order and no keys. Write tolist(%s) for a list.", text, text)
	case ty.IsPrimitiveType():
		return fmt.Sprintf("%s is %s, which has no parts, and so no %s.", text, kindOf(whole), part)
	}
	return ""
}
