package tofu

import (
	"cmp"
	"errors"
	"fmt"

	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/lazyregexp"
	"tarn/spec"
)

// scope is where an expression stands: its module, and how each.key, each.value and count.index are written in the spec, "" where
// there are none.
type scope struct {
	in                *module
	key, value, index string

	// elements is the resource whose instances each.value goes through, when for_each is a resource.
	elements *resource

	// callKey and callValue are what each.key and each.value are in the arguments of the module's call, when they are not these:
	// for one instance of a module that a reference names.
	callKey, callValue string

	repeat string // the for_each of the block in the spec, "" for none
}

// ofCall is where the arguments of a module's call stand.
func (s scope) ofCall() scope {
	m := s.in
	p := scope{in: m.parent, callKey: s.callKey, callValue: s.callValue}
	if m.call.value("for_each") != nil {
		p.key, p.value = cmp.Or(s.callKey, "each.key"), cmp.Or(s.callValue, "each.value")
	} else if m.call.value("count") != nil {
		p.index = cmp.Or(s.callValue, "each.value")
	}
	return p
}

// constantScope is a scope without for_each and count.
func constantScope(m *module) scope { return scope{in: m} }

// reason is why something is left behind.
type reason struct {
	at   place
	text string
}

func (r *reason) Error() string { return r.text }

func because(at place, format string, args ...any) error {
	return &reason{at, fmt.Sprintf(format, args...)}
}

// rewrite is the text of an expression as a spec has it: the same text, with other references.
func (c *converter) rewrite(e *expression, s scope) (string, error) {
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return "", because(e.at, "its references lead in a circle")
	}
	defer func() { c.depth-- }()
	w := &rewriter{c: c, e: e, s: s, bound: boundNames(e.node)}
	_ = hclsyntax.Walk(e.node, w)
	if w.err != nil {
		return "", w.err
	}
	text := w.apply()
	if c.written += len(e.text) + len(text); c.written > leastWritten+20*c.files.bytes {
		return "", because(e.at, "what it stands for would be too long")
	}
	return text, nil
}

// once gives what is written for something of a module in one of its instances, and writes it the first time.
func (c *converter) once(of instanceOf, write func() (string, error)) (string, error) {
	if w, known := c.texts[of]; known {
		return w.text, w.err
	}
	text, err := write()
	c.texts[of] = written{text, err}
	return text, err
}

// instanceOf is the expression of an argument, a local value or an output in an instance of a module.
type instanceOf struct {
	of                 *expression
	callKey, callValue string // as in scope
}

type written struct {
	text string
	err  error
}

// maxDepth is how many references may lead to each other: each module has some.
const maxDepth = 100

// leastWritten is how much text expressions may become together in any configuration: references to references could multiply them.
const leastWritten = 1 << 20

// edit is a part of an expression's text, and what it becomes.
type edit struct {
	start, end int
	text       string
}

// rewriter goes through one expression.
type rewriter struct {
	c     *converter
	e     *expression
	s     scope
	bound map[string]bool // names of for expressions
	stack []hclsyntax.Node
	edits []edit
	err   error
}

// boundNames are the names that the for expressions in an expression give to elements.
func boundNames(node hclsyntax.Node) map[string]bool {
	names := map[string]bool{}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if f, ok := n.(*hclsyntax.ForExpr); ok {
			names[f.KeyVar], names[f.ValVar] = true, true
		}
		return nil
	})
	return names
}

func (w *rewriter) Exit(hclsyntax.Node) hcl.Diagnostics {
	w.stack = w.stack[:len(w.stack)-1]
	return nil
}

func (w *rewriter) Enter(node hclsyntax.Node) hcl.Diagnostics {
	w.stack = append(w.stack, node)
	if w.err != nil || w.covered(node) {
		return nil
	}
	switch node := node.(type) {
	case *hclsyntax.FunctionCallExpr:
		w.err = w.call(node)
	case hclsyntax.Expression:
		ref, ok := referenceOf(node)
		if !ok || w.bound[ref.root] {
			return nil
		}
		text, err := w.c.resolve(w.e, ref, w.s)
		if err != nil {
			var why *reason
			if !errors.As(err, &why) {
				err = because(w.e.placeOf(node), "%s", err)
			}
			w.err = err
			return nil
		}
		w.replace(node, text)
	}
	return nil
}

// covered tells whether a node is a part of what was replaced already.
func (w *rewriter) covered(node hclsyntax.Node) bool {
	rng := node.Range()
	return slices.ContainsFunc(w.edits, func(e edit) bool { return e.start <= rng.Start.Byte && rng.End.Byte <= e.end && e.end > e.start })
}

// plainText is a text in quotes that may stand in other quotes as it is.
var plainText = lazyregexp.New(`^"[^"\\$%\n]*"$`)

// isTemplate tells whether a text is in quotes, with or without ${…} in it, and means the same in other quotes and in a heredoc.
func isTemplate(text string) bool {
	if plainText().MatchString(text) {
		return true
	}
	e, err := newExpression(text, place{line: 1})
	if err != nil || !strings.HasPrefix(text, `"`) || strings.Contains(text, `\`) {
		return false
	}
	switch e.node.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		return true
	}
	return false
}

// replace notes what a part of the text becomes. A text within a template becomes a part of that, and an operator is put in brackets
// where it could belong to what stands around it.
func (w *rewriter) replace(node hclsyntax.Node, text string) {
	rng := node.Range()
	start, end := rng.Start.Byte, rng.End.Byte
	if w.e.text[start:end] == text {
		return
	}
	var parent hclsyntax.Node
	if len(w.stack) > 1 {
		parent = w.stack[len(w.stack)-2]
	}
	switch parent.(type) {
	case *hclsyntax.TemplateExpr:
		before := strings.TrimRight(w.e.text[:start], " ")
		after := strings.TrimLeft(w.e.text[end:], " ")
		if isTemplate(text) && strings.HasSuffix(before, "${") && strings.HasPrefix(after, "}") {
			w.edits = append(w.edits, edit{len(before) - 2, len(w.e.text) - len(after) + 1, text[1 : len(text)-1]})
			return
		}
	case nil, *hclsyntax.TemplateWrapExpr, *hclsyntax.ParenthesesExpr, *hclsyntax.FunctionCallExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ObjectConsExpr:
	default:
		text = bracketed(text, false)
	}
	w.edits = append(w.edits, edit{start, end, text})
}

// bracketed puts brackets around an expression that needs them to be a part of another one; to have something read from it, when
// read.
func bracketed(text string, read bool) string {
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return "(" + text + ")"
	}
	switch e.node.(type) {
	case *hclsyntax.ConditionalExpr, *hclsyntax.BinaryOpExpr, *hclsyntax.UnaryOpExpr:
		return "(" + text + ")"
	case *hclsyntax.ObjectConsExpr, *hclsyntax.TupleConsExpr, *hclsyntax.ForExpr, *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr, *hclsyntax.LiteralValueExpr:
		if read {
			return "(" + text + ")"
		}
	}
	return text
}

// apply is the text with all that was replaced.
func (w *rewriter) apply() string {
	slices.SortFunc(w.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
	var b strings.Builder
	at := 0
	for _, e := range w.edits {
		b.WriteString(w.e.text[at:e.start])
		b.WriteString(e.text)
		at = e.end
	}
	b.WriteString(w.e.text[at:])
	text := b.String()
	// "${"fast"}" alone is "fast".
	if e, err := newExpression(text, w.e.at); err == nil && len(w.edits) > 0 {
		if wrap, ok := e.node.(*hclsyntax.TemplateWrapExpr); ok {
			rng := wrap.Wrapped.Range()
			if inner := text[rng.Start.Byte:rng.End.Byte]; plainText().MatchString(inner) {
				return inner
			}
		}
	}
	return text
}

// call checks that tarn has a function.
func (w *rewriter) call(node *hclsyntax.FunctionCallExpr) error {
	at := w.e.placeOf(node)
	switch {
	case !slices.Contains(spec.FunctionNames(), node.Name):
		return because(at, "it calls the function %s, which tarn does not have", node.Name)
	case node.Name == "env":
		return because(at, "it calls the function env, which is another one in tarn")
	case node.Name == "lookup" && len(node.Args) == 2:
		return because(at, "it calls the function lookup without a default, which tarn's needs")
	case node.Name == "file" && len(node.Args) == 1:
		w.fileCall(node.Args[0])
	}
	return nil
}

// fileCall brings the path of a file that is read from what relative paths start from in a configuration to what they start from in
// the spec. Paths that begin with path.module are brought there by resolve.
func (w *rewriter) fileCall(arg hclsyntax.Expression) {
	rng := arg.Range()
	e, err := newExpression(w.e.text[rng.Start.Byte:rng.End.Byte], w.e.at)
	if err != nil {
		return
	}
	text, plain := e.literal()
	root := w.c.pathTo(w.c.root.dir)
	switch {
	case plain && !strings.HasPrefix(text, "/") && root != ".":
		w.edits = append(w.edits, edit{rng.Start.Byte, rng.End.Byte, quoted(root + "/" + text)})
	case plain:
	default:
		w.modulePath(arg)
	}
}

// modulePath shortens "${path.module}/name" to "name" where they are the same.
func (w *rewriter) modulePath(arg hclsyntax.Expression) {
	template, ok := arg.(*hclsyntax.TemplateExpr)
	if !ok || len(template.Parts) < 2 {
		return
	}
	ref, ok := referenceOf(template.Parts[0])
	if !ok || ref.root != "path" || w.c.pathTo(w.dirOf(ref)) != "." {
		return
	}
	end := template.Parts[0].Range().End.Byte
	rest := w.e.text[end:]
	trimmed := strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(rest, " "), "}"), "/")
	start := template.Range().Start.Byte + 1
	w.edits = append(w.edits, edit{start, len(w.e.text) - len(trimmed), ""})
}

// dirOf is the directory that a path reference means.
func (w *rewriter) dirOf(ref reference) string {
	if ref.attr(0) == "module" {
		return w.s.in.dir
	}
	return w.c.root.dir
}
