package schema

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestNewNames compares the rules with what servers made of names that they were sent, for a new object or in a rename:
// testdata/names.tsv. "n"*65 is a name of 65 letters.
func TestNewNames(t *testing.T) {
	content, err := os.ReadFile("testdata/names.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(content)), "\n")
	if len(rows) < 100 {
		t.Fatalf("only %d names", len(rows))
	}
	servers := []NameRules{NamesLXD521, NamesLXD6, NamesIncus7}
	for _, row := range rows[1:] {
		cells := strings.Split(row, "\t")
		var name string
		letter, times, long := strings.Cut(cells[1], "*")
		if n, err := strconv.Atoi(times); long && err == nil {
			name = strings.Repeat(strings.Trim(letter, `"`), n)
		} else if err := json.Unmarshal([]byte(cells[1]), &name); err != nil {
			t.Fatalf("%s: %v", row, err)
		}
		for i, rules := range servers {
			err := CheckVolumeName("", name)
			check := rules.CheckVolume
			if cells[0] == "pool" {
				err, check = CheckPoolName(name), rules.CheckPool
			}
			if err == nil {
				err = check(name)
			}
			if want := cells[2+i]; want != "-" && (err == nil) != (want == "taken") {
				t.Errorf("%s %q, rules %d: %v, and the server has it %s", cells[0], name, rules, err, want)
			}
			if CheckPortable(name) == nil && err != nil {
				t.Errorf("%q is said to be taken everywhere, and rules %d say %v", name, rules, err)
			}
		}
	}
}
