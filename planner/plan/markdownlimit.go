package plan

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// MostMarkdown is how many characters of Markdown are written at most.
const MostMarkdown = 60_000

// What a page of a merge request takes is limited: comments of GitHub to 65,536 characters. The steps get what the rest leaves.
const (
	mostList = 8_000 // of a list, of which there are five
	mostItem = 2_000 // of an item in it
	unfolded = 40    // lines of steps that are shown without a click
)

// limited writes Markdown and counts its characters.
type limited struct {
	to *bufio.Writer
	n  int
}

func newLimited(w io.Writer) *limited { return &limited{to: bufio.NewWriter(w)} }

func (l *limited) Write(p []byte) (int, error) {
	l.n += utf8.RuneCount(p)
	return l.to.Write(p)
}

// Flush writes what is held back, and gives the first error of all.
func (l *limited) Flush() error { return l.to.Flush() }

// list writes a list, of texts that are not escaped, and how many of them there was no room for.
func (l *limited) list(title string, items []string, what string) {
	if len(items) == 0 {
		return
	}
	if title != "" {
		title = "\n" + title + "\n"
	}
	fmt.Fprintf(l, "%s\n", title)
	room := mostList
	for i, item := range items {
		line := "- " + markdownText(cut(item, mostItem)) + "\n"
		if room -= utf8.RuneCountInString(line); room < 0 {
			fmt.Fprintf(l, "- and %d more %s, for which there is no room here\n", len(items)-i, what)
			return
		}
		io.WriteString(l, line)
	}
}

// cut is a text of so many characters at most.
func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// steps writes the steps as a diff: whole where there is room for that, else one line each, and where there is none for all of them, those
// that destroy data before the others. What is left out is counted.
func (l *limited) steps(p *Plan, brief bool, room int) {
	form := func(i int, brief bool) string {
		var text strings.Builder
		p.Steps[i].writeDiff(&text, brief)
		return text.String()
	}
	texts, size := make([]string, len(p.Steps)), 0
	for i := range p.Steps {
		texts[i] = form(i, brief)
		size += utf8.RuneCountInString(texts[i])
	}
	note := ""
	if size > room && !brief {
		note, size = "One line for each step, as there is no room for more.", 0
		for i := range p.Steps {
			texts[i] = form(i, true)
			size += utf8.RuneCountInString(texts[i])
		}
	}
	if size > room {
		note = leaveOut(p, texts, room)
	}
	body := strings.Join(texts, "")
	fence := "```"
	for strings.Contains(body, fence) {
		fence += "`"
	}
	block := fmt.Sprintf("%sdiff\n%s%s\n", fence, body, fence)
	if note != "" {
		block += "\n" + note + "\n"
	}
	if strings.Count(body, "\n") > unfolded {
		block = fmt.Sprintf("<details><summary>%d steps</summary>\n\n%s\n</details>\n", len(p.Steps), block)
	}
	fmt.Fprintf(l, "\n%s", block)
}

// leaveOut empties the texts of steps for which there is no room, and says how many these are.
func leaveOut(p *Plan, texts []string, room int) string {
	keep := make([]bool, len(texts))
	for _, destroying := range []bool{true, false} {
		for i, text := range texts {
			if (p.Steps[i].Class == DestroysData) == destroying {
				if n := utf8.RuneCountInString(text); n <= room {
					keep[i] = true
					room -= n
				}
			}
		}
	}
	left := map[string]int{}
	destroying := 0
	for i := range texts {
		if keep[i] {
			continue
		}
		texts[i] = ""
		left[p.Steps[i].Action.verb()]++
		if p.Steps[i].Class == DestroysData {
			destroying++
		}
	}
	var parts []string
	total := 0
	for _, verb := range verbs {
		if n := left[verb]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, verb))
			total += n
		}
	}
	text := fmt.Sprintf("**%d of %d steps are left out**, as there is no room for them: %s.", total, len(texts), strings.Join(parts, ", "))
	if destroying > 0 {
		text += fmt.Sprintf(" **%d of these destroy data.**", destroying)
	} else if slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Class == DestroysData }) {
		text += " All that destroy data are shown."
	}
	return text
}

// markdownDiagnostics are diagnostics as items of a list.
func markdownDiagnostics(diagnostics []Diagnostic) []string {
	var items []string
	for _, d := range diagnostics {
		text := Capital(d.Severity) + ": " + d.Summary
		if d.Range != nil {
			text = fmt.Sprintf("%s:%d: %s", d.Range.Filename, d.Range.Start.Line, text)
		}
		if d.Detail != "" {
			text += ". " + d.Detail
		}
		items = append(items, strings.Join(strings.Fields(text), " "))
	}
	return items
}
