package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"tarn/cli/lazyregexp"
)

// hunkHeader begins the lines of a place in which two files differ.
var hunkHeader = lazyregexp.New(`^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@`)

// unified says in which lines two texts differ, with three lines around them, as diff -u does.
//
// The library counts the lines of the new text wrongly behind a place with two changes near each other, so they are counted here.
func unified(oldName, newName string, before, after []byte) string {
	var out strings.Builder
	grown := 0 // how many lines the new text has more so far
	header := 2
	for line := range strings.Lines(udiff.Unified(oldName, newName, string(before), string(after))) {
		if m := hunkHeader().FindStringSubmatch(line); m != nil && m[2] != ",0" && m[4] != ",0" && m[1] != "0" && m[3] != "0" {
			from, _ := strconv.Atoi(m[1])
			line = fmt.Sprintf("@@ -%s%s +%d%s @@%s", m[1], m[2], from+grown, m[4], line[len(m[0]):])
		}
		switch {
		case header > 0:
			header--
		case line[0] == '+':
			grown++
		case line[0] == '-':
			grown--
		}
		out.WriteString(line)
	}
	return out.String()
}
