package schema

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"tarn/cli/lines"
)

// WriteKey writes all that is known of a config key; uses are those of [KeyUses], at least one.
func WriteKey(w io.Writer, name string, uses []KeyUse, opts TextOptions) error {
	t := newTableWriter(w, opts)
	for i, use := range uses {
		if i == 0 || use.Key.Does != uses[i-1].Key.Does {
			if i > 0 {
				t.WriteString("\n")
			}
			t.paragraph(name + ": " + use.Key.Does)
		}
		t.heading(use.title())
		for _, fact := range use.facts() {
			text := lines.Wrap("  "+lines.Fill(fact[0], 10)+"  "+fact[1], "", strings.Repeat(" ", 14), opts.Width)
			t.WriteString(text + "\n")
		}
		if example := use.Spec(); example != "" {
			t.WriteString("\n")
			for line := range strings.Lines(example) {
				t.WriteString(strings.TrimRight("    "+line, " \n") + "\n")
			}
		}
	}
	return t.Flush()
}

// title says of what the key is.
func (u KeyUse) title() string {
	all := 0
	for _, name := range Drivers() {
		if d, _ := Lookup(name); u.Of == "pools" || len(d.Contents) > 0 {
			all++
		}
	}
	text := "Config of " + u.Of + " of the driver"
	switch len(u.Drivers) {
	case all:
		return "Config of " + u.Of + ", whatever the driver"
	case 1:
	default:
		text += "s"
	}
	return text + " " + strings.Join(u.driverNames(), ", ")
}

func (u KeyUse) driverNames() []string {
	var names []string
	for _, driver := range u.Drivers {
		names = append(names, driver.Name)
	}
	return names
}

// knownFrom are where the facts are known from.
func (u KeyUse) knownFrom() []string {
	var all []string
	for _, driver := range u.Drivers {
		find := driver.PoolKey
		if u.Of == "volumes" {
			find = func(name string) (Key, bool) { return driver.VolumeKey("", name) }
		}
		if key, ok := find(u.Key.Name); ok && key.KnownFrom != "" && !slices.Contains(all, key.KnownFrom) {
			all = append(all, key.KnownFrom)
		}
	}
	return all
}

// servers are those of the tried servers that take the key and have one of the drivers.
func (u KeyUse) servers() []string {
	return slices.DeleteFunc(u.Key.Servers(), func(server string) bool {
		return !slices.ContainsFunc(u.Drivers, func(d *Driver) bool { return onTried(server, d.Product, d.Extension, "") })
	})
}

// facts are what is known of the key, as lines of a word and a text.
func (u KeyUse) facts() [][2]string {
	key := u.Key
	var facts [][2]string
	add := func(word, text string) {
		if text != "" {
			facts = append(facts, [2]string{word, text})
		}
	}
	add("type", key.Kind.String())
	if key.Content != "" {
		add("volumes", "of content type "+key.Content+" only")
	}
	if key.Default != "" {
		add("default", key.Default)
	} else if !key.Required && !key.ServerOnly {
		add("default", "none")
	}
	add("notes", key.notes())
	if u.Of == "volumes" {
		if pool, inherits := u.Drivers[0].Inherited(key.Content, key.Name); inherits {
			add("without it", "new volumes get the pool's "+pool+", when that is set")
		}
	}
	add("servers", serverList(u.servers()))
	add("known from", strings.Join(u.knownFrom(), ", "))
	return facts
}

// serverList words which of the tried servers take something.
func serverList(servers []string) string {
	switch len(servers) {
	case 0:
		return "none of " + joined(triedServers, "and")
	case len(triedServers):
		return "all of " + joined(servers, "and")
	}
	return "of those that were tried " + joined(servers, "and")
}

// WriteKeyJSON writes what WriteKey does as one JSON document.
func WriteKeyJSON(w io.Writer, name string, uses []KeyUse) error {
	type jsonUse struct {
		Of          string   `json:"of"` // pools or volumes
		Drivers     []string `json:"drivers"`
		Key         Key      `json:"key"`
		PoolDefault string   `json:"pool_default,omitempty"` // the pool's key that new volumes get it from
		Servers     []string `json:"servers"`                // that take it, of those that were tried
		Spec        string   `json:"spec,omitempty"`         // that sets it
	}
	doc := struct {
		FormatVersion string    `json:"format_version"`
		Name          string    `json:"name"`
		Uses          []jsonUse `json:"uses"`
	}{"1.0", name, []jsonUse{}}
	for _, use := range uses {
		out := jsonUse{Of: use.Of, Drivers: use.driverNames(), Key: use.Key, Servers: append([]string{}, use.servers()...), Spec: use.Spec()}
		if use.Of == "volumes" {
			out.PoolDefault, _ = use.Drivers[0].Inherited(use.Key.Content, use.Key.Name)
		}
		doc.Uses = append(doc.Uses, out)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(doc)
}
