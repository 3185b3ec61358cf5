package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// KeyUse is a config key and the drivers that have it in the same way.
type KeyUse struct {
	Of      string // "pools" or "volumes"
	Key     Key
	Drivers []*Driver // in order of name
}

// KeyUses are all that is known of a config key: of pools, then of volumes. A key of a namespace, such as user.note, is found too.
func KeyUses(name string) []KeyUse {
	var uses []KeyUse
	for _, of := range []string{"pools", "volumes"} {
		index := map[string]int{}
		for _, driver := range Drivers() {
			d, _ := Lookup(driver)
			keys := d.pool
			if of == "volumes" {
				keys = d.volumeRows()
			}
			for _, key := range keys {
				prefix, isNamespace := strings.CutSuffix(key.Name, "*")
				if key.Name != name && !(isNamespace && len(name) > len(prefix) && strings.HasPrefix(name, prefix)) {
					continue
				}
				alike := key.facts()
				if i, known := index[alike]; known {
					uses[i].Drivers = append(uses[i].Drivers, d)
					continue
				}
				index[alike] = len(uses)
				uses = append(uses, KeyUse{of, key, []*Driver{d}})
			}
		}
	}
	return uses
}

// facts are the same for two keys of which the same is known, wherever it is known from.
func (k Key) facts() string {
	k.Example, k.KnownFrom = "", ""
	text, err := json.Marshal(k)
	if err != nil {
		panic(fmt.Sprintf("schema: a key cannot be written: %v", err)) // all of its fields can
	}
	return string(text)
}

// KeyNames are the names of all config keys of pools and volumes, in order; a namespace is one of them, as user.*.
func KeyNames() []string {
	names := map[string]bool{}
	for _, completed := range drivers() {
		driver := completed()
		for _, key := range driver.pool {
			names[key.Name] = true
		}
		for _, key := range driver.volumeRows() {
			names[key.Name] = true
		}
	}
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// typical is the driver of those that examples are best about.
func (u KeyUse) typical() *Driver {
	for _, name := range []string{"btrfs", "zfs", "lvm"} {
		for _, driver := range u.Drivers {
			if driver.Name == name {
				return driver
			}
		}
	}
	for _, driver := range u.Drivers {
		if u.Key.Name == "source" && sourceExamples[driver.Name] != "" {
			return driver
		}
	}
	return u.Drivers[0]
}

// Spec is an example of a spec that sets the key, in canonical layout, "" when only the server writes it or nobody has an example.
func (u KeyUse) Spec() string {
	d, key := u.typical(), u.Key
	if key.Name == "source" {
		key.Example = sourceExamples[d.Name]
	}
	if key.ServerOnly || key.Example == "" {
		return ""
	}
	name := strings.Replace(key.Name, "*", "note", 1)
	config := map[string]string{}
	for _, needed := range d.pool {
		if needed.Required {
			config[needed.Name] = needed.Example
		}
	}
	var text strings.Builder
	fmt.Fprintf(&text, "pool \"main\" {\n  driver = %q\n", d.Name)
	if u.Of == "pools" {
		config[name] = key.Example
		fmt.Fprintf(&text, "  config = %s\n}\n", object(config, "  "))
		return text.String()
	}
	if len(config) > 0 {
		fmt.Fprintf(&text, "  config = %s\n", object(config, "  "))
	}
	own := map[string]string{name: key.Example}
	if key.Needs != "" {
		own[key.Needs] = "true"
	}
	content := ""
	width := len("config")
	if key.Content == Block || key.InheritedBy == Block {
		content, width = Block, len("content_type")
	}
	text.WriteString("\n  volume \"data\" {\n")
	if content != "" {
		fmt.Fprintf(&text, "    content_type = %q\n", content)
	}
	fmt.Fprintf(&text, "    %-*s = %s\n  }\n}\n", width, "config", object(own, "    "))
	return text.String()
}

// object writes a config as an author would.
func object(config map[string]string, indent string) string {
	var names []string
	for name := range config {
		names = append(names, name)
	}
	slices.Sort(names)
	widest := 0
	key := func(name string) string {
		if strings.Contains(name, ".") {
			return fmt.Sprintf("%q", name)
		}
		return name
	}
	for _, name := range names {
		widest = max(widest, len(key(name)))
	}
	if len(names) == 1 {
		return fmt.Sprintf("{ %s = %q }", key(names[0]), config[names[0]])
	}
	text := "{\n"
	for _, name := range names {
		text += fmt.Sprintf("%s  %-*s = %q\n", indent, widest, key(name), config[name])
	}
	return text + indent + "}"
}
