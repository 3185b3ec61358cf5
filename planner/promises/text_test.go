package promises

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tarn/lxd"
)

// String is the document in HCL.
func (doc *document) String() string {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		fmt.Fprintf(&b, strings.Repeat("  ", depth)+format+"\n", args...)
	}
	line(0, "tarn {")
	if doc.owner != "" {
		line(1, "owner = %s", quote(doc.owner))
	}
	if doc.project != "" {
		line(1, "project = %s", quote(doc.project))
	}
	if doc.maxDeletes != nil {
		line(1, "max_deletes = %d", *doc.maxDeletes)
	}
	writeIgnore(line, 1, doc.ignore)
	line(0, "}")
	for _, p := range doc.pools {
		line(0, "pool %s {", quote(p.name))
		if p.driver != "" {
			line(1, "driver = %s", quote(p.driver))
		}
		writeFlags(line, 1, map[string]bool{"existing": p.existing, "absent": p.absent, "prevent_delete": p.prevent, "exclusive": p.exclusive})
		writeIgnore(line, 1, p.ignore)
		writeBody(line, 1, p.description, p.config)
		for _, member := range slices.Sorted(maps.Keys(p.members)) {
			line(1, "member %s {", quote(member))
			writeBody(line, 2, nil, p.members[member])
			line(1, "}")
		}
		for _, v := range p.volumes {
			v.write(line)
		}
		line(0, "}")
	}
	return b.String()
}

func (v *volumeBlock) write(line func(int, string, ...any)) {
	label := v.id.Name
	if v.id.Project != lxd.DefaultProject {
		label += " of " + v.id.Project
	}
	if v.target != "" {
		label += " on " + v.target
	}
	line(1, "volume %s {", quote(label))
	if label != v.id.Name {
		line(2, "name = %s", quote(v.id.Name))
	}
	if v.project != "" {
		line(2, "project = %s", quote(v.project))
	}
	if v.target != "" {
		line(2, "target = %s", quote(v.target))
	}
	if v.content != "" {
		line(2, "content_type = %s", quote(v.content))
	}
	switch {
	case v.from == nil:
	case v.fromProject != "":
		parts := []string{"name = " + quote(v.from.Name), "project = " + quote(v.fromProject)}
		if v.from.Pool != v.id.Pool {
			parts = append(parts, "pool = "+quote(v.from.Pool))
		}
		line(2, "renamed_from = { %s }", strings.Join(parts, ", "))
	default:
		from := v.from.Name
		if v.from.Pool != v.id.Pool {
			from = v.from.Pool + "/" + from
		}
		line(2, "renamed_from = %s", quote(from))
	}
	writeFlags(line, 2, map[string]bool{"absent": v.absent, "prevent_delete": v.prevent})
	writeIgnore(line, 2, v.ignore)
	writeBody(line, 2, v.description, v.config)
	line(1, "}")
}

func writeFlags(line func(int, string, ...any), depth int, flags map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if flags[name] {
			line(depth, "%s = true", name)
		}
	}
}

func writeIgnore(line func(int, string, ...any), depth int, globs []string) {
	if len(globs) == 0 {
		return
	}
	quoted := make([]string, len(globs))
	for i, glob := range globs {
		quoted[i] = quote(glob)
	}
	line(depth, "ignore_config = [%s]", strings.Join(quoted, ", "))
}

// bare are values that a person may write without quotes: numbers, true and false.
var bare = regexp.MustCompile(`^([1-9][0-9]*|true|false)$`)

func writeBody(line func(int, string, ...any), depth int, description *string, config map[string]string) {
	if description != nil {
		line(depth, "description = %s", quote(*description))
	}
	if len(config) == 0 {
		return
	}
	line(depth, "config = {")
	for _, key := range slices.Sorted(maps.Keys(config)) {
		value := quote(config[key])
		if bare.MatchString(config[key]) && len(key)%2 == 0 {
			value = config[key]
		}
		line(depth+1, "%s = %s", quote(key), value)
	}
	line(depth, "}")
}

func quote(text string) string { return strconv.Quote(text) }
