package edit

import (
	"maps"
	"slices"
	"strings"

	"tarn/spec/write"
)

// volumeJSON is the declaration of a volume in the JSON syntax.
func volumeJSON(v *write.Volume, label string) string {
	src := &source{json: true}
	var items []string
	text := func(name, value string) {
		if value != "" {
			items = append(items, jsonQuoted(name)+": "+src.quoted(value))
		}
	}
	flag := func(name string, is bool) {
		if is {
			items = append(items, jsonQuoted(name)+": true")
		}
	}
	if label != v.Name {
		text("name", v.Name)
	}
	text("content_type", v.ContentType)
	text("description", v.Description)
	text("project", v.Project)
	text("target", v.Target)
	var config []string
	for _, key := range slices.Sorted(maps.Keys(v.Config)) {
		value := src.quoted(v.Config[key].Text)
		if v.Config[key].Bool {
			value = v.Config[key].Text
		}
		config = append(config, jsonQuoted(key)+": "+value)
	}
	if len(config) > 0 {
		items = append(items, `"config": {`+strings.Join(config, ", ")+"}")
	}
	flag("existing", v.Existing)
	flag("prevent_delete", v.PreventDelete)
	if len(v.IgnoreConfig) > 0 {
		var patterns []string
		for _, pattern := range v.IgnoreConfig {
			patterns = append(patterns, src.quoted(pattern))
		}
		items = append(items, `"ignore_config": [`+strings.Join(patterns, ", ")+"]")
	}
	return "{" + strings.Join(items, ", ") + "}"
}
