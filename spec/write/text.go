package write

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tarn/cli/lines"
	"tarn/lxd/schema"
	"tarn/spec"
)

// lineLength is how wide the lines are that are broken here.
const lineLength = 100

// Bytes is the file's text, every volume in a block of its own.
func (f *File) Bytes() []byte {
	blocks := make([]poolBlock, len(f.Pools))
	for i, pool := range f.Pools {
		blocks[i] = poolBlock{Pool: pool, entries: single(pool.Volumes)}
	}
	return f.format(blocks)
}

// poolBlock is a pool with its volumes as they are going to stand.
type poolBlock struct {
	*Pool
	entries []entry
}

// entry is a volume block: of one volume, or of a group.
type entry struct {
	volume *Volume
	group  *group // nil for a single one
}

func single(volumes []*Volume) []entry {
	entries := make([]entry, len(volumes))
	for i, volume := range volumes {
		entries[i] = entry{volume: volume}
	}
	return entries
}

// format lays the file out.
func (f *File) format(pools []poolBlock) []byte {
	var b strings.Builder
	comment(&b, 0, f.Comment)
	if !f.Settings.empty() {
		b.WriteString("\ntarn {\n")
		for _, attr := range (attributes{}).text("owner", f.Settings.Owner).text("remote", f.Settings.Remote).text("project", f.Settings.Project).
			list("secret_config", f.Settings.SecretConfig) {
			b.WriteString("  " + attr + "\n")
		}
		b.WriteString("}\n")
	}
	for _, v := range f.Variables {
		b.WriteString("\n")
		comment(&b, 0, v.Comment)
		fmt.Fprintf(&b, "variable %s {\n  type = string\n  description = %s\n  sensitive = true\n}\n", spec.Quote(v.Name), spec.Quote(v.Description))
	}
	labels := newLabels()
	for _, pool := range pools {
		labels.keep(pool.Name)
	}
	for _, pool := range pools {
		b.WriteString("\n")
		pool.write(&b, cmp.Or(pool.label, labels.of(pool.Name)))
	}
	if len(f.Remarks) > 0 {
		b.WriteString("\n")
		comment(&b, 0, f.Remarks)
	}
	text := []byte(strings.TrimLeft(b.String(), "\n"))
	if len(text) == 0 {
		return nil
	}
	formatted, diags := spec.Format(text, "written.hcl")
	if diags.HasErrors() {
		panic(fmt.Sprintf("spec/write: what was written cannot be read: %v\n%s", diags, text))
	}
	return formatted
}

// comment writes lines of a comment, each wrapped. What is not a plain character has been made one by whoever gives them.
func comment(b *strings.Builder, depth int, texts []string) {
	indent := strings.Repeat("  ", depth) + "# "
	for _, text := range texts {
		for line := range strings.Lines(lines.Wrap(text, "", "", lineLength-len(indent))) {
			b.WriteString(strings.TrimRight(indent+strings.TrimRight(line, "\n"), " ") + "\n")
		}
	}
}

func (p poolBlock) write(b *strings.Builder, label string) {
	comment(b, 0, p.Comment)
	fmt.Fprintf(b, "pool %s {\n", spec.Quote(label))
	if label != p.Name {
		fmt.Fprintf(b, "  name = %s\n", spec.Quote(p.Name))
	}
	for _, attr := range (attributes{}).text("driver", p.Driver).text("description", p.Description).
		flag("existing", p.Existing).flag("prevent_delete", p.PreventDelete).list("ignore_config", p.IgnoreConfig) {
		b.WriteString("  " + attr + "\n")
	}
	p.Config.write(b, 1)
	if len(p.Members) > 0 {
		b.WriteString("\n")
	}
	for _, member := range p.Members {
		if line := fmt.Sprintf("  member %s { config = %s }", spec.Quote(member.Name), member.Config.onOneLine()); lines.Width(line) <= lineLength {
			b.WriteString(line + "\n")
			continue
		}
		fmt.Fprintf(b, "\n  member %s {\n", spec.Quote(member.Name))
		member.Config.write(b, 2)
		b.WriteString("  }\n")
	}
	if len(p.entries) > 0 {
		b.WriteString("\n")
	}
	labels := newLabels()
	for _, e := range p.entries {
		if e.group == nil {
			labels.keep(e.volume.Name)
		}
	}
	for _, e := range p.entries {
		text := e.text(labels)
		if strings.HasPrefix(text, "  #") {
			text = "\n" + text + "\n" // so that it is seen what the comment is over
		}
		b.WriteString(text)
	}
	b.WriteString("}\n")
}

// text is the block of a volume or of a group.
func (e entry) text(labels *labels) string {
	if e.group != nil {
		return e.group.text(labels.free(e.group.label))
	}
	v := e.volume
	return v.text(labels.of(v.Name, v.Project, v.Target))
}

// text is the block of a volume.
func (v *Volume) text(label string) string {
	var attrs attributes
	if label != v.Name {
		attrs = attrs.text("name", v.Name)
	}
	return block(label, v.notes(), v.attributes(attrs), v.Config)
}

// attributes are those of the block besides its name and config.
func (v *Volume) attributes(before attributes) attributes {
	return before.text("content_type", v.ContentType).text("description", v.Description).text("project", v.Project).text("target", v.Target).
		flag("existing", v.Existing).flag("prevent_delete", v.PreventDelete).list("ignore_config", v.IgnoreConfig)
}

// block is a volume block in a pool: on one line when it has one attribute and room, with its comment over it.
func block(label string, notes []string, attrs attributes, config Config) string {
	var b strings.Builder
	comment(&b, 1, notes)
	header := "  volume " + spec.Quote(label) + " {"
	body := slices.Clone(attrs)
	if len(config) > 0 {
		body = append(body, "config = "+config.onOneLine())
	}
	switch {
	case len(body) == 0:
		b.WriteString(header + "}\n")
		return b.String()
	case len(body) == 1 && lines.Width(header+body[0])+3 <= lineLength && !strings.Contains(body[0], "\n"):
		b.WriteString(header + " " + body[0] + " }\n")
		return b.String()
	}
	b.WriteString(header + "\n")
	for _, attr := range attrs {
		b.WriteString("    " + attr + "\n")
	}
	config.write(&b, 2)
	b.WriteString("  }\n")
	return b.String()
}

// notes are the comment over a volume.
func (v *Volume) notes() []string {
	var facts []string
	if len(v.UsedBy) > 0 {
		facts = append(facts, "used by "+few(v.UsedBy))
	}
	if v.Snapshots > 0 {
		facts = append(facts, strconv.Itoa(v.Snapshots)+" snapshot"+plural(v.Snapshots))
	}
	if len(facts) == 0 {
		return v.Comment
	}
	return append([]string{strings.Join(facts, "; ")}, v.Comment...)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// few lists some of many.
func few(names []string) string {
	const most = 4
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
}

// attributes are lines of a block.
type attributes []string

func (a attributes) text(name, value string) attributes {
	if value == "" {
		return a
	}
	return append(a, name+" = "+spec.Quote(value))
}

func (a attributes) flag(name string, is bool) attributes {
	if !is {
		return a
	}
	return append(a, name+" = true")
}

func (a attributes) list(name string, texts []string) attributes {
	if len(texts) == 0 {
		return a
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = spec.Quote(text)
	}
	return append(a, name+" = ["+strings.Join(quoted, ", ")+"]")
}

// write is the config attribute, over several lines when it has no room on one.
func (c Config) write(b *strings.Builder, depth int) {
	if len(c) == 0 {
		return
	}
	indent := strings.Repeat("  ", depth)
	if line := indent + "config = " + c.onOneLine(); lines.Width(line) <= lineLength {
		b.WriteString(line + "\n")
		return
	}
	b.WriteString(indent + "config = {\n")
	for _, key := range slices.Sorted(maps.Keys(c)) {
		b.WriteString(indent + "  " + spec.ConfigKey(key) + " = " + c[key].expression() + "\n")
	}
	b.WriteString(indent + "}\n")
}

func (c Config) onOneLine() string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, spec.ConfigKey(key)+" = "+c[key].expression())
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func (v Value) expression() string {
	switch {
	case v.each != "":
		return v.each
	case v.Variable != "":
		return "var." + v.Variable
	case v.Bool:
		return v.Text
	}
	return spec.Quote(v.Text)
}

// isLabel tells whether a name can be the label of its block and be read there as what it is.
func isLabel(name string) bool {
	return name != "" && name != "*" && schema.IsNormal(name) && spec.Quote(name) == `"`+name+`"`
}
