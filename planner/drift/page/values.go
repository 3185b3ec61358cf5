package page

import (
	"fmt"
	"unicode/utf8"

	"tarn/lxd/schema"
)

// mostShown is how many bytes of a value are shown: a config key may hold megabytes.
const mostShown = 300

// valueView is a value of an attribute.
type valueView struct {
	Text  string // in quotes, "" when there is none to show
	Aside string // what else is said of it, or in its place
}

// values are those that an attribute has on the server and in the spec. Of long ones it is the part where they begin to differ.
func values(from, to *string, secret bool) (was, is valueView) {
	at := 0
	if from != nil && to != nil {
		for at < len(*from) && at < len(*to) && (*from)[at] == (*to)[at] {
			at++
		}
	}
	show := func(value *string) valueView {
		switch {
		case value == nil:
			return valueView{Aside: "(unset)"}
		case secret:
			return valueView{Aside: "(secret)"}
		}
		return excerpt(*value, at)
	}
	return show(from), show(to)
}

// excerpt is a value, or of a long one the part around a place in it.
func excerpt(value string, at int) valueView {
	if len(value) <= mostShown {
		return valueView{Text: schema.Quoted(value)}
	}
	start := boundary(value, max(0, min(at-mostShown/5, len(value)-mostShown)))
	end := boundary(value, min(len(value), start+mostShown))
	v := valueView{Text: schema.Quoted(value[start:end]), Aside: fmt.Sprintf("(bytes %s to %s of %s)", number(start+1), number(end), number(len(value)))}
	if start > 0 {
		v.Text = "…" + v.Text
	}
	if end < len(value) {
		v.Text += "…"
	}
	return v
}

// boundary is where the character begins that has this byte.
func boundary(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
