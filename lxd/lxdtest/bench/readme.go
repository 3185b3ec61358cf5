package main

import (
	"fmt"
	"slices"
	"strings"
)

// page is the short table for the README: what the other tables found, one row for each question. What was not timed has no row.
type page []pageRow

type pageRow struct {
	question string
	figures  []string
}

// add adds figures to a row, behind those that it has.
func (p *page) add(question, format string, args ...any) {
	at := slices.IndexFunc(*p, func(row pageRow) bool { return row.question == question })
	if at < 0 {
		at = len(*p)
		*p = append(*p, pageRow{question: question})
	}
	row := &(*p)[at]
	row.figures = append(row.figures, fmt.Sprintf(format, args...))
}

// printForREADME writes that table as the README has it.
func (c *config) printForREADME(heading string) {
	if len(c.page) == 0 {
		return
	}
	fmt.Printf("\n### For the README\n\n`make bench`, %s, beside a client that sends only what the work cannot do without:\n\n| | |\n|---|---|\n", heading)
	for _, row := range c.page {
		fmt.Printf("| %s | %s |\n", row.question, strings.Join(row.figures, "; "))
	}
}

// thousands writes a number as people read it: 5,000.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
