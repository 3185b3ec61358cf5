package edit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tarn/spec"
)

// change is a part of a file that gets another text.
type change struct {
	src        *source
	start, end int
	text       string
}

// candidate are changes that may make a wish come true, together.
type candidate []change

// joins tells whether others may be put in at the same place: it brings its own line break or comma.
func (c change) joins() bool {
	return c.start == c.end && (strings.HasPrefix(c.text, c.src.newline) || strings.HasSuffix(c.text, c.src.newline) || strings.HasPrefix(c.text, ","))
}

// finder follows what a value is computed from back to where its author wrote it, and collects the changes that may give it another
// one. Whether they do is found out by trying.
type finder struct {
	tree    *tree
	origins *spec.Origins
	found   []candidate
	dead    []Left // ways that end where nothing can be written
}

// most is how many candidates there are for one wish.
const most = 40

// op is what is to become of a value.
type op struct {
	kind opKind
	text string // the new text
}

type opKind int

const (
	set    opKind = iota // it becomes the text
	unset                // it is left out, or null
	drop                 // the element of a map or a set that it is goes
	rename               // the key of the element that it is becomes the text
)

// env is what an expression is evaluated in.
type env struct {
	src   *source
	ctx   *hcl.EvalContext
	bound map[string]binding // the variables of for expressions
	each  *eachOf            // nil without for_each
	fixed bool               // nothing of the expression itself can be changed: it stands in the text of JSON at the place
	place string
	deep  int
}

// binding is what the variable of a for expression stands for: a value in a collection, or its key.
type binding struct {
	expr hclsyntax.Expression
	env  env
	path []string
	key  bool
}

// eachOf is the element that each is.
type eachOf struct {
	key  string
	expr hclsyntax.Expression // of for_each
	env  env
}

func (f *finder) add(c candidate) {
	if len(c) == 0 || len(f.found) >= most {
		return
	}
	if !slices.ContainsFunc(f.found, func(other candidate) bool { return slices.Equal(c, other) }) {
		f.found = append(f.found, c)
	}
}

// end notes that a way ends.
func (f *finder) end(e hclsyntax.Expression, env env, why string, args ...any) {
	place := env.place // within a text of JSON the places of expressions mean nothing
	if !env.fixed {
		place = lineOf(env.src, e.Range().Start.Byte)
	}
	f.dead = append(f.dead, Left{Place: place, Why: fmt.Sprintf(why, args...)})
}

// mayChange tells whether the text of an expression can be changed, and notes where it cannot.
func (f *finder) mayChange(e hclsyntax.Expression, env env) bool {
	if env.fixed {
		f.dead = append(f.dead, Left{Place: env.place, Why: "it stands in an expression within a text of JSON"})
	}
	return !env.fixed
}

// value evaluates an expression; ok is false when that fails, or a secret is in it.
func (f *finder) value(e hclsyntax.Expression, env env) (cty.Value, bool) {
	v, diags := e.Value(env.ctx)
	if diags.HasErrors() || !v.IsWhollyKnown() || v.ContainsMarked() {
		return cty.NilVal, false
	}
	return v, true
}

// text is the text that an expression gives.
func (f *finder) text(e hclsyntax.Expression, env env) (string, bool) {
	v, ok := f.value(e, env)
	if !ok || v.IsNull() {
		return "", false
	}
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// find goes from an expression to where the part of its value at the path is written.
func (f *finder) find(e hclsyntax.Expression, env env, path []string, op op) {
	if env.deep++; env.deep > 64 || len(f.found) >= most {
		return
	}
	switch e := e.(type) {
	case *inText:
		inside := env
		inside.fixed, inside.place = true, lineOf(env.src, e.rng.Start.Byte)
		if len(path) == 0 && (op.kind == set || op.kind == unset) {
			defer f.replace(e, env, op) // the last way
		}
		f.find(e.Expression, inside, path, op)
	case *hclsyntax.ParenthesesExpr:
		f.find(e.Expression, env, path, op)
	case *hclsyntax.TemplateWrapExpr:
		f.find(e.Wrapped, env, path, op)
	case *hclsyntax.LiteralValueExpr:
		if len(path) == 0 {
			f.replace(e, env, op)
		}
	case *hclsyntax.TemplateExpr:
		f.template(e, env, path, op)
	case *hclsyntax.ObjectConsExpr:
		f.object(e, env, path, op)
	case *hclsyntax.TupleConsExpr:
		f.tuple(e, env, path, op)
	case *hclsyntax.ScopeTraversalExpr:
		f.reference(e, e.Traversal, env, path, op)
	case *hclsyntax.RelativeTraversalExpr:
		f.find(e.Source, env, append(steps(e.Traversal), path...), op)
	case *hclsyntax.IndexExpr:
		if key, ok := f.text(e.Key, env); ok {
			f.find(e.Collection, env, append([]string{key}, path...), op)
		}
	case *hclsyntax.ConditionalExpr:
		if v, ok := f.value(e.Condition, env); ok && v.Type() == cty.Bool && !v.IsNull() {
			if v.True() {
				f.find(e.TrueResult, env, path, op)
			} else {
				f.find(e.FalseResult, env, path, op)
			}
		}
	case *hclsyntax.ForExpr:
		f.forExpr(e, env, path, op)
	case *hclsyntax.FunctionCallExpr:
		f.call(e, env, path, op)
	default:
		f.end(e, env, "the value is computed there")
	}
}

// steps are the parts of a traversal behind its root.
func steps(t hcl.Traversal) (path []string) {
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			path = append(path, step.Name)
		case hcl.TraverseIndex:
			if key, err := convert.Convert(step.Key, cty.String); err == nil && key.IsKnown() && !key.IsNull() {
				path = append(path, key.AsString())
			}
		}
	}
	return path
}

// reference follows a reference.
func (f *finder) reference(e hclsyntax.Expression, t hcl.Traversal, at env, path []string, op op) {
	full := append(steps(t[1:]), path...)
	if b, ok := at.bound[t.RootName()]; ok {
		if b.key {
			f.key(b.expr, b.env, b.path[len(b.path)-1], op)
			return
		}
		b.env.deep = at.deep
		f.find(b.expr, b.env, append(slices.Clone(b.path), full...), op)
		return
	}
	if len(full) == 0 {
		return
	}
	name, rest := full[0], full[1:]
	switch t.RootName() {
	case "each":
		if at.each == nil {
			return
		}
		in := at.each.env
		in.deep = at.deep
		if name == "key" {
			f.key(at.each.expr, in, at.each.key, op)
		} else {
			f.find(at.each.expr, in, append([]string{at.each.key}, rest...), op)
		}
	case "local":
		if local, ok := f.tree.locals[name]; ok {
			f.find(local.expr, env{src: local.src, ctx: f.origins.Scope(local.src.name), deep: at.deep}, rest, op)
		}
	case "var":
		f.variable(e, name, at, rest, op)
	}
}

// variable follows the reference to a variable to its default.
func (f *finder) variable(e hclsyntax.Expression, name string, at env, path []string, op op) {
	origin, block := f.origins.Variables[name], f.tree.vars[name]
	switch {
	case origin.Sensitive:
		f.end(e, at, "the value is that of the sensitive variable %q", name)
	case origin.Given != "":
		f.end(e, at, "the value is that of the variable %q, which is given by %s", name, origin.Given)
	case block == nil || block.attr("default") == nil:
		f.end(e, at, "the value is that of the variable %q, which has no default", name)
	default:
		f.find(block.attr("default").expr, env{src: block.src, deep: at.deep}, path, op)
	}
}

// key follows the key of an element of a collection to where it is written.
func (f *finder) key(e hclsyntax.Expression, env env, key string, change op) {
	if change.kind == set {
		f.find(e, env, []string{key}, op{rename, change.text})
	}
}

// forExpr follows a for expression to the element of its collection that gives the part.
func (f *finder) forExpr(e *hclsyntax.ForExpr, at env, path []string, op op) {
	if len(path) == 0 {
		return
	}
	collection, ok := f.value(e.CollExpr, at)
	if !ok || !collection.CanIterateElements() {
		f.end(e, at, "the value comes from a for expression that cannot be followed")
		return
	}
	n := 0
	for it := collection.ElementIterator(); it.Next(); {
		key, value := it.Element()
		in := at
		in.ctx = at.ctx.NewChild()
		in.ctx.Variables = map[string]cty.Value{e.ValVar: value}
		in.bound = maps.Clone(at.bound)
		if in.bound == nil {
			in.bound = map[string]binding{}
		}
		if collection.Type().IsSetType() {
			key = value
		}
		text, err := convert.Convert(key, cty.String)
		if err != nil || text.IsNull() {
			continue
		}
		from := []string{text.AsString()}
		in.bound[e.ValVar] = binding{expr: e.CollExpr, env: at, path: from}
		if e.KeyVar != "" {
			in.ctx.Variables[e.KeyVar] = key
			in.bound[e.KeyVar] = binding{expr: e.CollExpr, env: at, path: from, key: true}
		}
		if e.CondExpr != nil {
			if v, ok := f.value(e.CondExpr, in); !ok || v.Type() != cty.Bool || v.IsNull() || v.False() {
				continue
			}
		}
		matches := strconv.Itoa(n) == path[0]
		if e.KeyExpr != nil {
			text, ok := f.text(e.KeyExpr, in)
			matches = ok && text == path[0]
		} else if text, ok := f.text(e.ValExpr, in); ok && text == path[0] { // an element of what becomes a set
			matches = true
		}
		n++
		if !matches {
			continue
		}
		switch {
		case len(path) == 1 && op.kind == drop:
			f.find(e.CollExpr, at, from, op)
		case len(path) == 1 && op.kind == rename && e.KeyExpr != nil:
			f.find(e.KeyExpr, in, nil, setTo(op.text))
		case e.KeyExpr == nil && len(path) == 1 && op.kind == rename:
			f.find(e.ValExpr, in, nil, setTo(op.text))
		default:
			f.find(e.ValExpr, in, path[1:], op)
		}
		return
	}
}

func usesEach(e hclsyntax.Expression) bool {
	return slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool { return t.RootName() == "each" })
}

func setTo(text string) op { return op{set, text} }

// object goes on in an object, or changes which elements it has.
func (f *finder) object(e *hclsyntax.ObjectConsExpr, env env, path []string, op op) {
	if len(path) == 0 {
		if op.kind == unset {
			f.replace(e, env, op)
		}
		return
	}
	found := -1
	for i, item := range e.Items {
		if key, ok := f.text(item.KeyExpr, env); ok && key == path[0] {
			found = i
		}
	}
	last := len(path) == 1
	switch {
	case found < 0 && op.kind == set && len(path) <= 3:
		f.insertItem(e, env, path, op.text)
	case found < 0:
		if op.kind == unset && last {
			f.insertNull(e, env, path[0]) // what another part of a merge says does not hold then
		}
	case last && op.kind == drop:
		f.removeItem(e, env, found)
	case last && op.kind == unset && usesEach(e.Items[found].ValueExpr): // the element, before what all elements have
		f.find(e.Items[found].ValueExpr, env, nil, op)
		f.removeItem(e, env, found)
	case last && op.kind == unset:
		f.removeItem(e, env, found)
		f.find(e.Items[found].ValueExpr, env, nil, op)
	case last && op.kind == rename:
		f.renameKey(e.Items[found].KeyExpr, env, op.text)
	default:
		f.find(e.Items[found].ValueExpr, env, path[1:], op)
	}
}

// tuple goes on in a list, or in what becomes a set.
func (f *finder) tuple(e *hclsyntax.TupleConsExpr, env env, path []string, op op) {
	if len(path) == 0 {
		return
	}
	found := -1
	for i, element := range e.Exprs {
		if text, ok := f.text(element, env); ok && text == path[0] {
			found = i
		}
	}
	if i, err := strconv.Atoi(path[0]); found < 0 && err == nil && i >= 0 && i < len(e.Exprs) {
		found = i
	}
	switch {
	case found < 0:
	case len(path) == 1 && op.kind == drop:
		f.removeElement(e, env, found)
	case len(path) == 1 && op.kind == rename:
		f.find(e.Exprs[found], env, nil, setTo(op.text))
	default:
		f.find(e.Exprs[found], env, path[1:], op)
	}
}

// call goes on in the arguments of a function.
func (f *finder) call(e *hclsyntax.FunctionCallExpr, env env, path []string, op op) {
	switch name := e.Name; {
	case e.ExpandFinal:
		f.end(e, env, "the value comes from the function %s", name)
	case name == "merge":
		// The last argument that has the element gives it. Where that is not the object's own, a later one may have another value for it.
		for _, arg := range slices.Backward(e.Args) {
			if f.has(arg, env, path) {
				f.find(arg, env, path, op)
			}
		}
		for _, arg := range slices.Backward(e.Args) {
			if !f.has(arg, env, path) && (op.kind == set || op.kind == unset) {
				f.find(arg, env, path, op)
			}
		}
	case (name == "try" || name == "coalesce") && len(e.Args) > 0:
		for _, arg := range e.Args {
			f.find(arg, env, path, op)
		}
	case name == "lookup" && len(e.Args) >= 2:
		if key, ok := f.text(e.Args[1], env); ok {
			f.find(e.Args[0], env, append([]string{key}, path...), op)
		}
		if len(e.Args) > 2 {
			f.find(e.Args[2], env, path, op)
		}
	case name == "element" && len(e.Args) == 2:
		if index, ok := f.text(e.Args[1], env); ok {
			f.find(e.Args[0], env, append([]string{index}, path...), op)
		}
	case contains([]string{"tostring", "tonumber", "tobool", "toset", "tolist", "tomap", "sort", "distinct"}, name) && len(e.Args) == 1:
		f.find(e.Args[0], env, path, op)
	case name == "concat" || name == "setunion":
		for _, arg := range e.Args {
			f.find(arg, env, path, op)
		}
	case name == "zipmap" && len(e.Args) == 2 && len(path) > 0:
		f.end(e, env, "the value comes from the function %s", name)
	case name == "format" && len(path) == 0 && op.kind == set:
		f.format(e, env, op.text)
	case name == "jsonencode" && len(path) == 0 && op.kind == set && len(e.Args) == 1:
		f.jsonencode(e, env, op.text)
	default:
		f.end(e, env, "the value comes from the function %s", name)
	}
}

// has tells whether an argument has the element that a path begins with.
func (f *finder) has(e hclsyntax.Expression, env env, path []string) bool {
	if len(path) == 0 {
		return false
	}
	v, diags := e.Value(env.ctx)
	v, _ = v.Unmark()
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() {
		return false
	}
	switch ty := v.Type(); {
	case ty.IsObjectType():
		return ty.HasAttribute(path[0])
	case ty.IsMapType():
		return v.HasIndex(cty.StringVal(path[0])).True()
	}
	return false
}
