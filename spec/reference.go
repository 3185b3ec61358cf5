package spec

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"tarn/lxd/schema"
)

// allBlocks are the types of blocks of the language, each before those that it may hold.
func allBlocks() []*blockType {
	var all []*blockType
	var add func(*blockType)
	add = func(t *blockType) {
		for _, b := range t.blocks {
			all = append(all, b)
			add(b)
		}
	}
	add(topLevel)
	return all
}

func blockNamed(name string) *blockType {
	for _, b := range allBlocks() {
		if b.name == name {
			return b
		}
	}
	return nil
}

// BlockNames are the names of all types of blocks.
func BlockNames() []string {
	var names []string
	for _, b := range allBlocks() {
		names = append(names, b.name)
	}
	return names
}

// WriteBlock writes what a block declares and which attributes and blocks it may hold. The name is one of BlockNames.
func WriteBlock(w io.Writer, name string, opts schema.TextOptions) error {
	b := blockNamed(name)
	header := b.name
	if b.label != "" {
		header += fmt.Sprintf(" %q", strings.ToUpper(b.label))
	}
	intro := fmt.Sprintf("%s { … }: %s", header, b.doc)
	if len(b.blocks) > 0 {
		intro += fmt.Sprintf(" It may hold blocks of type %s.", schema.QuotedList(b.blockNames(), "and"))
	}
	rows := [][]string{{"ATTRIBUTE", "TYPE", "MEANING"}}
	for _, a := range b.attrs {
		rows = append(rows, []string{a.name, a.typ, a.doc})
	}
	return schema.WriteTable(w, intro, rows, opts)
}

// WriteBlockJSON writes what WriteBlock does as one JSON document.
func WriteBlockJSON(w io.Writer, name string) error {
	type attribute struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Note string `json:"note"`
	}
	b := blockNamed(name)
	doc := struct {
		FormatVersion string      `json:"format_version"`
		Block         string      `json:"block"`
		Label         string      `json:"label,omitempty"` // what the label says
		Note          string      `json:"note"`
		Attributes    []attribute `json:"attributes"`
		Blocks        []string    `json:"blocks"`  // that it may hold
		Example       string      `json:"example"` // a spec that has one
	}{"1.0", b.name, b.label, b.doc, []attribute{}, b.blockNames(), exampleOf(name)}
	for _, a := range b.attrs {
		doc.Attributes = append(doc.Attributes, attribute{a.name, a.typ, a.doc})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(doc)
}
