package schema

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// TextOptions say how a reference is laid out. The zero value is for a file: lines of any length, nothing set off.
type TextOptions struct {
	Width int // columns of the terminal, 0 for no limit

	// Strong sets off a heading or a name, for a terminal. nil leaves it as it is.
	Strong func(text string) string
}

// WriteDrivers writes the drivers that the schema knows, one line each.
func WriteDrivers(w io.Writer, opts TextOptions) error {
	t := newTableWriter(w, opts)
	rows := [][]string{{"DRIVER", "STORAGE", "VOLUMES", "SERVERS"}}
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		storage, contents := "local", "none"
		if d.Remote {
			storage = "shared"
		}
		if len(d.Contents) > 0 {
			contents = strings.Join(d.Contents, ", ")
		}
		rows = append(rows, []string{d.Name, storage, contents, knownBy(d.Product, d.Extension, "")})
	}
	t.table(rows, columns(rows))
	return t.Flush()
}

// WriteText writes the config keys of the driver's pools and volumes as tables.
func (d *Driver) WriteText(w io.Writer, opts TextOptions) error {
	t := newTableWriter(w, opts)
	volumes := "no custom volumes"
	if len(d.Contents) > 0 {
		volumes = "volumes of content type " + strings.Join(d.Contents, " and ")
		if d.Remote {
			volumes += ", shared by the members of a cluster"
		} else {
			volumes += ", each on one member of a cluster"
		}
	}
	t.paragraph(strings.TrimSpace(fmt.Sprintf("%s: %s; %s. %s", d.Name, knownBy(d.Product, d.Extension, ""), volumes, d.Note)))

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
	add(k.CreateOnly && !k.Transient, "read at creation only")
	add(k.Transient, "for the creation only, and not always kept")
	add(k.Needs != "", "with %s only", k.Needs)
	add(k.ChangeExtension != "", "a change takes effect with API extension %s", k.ChangeExtension)
	add(k.GrowsOnly, "never smaller than before")
	if only := knownBy(k.Product, k.Extension, k.Dropped); only != knownBy("", "", "") {
		facts = append(facts, only)
	}
	for _, v := range k.Variants {
		facts = append(facts, v.notes())
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

// notes are what is different on the servers of a variant, in words.
func (v *Variant) notes() string {
	var facts []string
	add := func(is bool, format string, args ...any) {
		if is {
			facts = append(facts, fmt.Sprintf(format, args...))
		}
	}
	add(v.Kind != Text, "%s", v.Kind)
	add(v.Values != nil, "%s", joined(v.Values, "or"))
	add(v.Multiple > 0, "in multiples of %s", FormatSize(v.Multiple))
	add(v.Default != "", "by default %s", v.Default)
	add(v.Member, "member-specific")
	add(v.Content != "", "content type %s only", v.Content)
	servers := strings.TrimPrefix(knownBy("", v.Extension, v.Dropped), knownBy("", "", ""))
	if v.Product != "" {
		servers = strings.TrimSpace(map[string]string{LXD: "on LXD ", Incus: "on Incus "}[v.Product] + servers)
	}
	return fmt.Sprintf("%s: %s", servers, strings.Join(facts, ", "))
}

// knownBy says which servers know something.
func knownBy(product, extension, dropped string) string {
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
