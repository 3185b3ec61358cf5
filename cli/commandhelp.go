package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"tarn/cli/lines"
)

// readableHelp is how wide the help of a command is at most on a terminal, however wide that is.
const readableHelp = 100

// commandHelp is the help of a command as it is shown on standard output: laid out for a terminal, or for a file in lines as they
// are.
func (a *app) commandHelp(cmd *cobra.Command) string {
	long, usage, ends := cmd.Long, cmd.UsageString(), ""
	if long == "" {
		long = cmd.Short
	}
	switch {
	case cmd.Parent() == nil:
		ends = topics()
	case cmd.Name() == helpName:
		long += "\n" + topics() // not before somebody reads it: each start of the program would take them out of their pages
	}
	long = strings.TrimRight(long, "\n") + "\n\n"
	width := min(a.columns(a.Stdout), readableHelp)
	if width == 0 {
		return long + usage + ends
	}
	for _, flags := range []interface {
		FlagUsages() string
		FlagUsagesWrapped(int) string
	}{cmd.LocalFlags(), cmd.InheritedFlags()} {
		if plain := strings.TrimRight(flags.FlagUsages(), "\n"); plain != "" {
			usage = strings.Replace(usage, plain, strings.TrimRight(flags.FlagUsagesWrapped(width), "\n"), 1)
		}
	}
	text := reflow(long) + keepExamples(usage+ends)
	if a.text().ascii {
		text = lines.ASCII(text)
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		if strings.HasPrefix(line, " ") {
			line = lines.WrapAsItStands(line, 0, width)
		} else {
			line = lines.Wrap(line, "", "", width)
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// reflow makes one line of each paragraph, so that it can be wrapped to another width. What is indented stays as it is.
func reflow(text string) string {
	var out strings.Builder
	prose := false // the line before is one
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		isProse := line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t")
		switch {
		case out.Len() == 0:
		case prose && isProse:
			out.WriteString(" ")
		default:
			out.WriteString("\n")
		}
		out.WriteString(line)
		prose = isProse
	}
	return out.String() + "\n"
}

// keepExamples keeps the lines whole that are commands, which people copy: those below "Examples:".
func keepExamples(usage string) string {
	head, rest, found := strings.Cut(usage, "Examples:\n")
	if !found {
		return usage
	}
	examples, rest, _ := strings.Cut(rest, "\n\n")
	return head + "Examples:\n" + lines.Keep(examples) + "\n\n" + rest
}
