package spec

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parser of HCL holds all words and signs of a text while it parses that, some 100 bytes for each, which of a large file is fifty
// times its size. So a large file is parsed in parts. Long runs of lines in a body, a list or an object are parsed by themselves, and
// stand as a comment in a copy of the file, which is parsed for what is around them; then each run's items are put where its comment
// was. A comment of the same bytes leaves all places as they are.
//
// Where the runs may be is looked for without the parser ([findRuns]), but nothing relies on that: the comment has to be in the
// very brackets that were meant and in nothing that is in them, and both the parts and the copy have to be without a mistake. Otherwise the file is parsed as a whole,
// so that what is said of a mistake is what the parser says.

// How a file is parsed in parts, in bytes.
const (
	partedFrom = 64 << 10 // shorter files are parsed as a whole
	leastRun   = 8 << 10  // a shorter run stays where it is
	partSize   = 16 << 10 // a part is a line longer at most
)

// parseNative parses a file of the native syntax.
func parseNative(src []byte, name string) (*hcl.File, hcl.Diagnostics) {
	if len(src) >= partedFrom {
		if file := parseInParts(src, name, leastRun, partSize); file != nil {
			return file, nil
		}
	}
	return hclsyntax.ParseConfig(src, name, hcl.InitialPos)
}

// parseInParts is what the parser makes of a file; nil when there is something to say of it, or nothing to gain.
func parseInParts(src []byte, name string, least, size int) *hcl.File {
	runs := findRuns(src, least, size)
	if len(runs) == 0 {
		return nil
	}
	around := bytes.Clone(src)
	for _, r := range runs {
		copy(around[r.start:], "/*")
		copy(around[r.end-2:], "*/")
	}
	file, diags := hclsyntax.ParseConfig(around, name, hcl.InitialPos)
	if len(diags) > 0 {
		return nil
	}
	file.Bytes = src
	brackets := bracketsOf(file.Body.(*hclsyntax.Body))
	for _, r := range runs {
		if !isFree(brackets[r.opened], r) {
			return nil
		}
	}
	line, counted := 1, 0
	for _, r := range runs {
		line, counted = line+bytes.Count(src[counted:r.start], []byte{'\n'}), r.start
		if !fill(brackets[r.opened], src, name, line, r) {
			return nil
		}
	}
	for _, node := range brackets {
		if body, ok := node.(*hclsyntax.Body); ok {
			slices.SortStableFunc(body.Blocks, func(a, b *hclsyntax.Block) int { return cmp.Compare(a.TypeRange.Start.Byte, b.TypeRange.Start.Byte) })
		}
	}
	return file
}

// atTop is what a run of the file's own body has in place of an opening bracket.
const atTop = -1

// bracketsOf are the bodies, lists and objects of a file by the bytes that open them.
func bracketsOf(file *hclsyntax.Body) map[int]hclsyntax.Node {
	brackets := map[int]hclsyntax.Node{atTop: file}
	_ = hclsyntax.VisitAll(file, func(node hclsyntax.Node) hcl.Diagnostics {
		switch node := node.(type) {
		case *hclsyntax.Block:
			brackets[node.OpenBraceRange.Start.Byte] = node.Body
		case *hclsyntax.TupleConsExpr:
			brackets[node.OpenRange.Start.Byte] = node
		case *hclsyntax.ObjectConsExpr:
			brackets[node.OpenRange.Start.Byte] = node
		}
		return nil
	})
	return brackets
}

// isFree tells that no item of a body, a list or an object reaches into a run, which is a comment between them then.
func isFree(node hclsyntax.Node, r run) bool {
	free := func(start, end hcl.Pos) bool { return end.Byte <= r.start || start.Byte >= r.end }
	switch node := node.(type) {
	case *hclsyntax.Body:
		for _, attr := range node.Attributes {
			if !free(attr.SrcRange.Start, attr.SrcRange.End) {
				return false
			}
		}
		return !slices.ContainsFunc(node.Blocks, func(b *hclsyntax.Block) bool { return !free(b.TypeRange.Start, b.CloseBraceRange.End) })
	case *hclsyntax.TupleConsExpr:
		return !slices.ContainsFunc(node.Exprs, func(e hclsyntax.Expression) bool { return !free(e.Range().Start, e.Range().End) })
	case *hclsyntax.ObjectConsExpr:
		return !slices.ContainsFunc(node.Items, func(i hclsyntax.ObjectConsItem) bool {
			return !free(i.KeyExpr.Range().Start, i.ValueExpr.Range().End)
		})
	}
	return false
}

// fill puts the items of a run, which starts in some line, where they belong. It is false when there is something to say of them.
func fill(node hclsyntax.Node, src []byte, name string, line int, r run) bool {
	start := r.start
	for _, end := range append(r.ends, min(endOfLine(src, r.end)+1, len(src))) {
		text, at := src[start:end], hcl.Pos{Line: line, Column: 1, Byte: start}
		ok := false
		switch node := node.(type) {
		case *hclsyntax.Body:
			ok = fillBody(node, text, name, at)
		case *hclsyntax.TupleConsExpr:
			items, plain := plainTexts(text, name, at)
			if ok = plain; !plain {
				if part, is := inBrackets("[", text, "\n]", name, at).(*hclsyntax.TupleConsExpr); is {
					items, ok = part.Exprs, true
				}
			}
			node.Exprs = insert(node.Exprs, items, start, func(e hclsyntax.Expression) int { return e.StartRange().Start.Byte })
		case *hclsyntax.ObjectConsExpr:
			var items []hclsyntax.ObjectConsItem
			if part, is := inBrackets("{", text, "\n}", name, at).(*hclsyntax.ObjectConsExpr); is {
				items, ok = part.Items, true
			}
			node.Items = insert(node.Items, items, start, func(i hclsyntax.ObjectConsItem) int { return i.KeyExpr.StartRange().Start.Byte })
		}
		if !ok {
			return false
		}
		line += bytes.Count(text, []byte{'\n'})
		start = end
	}
	return true
}

// fillBody puts the attributes and blocks of a text into a body, the blocks at its end.
func fillBody(body *hclsyntax.Body, text []byte, name string, at hcl.Pos) bool {
	file, diags := hclsyntax.ParseConfig(text, name, at)
	if len(diags) > 0 {
		return false
	}
	part := file.Body.(*hclsyntax.Body)
	for name, attr := range part.Attributes {
		if body.Attributes[name] != nil {
			return false // twice, which the parser says better
		}
		body.Attributes[name] = attr
	}
	body.Blocks = append(body.Blocks, part.Blocks...)
	return true
}

// inBrackets parses a text with brackets around it, which are no part of the file; at is where the text begins. It is nil when there is
// something to say of it.
func inBrackets(opening string, text []byte, closing, name string, at hcl.Pos) hclsyntax.Expression {
	whole := slices.Concat([]byte(opening), text, []byte(closing))
	at.Column--
	at.Byte--
	expr, diags := hclsyntax.ParseExpression(whole, name, at)
	if len(diags) > 0 || expr.Range().End.Byte != at.Byte+len(whole) {
		return nil
	}
	return expr
}

// insert puts the items of a part that starts at a byte between those of a list. Mostly it is the end of the list.
func insert[T any](list, items []T, start int, at func(T) int) []T {
	i := len(list)
	for i > 0 && at(list[i-1]) > start {
		i--
	}
	return slices.Insert(list, i, items...)
}
