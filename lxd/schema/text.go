package schema

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mitchellh/go-wordwrap"
)

// TextOptions say how a reference is laid out. The zero value is for a file: lines of any length, nothing set off.
type TextOptions struct {
	Width int // columns of the terminal, 0 for no limit

	// Strong sets off a heading or a name, for a terminal. nil leaves it as it is.
	Strong func(text string) string
}

// WriteDrivers writes the drivers that the schema knows, one line each.
func WriteDrivers(w io.Writer, opts TextOptions) error {
	t := newTables(w, opts)
	rows := [][]string{{"DRIVER", "STORAGE", "VOLUMES", "SERVERS"}}
	for _, name := range Drivers() {
		d := drivers[name]
		storage, contents := "local", "none"
		if d.Remote {
			storage = "shared"
		}
		if len(d.Contents) > 0 {
			contents = strings.Join(d.Contents, ", ")
		}
		rows = append(rows, []string{d.Name, storage, contents, servers(d.Product, d.Extension, "")})
	}
	t.table(rows, columns(rows))
	return t.Flush()
}

// WriteText writes the config keys of the driver's pools and volumes as tables.
func (d *Driver) WriteText(w io.Writer, opts TextOptions) error {
	t := newTables(w, opts)
	volumes := "no custom volumes"
	if len(d.Contents) > 0 {
		volumes = "volumes of content type " + strings.Join(d.Contents, " and ")
		if d.Remote {
			volumes += ", shared by the members of a cluster"
		} else {
			volumes += ", each on one member of a cluster"
		}
	}
	t.paragraph(strings.TrimSpace(fmt.Sprintf("%s: %s; %s. %s", d.Name, servers(d.Product, d.Extension, ""), volumes, d.Note)))

	type section struct {
		title string
		rows  [][]string
	}
	var sections []section
	add := func(title string, keys []Key) {
		if len(keys) > 0 {
			rows := [][]string{{"KEY", "TYPE", "DEFAULT", "NOTES"}}
			for _, key := range keys {
				rows = append(rows, []string{key.Name, key.Kind.String(), key.Default, key.notes()})
			}
			sections = append(sections, section{title, rows})
		}
	}
	var own []Key
	var defaults []string
	for _, key := range d.pool {
		if strings.HasPrefix(key.Name, volumePrefix) {
			defaults = append(defaults, key.Name)
		} else {
			own = append(own, key)
		}
	}
	add("Config of pools", own)
	for _, content := range []string{"", Filesystem, Block} {
		title := "Config of volumes"
		if content != "" {
			title += fmt.Sprintf(", content type %s only", content)
		}
		add(title, slices.DeleteFunc(d.volumeRows(), func(k Key) bool { return k.Content != content }))
	}
	var all [][]string
	for _, s := range sections {
		all = append(all, s.rows...)
	}
	widths := columns(all) // the same in all tables
	for i, s := range sections {
		t.heading(s.title)
		t.table(s.rows, widths)
		if i == 0 && len(d.Contents) > 0 {
			t.heading("Config of pools: what new volumes get when they do not say")
			t.paragraph("  " + strings.Join(defaults, ", "))
		}
	}
	return t.Flush()
}

// volumeRows are the rows of volumes, none for a driver that has no custom volumes.
func (d *Driver) volumeRows() []Key {
	if len(d.Contents) == 0 {
		return nil
	}
	return slices.Clone(d.volume)
}

// notes are the facts about a key in words.
func (k *Key) notes() string {
	var facts []string
	add := func(is bool, format string, args ...any) {
		if is {
			facts = append(facts, fmt.Sprintf(format, args...))
		}
	}
	add(k.Required, "required")
	add(k.Kind == Enum, "%s", joined(k.Values, "or"))
	add(k.Kind != Enum && len(k.Values) > 0, "or %s", joined(k.Values, "or"))
	add(k.Min != 0 || k.Max != 0, "%d to %d", k.Min, k.Max)
	add(k.Multiple > 0, "in multiples of %s", FormatSize(k.Multiple))
	add(k.Secret, "secret")
	add(k.ServerOnly, "written by the server alone")
	add(k.Filled, "filled in by the server")
	add(k.Member, "member-specific")
	add(k.Immutable, "immutable")
	add(k.CreateOnly, "read at creation only")
	add(k.ChangeExtension != "", "a change takes effect with API extension %s", k.ChangeExtension)
	if only := servers(k.Product, k.Extension, k.Dropped); only != servers("", "", "") {
		facts = append(facts, only)
	}
	text := ""
	if len(facts) > 0 {
		text = strings.ToUpper(facts[0][:1]) + facts[0][1:]
		if k.Kind == Enum && !k.Required {
			text = facts[0] // values are written as they are
		}
		text = strings.Join(append([]string{text}, facts[1:]...), "; ") + "."
	}
	return strings.TrimSpace(text + " " + k.Note)
}

// servers says which servers know something.
func servers(product, extension, dropped string) string {
	text := map[string]string{"": "LXD and Incus", LXD: "LXD only", Incus: "Incus only"}[product]
	switch {
	case extension != "" && product == "":
		text = "since API extension " + extension
	case extension != "":
		text += ", since API extension " + extension
	}
	switch {
	case dropped != "" && product == "" && extension == "":
		text = "until API extension " + dropped
	case dropped != "":
		text += ", until API extension " + dropped
	}
	return text
}

// tables writes tables and paragraphs; a bufio.Writer keeps the first error until it is flushed.
type tables struct {
	*bufio.Writer
	opts    TextOptions
	started bool
}

func newTables(w io.Writer, opts TextOptions) *tables {
	return &tables{Writer: bufio.NewWriter(w), opts: opts}
}

// gap is between two columns.
const gap = 2

// columns are the widths of all columns but the last.
func columns(rows [][]string) []int {
	widths := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	return widths
}

// narrow is the least width of a last column that is worth having; below it, its text goes on lines of its own.
const narrow = 30

// table writes rows, the first of them the heads. What does not fit in the last column is continued below.
func (t *tables) table(rows [][]string, widths []int) {
	left := 2
	for _, width := range widths {
		left += width + gap
	}
	for n, row := range rows {
		last := len(row) - 1
		line := " "
		for i, width := range widths {
			line += fmt.Sprintf(" %-*s ", width, row[i])
		}
		line += " "
		indent, rest := left, t.wrap(row[last], left)
		if t.opts.Width > 0 && t.opts.Width-left < narrow {
			indent, rest = 6, t.wrap(row[last], 6)
			if n == 0 {
				rest = ""
			} else if rest != "" {
				rest = "\n" + rest
			}
		}
		first, more, _ := strings.Cut(rest, "\n")
		text := strings.TrimRight(line+first, " ")
		if more != "" {
			pad := "\n" + strings.Repeat(" ", indent)
			text += pad + strings.ReplaceAll(more, "\n", pad)
		}
		if n == 0 {
			text = t.bold(text)
		}
		t.WriteString(text + "\n")
	}
	t.started = true
}

// wrap breaks text into lines for what is left of the width beside an indent.
func (t *tables) wrap(text string, indent int) string {
	if t.opts.Width == 0 {
		return text
	}
	return wordwrap.WrapString(text, uint(max(t.opts.Width-indent, narrow)))
}

// paragraph writes text; spaces at its start indent all of it.
func (t *tables) paragraph(text string) {
	trimmed := strings.TrimLeft(text, " ")
	indent := len(text) - len(trimmed)
	pad := strings.Repeat(" ", indent)
	t.WriteString(pad + strings.ReplaceAll(t.wrap(strings.TrimSpace(trimmed), indent), "\n", "\n"+pad) + "\n")
	t.started = true
}

func (t *tables) heading(text string) {
	if t.started {
		t.WriteString("\n")
	}
	t.WriteString(t.bold(text) + "\n\n")
}

func (t *tables) bold(text string) string {
	if t.opts.Strong == nil {
		return text
	}
	return t.opts.Strong(text)
}
