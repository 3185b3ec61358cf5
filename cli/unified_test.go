package cli

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The headers of a diff say where its lines are, in the old text and in the new one, and its lines make the one of the other.
func TestUnified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "\n", "++ x\n", "-- y\n", "@@ -1 +1 @@\n"})
		before := rapid.SliceOfN(line, 0, 150).Draw(t, "before")
		var after []string
		for _, old := range before {
			switch rapid.IntRange(0, 19).Draw(t, "edit") {
			case 0:
			case 1:
				after = append(after, line.Draw(t, "new"))
			case 2:
				after = append(after, old, line.Draw(t, "more"))
			default:
				after = append(after, old)
			}
		}
		text := unified("a", "b", []byte(strings.Join(before, "")), []byte(strings.Join(after, "")))
		if strings.Join(before, "") == strings.Join(after, "") {
			if text != "" {
				t.Fatalf("nothing differs: %q", text)
			}
			return
		}
		applyUnified(t, text, before, after)
	})
}

func applyUnified(t *rapid.T, text string, before, after []string) {
	lines := strings.SplitAfter(text, "\n")
	if lines[0] != "--- a\n" || lines[1] != "+++ b\n" {
		t.Fatalf("begins with %q", lines[:2])
	}
	var made []string
	old := 0
	for rest := lines[2:]; len(rest) > 1; {
		var from, fromCount, to, toCount int
		if _, err := fmt.Sscanf(strings.TrimSuffix(rest[0], "\n"), "@@ -%d,%d +%d,%d @@", &from, &fromCount, &to, &toCount); err != nil {
			header := rest[0]
			from, to, fromCount, toCount = 0, 0, 1, 1
			if !scanShort(header, &from, &fromCount, &to, &toCount) {
				t.Fatalf("header %q", header)
			}
		}
		rest = rest[1:]
		for fromCount > 0 && old < from-1 {
			made, old = append(made, before[old]), old+1
		}
		if toCount > 0 && len(made) != to-1 {
			t.Fatalf("a hunk is at line %d of the new text, and its header says %d\n%s", len(made)+1, to, text)
		}
		for fromCount > 0 || toCount > 0 {
			switch line := rest[0]; line[0] {
			case ' ':
				made, old, fromCount, toCount = append(made, line[1:]), old+1, fromCount-1, toCount-1
			case '-':
				old, fromCount = old+1, fromCount-1
			case '+':
				made, toCount = append(made, line[1:]), toCount-1
			}
			rest = rest[1:]
		}
	}
	made = append(made, before[old:]...)
	if strings.Join(made, "") != strings.Join(after, "") {
		t.Fatalf("applied it gives %q, want %q\n%s", made, after, text)
	}
}

// scanShort reads a header in which a count of one is left out.
func scanShort(header string, from, fromCount, to, toCount *int) bool {
	header = strings.TrimSuffix(header, "\n")
	for _, layout := range []string{"@@ -%d +%d,%d @@", "@@ -%d,%d +%d @@", "@@ -%d +%d @@"} {
		into := map[string][]any{"@@ -%d +%d,%d @@": {from, to, toCount}, "@@ -%d,%d +%d @@": {from, fromCount, to}, "@@ -%d +%d @@": {from, to}}[layout]
		if n, err := fmt.Sscanf(header, layout, into...); err == nil && n == len(into) {
			return true
		}
	}
	return false
}
