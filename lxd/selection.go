package lxd

import (
	"slices"
	"strings"
)

// LXD up to 5.0.2 tries a filter on each volume that it holds, and describes those that it lets through, see [Server.SelectsFirst]. It
// reads the filter's regular expression anew for each volume, so that a long one costs more than the whole list: 2,500 names in a pool of
// 2,500 took eight times as long. What is asked for is therefore the expression that makes the least work: what names have
// in common is said once, and where most of the names that begin alike are wanted, all of them are.
//
// Go's regexp spends half of its time on an expression that begins with ^, as a server has it begin in which it finds neither ^ nor $. So
// what is asked for begins and ends with what means the same, see whole.

// What such a server takes, in microseconds of its processor's time (seen on LXD 5.0.2, with volumes that nothing uses; what uses one
// makes its description dearer, and a filter worth more). The table "filter" of `make bench` shows whether it is still so.
const (
	costHold     = 80   // a volume that a list goes through
	costTry      = 20   // a filter that is tried on one,
	costEither   = 1.2  // what that takes more for each of its alternatives: what compiles (a|b|c) looks for what they have in common,
	costChar     = 0.03 // and for each of its characters
	costDescribe = 1150 // a volume that is described: its users are worked out
)

// What a volume takes that is asked for by itself, in entries of a list (seen on LXD 5.0.2 and 6.9, on Incus 6.0.4 and 7.3, where one in a pool
// of 2,500 took 2.5 to 5 times as long as one in a list of them).
const (
	askEntries = 2.4
	askHeld    = 0.0012 // and more for each that the pool holds
	askWay     = 40     // and the way to a server that is far away, some times instead of once: worth 50 to 100 ms of its work
)

// AskedAtOnce is how many volumes are asked for at a time, so that they take no longer than a list where the way to a server is long.
const AskedAtOnce = 4

// mostAsked is how many volumes are asked for by themselves, unless a list would take far longer: the way to a server has its price too.
const mostAsked = 500

// CheaperEach tells whether it costs the server less to be asked for each of some volumes that it holds than for a list of them. Held has
// to be known.
func (l VolumeList) CheaperEach(names []string) bool {
	each := float64(len(names)) * (askEntries + askHeld*float64(len(l.Held)))
	if len(names) > AskedAtOnce {
		each += askWay
	}
	if len(names) > mostAsked {
		each *= 2
	}
	list := float64(max(l.Entries, len(l.Held)))
	if each >= list {
		return false // and what is selected costs no more
	}
	if l.Server.SelectsFirst() && len(names) > 0 {
		all := list * (costHold + costDescribe)
		if l.Server.Has(filteringExtension) {
			all = float64(len(l.Held)) * (costHold + costDescribe)
			filtered, _ := cheapest(names, l.Held, expression{})
			all = min(filtered, all)
		}
		list = all / (costHold + costDescribe)
	}
	return each < list
}

// MarkedFirst tells whether it costs the server less to be asked for the volumes with the config key alone than for those with the key and
// of the names, where most of these are the same.
func (l VolumeList) MarkedFirst(names []string) bool {
	if l.ConfigKey == "" || len(names) == 0 || !l.Server.SelectsFirst() || !l.Server.Has(filteringExtension) {
		return false
	}
	held := float64(len(l.Held))
	filtered, _ := cheapest(names, l.Held, expression{})
	marked := held*(costHold+costTry) + costDescribe*float64(len(names))
	return marked < 0.8*min(filtered, held*(costHold+costDescribe))
}

// anything matches what may follow in a volume's name, which is all but a slash: snapshots are entries of the lists of LXD 5.0.2, and
// cost as much.
const anything = "[^/]*"

// selection is the regular expression that selects names, and as many of the other names that are held as makes it cheapest. ok tells
// whether it is cheaper than a list of all; rest is what else the filter has.
func selection(names, held []string, rest expression) (pattern string, ok bool) {
	if hasAll(names, held) {
		return whole(anything), false // all would be described, and the filter tried besides
	}
	filtered, found := cheapest(names, held, rest)
	return whole(found.text), filtered < float64(len(held))*(costHold+costDescribe)
}

// hasAll tells whether names have all those that are held. Both mostly come in order, and are many.
func hasAll(names, held []string) bool {
	if len(names) < len(held) {
		return false
	}
	if !slices.IsSorted(names) || !slices.IsSorted(held) {
		names, held = slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(held))
	}
	at := 0
	for _, name := range held {
		for at < len(names) && names[at] < name {
			at++
		}
		if at == len(names) || names[at] != name {
			return false
		}
	}
	return true
}

// cheapest is that expression, and what a list costs that is filtered by it.
func cheapest(names, held []string, rest expression) (filtered float64, found choice) {
	s := newSelector(names, held)
	found = s.below(0, len(s.texts), 0)
	all := float64(len(s.texts))
	filtered = all*(costHold+costTry+found.cost()+rest.cost()) + costDescribe*float64(s.wanted(0, len(s.texts))+found.extra)
	return filtered, found
}

// exactly is the regular expression that selects names and no others, as far as that can be said: nothing is known of what else there is. ok
// tells whether trying it on a volume is at most so much of describing one.
func exactly(names []string, most float64) (pattern string, ok bool) {
	s := newSelector(names, nil)
	s.exact = true
	found := s.below(0, len(s.texts), 0)
	return whole(found.text), found.cost() <= most*costDescribe
}

// whole has an expression match whole texts, and none of snapshots. What needs a character cannot follow the end of one.
func whole(text string) string {
	text = strings.ReplaceAll(text, ".", "[^/]")
	if text == anything {
		return "^" + text + "$"
	}
	return "(?:^|$)" + text + "$"
}

// expression is a regular expression, and how many alternatives it has besides the first of each place.
type expression struct {
	text   string
	either int
}

// cost is what it takes each time that it is tried.
func (e expression) cost() float64 {
	return costEither*float64(e.either) + costChar*float64(len(e.text))
}

// selector looks for the cheapest expression among names in order, as the nodes of a trie are.
type selector struct {
	texts  []string // of all names, as patterns have them
	before []int    // how many of those before each are wanted
	exact  bool     // nothing else is to be let through
}

// choice is an expression for what begins alike, and how many others it lets through.
type choice struct {
	expression
	extra int
}

func newSelector(names, held []string) *selector {
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
	s := &selector{texts: make([]string, len(entries)), before: make([]int, len(entries)+1)}
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
	return float64(len(s.texts))*c.cost() + costDescribe*float64(c.extra)
}

// below gives the cheapest expression for what follows after the first n characters, which all texts from one place to another share.
// At least one of them is wanted.
func (s *selector) below(from, to, n int) choice {
	rest := s.texts[from]
	if from+1 == to {
		return choice{expression: expression{text: rest[n:]}}
	}
	if shared := commonLength(rest, s.texts[to-1]); shared > n {
		inner := s.below(from, to, shared)
		inner.text = rest[n:shared] + inner.text
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
			if before[inner.text] == "" {
				after = append(after, inner.text)
				each.either += inner.either
			}
			before[inner.text] += string(char)
			each.extra += inner.extra
		}
		i = next
	}
	var parts []string
	for _, rest := range after {
		parts = append(parts, oneOf(before[rest])+rest)
	}
	if ends && len(parts) > 0 {
		parts = slices.Insert(parts, 0, "")
	}
	switch len(parts) {
	case 0:
	case 1:
		each.text = parts[0]
	default:
		each.text = "(?:" + strings.Join(parts, "|") + ")"
		each.either += len(parts) - 1
	}
	all := choice{expression: expression{text: anything}, extra: to - from - s.wanted(from, to)}
	if !s.exact && s.cost(all) < s.cost(each) {
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
