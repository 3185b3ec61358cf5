package spec

import (
	"os"
	"strings"
	"testing"
)

// Every attribute of the language has a type and a description, and contradicts only what its block has.
func TestBlockTypes(t *testing.T) {
	seen := 0
	var check func(*blockType)
	check = func(b *blockType) {
		words := map[string]bool{}
		for _, word := range b.words() {
			if words[word] {
				t.Errorf("%s has %q twice", b, word)
			}
			words[word] = true
		}
		for _, a := range b.attrs {
			if a.doc == "" {
				t.Errorf("%s: %q has no doc", b, a.name)
			}
			if a.typ == "" {
				t.Errorf("%s: %q has no type", b, a.name)
			}
			for _, c := range a.conflicts {
				if other := b.attribute(c.with); other == nil || other.field == nil || c.detail == "" {
					t.Errorf("%s: %q contradicts %q, which it does not have, or does not say how", b, a.name, c.with)
				}
			}
		}
		for _, nested := range b.blocks {
			seen++
			if nested.doc == "" {
				t.Errorf("%s has no doc", nested)
			}
			check(nested)
		}
	}
	check(topLevel)
	if seen != 7 {
		t.Errorf("%d types of blocks were checked", seen)
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
