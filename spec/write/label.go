package write

import (
	"strconv"
	"strings"
	"unicode"
)

// labels are those of the blocks of one kind and place, each of which is there once.
type labels struct {
	taken map[string]bool
	own   map[string]int // how often a name is a label of itself
}

func newLabels() *labels { return &labels{taken: map[string]bool{}, own: map[string]int{}} }

// keep keeps a name for the object that is called so, whatever comes before it.
func (l *labels) keep(name string) {
	if isLabel(name) {
		l.own[name]++
	}
}

// of is the label of an object: its name, or when another one has that or it cannot be a label, something like it. apart are what
// else tells it from others of its name.
func (l *labels) of(name string, apart ...string) string {
	label := name
	if !isLabel(name) {
		label = slug(name)
	} else if l.own[name] == 1 && !l.taken[name] {
		l.taken[name] = true
		return name
	}
	parts := []string{label}
	for _, part := range apart {
		if l.own[name] > 1 && part != "" {
			parts = append(parts, slug(part))
		}
	}
	return l.free(strings.Join(parts, "-"))
}

// free is a label, with a number when it is taken, or kept for the only object that is called so.
func (l *labels) free(label string) string {
	try := label
	for n := 2; l.taken[try] || l.own[try] == 1; n++ {
		try = label + "-" + strconv.Itoa(n)
	}
	l.taken[try] = true
	return try
}

// slug is a plain word like a name.
func slug(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r == '-' || r == '_' || r == '.' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if text := strings.Trim(b.String(), "-."); text != "" {
		if len(text) > 40 {
			text = strings.TrimRight(text[:40], "-.")
		}
		return text
	}
	return "unnamed"
}
