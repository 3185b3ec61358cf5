package tofu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/spec"
)

// spec writes the spec of a server, nil when there is nothing that can be said.
func (c *converter) spec(s *server) (*Spec, error) {
	c.names = newNames()
	to := &storage{of: map[*resource]*poolOut{}}
	c.takePools(to, s.resources)
	c.takeVolumes(to, s.resources)
	if len(to.pools) == 0 {
		return nil, nil
	}
	settings := ""
	if s.text != "" {
		text, err := c.remoteOf(s.resources[0]) // which makes its variables this spec's
		if err != nil {
			return nil, err
		}
		settings = fmt.Sprintf("tarn {\nremote = %s\n}\n\n", text)
	}
	uniqueLabels(to.pools, func(p *poolOut) *outBlock { return &p.outBlock })
	out := &Spec{Remote: s.name, Pools: make([]Part, len(to.pools))}
	all := settings
	for i, p := range to.pools {
		out.Pools[i] = Part{p.label, c.poolText(p)}
		out.Volumes += len(p.volumes)
		all += out.Pools[i].Text
	}
	declarations := c.declarations(all)
	dropped := strings.Join(to.dropped, "\n") + "\n"
	out.Text, out.Common = settings+declarations+all[len(settings):]+dropped, settings+declarations+dropped
	texts := []*string{&out.Text, &out.Common}
	for i := range out.Pools {
		texts = append(texts, &out.Pools[i].Text)
	}
	for _, text := range texts {
		formatted, diags := spec.Format([]byte(strings.TrimLeft(*text, "\n")), "storage.hcl")
		if diags.HasErrors() {
			return nil, fmt.Errorf("the spec would not be right: %w", syntaxError(diags))
		}
		*text = string(formatted)
	}
	return out, nil
}

// poolText is the block of a pool.
func (c *converter) poolText(p *poolOut) string {
	uniqueLabels(p.members, func(m *outBlock) *outBlock { return m })
	uniqueLabels(p.volumes, func(v *outBlock) *outBlock { return v })
	if ignored := c.ignorePatterns(p); len(ignored) > 0 {
		p.set("ignore_config", patternList(ignored))
	}
	var b strings.Builder
	begin(&b, "pool", &p.outBlock)
	for _, m := range p.members {
		begin(&b, "member", m)
		b.WriteString("}\n\n")
	}
	for _, v := range p.volumes {
		begin(&b, "volume", v)
		b.WriteString("}\n\n")
	}
	b.WriteString("}\n\n")
	return b.String()
}

// uniqueLabels changes labels that stand twice. What keeps its name says it then.
func uniqueLabels[T any](all []T, block func(T) *outBlock) {
	taken := map[string]bool{}
	for _, t := range all {
		b := block(t)
		if !taken[b.label] {
			taken[b.label] = true
			continue
		}
		if b.name == "" {
			b.name = quoted(b.label)
		}
		base := b.label
		for i := 2; taken[b.label]; i++ {
			b.label = fmt.Sprintf("%s_%d", base, i)
		}
		taken[b.label] = true
	}
}

// begin writes a block up to what is nested in it.
func begin(to *strings.Builder, kind string, b *outBlock) {
	for _, line := range b.above {
		to.WriteString(line + "\n")
	}
	fmt.Fprintf(to, "%s %s {\n", kind, quoted(b.label))
	if b.rep.text != "" {
		fmt.Fprintf(to, "for_each = %s\n", b.rep.text)
	}
	if b.name != "" {
		fmt.Fprintf(to, "name = %s\n", b.name)
	}
	for _, a := range b.attrs {
		writeAttr(to, a)
	}
}

func writeAttr(to *strings.Builder, a outAttr) {
	for _, line := range a.above {
		to.WriteString(line + "\n")
	}
	fmt.Fprintf(to, "%s = %s", a.name, a.text)
	if a.beside != "" && !strings.Contains(lastLine(a.text), "<<") {
		to.WriteString(" " + a.beside)
	}
	to.WriteString("\n")
}

func lastLine(text string) string { return text[strings.LastIndex(text, "\n")+1:] }

// declarations are the variables and local values that a text uses, in the order of the files.
func (c *converter) declarations(text string) string {
	vars, locals := map[string]bool{}, map[string]bool{}
	pending := []string{text}
	for len(pending) > 0 {
		text := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, t := range referencesIn(text) {
			name, _ := secondName(t)
			switch root := t.RootName(); {
			case root == "var" && !vars[name]:
				vars[name] = true
				if v := c.variables[name]; v != nil && v.decl != nil {
					c.everUsed[v.decl] = c.everUsed[v.decl] || !c.probing
					for _, rule := range c.validations(v) {
						pending = append(pending, "condition = "+rule.condition+"\n", "message = "+rule.message+"\n")
					}
				}
			case root == "local" && !locals[name]:
				locals[name] = true
				if l := c.locals[name]; l != nil {
					pending = append(pending, "value = "+l.text+"\n")
				}
			}
		}
	}
	var b strings.Builder
	for _, v := range sortedByPlace(c.variables, func(v *usedVariable) (place, string) { return v.at, v.name }) {
		if vars[v.name] {
			c.writeVariable(&b, v)
		}
	}
	first := true
	for _, l := range sortedByPlace(c.locals, func(l *usedLocal) (place, string) { return l.at, l.name }) {
		if !locals[l.name] {
			continue
		}
		if first {
			b.WriteString("locals {\n")
			first = false
		}
		writeAttr(&b, outAttr{l.name, l.text, l.above, l.beside})
	}
	if !first {
		b.WriteString("}\n\n")
	}
	return b.String()
}

// referencesIn are all references in a text of blocks and attributes.
func referencesIn(text string) []hcl.Traversal {
	file, diags := hclsyntax.ParseConfig([]byte(text), "storage.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	var all []hcl.Traversal
	_ = hclsyntax.VisitAll(file.Body.(*hclsyntax.Body), func(node hclsyntax.Node) hcl.Diagnostics {
		if a, ok := node.(*hclsyntax.Attribute); ok {
			all = append(all, a.Expr.Variables()...)
		}
		return nil
	})
	return all
}

func sortedByPlace[T any](m map[string]T, at func(T) (place, string)) []T {
	all := make([]T, 0, len(m))
	for _, t := range m {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b T) int {
		x, nameX := at(a)
		y, nameY := at(b)
		if n := strings.Compare(x.file, y.file); n != 0 {
			return n
		}
		if x.line != y.line {
			return x.line - y.line
		}
		return strings.Compare(nameX, nameY)
	})
	return all
}

// rule is a validation of a variable.
type rule struct{ condition, message string }

// validations are those of a variable that a spec can have: they may use variables alone.
func (c *converter) validations(v *usedVariable) []rule {
	var rules []rule
	for _, b := range v.decl.nested("validation") {
		condition, message := b.value("condition"), b.value("error_message")
		if condition == nil || message == nil {
			continue
		}
		s := constantScope(v.in)
		text, err := c.rewrite(condition, s)
		if err == nil {
			var words string
			if words, err = c.rewrite(message, s); err == nil {
				if slices.Contains(rootsOf(text, words), "local") {
					err = because(b.at, "a validation of tarn's may use variables alone")
				} else {
					rules = append(rules, rule{text, words})
				}
			}
		}
		if err != nil {
			c.leave(b.at, v.decl.String()+", validation", err.Error())
		}
	}
	return rules
}

// rootsOf are the first names of all references in expressions.
func rootsOf(texts ...string) (roots []string) {
	for _, text := range texts {
		for _, t := range referencesIn("value = " + text + "\n") {
			roots = append(roots, t.RootName())
		}
	}
	return roots
}

// writeVariable writes a variable block. The default of a sensitive one stays behind: what is secret has no place in a spec.
func (c *converter) writeVariable(b *strings.Builder, v *usedVariable) {
	if v.decl == nil {
		fmt.Fprintf(b, "# The name of the workspace.\nvariable %q {\ntype = string\ndefault = \"default\"\n}\n\n", v.name)
		return
	}
	for _, line := range v.decl.above {
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(b, "variable %s {\n", quoted(v.name))
	if typ := c.typeOf(v); typ != "" {
		writeAttr(b, outAttr{name: "type", text: typ})
	}
	if e := c.defaultOf(v); e != nil {
		switch {
		case v.sensitive() && e.text != "null" && e.text != `""`:
			c.leave(e.at, v.decl.String()+", default", "it is sensitive: give the value with --var-file or TARN_VAR_"+v.name)
		case v.in == c.root && c.root.given[v.name] != nil:
			fmt.Fprintf(b, "# The value is that of %s.\n", oneLine(c.root.given[v.name].at.file))
			writeAttr(b, outAttr{name: "default", text: e.text})
		default:
			a := outAttr{name: "default", text: e.text}
			if decl := v.decl.attr("default"); decl != nil && v.arg == nil {
				a.above, a.beside = decl.above, decl.beside
			}
			writeAttr(b, a)
		}
	}
	for _, name := range []string{"description", "nullable"} {
		if a := v.decl.attr(name); a != nil {
			writeAttr(b, outAttr{name, a.value.text, a.above, a.beside})
		}
	}
	if v.sensitive() {
		writeAttr(b, outAttr{name: "sensitive", text: "true"})
	}
	for _, rule := range c.validations(v) {
		fmt.Fprintf(b, "validation {\ncondition = %s\nerror_message = %s\n}\n", rule.condition, rule.message)
	}
	b.WriteString("}\n\n")
}
