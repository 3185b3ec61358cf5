package tofu

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// place is where something stands in a configuration.
type place struct {
	file string // as the user may open it
	line int    // from 1
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// expression is one expression of a configuration, in HCL's native syntax whatever the file has.
type expression struct {
	text string
	node hclsyntax.Expression // of the text; its byte 0 is the first of the text
	at   place
}

// newExpression parses the text of an expression. What is wrong with it is an error that names the place.
func newExpression(text string, at place) (*expression, error) {
	text = strings.TrimSpace(text)
	src := text + "\n" // a heredoc needs it
	node, diags := hclsyntax.ParseExpression([]byte(src), at.file, hcl.Pos{Line: at.line, Column: 1})
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s: %s", at, diags[0].Summary)
	}
	return &expression{text: text, node: node, at: at}, nil
}

// placeOf is where a part of the expression stands.
func (e *expression) placeOf(node hclsyntax.Node) place {
	return place{e.at.file, node.Range().Start.Line}
}

// block is a block of a configuration, and also the body of a file.
type block struct {
	kind   string // resource, variable …
	labels []string
	attrs  []*attribute
	blocks []*block
	above  []string // comments above it, a line each
	at     place
}

// attribute is one attribute of a block.
type attribute struct {
	name   string
	value  *expression
	above  []string // comments above it, a line each
	beside string   // the comment at its end, "" for none
	at     place
}

// attr is the attribute of a name, nil for none.
func (b *block) attr(name string) *attribute {
	for _, a := range b.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

// value is the value of an attribute, nil for none and for null.
func (b *block) value(name string) *expression {
	a := b.attr(name)
	if a == nil || a.value.text == "null" {
		return nil
	}
	return a.value
}

// nested are the blocks of a kind in it.
func (b *block) nested(kind string) (found []*block) {
	for _, n := range b.blocks {
		if n.kind == kind {
			found = append(found, n)
		}
	}
	return found
}

// String names the block as an author would look for it.
func (b *block) String() string {
	text := b.kind
	for _, label := range b.labels {
		text += fmt.Sprintf(" %q", label)
	}
	return text
}

// literal is the text of an expression that is a plain text in quotes.
func (e *expression) literal() (string, bool) {
	switch node := e.node.(type) {
	case *hclsyntax.TemplateExpr:
		if !node.IsStringLiteral() {
			return "", false
		}
		v, diags := node.Value(nil)
		return v.AsString(), !diags.HasErrors()
	}
	return "", false
}

// quoted is a text as an expression in HCL.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range text {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '$', '%':
			b.WriteRune(r)
			if strings.HasPrefix(text[i+1:], "{") {
				b.WriteRune(r)
			}
		default:
			if r < ' ' || r == 0x7f {
				fmt.Fprintf(&b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
