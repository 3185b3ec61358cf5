package edit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/spec"
)

// source is one file, with its blocks and the places of everything in it. JSON is read into the same expressions as the native syntax.
type source struct {
	name    string
	text    []byte
	json    bool
	newline string
	blocks  []*block // top level
}

// block is a block of a file.
type block struct {
	src    *source
	kind   string
	label  string
	parent *block // nil at the top level
	attrs  []*attr
	blocks []*block

	native *hclsyntax.Block // nil in JSON

	// In JSON: the object that is the body, and the item of the holder, or the element, that is the block.
	body   *hclsyntax.ObjectConsExpr
	holder *hclsyntax.ObjectConsExpr
	list   *hclsyntax.TupleConsExpr // instead of the holder's item, where there are several in a list
	item   int
}

// attr is an attribute of a block.
type attr struct {
	name  string
	expr  hclsyntax.Expression
	start int // of the name
	end   int // of the value
	item  int // in JSON, of the body
}

func (b *block) attr(name string) *attr {
	for _, a := range b.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

// at is where the block begins.
func (b *block) at() int {
	switch {
	case b.native != nil:
		return b.native.TypeRange.Start.Byte
	case b.list != nil:
		return b.body.SrcRange.Start.Byte
	case b.holder != nil:
		return b.holder.Items[b.item].KeyExpr.Range().Start.Byte
	}
	return b.body.SrcRange.Start.Byte
}

// tree are the files of a spec, and what is found by name in them.
type tree struct {
	sources []*source
	pools   map[string][]*block // by label
	locals  map[string]defined
	vars    map[string]*block
}

// defined is an expression that has a name.
type defined struct {
	src  *source
	expr hclsyntax.Expression
}

// parseTree reads files that have been loaded as a spec.
func parseTree(files map[string][]byte) (*tree, error) {
	t := &tree{pools: map[string][]*block{}, locals: map[string]defined{}, vars: map[string]*block{}}
	for name, text := range files {
		src, err := parseSource(name, text)
		if err != nil {
			return nil, err
		}
		t.sources = append(t.sources, src)
	}
	slices.SortFunc(t.sources, func(a, b *source) int { return compareText(a.name, b.name) })
	for _, src := range t.sources {
		for _, b := range src.blocks {
			switch b.kind {
			case "pool":
				t.pools[b.label] = append(t.pools[b.label], b)
			case "variable":
				t.vars[b.label] = b
			case "locals":
				for _, a := range b.attrs {
					t.locals[a.name] = defined{src, a.expr}
				}
			}
		}
	}
	return t, nil
}

func parseSource(name string, text []byte) (*source, error) {
	src := &source{name: name, text: text, json: spec.IsJSON(name), newline: "\n"}
	if bytes.Contains(text, []byte("\r\n")) {
		src.newline = "\r\n"
	}
	if src.json {
		return src, src.parseJSON()
	}
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil, fmt.Errorf("%s has no blocks", name)
	}
	src.blocks = src.nativeBlocks(body, nil)
	return src, nil
}

func (src *source) nativeBlocks(body *hclsyntax.Body, parent *block) []*block {
	var blocks []*block
	for _, nb := range body.Blocks {
		b := &block{src: src, kind: nb.Type, parent: parent, native: nb}
		if len(nb.Labels) > 0 {
			b.label = nb.Labels[0]
		}
		for _, a := range nb.Body.Attributes {
			b.attrs = append(b.attrs, &attr{name: a.Name, expr: a.Expr, start: a.NameRange.Start.Byte, end: a.Expr.Range().End.Byte})
		}
		slices.SortFunc(b.attrs, func(x, y *attr) int { return cmp.Compare(x.start, y.start) })
		b.blocks = src.nativeBlocks(nb.Body, b)
		blocks = append(blocks, b)
	}
	return blocks
}

// line is the number of the line that a byte is on.
func (src *source) line(at int) int {
	return bytes.Count(src.text[:min(at, len(src.text))], []byte{'\n'}) + 1
}

// lineStart is where the line of a byte begins.
func (src *source) lineStart(at int) int { return bytes.LastIndexByte(src.text[:at], '\n') + 1 }

// lineEnd is where the line of a byte ends, before its line break.
func (src *source) lineEnd(at int) int {
	end := bytes.IndexByte(src.text[at:], '\n')
	if end < 0 {
		return len(src.text)
	}
	end += at
	if end > at && src.text[end-1] == '\r' {
		end--
	}
	return end
}

// nextLine is where the line after that of a byte begins.
func (src *source) nextLine(at int) int {
	if end := bytes.IndexByte(src.text[at:], '\n'); end >= 0 {
		return at + end + 1
	}
	return len(src.text)
}

// indent is the white space at the beginning of the line of a byte.
func (src *source) indent(at int) string {
	start := src.lineStart(at)
	end := start
	for end < at && (src.text[end] == ' ' || src.text[end] == '\t') {
		end++
	}
	return string(src.text[start:end])
}

// firstOnLine tells whether there is nothing but white space before a byte on its line.
func (src *source) firstOnLine(at int) bool {
	return strings.TrimLeft(strings.TrimPrefix(string(src.text[src.lineStart(at):at]), "\uFEFF"), " \t") == ""
}

func (src *source) slice(from, to int) string { return string(src.text[from:to]) }

// textOf is the text of an expression in the file.
func (src *source) textOf(e hclsyntax.Expression) string {
	r := e.Range()
	return src.slice(r.Start.Byte, r.End.Byte)
}

func compareText(a, b string) int { return strings.Compare(a, b) }
