package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/cli/lazyregexp"
	"tarn/lxd/schema"
)

// scope is the context for the expressions of a file: var, local and the functions, among them file, which reads
// relative to that file.
func (l *loader) scope(filename string) *hcl.EvalContext {
	dir := filepath.Dir(l.osPath(filename))
	ctx, ok := l.scopes[dir]
	if !ok {
		ctx = l.root.NewChild()
		ctx.Functions = fileFunctions(dir)
		l.scopes[dir] = ctx
	}
	return ctx
}

// evaluate evaluates an expression. An unknown value comes from a mistake that was reported already, or from a variable that may
// lack its value, so it is not ok and silent: each mistake is reported once, where it was made. What is known of it, its type at least,
// is given all the same.
func (l *loader) evaluate(expr hcl.Expression, ctx *hcl.EvalContext) (cty.Value, bool) {
	v, ok := l.valueOf(expr, ctx)
	if !ok {
		return v, false
	}
	known, ok := l.fits(v, expr.Range())
	if !ok {
		return cty.DynamicVal, false
	}
	return v, known
}

// fits tells whether all of a value is known, and reports one that is too large, which is not ok.
func (l *loader) fits(v cty.Value, at hcl.Range) (known, ok bool) {
	known, over := examine(v)
	if over != nil {
		l.errorf(at, over.summary, "%s", over.detail)
	}
	return known, over == nil
}

// valueOf is evaluate for a value that is looked through by the caller.
func (l *loader) valueOf(expr hcl.Expression, ctx *hcl.EvalContext) (v cty.Value, ok bool) {
	if l.refersToTooMuch(expr, ctx) {
		return cty.DynamicVal, false
	}
	l.reading.evaluate(expr)
	v, diags := expr.Value(ctx)
	if len(diags) > 0 {
		secret := usesSensitive(expr, ctx)
		for i, d := range diags {
			if i > 0 && sameCall(d, diags[i-1]) {
				continue // arguments in the wrong order, or texts that are added, are one mistake
			}
			if secret {
				redact(d)
			}
			explainUnknownFunction(d)
			explainConstant(d)
			if !secret {
				explainDuplicateKey(d)
				explainExpression(d)
				explainMissingPart(d)
			}
			if !secret || slices.Contains(summariesWithoutValues, d.Summary) {
				explainCall(d)
			}
			l.report(d)
		}
		if diags.HasErrors() {
			return cty.DynamicVal, false
		}
	}
	return v, true
}

// sensitive marks the values of sensitive variables and all that is computed from them.
const sensitive mark = "sensitive"

type mark string

// usesSensitive reports whether an expression refers to a sensitive value anywhere.
func usesSensitive(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return slices.ContainsFunc(expr.Variables(), func(t hcl.Traversal) bool {
		v, _ := t.TraverseAbs(ctx)
		return v.ContainsMarked()
	})
}

// summariesWithoutValues are the summaries of diagnostics that cannot quote a value.
var summariesWithoutValues = []string{"Call to unknown function", "Not enough function arguments", "Too many function arguments",
	"Unsupported attribute", "Invalid index", "Missing map element", "Ambiguous attribute key"}

// redact takes from a diagnostic what may quote a sensitive value. Marks do not help here: functions get their arguments
// without them, and quote them in errors.
func redact(d *hcl.Diagnostic) {
	d.Expression, d.EvalContext = nil, nil
	if !slices.Contains(summariesWithoutValues, d.Summary) {
		d.Detail = "The expression uses a sensitive value, so the cause is not shown: it could quote the value."
	}
}

// explainUnknownFunction replaces HCL's message on an unknown function, which knows only those of the innermost context.
func explainUnknownFunction(d *hcl.Diagnostic) {
	unknown, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d)
	if !ok {
		return
	}
	name := unknown.CalledFunctionName()
	missing := fmt.Sprintf("There is no function %q", name)
	switch hint, ok := otherFunctions()[name]; {
	case ok:
		d.Detail = missing + ". " + hint
	case len(schema.Suggest(name, functionNames())) > 0:
		d.Detail = schema.NoSuchSentence(missing, name, functionNames())
	default:
		d.Detail = missing + ". \"tarn help spec\" lists them all."
	}
}

const (
	noChance    = "The same spec means the same each time: what changes comes from outside, as a variable."
	asTemplate  = "A text of several lines with ${…} in it is written as <<EOT … EOT."
	pathsRelate = "Paths are relative to the spec: file(\"NAME\")."
)

// otherFunctions are what is written for functions of other tools.
var otherFunctions = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"timestamp": noChance, "plantimestamp": noChance, "now": noChance, "uuid": noChance, "uuidv4": noChance, "random": noChance,
		"templatefile": asTemplate, "templatestring": asTemplate,
		"abspath": pathsRelate, "pathexpand": pathsRelate, "basename": pathsRelate, "dirname": pathsRelate, "fileexists": "Write try(file(\"NAME\"), DEFAULT).",
		"getenv": "Write env(\"NAME\").", "environ": "Write env(\"NAME\").", "get_env": "Write env(\"NAME\").",
		"uppercase": "Write upper(…).", "toupper": "Write upper(…).", "lowercase": "Write lower(…).", "tolower": "Write lower(…).",
		"len": "Write length(…).", "size": "Write length(…).", "count": "Write length(…).", "strlen": "Write length(…).",
		"int": "Write tonumber(…), with floor(…) around it for a whole number.", "str": "Write tostring(…).", "string": "Write tostring(…).",
		"number": "Write tonumber(…).", "bool": "Write tobool(…).", "set": "Write toset(…).", "list": "Write tolist(…) or […].", "map": "Write { key = value, … }.",
		"readfile": "Write file(\"NAME\").", "include": "All files of a directory are one spec: nothing has to be included.",
	}
})

// explainConstant replaces HCL's message on a reference or a call where only a plain value can be.
func explainConstant(d *hcl.Diagnostic) {
	if d.Summary == "Variables not allowed" || d.Summary == "Function calls not allowed" {
		d.Detail = "A plain value must stand here, without references and functions. A computed value is a local value, locals { NAME = … }, read as local.NAME."
	}
}

// explainDuplicateKey replaces HCL's message on a for expression that gives one key twice.
func explainDuplicateKey(d *hcl.Diagnostic) {
	if d.Summary != "Duplicate object key" {
		return
	}
	if m := duplicateKey().FindStringSubmatch(d.Detail); m != nil {
		d.Detail = fmt.Sprintf("Two elements give the key %s, and an object has each key once. Take another key, or give all values of one key as a list: with ... behind the value.", m[1])
	}
}

var duplicateKey = lazyregexp.New(`produced the key ("(?:[^"\\]|\\.)*")`)

// numberText is the canonical text of a number: whole numbers without an exponent.
func numberText(v cty.Value) (string, error) {
	f := v.AsBigFloat()
	// Thousands of digits are no number that LXD has a use for, and writing them out could take all memory.
	if isVast(f) {
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
