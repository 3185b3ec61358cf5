package main

import (
	"fmt"
	"strings"
)

// figure is a line of the summary.
type figure struct{ what, text string }

// sum adds a line to the summary: ratios, or what else tells something without the machine that it was measured on.
func (c *config) sum(what, format string, args ...any) {
	c.figures = append(c.figures, figure{what, fmt.Sprintf(format, args...)})
}

// printSummary writes the lines of all tables as one, which a page can quote.
func (c *config) printSummary(heading string) {
	fmt.Printf("\n### In short\n\n%s\n\n| | |\n|---|---|\n", heading)
	for _, f := range c.figures {
		fmt.Printf("| %s | %s |\n", f.what, f.text)
	}
}

// joined are figures that stand for the same of several sizes, between commas.
type joined []string

func (j *joined) add(format string, args ...any) { *j = append(*j, fmt.Sprintf(format, args...)) }

func (j joined) String() string { return strings.Join(j, ", ") }
