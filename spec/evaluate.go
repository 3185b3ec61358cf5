package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// scope is the context for the expressions of a file: var, local and the functions, among them file, which reads
// relative to that file.
func (l *loader) scope(filename string) *hcl.EvalContext {
	dir := filepath.Dir(l.path(filename))
	ctx, ok := l.scopes[dir]
	if !ok {
		ctx = l.root.NewChild()
		ctx.Functions = fileFunctions(dir)
		l.scopes[dir] = ctx
	}
	return ctx
}

// value evaluates an expression. An unknown value comes only from a mistake that was reported already, so it is not ok
// and silent: each mistake is told once, where it was made.
func (l *loader) value(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	v, diags := expr.Value(ctx)
	if len(diags) > 0 {
		secret := usesSensitive(expr, ctx)
		for _, d := range diags {
			if secret {
				redact(d)
			}
			l.suggestFunction(d)
			l.report(d)
		}
		if diags.HasErrors() {
			return cty.DynamicVal, false
		}
	}
	return v, v.IsWhollyKnown()
}

// sensitive marks the values of sensitive variables and all that is computed from them.
const sensitive mark = "sensitive"

type mark string

// usesSensitive tells whether an expression refers to a sensitive value anywhere.
func usesSensitive(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		v, _ := t.TraverseAbs(ctx)
		return v.ContainsMarked()
	})
}

// harmless are the summaries of diagnostics that cannot quote a value.
var harmless = []string{"Call to unknown function", "Not enough function arguments", "Too many function arguments",
	"Unsupported attribute", "Invalid index", "Missing map element", "Ambiguous attribute key"}

// redact takes from a diagnostic what may quote a sensitive value. Marks do not help here: functions get their arguments
// without them, and quote them in errors.
func redact(d *hcl.Diagnostic) {
	d.Expression, d.EvalContext = nil, nil
	if !slices.Contains(harmless, d.Summary) {
		d.Detail = "The expression uses a sensitive value, so the cause is not shown: it could quote the value."
	}
}

// suggestFunction puts a suggestion into HCL's message on an unknown function. HCL looks at the innermost context only.
func (l *loader) suggestFunction(d *hcl.Diagnostic) {
	unknown, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
	if !ok {
		return
	}
	name := unknown.CalledFunctionName()
	d.Detail = schema.NoSuchSentence(fmt.Sprintf("There is no function %q", name), name, functionNames)
}

// references tells which names an expression may use besides var.NAME and local.NAME.
type references struct {
	each    bool   // each.key and each.value
	noLocal string // why local values cannot be used here, "" when they can
}

// resolvable reports references to what does not exist, before anything is evaluated: once for an expression and not
// for each of its values, and also in the branch of a conditional that is not taken.
func (l *loader) resolvable(expr hcl.Expression, refs references) bool {
	if isLiteral(expr) {
		return true
	}
	ok := true
	for _, t := range expr.Variables() {
		ok = l.resolve(t, refs) && ok
	}
	return ok
}

// checked is the expression, or an unknown value in its place when it has a reference to nothing.
func (l *loader) checked(expr hcl.Expression, refs references) hcl.Expression {
	if l.resolvable(expr, refs) {
		return expr
	}
	return hcl.StaticExpr(cty.DynamicVal, expr.Range())
}

func (l *loader) resolve(t hcl.Traversal, refs references) bool {
	const summary = "Unknown reference"
	root, rng := t.RootName(), t.SourceRange()
	attr := ""
	if len(t) > 1 {
		if step, ok := t[1].(hcl.TraverseAttr); ok {
			attr = step.Name
			rng = hcl.RangeBetween(t[0].SourceRange(), step.SrcRange)
		}
	}
	switch root {
	case "var":
		if _, ok := l.vars[attr]; !ok {
			l.undeclared(rng, "variable", "var", attr, sortedKeys(l.vars))
			return false
		}
	case "local":
		if refs.noLocal != "" {
			l.errorf(rng, summary, "%s", refs.noLocal)
			return false
		}
		if _, ok := l.locals[attr]; !ok {
			l.undeclared(rng, "local value", "local", attr, sortedKeys(l.locals))
			return false
		}
	case "each":
		if !refs.each {
			l.errorf(rng, summary, "each.key and each.value exist only in a block with for_each, and in the volumes of a pool with for_each.")
			return false
		}
		if attr != "key" && attr != "value" {
			l.errorf(rng, summary, "There are each.key and each.value, and nothing else of each.")
			return false
		}
	default:
		l.errorf(rng, summary, "There is nothing named %q. Variables are var.NAME, local values are local.NAME, and text is written in quotes.", root)
		return false
	}
	return true
}

func (l *loader) undeclared(at hcl.Range, kind, prefix, name string, declared []string) {
	const summary = "Unknown reference"
	if name == "" {
		l.errorf(at, summary, "%q alone is not a value: write %s.NAME for one %s.", prefix, prefix, kind)
		return
	}
	l.errorf(at, summary, "%s", schema.NoSuchSentence(fmt.Sprintf("There is no %s %q", kind, name), name, declared))
}

// isLiteral tells whether an expression is a plain literal, which refers to nothing.
func isLiteral(expr hcl.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	}
	return false
}

// numberText is the canonical text of a number: whole numbers without an exponent.
func numberText(v cty.Value) (string, error) {
	f := v.AsBigFloat()
	// Thousands of digits are no number that LXD has a use for, and writing them out could take all memory.
	if f.IsInf() || f.MantExp(nil) > 1024 || f.MantExp(nil) < -1024 {
		return "", fmt.Errorf("the number is out of range")
	}
	if f.IsInt() {
		return f.Text('f', 0), nil
	}
	return strings.TrimRight(f.Text('f', -1), "0"), nil
}

// publish makes values readable as root.NAME.
func (l *loader) publish(root string, values map[string]cty.Value) {
	if l.root.Variables == nil {
		l.root.Variables = map[string]cty.Value{}
	}
	l.root.Variables[root] = cty.ObjectVal(values)
}
