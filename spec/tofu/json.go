package tofu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// jsonValue is a value of a JSON file with the line where it begins. Objects keep their order.
type jsonValue struct {
	line    int
	plain   string // a number, true, false or null
	text    string
	isText  bool
	list    []jsonValue
	isList  bool
	members []jsonMember
	isObj   bool
}

type jsonMember struct {
	name  string
	line  int
	value jsonValue
}

// jsonReader reads a file value by value.
type jsonReader struct {
	dec  *json.Decoder
	src  []byte
	seen int // bytes up to which lines are counted
	line int
}

func (r *jsonReader) next() (json.Token, int, error) {
	token, err := r.dec.Token()
	end := int(r.dec.InputOffset())
	r.line += bytes.Count(r.src[r.seen:end], []byte{'\n'}) // no token has a line's end in it
	r.seen = end
	return token, r.line, err
}

func (r *jsonReader) value() (jsonValue, error) {
	token, line, err := r.next()
	if err != nil {
		return jsonValue{}, err
	}
	return r.valueOf(token, line)
}

func (r *jsonReader) valueOf(token json.Token, line int) (jsonValue, error) {
	v := jsonValue{line: line}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			v.isList = true
			for r.dec.More() {
				item, err := r.value()
				if err != nil {
					return v, err
				}
				v.list = append(v.list, item)
			}
		} else {
			v.isObj = true
			for r.dec.More() {
				key, at, err := r.next()
				if err != nil {
					return v, err
				}
				item, err := r.value()
				if err != nil {
					return v, err
				}
				v.members = append(v.members, jsonMember{key.(string), at, item})
			}
		}
		_, _, err := r.next()
		return v, err
	case string:
		v.isText, v.text = true, token
	case json.Number:
		v.plain = token.String()
	case bool:
		v.plain = fmt.Sprint(token)
	default:
		v.plain = "null"
	}
	return v, nil
}

// topOfJSON is the object that a file is.
func topOfJSON(src []byte, name string) (jsonValue, error) {
	r := &jsonReader{dec: json.NewDecoder(bytes.NewReader(src)), src: src, line: 1}
	r.dec.UseNumber()
	top, err := r.value()
	if err == nil {
		if _, _, err = r.next(); err == nil {
			err = errors.New("there is something behind the end of the object")
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	switch {
	case err != nil:
		return top, fmt.Errorf("%s:%d: %w", name, r.line, err)
	case !top.isObj:
		return top, fmt.Errorf("%s:%d: it is no object", name, top.line)
	}
	return top, nil
}

// readJSONValues reads a file of variables in JSON.
func readJSONValues(src []byte, name string) (*block, error) {
	top, err := topOfJSON(src, name)
	if err != nil {
		return nil, err
	}
	f, b := jsonFile{name}, &block{}
	for _, m := range top.members {
		text, err := f.expression(m.value, false)
		if err != nil {
			return nil, err
		}
		value, err := newExpression(text, f.at(m.value.line))
		if err != nil {
			return nil, err
		}
		b.attrs = append(b.attrs, &attribute{name: m.name, value: value, at: f.at(m.line)})
	}
	return b, nil
}

// readJSON reads a file in HCL's JSON syntax, as the same blocks that the native syntax gives.
func readJSON(src []byte, name string) (*block, error) {
	top, err := topOfJSON(src, name)
	if err != nil {
		return nil, err
	}
	f := jsonFile{name}
	root := &block{}
	for _, m := range top.members {
		if m.name == "//" {
			continue
		}
		if err := f.blocks(root, m, jsonLabels[m.name], nil); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// jsonLabels are how many labels the blocks at the top of a file have.
var jsonLabels = map[string]int{"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}

// jsonNested are the names that are blocks within others, with their labels. Everything else is an attribute.
var jsonNested = map[string]map[string]int{
	"resource": {"lifecycle": 0, "provisioner": 1, "connection": 0, "dynamic": 1, "file": 0, "device": 0, "timeouts": 0},
	"provider": {"remote": 0, "lxd_remote": 0},
	"variable": {"validation": 0},
}

// jsonReferences are the attributes whose texts are references or types, not templates.
var jsonReferences = map[string]bool{"provider": true, "providers": true, "depends_on": true, "ignore_changes": true, "replace_triggered_by": true}

type jsonFile struct{ name string }

func (f jsonFile) at(line int) place { return place{f.name, line} }

// blocks adds the blocks that a member stands for: each level of labels is an object, and each level may be a list.
func (f jsonFile) blocks(to *block, m jsonMember, labels int, have []string) error {
	if m.value.isList {
		for _, v := range m.value.list {
			if err := f.blocks(to, jsonMember{m.name, v.line, v}, labels, have); err != nil {
				return err
			}
		}
		return nil
	}
	if !m.value.isObj {
		return fmt.Errorf("%s: %q has to be an object", f.at(m.line), m.name)
	}
	if labels > len(have) {
		for _, inner := range m.value.members {
			if inner.name == "//" {
				continue
			}
			label := append(append([]string(nil), have...), inner.name)
			if err := f.blocks(to, jsonMember{m.name, inner.line, inner.value}, labels, label); err != nil {
				return err
			}
		}
		return nil
	}
	b := &block{kind: m.name, labels: have, at: f.at(m.line)}
	for _, inner := range m.value.members {
		switch n, isBlock := jsonNested[m.name][inner.name]; {
		case inner.name == "//":
			if inner.value.isText {
				for _, line := range strings.Split(inner.value.text, "\n") {
					b.above = append(b.above, "# "+line)
				}
			}
		case isBlock && (inner.value.isObj || inner.value.isList):
			if err := f.blocks(b, inner, n, nil); err != nil {
				return err
			}
		default:
			text, err := f.expression(inner.value, jsonReferences[inner.name] || m.name == "variable" && inner.name == "type")
			if err != nil {
				return err
			}
			value, err := newExpression(text, f.at(inner.value.line))
			if err != nil {
				return err
			}
			b.attrs = append(b.attrs, &attribute{name: inner.name, value: value, at: f.at(inner.line)})
		}
	}
	to.blocks = append(to.blocks, b)
	return nil
}

// expression is a value in the native syntax. The texts of references are expressions themselves.
func (f jsonFile) expression(v jsonValue, reference bool) (string, error) {
	switch {
	case v.isText && reference:
		return v.text, nil
	case v.isText:
		return f.template(v)
	case v.isList:
		items := make([]string, len(v.list))
		for i, item := range v.list {
			text, err := f.expression(item, reference)
			if err != nil {
				return "", err
			}
			items[i] = text
		}
		return "[" + strings.Join(items, ", ") + "]", nil
	case v.isObj:
		var items []string
		for _, m := range v.members {
			key := m.name
			if !hclsyntax.ValidIdentifier(key) {
				var err error
				if key, err = f.template(jsonValue{text: m.name, line: m.line}); err != nil {
					return "", err
				}
				if !strings.HasPrefix(key, `"`) {
					key = "(" + key + ")"
				}
			}
			text, err := f.expression(m.value, reference)
			if err != nil {
				return "", err
			}
			items = append(items, key+" = "+text)
		}
		if len(items) < 2 {
			return "{ " + strings.Join(items, ", ") + " }", nil
		}
		return "{\n" + strings.Join(items, "\n") + "\n}", nil
	}
	return v.plain, nil
}

// template is a text that may have ${…} in it, as an expression: the inner one when it is nothing else.
func (f jsonFile) template(v jsonValue) (string, error) {
	if !strings.Contains(v.text, "${") && !strings.Contains(v.text, "%{") {
		return quoted(v.text), nil
	}
	src := []byte(v.text)
	node, diags := hclsyntax.ParseTemplate(src, f.name, hcl.Pos{Line: v.line, Column: 1})
	if diags.HasErrors() {
		return "", syntaxError(diags)
	}
	if wrap, ok := node.(*hclsyntax.TemplateWrapExpr); ok {
		inner := strings.TrimSpace(v.text)
		if strings.HasPrefix(inner, "${") && strings.HasSuffix(inner, "}") && !strings.HasPrefix(inner, "${~") {
			return strings.TrimSpace(inner[2 : len(inner)-1]), nil
		}
		return v.text[wrap.Wrapped.Range().Start.Byte:wrap.Wrapped.Range().End.Byte], nil
	}
	tokens, _ := hclsyntax.LexTemplate(src, f.name, hcl.InitialPos)
	var b strings.Builder
	b.WriteByte('"')
	at, depth := 0, 0
	for _, token := range tokens {
		b.Write(src[at:token.Range.Start.Byte]) // the spaces between two
		at = token.Range.End.Byte
		switch token.Type {
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenTemplateSeqEnd:
			depth--
		case hclsyntax.TokenStringLit:
			if depth == 0 {
				b.WriteString(escapedLiteral(string(token.Bytes)))
				continue
			}
		}
		b.Write(token.Bytes)
	}
	b.WriteByte('"')
	return b.String(), nil
}

// escapedLiteral is a literal part of a template, in which $${ stands as it does in quotes.
func escapedLiteral(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
}
