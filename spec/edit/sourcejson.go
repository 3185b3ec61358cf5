package edit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// inText is an expression within a text of JSON. Its own places mean nothing; rng is that of the text.
type inText struct {
	hclsyntax.Expression
	rng hcl.Range
}

func (e *inText) Range() hcl.Range      { return e.rng }
func (e *inText) StartRange() hcl.Range { return e.rng }

// jsonReader reads JSON into expressions with their places.
type jsonReader struct {
	src *source
	in  *json.Decoder
	end int // of the last token
}

// next is a token, and where it stands.
func (r *jsonReader) next() (json.Token, hcl.Range, error) {
	token, err := r.in.Token()
	if err != nil {
		return nil, hcl.Range{}, err
	}
	start := r.end
	for start < len(r.src.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src.text[start]) >= 0 {
		start++
	}
	r.end = r.base() + int(r.in.InputOffset())
	return token, r.rangeOf(start, r.end), nil
}

// base is how long the byte order mark is that the decoder does not get.
func (r *jsonReader) base() int { return len(r.src.text) - len(withoutBOM(r.src.text)) }

func withoutBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\uFEFF")) }

func (r *jsonReader) rangeOf(start, end int) hcl.Range {
	return hcl.Range{Filename: r.src.name, Start: hcl.Pos{Byte: start}, End: hcl.Pos{Byte: end}}
}

// value reads the value that begins with a token.
func (r *jsonReader) value(token json.Token, at hcl.Range) (hclsyntax.Expression, error) {
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return r.object(at)
		}
		return r.array(at)
	case string:
		return r.text(token, at), nil
	case json.Number:
		f, _, err := big.ParseFloat(token.String(), 10, 512, big.ToNearestEven)
		if err != nil {
			return nil, err
		}
		return &hclsyntax.LiteralValueExpr{Val: cty.NumberVal(f), SrcRange: at}, nil
	case bool:
		return &hclsyntax.LiteralValueExpr{Val: cty.BoolVal(token), SrcRange: at}, nil
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.NullVal(cty.DynamicPseudoType), SrcRange: at}, nil
}

// text is what a text of JSON means, which is a template.
func (r *jsonReader) text(text string, at hcl.Range) hclsyntax.Expression {
	parsed, diags := hclsyntax.ParseTemplate([]byte(text), r.src.name, hcl.InitialPos)
	if template, ok := parsed.(*hclsyntax.TemplateExpr); !diags.HasErrors() && (!ok || !template.IsStringLiteral() && len(template.Parts) > 0) {
		return &inText{parsed, at}
	} else if ok && template.IsStringLiteral() {
		if v, diags := template.Value(nil); !diags.HasErrors() {
			text = v.AsString()
		}
	}
	part := &hclsyntax.LiteralValueExpr{Val: cty.StringVal(text), SrcRange: at}
	return &hclsyntax.TemplateExpr{Parts: []hclsyntax.Expression{part}, SrcRange: at}
}

func (r *jsonReader) object(at hcl.Range) (hclsyntax.Expression, error) {
	object := &hclsyntax.ObjectConsExpr{OpenRange: at, SrcRange: at}
	for {
		token, keyAt, err := r.next()
		if err != nil {
			return nil, err
		}
		key, isKey := token.(string)
		if !isKey {
			object.SrcRange.End = keyAt.End
			return object, nil
		}
		token, valueAt, err := r.next()
		if err != nil {
			return nil, err
		}
		value, err := r.value(token, valueAt)
		if err != nil {
			return nil, err
		}
		object.Items = append(object.Items, hclsyntax.ObjectConsItem{KeyExpr: r.text(key, keyAt), ValueExpr: value})
	}
}

func (r *jsonReader) array(at hcl.Range) (hclsyntax.Expression, error) {
	tuple := &hclsyntax.TupleConsExpr{OpenRange: at, SrcRange: at}
	for {
		token, valueAt, err := r.next()
		if err != nil {
			return nil, err
		}
		if token == json.Delim(']') {
			tuple.SrcRange.End = valueAt.End
			return tuple, nil
		}
		value, err := r.value(token, valueAt)
		if err != nil {
			return nil, err
		}
		tuple.Exprs = append(tuple.Exprs, value)
	}
}

// labelled are the kinds of blocks that have a label, and those in them.
var labelled = map[string][]string{"": {"pool", "variable"}, "pool": {"volume", "member"}, "variable": nil, "volume": nil, "member": nil}

// unlabelled are those without one.
var unlabelled = map[string][]string{"": {"tarn", "locals"}, "variable": {"validation"}}

func (src *source) parseJSON() error {
	r := &jsonReader{src: src, in: json.NewDecoder(bytes.NewReader(withoutBOM(src.text)))}
	r.in.UseNumber()
	r.end = r.base()
	token, at, err := r.next()
	if err != nil {
		return err
	}
	top, err := r.value(token, at)
	if err != nil {
		return err
	}
	for _, body := range objectsOf(top) {
		_, blocks := src.jsonBody(body, "", nil)
		src.blocks = append(src.blocks, blocks...)
	}
	if len(src.blocks) == 0 {
		return fmt.Errorf("%s has no blocks", src.name)
	}
	return nil
}

// objectsOf are an object, or those in a list.
func objectsOf(e hclsyntax.Expression) (objects []*hclsyntax.ObjectConsExpr) {
	switch e := e.(type) {
	case *hclsyntax.ObjectConsExpr:
		return []*hclsyntax.ObjectConsExpr{e}
	case *hclsyntax.TupleConsExpr:
		for _, e := range e.Exprs {
			objects = append(objects, objectsOf(e)...)
		}
	}
	return objects
}

// jsonBody takes the body of a block apart.
func (src *source) jsonBody(body *hclsyntax.ObjectConsExpr, kind string, parent *block) (attrs []*attr, blocks []*block) {
	for i, item := range body.Items {
		name := keyText(item.KeyExpr)
		switch {
		case contains(labelled[kind], name):
			for _, labels := range objectsOf(item.ValueExpr) {
				for j, labelItem := range labels.Items {
					list, _ := labelItem.ValueExpr.(*hclsyntax.TupleConsExpr)
					for k, of := range objectsOf(labelItem.ValueExpr) {
						b := &block{src: src, kind: name, label: keyText(labelItem.KeyExpr), parent: parent, body: of, holder: labels, item: j}
						if list != nil {
							b.list, b.item = list, k
						}
						b.attrs, b.blocks = src.jsonBody(of, name, b)
						blocks = append(blocks, b)
					}
				}
			}
		case contains(unlabelled[kind], name):
			for _, of := range objectsOf(item.ValueExpr) {
				b := &block{src: src, kind: name, parent: parent, body: of}
				b.attrs, b.blocks = src.jsonBody(of, name, b)
				blocks = append(blocks, b)
			}
		case name != "//":
			attrs = append(attrs, &attr{name: name, expr: item.ValueExpr, start: item.KeyExpr.Range().Start.Byte, end: item.ValueExpr.Range().End.Byte, item: i})
		}
	}
	return attrs, blocks
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// keyText is the text of a key that is a plain one, "" for others.
func keyText(e hclsyntax.Expression) string {
	if key, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if v, diags := key.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			return v.AsString()
		}
		return ""
	}
	if template, ok := e.(*hclsyntax.TemplateExpr); ok && template.IsStringLiteral() {
		if v, diags := template.Value(nil); !diags.HasErrors() {
			return v.AsString()
		}
	}
	return ""
}
