package spec

import (
	"bytes"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// excerpter cuts excerpts out of the files of a spec. It finds the lines of a file once.
type excerpter struct {
	files      map[string]*hcl.File
	lineStarts map[string][]int // by file, see startsOf
}

func newExcerpter(files map[string]*hcl.File) *excerpter {
	return &excerpter{files: files, lineStarts: map[string][]int{}}
}

// excerpt is the lines of a range.
type excerpt struct {
	block string // the block around it, as pool "fast"; "" for none
	first int    // number of the first line
	lines []excerptLine
	cut   bool // there would be more lines
}

// excerptLine is a line without its end, of which the range covers text[start:end].
type excerptLine struct {
	text       string
	start, end int
}

// maxExcerpt is the number of lines after which an excerpt stops.
const maxExcerpt = 8

// excerpt finds the lines of a range. It is not ok when the range does not lie in a known file of text.
func (x *excerpter) excerpt(rng hcl.Range) (e excerpt, ok bool) {
	file := x.files[rng.Filename]
	if file == nil || rng.End.Byte < rng.Start.Byte || rng.Start.Byte > len(file.Bytes) || notText(file.Bytes) >= 0 {
		return e, false
	}
	if nav, ok := file.Nav.(interface{ ContextString(offset int) string }); ok {
		e.block = nav.ContextString(rng.Start.Byte)
	}
	starts := x.startsOf(rng.Filename, file.Bytes)
	first, found := slices.BinarySearch(starts, rng.Start.Byte)
	if !found {
		first--
	}
	e.first = first + 1
	for i := first; i < len(starts) && (i == first || starts[i] < rng.End.Byte); i++ {
		if i == first+maxExcerpt {
			e.cut = true
			break
		}
		end := len(file.Bytes)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		line := bytes.TrimRight(file.Bytes[starts[i]:end], "\r\n")
		covered := min(max(rng.Start.Byte-starts[i], 0), len(line))
		e.lines = append(e.lines, excerptLine{string(line), covered, min(max(rng.End.Byte-starts[i], covered), len(line))})
	}
	return e, true
}

// startsOf are the offsets at which the lines of a file start.
func (x *excerpter) startsOf(name string, src []byte) []int {
	starts, ok := x.lineStarts[name]
	if !ok {
		starts = []int{0}
		for i, c := range src {
			if c == '\n' {
				starts = append(starts, i+1)
			}
		}
		x.lineStarts[name] = starts
	}
	return starts
}
