package remote

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// What lxc and incus write is three deep and has no aliases. People may write more, within limits that keep the parser, which calls
// itself for what is nested and copies what an alias stands for, from taking all memory or all time.
const (
	maxNesting = 100 // brackets that are open, and signs of lists on one line
	maxAliases = 16
)

// checkYAML says why a configuration is not given to the parser.
func checkYAML(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return errors.New("it is in UTF-16; save it as UTF-8")
	case !utf8.Valid(data):
		return errors.New("it has bytes that are not UTF-8 text; if it is in Latin-1, save it as UTF-8")
	}
	open, aliases, number := 0, 0, 0
	for line := range bytes.Lines(data) {
		number++
		signs := 0 // "- " and the like
		for i, c := range line {
			switch before := before(line, i); {
			case c == '[' || c == '{':
				open++
			case c == ']' || c == '}':
				open = max(open-1, 0)
			case (c == '-' || c == '?' || c == '!' || c == '&') && before:
				signs++
			case c == '*' && before && i+1 < len(line) && line[i+1] > ' ':
				aliases++
			}
			switch {
			case open > maxNesting || signs > maxNesting:
				return fmt.Errorf("line %d: it is nested more than %d deep", number, maxNesting)
			case aliases > maxAliases:
				return fmt.Errorf("line %d: it has more than %d aliases (*NAME)", number, maxAliases)
			}
		}
	}
	return nil
}

// before tells whether a sign at a place of a line may mean something: whether nothing but another one is right before it.
func before(line []byte, i int) bool {
	return i == 0 || bytes.IndexByte([]byte(" \t[{,:-?"), line[i-1]) >= 0
}
