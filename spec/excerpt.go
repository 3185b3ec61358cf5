package spec

import (
	"bytes"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/lazyregexp"
	"tarn/lxd/secrets"
)

// excerpter cuts excerpts out of the files of a spec. It finds the lines of a file once.
type excerpter struct {
	files      map[string]*hcl.File
	notShown   map[string]bool   // files of which there are no excerpts
	lineStarts map[string][]int  // by file, see startsOf
	literals   map[string][]span // secrets by file
	secrets    *secrets.Set
	looked     int             // bytes that were gone through for excerpts so far, see maxLooked
	changed    map[string]bool // files that are held otherwise than they are, by name, of those that were looked at; see exacttext.go
}

// newExcerpter looks for the secrets in the files of a spec, and so is for when there is something to say.
func newExcerpter(s *Spec) *excerpter {
	x := &excerpter{files: s.Files, notShown: map[string]bool{}, lineStarts: map[string][]int{}, literals: map[string][]span{}, secrets: s.Secrets,
		changed: map[string]bool{}}
	maps.Copy(x.notShown, s.varFiles)
	for name, file := range s.Files {
		if unparsable(file.Bytes, name) != nil {
			x.notShown[name] = true // it is not looked through for secrets, either
			continue
		}
		x.literals[name] = secretLiterals(file.Bytes, name, s.Settings.SecretConfig)
		for _, literal := range x.literals[name] {
			x.secrets.Add(exact(literalText(file.Bytes, literal)))
		}
	}
	return x
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

// maxLooked is how many bytes are gone through for excerpts. A hundred thousand mistakes in one line of a megabyte would take for ever;
// what is beyond the limit is told without an excerpt.
const maxLooked = 32 << 20

// longestBlock is how long the words are at most that say which block is around a place, in bytes.
const longestBlock = 300

// excerpt finds the lines of a range. It is not ok when the range does not lie in a known file of text.
func (x *excerpter) excerpt(rng hcl.Range) (e excerpt, ok bool) {
	file := x.files[rng.Filename]
	if file == nil || x.notShown[rng.Filename] || x.looked > maxLooked || rng.End.Byte < rng.Start.Byte || rng.Start.Byte > len(file.Bytes) {
		return e, false
	}
	if nav, ok := file.Nav.(interface{ ContextString(offset int) string }); ok {
		x.looked += len(file.Bytes) / 64 // it goes through the blocks
		e.block = exact(nav.ContextString(rng.Start.Byte))
		if len(e.block) > longestBlock { // a block may have any number of labels, which is the mistake
			e.block = ""
		}
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
		x.looked += len(line)
		covered := min(max(rng.Start.Byte-starts[i], 0), len(line))
		about := excerptLine{string(line), covered, min(max(rng.End.Byte-starts[i], covered), len(line))}
		e.lines = append(e.lines, about.exact().without(x.secretsIn(rng.Filename, starts[i], string(line))).cut())
	}
	return e, true
}

// userInfo is what stands for a user and a password in the address of a server.
var userInfo = lazyregexp.New(`://[^\s"]*@`)

// hide is a text without secrets.
func (x *excerpter) hide(text string) string {
	return userInfo().ReplaceAllString(x.secrets.Hide(text), "://"+secrets.Hidden+"@")
}

// exact is the line as the file on the disk has it.
func (l excerptLine) exact() excerptLine {
	return excerptLine{exact(l.text), len(exact(l.text[:l.start])), len(exact(l.text[:l.end]))}
}

// secretsIn are the places of secrets in a line of a file, which begins at a byte of that, in order and without overlaps. They are
// places in the exact line.
func (x *excerpter) secretsIn(file string, at int, protected string) []span {
	line := exact(protected)
	all := x.secrets.Find(line)
	for _, literal := range x.literals[file] {
		if literal.Start < at+len(protected) && literal.End > at {
			part := excerptLine{protected, max(literal.Start-at, 0), min(literal.End-at, len(protected))}.exact()
			all = append(all, span{Start: part.start, End: part.end})
		}
	}
	for _, found := range userInfo().FindAllStringIndex(line, -1) {
		all = append(all, span{Start: found[0] + len("://"), End: found[1] - len("@")})
	}
	slices.SortFunc(all, func(a, b span) int { return a.Start - b.Start })
	var apart []span
	for _, s := range all {
		if n := len(apart); n > 0 && s.Start <= apart[n-1].End {
			apart[n-1].End = max(apart[n-1].End, s.End)
		} else {
			apart = append(apart, s)
		}
	}
	return apart
}

// without is the line with "(secret)" instead of some parts of it.
func (l excerptLine) without(parts []span) excerptLine {
	moved := func(at int) int { // an offset within a part is its beginning
		shift := 0
		for _, part := range parts {
			if part.End <= at {
				shift += len(secrets.Hidden) - (part.End - part.Start)
			} else if part.Start < at {
				at = part.Start
			}
		}
		return at + shift
	}
	return excerptLine{secrets.Cut(l.text, parts), moved(l.start), max(moved(l.end), moved(l.start))}
}

// longestLine is how much of a line is shown at most, in bytes.
const longestLine = 1000

// cut is the line without what is far from what the excerpt is about, when it is too long to be shown whole.
func (l excerptLine) cut() excerptLine {
	const gone = "…"
	if len(l.text) <= longestLine {
		return l
	}
	from := max(0, min(l.start-longestLine/4, len(l.text)-longestLine))
	for from > 0 && !utf8.RuneStart(l.text[from]) {
		from--
	}
	to := min(from+longestLine, len(l.text))
	for to < len(l.text) && !utf8.RuneStart(l.text[to]) {
		to--
	}
	text, shift := l.text[from:to], -from
	if from > 0 {
		text, shift = gone+text, len(gone)-from
	}
	end := len(text)
	if to < len(l.text) {
		text += gone
	}
	return excerptLine{text, min(l.start+shift, end), min(l.end+shift, end)}
}

// position is a place as the file on the disk has it.
func (x *excerpter) position(filename string, pos hcl.Pos) hcl.Pos {
	file := x.files[filename]
	if file == nil || pos.Byte > len(file.Bytes) {
		return pos
	}
	changed, known := x.changed[filename]
	if !known {
		changed = bytes.ContainsRune(file.Bytes, apart)
		x.changed[filename] = changed
	}
	if changed {
		pos.Byte = len(exact(string(file.Bytes[:pos.Byte])))
	}
	return pos
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
