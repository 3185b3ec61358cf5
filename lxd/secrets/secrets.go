// Package secrets keeps values that must not be shown out of texts that somebody else has written: a server that repeats in a
// refusal what it was sent, a library that quotes what it could not read.
//
// Values go in as they become known; a text comes out with "(secret)" where one of them stood, as it is or as programs write it
// into other texts: quoted, escaped, in base64 or hexadecimal, see spellings.go. It is the last of the nets, for texts that nobody here has
// composed. What tarn writes itself goes by the key whose value is secret, and never asks here.
//
// Not found is what a server has made of a value otherwise: a part of it, a hash.
package secrets

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Hidden is what is shown instead of a secret.
const Hidden = "(secret)"

const (
	// shortest is the length, in bytes, of what is looked for. A shorter value stands in every other sentence by chance: hiding it
	// would garble these and, by where it does so, tell the value.
	shortest = 4

	// long is from when on a value is found in the middle of a word too.
	long = 8
)

// Set holds values that must not be shown. The zero value and nil are empty. It may be used by several goroutines at a time.
type Set struct {
	mu     sync.Mutex
	known  map[string]bool           // what was added
	forms  map[form]bool             // what is looked for
	starts map[[shortest]byte][]form // that, by how it begins and the longest first; nil when something was added since
}

// form is one way to write a value.
type form struct {
	text string // in lower case
	word bool   // only where no letter or digit stands beside it
}

// Add makes values secret. What is so short or so ordinary that it would be found everywhere is left out: less than four bytes, true
// and false in all spellings, words that are in every path, spec and sentence such as default, and sizes such as 10GiB. Nil forgets them.
func (s *Set) Add(values ...string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if s.known[value] || ordinary(value) {
			continue
		}
		if s.known == nil {
			s.known, s.forms = map[string]bool{}, map[form]bool{}
		}
		s.known[value], s.starts = true, nil
		for _, text := range spellings(value) {
			if len(text) >= shortest {
				s.forms[form{text: lower(text), word: len(text) < long}] = true
			}
		}
	}
}

// Values are what was added and is looked for, sorted.
func (s *Set) Values() []string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.known))
}

// Hide is a text without the secrets in it. Upper and lower case count as the same.
func (s *Set) Hide(text string) string {
	return Cut(text, s.Find(text))
}

// Span is a part of a text: text[Start:End].
type Span struct{ Start, End int }

// Find gives the places of the secrets in a text, in order; none overlaps another.
func (s *Set) Find(text string) []Span {
	if s == nil || len(text) < shortest {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.starts == nil {
		s.arrange()
	}
	low := lower(text)
	var found []Span
	for i := 0; i+shortest <= len(low); {
		n := s.at(low, i)
		if n > 0 {
			found = append(found, Span{i, i + n})
		}
		i += max(n, 1)
	}
	return found
}

// Cut is a text with "(secret)" instead of some parts, which are in order and do not overlap.
func Cut(text string, parts []Span) string {
	if len(parts) == 0 {
		return text
	}
	var out strings.Builder
	done := 0
	for _, part := range parts {
		out.WriteString(text[done:part.Start])
		out.WriteString(Hidden)
		done = part.End
	}
	out.WriteString(text[done:])
	return out.String()
}

// arrange makes starts.
func (s *Set) arrange() {
	s.starts = map[[shortest]byte][]form{}
	for f := range s.forms {
		start := [shortest]byte([]byte(f.text))
		s.starts[start] = append(s.starts[start], f)
	}
	for _, forms := range s.starts {
		slices.SortFunc(forms, func(a, b form) int { return len(b.text) - len(a.text) })
	}
}

// at is the length of the secret that begins at a place of a text in lower case, 0 for none.
func (s *Set) at(text string, i int) int {
	for _, f := range s.starts[[shortest]byte([]byte(text[i:i+shortest]))] {
		if !strings.HasPrefix(text[i:], f.text) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(f.text):])
		if !f.word || !inWord(before) && !inWord(after) {
			return len(f.text)
		}
	}
	return 0
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// lower is a text in lower case, byte by byte as long as before: the few letters that are longer or shorter in it stay.
func lower(s string) string {
	low := []byte(s)
	for i := 0; i < len(low); {
		switch c := low[i]; {
		case c < utf8.RuneSelf:
			if c >= 'A' && c <= 'Z' {
				low[i] = c + 'a' - 'A'
			}
			i++
		default:
			r, size := utf8.DecodeRune(low[i:])
			if small := unicode.ToLower(r); r != utf8.RuneError && utf8.RuneLen(small) == size {
				utf8.EncodeRune(low[i:], small)
			}
			i += size
		}
	}
	return string(low)
}

// everywhere are words of paths, specs and the sentences about them. Who is shown "A (secret) block" knows the secret.
var everywhere = []string{
	"auto", "block", "btrfs", "config", "create", "custom", "default", "delete", "description", "driver", "lvm", "name", "none", "patch", "pool", "project", "rename",
	"server", "size", "snapshot", "source", "storage", "value", "volume", "zfs",
}

// ordinary tells whether a value is one that is everywhere.
func ordinary(value string) bool {
	if len(strings.TrimSpace(value)) < shortest {
		return true
	}
	if _, err := strconv.ParseBool(value); err == nil || slices.Contains(everywhere, strings.ToLower(value)) {
		return true
	}
	digits := strings.TrimLeft(value, "0123456789")
	return digits != value && slices.Contains([]string{"B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"}, digits)
}
