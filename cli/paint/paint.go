// Package paint colours the text that tarn writes for people.
//
// What writes text gets a [Painter] and says of a piece of text what it is, never which colour it has. Whether there are colours
// at all is decided once for each stream, by [New]. No colour says anything that the text does not say itself.
package paint

import (
	"slices"

	"github.com/fatih/color"
)

// Role is what a piece of text is.
type Role int

const (
	Create    Role = iota // the sign of a step that creates something
	Patch                 // of one that changes settings
	Move                  // of one that renames, moves or migrates
	Delete                // of one that deletes something
	Destroys              // the sign and the name of a step that destroys data, and what else has to be seen: a blocker, a rehearsal that failed
	Aside                 // what is read last: the reason of a step
	Strong                // a heading, a summary, the name of what a step is about
	Error                 // the word before an error, or that a step failed
	Warning               // the word before a warning
	Place                 // what a diagnostic is about, in its excerpt
	DiffAdded             // a line of a diff, as are the next two
	DiffRemoved
	DiffHunk     // where lines of a diff are
	RemovedValue // a setting that a step removes
)

var attributes = map[Role][]color.Attribute{
	Create:       {color.FgGreen},
	Patch:        {color.FgYellow},
	Move:         {color.FgCyan},
	Delete:       {color.FgRed},
	Destroys:     {color.FgRed, color.Bold},
	Aside:        {color.Faint},
	Strong:       {color.Bold},
	Error:        {color.FgRed},
	Warning:      {color.FgMagenta, color.Bold}, // yellow on white cannot be read
	Place:        {color.Bold, color.Underline},
	DiffAdded:    {color.FgGreen},
	DiffRemoved:  {color.FgRed},
	DiffHunk:     {color.FgCyan},
	RemovedValue: {color.FgRed},
}

// Painter paints text, or leaves it as it is. The zero value does that.
type Painter struct{ colour bool }

// Choices are what a user can say of colours.
var Choices = []string{auto, always, never}

const (
	auto   = "auto" // where they can be seen
	always = "always"
	never  = "never"
)

// Valid tells whether a choice is one of [Choices].
func Valid(choice string) bool { return slices.Contains(Choices, choice) }

// New is the painter for a stream. Unless the user has chosen, a terminal gets colours: not one that has none (TERM=dumb), and
// not where NO_COLOR is set to anything.
func New(choice string, terminal bool, getenv func(string) string) Painter {
	if choice == auto {
		return Painter{terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
	}
	return Painter{choice == always}
}

// Paint gives the text with the colour that it has as what it is.
func (p Painter) Paint(role Role, text string) string {
	if !p.colour || text == "" {
		return text
	}
	c := color.New(attributes[role]...)
	c.EnableColor() // whatever the process's own standard output is
	return c.Sprint(text)
}
