package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// references says which names an expression may use besides var.NAME and local.NAME.
type references struct {
	each    bool   // each.key and each.value
	noLocal string // why local values cannot be used here, "" when they can
}

// checkReferences reports references to what does not exist and is true when there are none. It comes before anything is
// evaluated: so a mistake is reported once for an expression and not for each of its values, and also in the branch of a
// conditional that is not taken.
func (l *loader) checkReferences(expr hcl.Expression, refs references) bool {
	if isLiteral(expr) {
		return true
	}
	l.checkObjectKeys(expr)
	ok := true
	for _, t := range expr.Variables() {
		ok = l.checkReference(t, refs) && ok
	}
	return ok
}

// checkedExpr is the expression, or an unknown value in its place when it has a reference to nothing.
func (l *loader) checkedExpr(expr hcl.Expression, refs references) hcl.Expression {
	if l.checkReferences(expr, refs) {
		return expr
	}
	return hcl.StaticExpr(cty.DynamicVal, expr.Range())
}

// checkReference is checkReferences for one reference.
func (l *loader) checkReference(t hcl.Traversal, refs references) bool {
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
			hint := ""
			if near := schema.Suggest(attr, []string{"key", "value"}); len(near) == 1 {
				hint = fmt.Sprintf(" Did you mean each.%s?", near[0])
			}
			l.errorf(rng, summary, "There are each.key and each.value, and nothing else of each.%s", hint)
			return false
		}
	default:
		l.errorf(rng, summary, "There is nothing named %q. %s", root, l.meantBy(t))
		return false
	}
	return true
}

// undeclared reports a reference to a variable or local value that the spec does not declare.
func (l *loader) undeclared(at hcl.Range, kind, prefix, name string, declared []string) {
	const summary = "Unknown reference"
	if name == "" {
		l.errorf(at, summary, "%q alone is not a value: write %s.NAME for one %s.", prefix, prefix, kind)
		return
	}
	id := prefix + "." + name
	use := l.undeclaredNames[id]
	if use == nil {
		use = &undeclaredName{diagnostic: &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Subject: &at,
			Detail: schema.NoSuchSentence(fmt.Sprintf("There is no %s %q", kind, name), name, declared)}}
		if l.undeclaredNames == nil {
			l.undeclaredNames = map[string]*undeclaredName{}
		}
		l.undeclaredNames[id] = use
		l.report(use.diagnostic)
	}
	if !slices.Contains(use.places, at) {
		use.places = append(use.places, at)
	}
}

// isLiteral reports whether an expression is a plain literal, which refers to nothing.
func isLiteral(expr hcl.Expression) bool {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		return e.IsStringLiteral()
	}
	return false
}

// traverseAttr is the name after the root: size in var.size.
func traverseAttr(t hcl.Traversal) (string, bool) {
	if len(t) < 2 {
		return "", false
	}
	step, ok := t[1].(hcl.TraverseAttr)
	return step.Name, ok
}

// checkObjectKeys reports keys that an object within an expression has twice. HCL takes the last one, and an element of a for_each would
// be lost without a word.
func (l *loader) checkObjectKeys(expr hcl.Expression) {
	native, ok := expr.(hclsyntax.Expression)
	if !ok {
		return
	}
	hclsyntax.VisitAll(native, func(node hclsyntax.Node) hcl.Diagnostics {
		object, ok := node.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return nil
		}
		seen := map[string]hcl.Range{}
		for _, item := range object.Items {
			if len(item.KeyExpr.Variables()) > 0 {
				continue
			}
			key, diags := item.KeyExpr.Value(nil)
			if diags.HasErrors() || key.IsNull() || !key.IsKnown() || key.Type() != cty.String {
				continue
			}
			name := key.AsString()
			if first, twice := seen[name]; twice {
				l.errorf(item.KeyExpr.Range(), "Duplicate key", "The object has a value for the key %q at %s already.", name, fileLine(first))
				continue
			}
			seen[name] = item.KeyExpr.Range()
		}
		return nil
	})
}

// undeclaredName is a name that is used and not declared: one diagnostic, however often it is used, for most likely the one mistake is in the
// declaration.
type undeclaredName struct {
	diagnostic *hcl.Diagnostic
	places     []hcl.Range // on which it is used, in no order
}

// placeUndeclared gives the diagnostics of undeclared names their first places, and names the others.
func (l *loader) placeUndeclared() {
	for _, use := range l.undeclaredNames {
		slices.SortFunc(use.places, func(a, b hcl.Range) int {
			return cmp.Or(cmp.Compare(l.fileOrder[a.Filename], l.fileOrder[b.Filename]), cmp.Compare(a.Start.Byte, b.Start.Byte))
		})
		first := use.places[0]
		use.diagnostic.Subject = &first
		var lines, places []string
		for _, at := range use.places[1:] {
			if at.Filename == first.Filename {
				lines = append(lines, fmt.Sprint(at.Start.Line))
			} else {
				places = append(places, fileLine(at))
			}
		}
		lines = slices.DeleteFunc(slices.Compact(lines), func(line string) bool { return line == fmt.Sprint(first.Start.Line) })
		if others := append(linesOf(lines), slices.Compact(places)...); len(others) > 0 {
			use.diagnostic.Detail += " The same is on " + strings.Join(others, " and at ") + "."
		}
	}
	l.undeclaredNames = nil
}

// linesOf says which lines these are, in one text: "line 5", "lines 5, 6 and 7", or none for none.
func linesOf(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	word := "line "
	if len(lines) > 1 {
		word = "lines "
	}
	if more := len(lines) - maxTold; more > 0 {
		lines = append(lines[:maxTold:maxTold], fmt.Sprintf("%d more", more))
	}
	text := lines[0]
	if last := len(lines) - 1; last > 0 {
		text = strings.Join(lines[:last], ", ") + " and " + lines[last]
	}
	return []string{word + text}
}
