package help

import (
	"fmt"
	"strings"

	"tarn/cli/lazyregexp"
	"tarn/cli/lines"
	"tarn/lxd/schema"
)

// The topics are in a small part of Markdown: headings, paragraphs, lists of one level, tables, fenced code, words in backticks,
// and links that stand alone. Whatever else is in a file is printed as it stands.

const fence = "```"

// link is a line that stands for what the program knows itself.
var link = lazyregexp.New(`^\[([^\]]+)\]\([^)]+\)$`)

// render makes plain text of Markdown. It fails when a link stands for nothing.
func render(markdown string, opts schema.TextOptions) (string, error) {
	var blocks []string
	for _, source := range split(markdown) {
		text, err := renderBlock(source, opts)
		if err != nil {
			return "", err
		}
		blocks = append(blocks, strings.Trim(text, "\n"))
	}
	return strings.Join(blocks, "\n\n") + "\n", nil
}

// split gives the blocks of a text, which empty lines outside of code divide.
func split(markdown string) (blocks [][]string) {
	var block []string
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, fence) {
			code = !code
		}
		if line != "" || code {
			block = append(block, line)
		} else if block != nil {
			blocks, block = append(blocks, block), nil
		}
	}
	if block != nil {
		blocks = append(blocks, block)
	}
	return blocks
}

func renderBlock(source []string, opts schema.TextOptions) (string, error) {
	first := source[0]
	switch {
	case strings.HasPrefix(first, "#"):
		heading := strings.TrimLeft(first, "# ")
		if strings.HasPrefix(first, "##") {
			heading = strings.ToUpper(heading) // so that it is one without colours too
		}
		heading = lines.Wrap(heading, "", "", opts.Width)
		if opts.Strong != nil {
			heading = opts.Strong(heading)
		}
		return heading, nil
	case strings.HasPrefix(first, fence):
		var text strings.Builder
		for _, line := range source[1 : len(source)-1] {
			text.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		}
		return text.String(), nil
	case strings.HasPrefix(first, "|"):
		return renderTable(source, opts)
	case link().MatchString(first):
		label := link().FindStringSubmatch(first)[1]
		known := programText[label]
		if known == nil {
			return "", fmt.Errorf("nothing is known as %q", label)
		}
		return known(opts)
	}
	return renderProse(source, opts), nil
}

// renderProse wraps a paragraph, or each item of a list.
func renderProse(source []string, opts schema.TextOptions) string {
	var paragraphs []string
	for _, line := range source {
		if n := len(paragraphs); n > 0 && !strings.HasPrefix(line, "- ") {
			paragraphs[n-1] += " " + strings.TrimSpace(line)
		} else {
			paragraphs = append(paragraphs, line)
		}
	}
	for i, paragraph := range paragraphs {
		text, isItem := strings.CutPrefix(paragraph, "- ")
		mark, indent := "", ""
		if isItem {
			mark, indent = "- ", "  "
		}
		paragraphs[i] = lines.Wrap(plain(text), mark, indent, opts.Width)
	}
	return strings.Join(paragraphs, "\n")
}

// renderTable lays out a table, whose second line divides the heads from the rows.
func renderTable(source []string, opts schema.TextOptions) (string, error) {
	var rows [][]string
	for i, line := range source {
		if i == 1 {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j, cell := range cells {
			cells[j] = plain(strings.TrimSpace(cell))
			if i == 0 {
				cells[j] = strings.ToUpper(cells[j])
			}
		}
		rows = append(rows, cells)
	}
	return table(rows, opts)
}

// table lays out rows, the first of which are the heads.
func table(rows [][]string, opts schema.TextOptions) (string, error) {
	var text strings.Builder
	err := schema.WriteTable(&text, "", rows, opts)
	return text.String(), err
}

var code = lazyregexp.New("`[^`]*`")

// plain takes the backticks off the words in them, which stay in one line. Several words get quotes instead, unless they have
// some.
func plain(text string) string {
	return code().ReplaceAllStringFunc(text, func(words string) string {
		words = strings.Trim(words, "`")
		if strings.Contains(words, " ") && !strings.Contains(words, `"`) {
			words = `"` + words + `"`
		}
		return lines.Keep(words)
	})
}
