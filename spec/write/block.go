package write

import (
	"strings"

	"tarn/spec"
)

// Label is a label for the block of the volume: its name where that can be one, and is not among those that are taken.
func (v *Volume) Label(taken map[string]bool) string {
	labels := newLabels()
	labels.taken = taken
	if isLabel(v.Name) && !taken[v.Name] {
		return v.Name
	}
	return labels.of(v.Name, v.Project, v.Target)
}

// Block is the block of the volume alone, as it stands in that of a pool: indented by two spaces, with a line break at the end.
func (v *Volume) Block(label string) string {
	const before, after = "pool \"p\" {\n", "}\n"
	formatted, diags := spec.Format([]byte(before+v.text(label)+after), "written.hcl")
	if diags.HasErrors() {
		panic("spec/write: what was written cannot be read: " + diags.Error())
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(formatted), before), after)
}
