package sim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// showDifference lists the fields in which two answers differ, at most twelve of them.
func showDifference(want, got told) string {
	a, b := want.fields(), got.fields()
	all := maps.Clone(a)
	maps.Copy(all, b)
	var text strings.Builder
	shown := 0
	for _, field := range slices.Sorted(maps.Keys(all)) {
		if a[field] == b[field] {
			continue
		}
		if shown++; shown > 12 {
			text.WriteString("  …\n")
			break
		}
		fmt.Fprintf(&text, "  %s: want %s got %s\n", field, a[field], b[field])
	}
	return text.String()
}

// fields are all values of an answer, by their paths.
func (a told) fields() map[string]string {
	all := map[string]string{"!status": fmt.Sprint(a.Status), "!location": a.Location, "!etag": a.ETag}
	addFields(all, "", a.Answer)
	return all
}

func addFields(all map[string]string, path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			addFields(all, path+"."+key, item)
		}
	case []any:
		if len(value) == 0 {
			all[path] = "[]"
		}
		for i, item := range value {
			addFields(all, fmt.Sprintf("%s[%d]", path, i), item)
		}
	default:
		text, _ := json.Marshal(value)
		all[path] = string(text)
	}
}
