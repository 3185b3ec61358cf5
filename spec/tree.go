package spec

import (
	"sync"

	"github.com/hashicorp/hcl/v2"
	hcljson "github.com/hashicorp/hcl/v2/json"
)

// parserOf is the parser for a file: that of JSON or that of the native syntax.
func parserOf(json bool) func(src []byte, name string) (*hcl.File, hcl.Diagnostics) {
	if json {
		return hcljson.Parse
	}
	return parseNative
}

// surroundings tell which block is around a place of a file, for excerpts. They parse the file again when they are first asked: its
// tree takes some hundred bytes for each value, and mostly nobody asks.
type surroundings struct{ parsed func() *hcl.File }

// ContextString is what HCL has excerpts ask: the header of the block around a byte, "" for none.
func (s surroundings) ContextString(offset int) string {
	if nav, ok := s.parsed().Nav.(interface{ ContextString(offset int) string }); ok {
		return nav.ContextString(offset)
	}
	return ""
}

// withoutTree is a parsed file without its tree.
func withoutTree(file *hcl.File, name string, json bool) *hcl.File {
	src := file.Bytes
	return &hcl.File{Bytes: src, Nav: surroundings{sync.OnceValue(func() *hcl.File {
		again, _ := parserOf(json)(src, name)
		return again
	})}}
}
