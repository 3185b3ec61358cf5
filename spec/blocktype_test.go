package spec

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"tarn/lxd/schema"
)

// Every attribute of the language has a type and a description, and contradicts only what its block has.
func TestBlockTypes(t *testing.T) {
	blocks := allBlocks()
	if len(blocks) != 8 {
		t.Errorf("there are %d types of blocks", len(blocks))
	}
	for _, b := range blocks {
		if b.doc == "" {
			t.Errorf("%s has no description", b)
		}
		words := map[string]bool{}
		for _, word := range b.words() {
			if words[word] {
				t.Errorf("%s has %q twice", b, word)
			}
			words[word] = true
		}
		for _, a := range b.attrs {
			if a.doc == "" || a.typ == "" {
				t.Errorf("%s: %q has no description or no type", b, a.name)
			}
			for _, c := range a.conflicts {
				if other := b.attribute(c.with); other == nil || other.field == nil || c.detail == "" {
					t.Errorf("%s: %q contradicts %q, which it does not have, or does not say how", b, a.name, c.with)
				}
			}
		}
	}
}

// The reference of a block has all that it may hold, in both forms.
func TestWriteBlock(t *testing.T) {
	for _, name := range BlockNames() {
		var text, document strings.Builder
		if err := WriteBlock(&text, name, schema.TextOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		if err := WriteBlockJSON(&document, name); err != nil {
			t.Fatal(err)
		}
		var decoded struct {
			Attributes []struct{ Name, Type, Note string }
			Blocks     []string
		}
		if err := json.Unmarshal([]byte(document.String()), &decoded); err != nil {
			t.Fatal(err)
		}
		b := blockNamed(name)
		if len(decoded.Attributes) != len(b.attrs) || len(decoded.Blocks) != len(b.blocks) {
			t.Errorf("the JSON of %s is not complete:\n%s", b, document.String())
		}
		for _, word := range b.words() {
			if !strings.Contains(text.String(), word) {
				t.Errorf("the text of %s does not have %q:\n%s", b, word, text.String())
			}
		}
	}
}

// README's table of attributes has all of them.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*blockType{poolBlock, volumeBlock} {
		_, row, _ := strings.Cut(string(readme), "| `"+b.name+"` |")
		row, _, _ = strings.Cut(row, "\n")
		for _, word := range b.words() {
			if !strings.Contains(row, "`"+word+"`") {
				t.Errorf("README's row of %s does not have %q: %s", b, word, row)
			}
		}
	}
}
