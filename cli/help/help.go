// Package help holds the help topics: what is too long for the help of a command and has no place in the README.
//
// A topic is a file of Markdown here, to be read on the web too; for a terminal it becomes plain text. What the program knows
// itself, such as the codes of blockers, is not written in the file: a line that is a link alone stands for it there, and is
// replaced by the program's own table.
package help

import (
	"embed"
	"fmt"
	"io"
	"strings"

	"tarn/lxd/schema"
)

//go:embed *.md
var files embed.FS

// Names are the names of all topics, in the order in which they are listed.
var Names = []string{"spec", "importing", "accepting", "moves", "safety", "saved-plans", "fleets", "simulator", "ci", "monitoring", "json"}

// Title says in a few words what a topic is about. It panics for one that there is not, as [Write] does.
func Title(name string) string {
	title, _, _ := strings.Cut(source(name), "\n")
	return strings.TrimPrefix(title, "# ")
}

// Write writes a topic for a terminal. Lines of code and the first columns of tables are never broken: they need 80 columns.
func Write(w io.Writer, name string, opts schema.TextOptions) error {
	text, err := render(source(name), opts)
	if err != nil {
		return fmt.Errorf("help topic %s: %w", name, err)
	}
	_, err = io.WriteString(w, text)
	return err
}

func source(name string) string {
	text, err := files.ReadFile(name + ".md")
	if err != nil {
		panic(err)
	}
	return string(text)
}
