package spec

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// local is one local value.
type local struct {
	name  string
	at    hcl.Range
	expr  hcl.Expression
	uses  []string // local values that the expression refers to
	state localState
	value cty.Value
}

type localState int

const (
	waiting localState = iota
	evaluating
	done
)

func (l *loader) declareLocals(block *hcl.Block) {
	attrs, diags := block.Body.JustAttributes()
	for _, d := range diags {
		if name, ok := strings.CutPrefix(d.Summary, "Unexpected \""); ok {
			name = strings.TrimSuffix(name, "\" block")
			d.Summary = "Unsupported block"
			d.Detail = fmt.Sprintf("In a locals block, %q is an attribute: write it with an equals sign, %s = { … }", name, name)
		}
		l.report(d)
	}
	byPlace := slices.SortedFunc(maps.Values(attrs), func(a, b *hcl.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	for _, attr := range byPlace {
		switch first, ok := l.locals[attr.Name]; {
		case ok:
			l.errorf(attr.NameRange, "Duplicate local value", "The local value %q is declared at %s already.", attr.Name, fileLine(first.at))
		case !hclsyntax.ValidIdentifier(attr.Name):
			l.errorf(attr.NameRange, "Invalid name", "%q cannot be the name of a local value, because local.%s could not be read. "+
				"Use letters, digits, underscores and dashes, with a letter at the start.", attr.Name, attr.Name)
		default:
			l.locals[attr.Name] = &local{name: attr.Name, at: attr.NameRange, expr: attr.Expr, value: cty.DynamicVal}
		}
	}
}

// evaluateLocals evaluates every local value after those that it uses.
func (l *loader) evaluateLocals() {
	names := sortedKeys(l.locals)
	slices.SortFunc(names, func(a, b string) int {
		x, y := l.locals[a].at, l.locals[b].at
		return cmp.Or(cmp.Compare(l.fileOrder[x.Filename], l.fileOrder[y.Filename]), cmp.Compare(x.Start.Byte, y.Start.Byte))
	})
	for _, name := range names {
		local := l.locals[name]
		if !l.checkReferences(local.expr, references{}) {
			local.state = done
			continue
		}
		for _, t := range local.expr.Variables() {
			if name, ok := traverseAttr(t); ok && t.RootName() == "local" {
				local.uses = append(local.uses, name)
			}
		}
	}
	values := make(map[string]cty.Value, len(names))
	for _, name := range names {
		l.evaluateLocal(l.locals[name], nil)
		values[name] = l.locals[name].value
	}
	l.publish("local", values)
}

// evaluateLocal evaluates one local value; path are those that wait for it.
func (l *loader) evaluateLocal(v *local, path []string) {
	switch v.state {
	case done:
		return
	case evaluating:
		cycle := append(path[slices.Index(path, v.name):], v.name)
		if n := len(cycle); n > 20 {
			cycle = slices.Concat(cycle[:10], []string{fmt.Sprintf("%d others", n-20)}, cycle[n-10:])
		}
		l.errorf(v.at, "Cycle of local values", "Local values cannot depend on themselves: %s.", strings.Join(cycle, " uses "))
		return
	}
	v.state = evaluating
	path = append(path, v.name)
	used := make(map[string]cty.Value, len(v.uses))
	for _, name := range v.uses {
		l.evaluateLocal(l.locals[name], path)
		used[name] = l.locals[name].value
	}
	// The context holds only what this expression uses: one with all the values so far would cost the square of their
	// number.
	ctx := l.scope(v.at.Filename).NewChild()
	ctx.Variables = map[string]cty.Value{"local": cty.ObjectVal(used)}
	v.value, _ = l.evaluate(v.expr, ctx) // what is known of it
	v.state = done
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
