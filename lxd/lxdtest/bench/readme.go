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
	answers  []pageAnswer
}

// pageAnswer are the figures of one server, or of one run.
type pageAnswer struct {
	of      string // 1,000 volumes
	figures []string
}

// add adds a figure to the answer to a question.
func (p *page) add(question, of, format string, args ...any) {
	at := slices.IndexFunc(*p, func(row pageRow) bool { return row.question == question })
	if at < 0 {
		at = len(*p)
		*p = append(*p, pageRow{question: question})
	}
	row := &(*p)[at]
	figure := fmt.Sprintf(format, args...)
	for i := range row.answers {
		if row.answers[i].of == of {
			row.answers[i].figures = append(row.answers[i].figures, figure)
			return
		}
	}
	row.answers = append(row.answers, pageAnswer{of, []string{figure}})
}

// printForREADME writes that table as the README has it.
func (c *config) printForREADME(heading string) {
	if len(c.page) == 0 {
		return
	}
	kind := "LXD"
	if c.incus {
		kind = "Incus"
	}
	fmt.Printf("\n### For the README\n\n`make bench`, %s, a private %s: ratios to a client that sends only what the work cannot do without.\n\n| | |\n|---|---|\n", heading, kind)
	for _, row := range c.page {
		var texts []string
		for _, answer := range row.answers {
			texts = append(texts, fmt.Sprintf("%s (%s)", strings.Join(answer.figures, ", "), answer.of))
		}
		fmt.Printf("| %s | %s |\n", row.question, strings.Join(texts, "; "))
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
