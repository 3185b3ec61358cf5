package product

import (
	"regexp"
	"sync"
)

// Saying is an error that a product words in another way than LXD 5.0.2, whose words the handlers have.
type Saying struct {
	Of   string // pattern of what LXD 5.0.2 says; it has to match the whole text
	As   string // what this one says: $1 is the first group of the pattern
	Code int    // of its answer; 0 for the same
}

// Sayings are those of a product.
type Sayings struct {
	list    []Saying
	compile func() []*regexp.Regexp // once
}

// newSayings joins lists; of several that fit the first one counts.
func newSayings(lists ...[]Saying) *Sayings {
	s := &Sayings{}
	for _, list := range lists {
		s.list = append(s.list, list...)
	}
	s.compile = sync.OnceValue(func() []*regexp.Regexp {
		var patterns []*regexp.Regexp
		for _, saying := range s.list {
			patterns = append(patterns, regexp.MustCompile(`(?s)^(?:`+saying.Of+`)$`))
		}
		return patterns
	})
	return s
}

// Say gives an error of LXD 5.0.2 in the words of the product, and its code.
func (p *Product) Say(code int, text string) (int, string) {
	if p.Sayings == nil {
		return code, text
	}
	for i, pattern := range p.Sayings.compile() {
		if found := pattern.FindStringSubmatchIndex(text); found != nil {
			saying := p.Sayings.list[i]
			if saying.Code != 0 {
				code = saying.Code
			}
			return code, string(pattern.ExpandString(nil, saying.As, text, found))
		}
	}
	return code, text
}
