package tofu

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// readNative reads a file in HCL's native syntax.
func readNative(src []byte, name string) (*block, error) {
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, syntaxError(diags)
	}
	n := nativeFile{src: src, name: name, comments: commentsOf(src, name)}
	return n.body("", file.Body.(*hclsyntax.Body))
}

// syntaxError is the first error of a parser, with its place.
func syntaxError(diags hcl.Diagnostics) error {
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil {
			return fmt.Errorf("%s:%d: %s: %s", d.Subject.Filename, d.Subject.Start.Line, d.Summary, strings.TrimSuffix(d.Detail, "."))
		}
	}
	return errors.New(diags.Error())
}

type nativeFile struct {
	src      []byte
	name     string
	comments comments
}

func (n *nativeFile) body(kind string, body *hclsyntax.Body) (*block, error) {
	b := &block{kind: kind}
	attrs := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, a := range body.Attributes {
		attrs = append(attrs, a)
	}
	slices.SortFunc(attrs, func(a, b *hclsyntax.Attribute) int { return cmp.Compare(a.SrcRange.Start.Byte, b.SrcRange.Start.Byte) })
	for _, a := range attrs {
		at := place{n.name, a.SrcRange.Start.Line}
		value, err := newExpression(string(n.src[a.EqualsRange.End.Byte:a.SrcRange.End.Byte]), place{n.name, a.EqualsRange.Start.Line})
		if err != nil {
			return nil, err
		}
		last := a.SrcRange.End.Line
		b.attrs = append(b.attrs, &attribute{name: a.Name, value: value, at: at, above: n.comments.above(at.line), beside: n.comments.beside[last]})
	}
	for _, nested := range body.Blocks {
		inner, err := n.body(nested.Type, nested.Body)
		if err != nil {
			return nil, err
		}
		inner.labels = nested.Labels
		inner.at = place{n.name, nested.TypeRange.Start.Line}
		inner.above = n.comments.above(inner.at.line)
		b.blocks = append(b.blocks, inner)
	}
	return b, nil
}

// comments are those of a file, by the line where they stand.
type comments struct {
	alone  map[int]string // on a line of their own
	beside map[int]string // behind something
}

func commentsOf(src []byte, name string) comments {
	c := comments{map[int]string{}, map[int]string{}}
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	for i, token := range tokens {
		text := string(bytes.TrimSpace(token.Bytes))
		if token.Type != hclsyntax.TokenComment || strings.Contains(text, "\n") {
			continue
		}
		line := token.Range.Start.Line
		if i > 0 && tokens[i-1].Range.Start.Line == line && tokens[i-1].Type != hclsyntax.TokenComment {
			c.beside[line] = text
		} else if token.Range.End.Line > line { // it takes the rest of the line
			c.alone[line] = text
		}
	}
	return c
}

// above are the comments that stand directly above a line.
func (c comments) above(line int) []string {
	first := line
	for c.alone[first-1] != "" {
		first--
	}
	var found []string
	for i := first; i < line; i++ {
		found = append(found, c.alone[i])
	}
	return found
}
