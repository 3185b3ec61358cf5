// Package lazyregexp has regular expressions that are compiled when they are first used: dozens of them would be a fifth of the time in
// which the program starts, and a command uses few.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New gives a function that gives the expression. It panics when it is used and text is no regular expression, which start_test.go
// looks for.
func New(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
