package edit

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/lazyregexp"
)

// template goes on in the parts of a text: in each of those that can become what lacks when the others stay.
func (f *finder) template(e *hclsyntax.TemplateExpr, env env, path []string, op op) {
	if len(path) > 0 {
		return
	}
	if e.IsStringLiteral() || len(e.Parts) == 0 || allLiteral(e) {
		f.replace(e, env, op)
		return
	}
	if op.kind != set {
		return
	}
	texts := make([]string, len(e.Parts))
	for i, part := range e.Parts {
		text, ok := f.text(part, env)
		if !ok {
			f.end(e, env, "the value is put together there")
			return
		}
		texts[i] = text
	}
	before := len(f.found)
	for i, part := range e.Parts {
		if middle, ok := between(op.text, strings.Join(texts[:i], ""), strings.Join(texts[i+1:], "")); ok && middle != texts[i] {
			if _, literal := part.(*hclsyntax.LiteralValueExpr); literal {
				f.replacePart(part, env, middle)
			} else {
				f.find(part, env, nil, setTo(middle))
			}
		}
	}
	if len(f.found) == before {
		f.end(e, env, "the value is put together there, and no part of it alone makes the difference")
	}
}

// allLiteral tells whether a template has no expressions in it, as a heredoc of several lines.
func allLiteral(e *hclsyntax.TemplateExpr) bool {
	return !slices.ContainsFunc(e.Parts, func(part hclsyntax.Expression) bool {
		_, literal := part.(*hclsyntax.LiteralValueExpr)
		return !literal
	})
}

// between is what a text has between a beginning and an end.
func between(text, prefix, suffix string) (string, bool) {
	if len(text) < len(prefix)+len(suffix) || !strings.HasPrefix(text, prefix) || !strings.HasSuffix(text, suffix) {
		return "", false
	}
	return text[len(prefix) : len(text)-len(suffix)], true
}

// formatVerbs are what a format of plain values is made of.
var formatVerbs = lazyregexp.New(`%[0-9]*[svd]`)

// format goes on in the arguments of the function of that name.
func (f *finder) format(e *hclsyntax.FunctionCallExpr, env env, want string) {
	layout, ok := "", false
	if len(e.Args) > 0 {
		layout, ok = f.text(e.Args[0], env)
	}
	verbs := formatVerbs().FindAllStringIndex(layout, -1)
	if !ok || len(verbs) != len(e.Args)-1 || strings.Count(layout, "%") != len(verbs) {
		f.end(e, env, "the value comes from the function format")
		return
	}
	var pattern strings.Builder // the text with a group for each argument
	end := 0
	for _, verb := range verbs {
		pattern.WriteString(regexp.QuoteMeta(layout[end:verb[0]]) + "(.*)")
		end = verb[1]
	}
	pattern.WriteString(regexp.QuoteMeta(layout[end:]))
	parts := regexp.MustCompile("(?s)^" + pattern.String() + "$").FindStringSubmatch(want)
	if parts == nil {
		f.end(e, env, "the value comes from the function format, whose layout it does not have")
		return
	}
	for i, arg := range e.Args[1:] {
		text := parts[i+1]
		if strings.HasSuffix(layout[verbs[i][0]:verbs[i][1]], "d") && len(strings.TrimLeft(text, "0")) > 0 {
			text = strings.TrimLeft(text, "0")
		}
		if now, ok := f.text(arg, env); ok && now != text {
			f.find(arg, env, nil, setTo(text))
		}
	}
}

// jsonencode goes on in what is written as JSON: to the places that differ.
func (f *finder) jsonencode(e *hclsyntax.FunctionCallExpr, env env, want string) {
	now, ok := f.text(e, env)
	var from, to any
	if !ok || json.Unmarshal([]byte(now), &from) != nil || json.Unmarshal([]byte(want), &to) != nil {
		f.end(e, env, "the value comes from the function jsonencode")
		return
	}
	all := candidate{}
	for _, d := range differing(from, to, nil) {
		part := &finder{tree: f.tree, origins: f.origins}
		part.find(e.Args[0], env, d.path, d.op)
		if len(part.found) == 0 {
			f.end(e, env, "the value comes from the function jsonencode")
			return
		}
		all = append(all, part.found[0]...)
	}
	f.add(all)
}

// differs is a place in a value of JSON, and what is to become of it.
type differs struct {
	path []string
	op   op
}

func differing(from, to any, path []string) (all []differs) {
	was, isObject := from.(map[string]any)
	is, staysObject := to.(map[string]any)
	if !isObject || !staysObject {
		if x, y := jsonText(from), jsonText(to); x != y {
			text := y
			if s, isText := to.(string); isText {
				text = s
			}
			return []differs{{path, setTo(text)}}
		}
		return nil
	}
	for key := range was {
		if _, there := is[key]; !there {
			all = append(all, differs{append(slices.Clone(path), key), op{kind: unset}})
		}
	}
	for key, value := range is {
		all = append(all, differing(was[key], value, append(slices.Clone(path), key))...)
	}
	slices.SortFunc(all, func(a, b differs) int { return slices.Compare(a.path, b.path) })
	return all
}

func jsonText(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
