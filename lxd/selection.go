package lxd

import (
	"slices"
	"strings"
)

// A server tries a filter on each volume that it holds, and describes those that it lets through. LXD reads
// the filter's regular expression anew for each volume, so that a long one costs more than the whole list: 2,500 names in a
// pool of 2,500 took eight times as long. What is asked for is therefore the expression that makes the least work: what names have
// in common is said once, and where most of the names that begin alike are wanted, all of them are.

// What LXD takes, in microseconds of its processor's time (seen on 5.0.2, with 800 volumes that nothing uses; what uses one makes its
// description dearer, and a filter worth more). The table "filter" of `make bench` shows whether it is still so.
const (
	costDescribe = 900  // a volume that is described: its users are worked out
	costTry      = 50   // a filter that is tried on one
	costChar     = 0.3  // each character of the filter, each time
	costAsk      = 2700 // a volume that is asked for by itself,
	costAskHeld  = 6    // and what that takes more for each that the pool holds: 500 of 5,000 in two pools took 17 ms each
)

// Incus describes what it holds before it tries a filter, so that a list of ten volumes takes as long as one of all (seen on 6.0.4). A
// request of its own takes so many times as long as an entry of a list.
const dearerOnIncus = 4

// mostAsked is how many volumes are asked for by themselves at most: the way to a server has its price too.
const mostAsked = 500

// CheaperEach tells whether it costs the server less to be asked for each of some volumes that it holds than for a list of them. Held has
// to be known.
func (l VolumeList) CheaperEach(names []string) bool {
	if l.Server.Product == "Incus" {
		return dearerOnIncus*len(names) <= len(l.Held)
	}
	if len(names) > mostAsked {
		return false
	}
	each := float64(len(names)) * (costAsk + costAskHeld*float64(len(l.Held)))
	if len(names) == 0 || !l.Server.Has(filteringExtension) {
		return each < float64(len(l.Held))*costDescribe
	}
	_, filtered, all := cheapest(names, l.Held, 0)
	return each < min(filtered, all)
}

// anything matches what may follow in a volume's name, which is all but a slash: snapshots are entries of the lists of LXD 5.0.2, and
// cost as much. It is not said as [^/]: with a ^ anywhere in it a pattern need no longer match the whole of a text (seen on 5.0.2).
const anything = "[[:cntrl:][:space:]!-.0-\U0010FFFF]*"

// selection is the regular expression that selects names, and as many of the other names that are held as makes it cheapest. ok tells
// whether it is cheaper than a list of all; extra is how long the rest of the filter is.
func selection(names, held []string, extra int) (pattern string, ok bool) {
	pattern, filtered, whole := cheapest(names, held, extra)
	return pattern, filtered < whole
}

// cheapest is that expression, what a list costs that is filtered by it, and what one of all does.
func cheapest(names, held []string, extra int) (pattern string, filtered, whole float64) {
	s := newSelector(costDescribe, names, held)
	found := s.below(0, len(s.texts), 0)
	all := float64(len(s.texts))
	filtered = all*(costTry+costChar*float64(len(found.pattern)+extra)) + costDescribe*float64(s.wanted(0, len(s.texts))+found.extra)
	return found.pattern, filtered, all * costDescribe
}

// exactly is the regular expression that selects names, with as few others as it can.
func exactly(names []string) string {
	const dear = 1000 * costDescribe // nothing is known of what else there is
	s := newSelector(dear, names, nil)
	return s.below(0, len(s.texts), 0).pattern
}

// selector looks for the cheapest expression among names in order, as the nodes of a trie are.
type selector struct {
	describe float64  // what one more costs that is let through
	texts    []string // of all names, as patterns have them
	before   []int    // how many of those before each are wanted
}

// choice is an expression for what begins alike, and how many others it lets through.
type choice struct {
	pattern string
	extra   int
}

func newSelector(describe float64, names, held []string) *selector {
	type entry struct {
		text   string
		wanted bool
	}
	is := make(map[string]bool, len(names))
	entries := make([]entry, 0, len(names)+len(held))
	for _, name := range names {
		if !is[name] {
			is[name] = true
			entries = append(entries, entry{patternText(name), true})
		}
	}
	for _, name := range held {
		if !is[name] {
			entries = append(entries, entry{patternText(name), false})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.text, b.text) })
	s := &selector{describe: describe, texts: make([]string, len(entries)), before: make([]int, len(entries)+1)}
	for i, entry := range entries {
		s.texts[i] = entry.text
		s.before[i+1] = s.before[i]
		if entry.wanted {
			s.before[i+1]++
		}
	}
	return s
}

// wanted counts those that are wanted from one place to another.
func (s *selector) wanted(from, to int) int { return s.before[to] - s.before[from] }

func (s *selector) cost(c choice) float64 {
	return costChar*float64(len(s.texts))*float64(len(c.pattern)) + s.describe*float64(c.extra)
}

// below gives the cheapest expression for what follows after the first n characters, which all texts from one place to another share.
// At least one of them is wanted.
func (s *selector) below(from, to, n int) choice {
	rest := s.texts[from]
	if from+1 == to {
		return choice{pattern: rest[n:]}
	}
	if shared := commonLength(rest, s.texts[to-1]); shared > n {
		inner := s.below(from, to, shared)
		inner.pattern = rest[n:shared] + inner.pattern
		return inner
	}
	ended := from // after the texts that are as long as what is shared
	for ended < to && len(s.texts[ended]) == n {
		ended++
	}
	var each choice
	ends := s.wanted(from, ended) > 0
	if ends {
		each.extra = ended - from - s.wanted(from, ended)
	}
	var after []string            // expressions for what follows a character
	before := map[string]string{} // the characters that each of them follows
	for i := ended; i < to; {
		char, next := s.texts[i][n], i+1
		for next < to && s.texts[next][n] == char {
			next++
		}
		if s.wanted(i, next) > 0 {
			inner := s.below(i, next, n+1)
			if before[inner.pattern] == "" {
				after = append(after, inner.pattern)
			}
			before[inner.pattern] += string(char)
			each.extra += inner.extra
		}
		i = next
	}
	var parts []string
	for _, rest := range after {
		parts = append(parts, oneOf(before[rest])+rest)
	}
	switch {
	case ends && len(parts) == 0:
	case ends:
		each.pattern = "(|" + strings.Join(parts, "|") + ")"
	case len(parts) == 1:
		each.pattern = parts[0]
	default:
		each.pattern = "(" + strings.Join(parts, "|") + ")"
	}
	all := choice{pattern: anything, extra: to - from - s.wanted(from, to)}
	if s.cost(all) < s.cost(each) {
		return all
	}
	return each
}

// oneOf is an expression for one of some characters.
func oneOf(chars string) string {
	switch {
	case strings.Contains(chars, "."):
		return "."
	case len(chars) == 1:
		return chars
	}
	if i := strings.IndexByte(chars, '-'); i >= 0 { // it means a range anywhere but at the end
		chars = chars[:i] + chars[i+1:] + "-"
	}
	return "[" + chars + "]"
}

func commonLength(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// patternText is a regular expression that matches a name, of one byte for each character. Those that mean something in a filter
// are dots in it, so it may match other names too. Servers select in any case.
func patternText(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '.'
	}, name)
}
