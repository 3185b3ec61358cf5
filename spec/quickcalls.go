package spec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Before cty calls a function it looks through all of each argument for marks. A function that needs one element of a long list or map
// takes as long as one that needs all of them then, and a spec that calls it for each of many volumes takes the square of
// their number. So calls of these functions are replaced, in the native syntax, by others that look at what they need. In the
// templates of JSON, which are parsed when they are evaluated, they stay as they are.

// quickFunctions give the value of a call, by the name of the function. A call that they are not ok for is left to the function
// itself, with all that is wrong with it. The arguments are known, without marks of their own, and not null but for the last one.
var quickFunctions = map[string]func(args []cty.Value) (v cty.Value, ok bool){
	"lookup":  quickLookup,
	"element": quickElement,
	"length":  quickLength,
}

func quickLookup(args []cty.Value) (cty.Value, bool) {
	if len(args) != 3 || args[1].Type() != cty.String {
		return cty.NilVal, false
	}
	from, name := args[0], args[1].AsString()
	switch ty := from.Type(); {
	case ty.IsObjectType() && ty.HasAttribute(name):
		return from.GetAttr(name), true
	case ty.IsObjectType():
		return args[2], true
	case ty.IsMapType() && from.HasIndex(args[1]).True():
		return from.Index(args[1]), true
	case ty.IsMapType():
		v, err := convert.Convert(args[2], ty.ElementType())
		return v, err == nil
	}
	return cty.NilVal, false
}

func quickElement(args []cty.Value) (cty.Value, bool) {
	if len(args) != 2 || args[1].Type() != cty.Number || !args[0].Type().IsListType() && !args[0].Type().IsTupleType() {
		return cty.NilVal, false
	}
	i, accuracy := args[1].AsBigFloat().Int64()
	n := int64(args[0].LengthInt())
	if accuracy != 0 || i < 0 || n == 0 {
		return cty.NilVal, false
	}
	return args[0].Index(cty.NumberIntVal(i % n)), true
}

func quickLength(args []cty.Value) (cty.Value, bool) {
	if len(args) != 1 {
		return cty.NilVal, false
	}
	if ty := args[0].Type(); !ty.IsListType() && !ty.IsMapType() && !ty.IsTupleType() {
		return cty.NilVal, false
	}
	return cty.NumberIntVal(int64(args[0].LengthInt())), true
}

// quickCall is a call of one of these.
type quickCall struct {
	*hclsyntax.FunctionCallExpr
	quick func(args []cty.Value) (cty.Value, bool)
}

func (c *quickCall) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	args := make([]cty.Value, len(c.Args))
	for i, arg := range c.Args {
		v, diags := arg.Value(ctx)
		last := i > 0 && i == len(args)-1
		if len(diags) > 0 || v.IsMarked() || !v.IsKnown() || v.IsNull() && !last {
			return c.FunctionCallExpr.Value(ctx)
		}
		args[i] = v
	}
	if v, ok := c.quick(args); ok {
		return v, nil
	}
	return c.FunctionCallExpr.Value(ctx)
}

// quickenCalls replaces the calls in a file.
func quickenCalls(body *hclsyntax.Body) {
	replace := func(e *hclsyntax.Expression) {
		call, ok := (*e).(*hclsyntax.FunctionCallExpr)
		if !ok || call.ExpandFinal {
			return
		}
		if quick := quickFunctions[call.Name]; quick != nil {
			*e = &quickCall{call, quick}
		}
	}
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		for _, part := range partsOf(node) {
			replace(part)
		}
		return nil
	})
}

// partsOf are the expressions that a part of a file is made of, as far as they may be calls.
func partsOf(node hclsyntax.Node) (parts []*hclsyntax.Expression) {
	all := func(list []hclsyntax.Expression) {
		for i := range list {
			parts = append(parts, &list[i])
		}
	}
	switch e := node.(type) {
	case *hclsyntax.Attribute:
		return []*hclsyntax.Expression{&e.Expr}
	case *hclsyntax.FunctionCallExpr:
		all(e.Args)
	case *quickCall:
		all(e.Args)
	case *hclsyntax.TemplateExpr:
		if !e.IsStringLiteral() {
			all(e.Parts)
		}
	case *hclsyntax.TemplateWrapExpr:
		return []*hclsyntax.Expression{&e.Wrapped}
	case *hclsyntax.TemplateJoinExpr:
		return []*hclsyntax.Expression{&e.Tuple}
	case *hclsyntax.TupleConsExpr:
		all(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			parts = append(parts, &e.Items[i].KeyExpr, &e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		return []*hclsyntax.Expression{&e.Wrapped}
	case *hclsyntax.ForExpr:
		parts = []*hclsyntax.Expression{&e.CollExpr, &e.ValExpr}
		if e.KeyExpr != nil {
			parts = append(parts, &e.KeyExpr)
		}
		if e.CondExpr != nil {
			parts = append(parts, &e.CondExpr)
		}
	case *hclsyntax.ConditionalExpr:
		return []*hclsyntax.Expression{&e.Condition, &e.TrueResult, &e.FalseResult}
	case *hclsyntax.BinaryOpExpr:
		return []*hclsyntax.Expression{&e.LHS, &e.RHS}
	case *hclsyntax.UnaryOpExpr:
		return []*hclsyntax.Expression{&e.Val}
	case *hclsyntax.ParenthesesExpr:
		return []*hclsyntax.Expression{&e.Expression}
	case *hclsyntax.IndexExpr:
		return []*hclsyntax.Expression{&e.Collection, &e.Key}
	case *hclsyntax.RelativeTraversalExpr:
		return []*hclsyntax.Expression{&e.Source}
	case *hclsyntax.SplatExpr:
		return []*hclsyntax.Expression{&e.Source, &e.Each}
	}
	return parts
}
