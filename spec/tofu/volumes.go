package tofu

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// takeVolumes makes volumes of the resources that are such.
func (c *converter) takeVolumes(to *storage, resources []*resource) {
	// Those whose pool is known come first: which others there are depends on it.
	var later []*resource
	for _, r := range resources {
		if r.kind != volumeKind && r.kind != copyKind {
			continue
		}
		if c.poolVaries(r) {
			later = append(later, r)
		} else if err := c.takeVolume(to, r); err != nil {
			c.leaveResource(to, r, err)
		}
	}
	for _, r := range later {
		if err := c.takeVolume(to, r); err != nil {
			c.leaveResource(to, r, err)
		}
	}
}

func (c *converter) takeVolume(to *storage, r *resource) error {
	if e := r.value("type"); e != nil {
		text, err := c.rewrite(e, constantScope(r.in))
		if known, ok := c.textValue(text); err != nil || !ok || known != "custom" {
			return because(e.at, "it is not of the type custom")
		}
	}
	rep, s, err := c.repeatOf(r)
	if err != nil {
		return err
	}
	v := &outBlock{rep: rep, above: r.above}
	if err := c.nameBlock(v, r, s); err != nil {
		return err
	}
	for _, name := range []string{"content_type", "description", "project", "target", "config"} {
		if err := c.carry(v, r, name, s); err != nil {
			return err
		}
	}
	var ignored []string
	pool, err := c.origin(v, r, s, &ignored)
	if err != nil {
		return err
	}
	c.lifecycle(v, r, &ignored)
	if len(ignored) > 0 {
		v.set("ignore_config", patternList(ignored))
	}
	if err := c.place(to, r, v, pool, s); err != nil {
		return err
	}
	c.leaveAttributes(r, "name", "pool", "type", "content_type", "description", "project", "target", "config", "remote",
		"source_name", "source_pool", "source_project", "source_remote", "source_volume", "source_file")
	return nil
}

func patternList(patterns []string) string {
	items := make([]string, len(patterns))
	for i, p := range patterns {
		items[i] = quoted(p)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// origin takes over what a volume is created from, and gives the text of its pool. The config of a copy is its source's, which the
// configuration neither says nor compares.
func (c *converter) origin(v *outBlock, r *resource, s scope, ignored *[]string) (pool string, err error) {
	e := r.value("pool")
	if e == nil {
		return "", because(r.at, "it has no pool")
	}
	if pool, err = c.rewrite(e, s); err != nil {
		return "", err
	}
	if e := r.value("source_file"); e != nil {
		if text, ok := e.literal(); ok && strings.HasSuffix(text, ".iso") {
			v.set("content_type", `"iso"`)
		}
		v.set("existing", "true")
		v.above = append(v.above, "# It is made of a file, which tarn does not do: it has to be there.")
		*ignored = append(*ignored, "*")
		return pool, nil
	}
	var name, from, project, remote string
	switch source := r.value("source_volume"); {
	case source != nil:
		for part, text := range map[string]*string{"name": &name, "pool": &from, "remote": &remote} {
			if *text, err = c.sourcePart(source, part, s); err != nil {
				return "", err
			}
		}
	case r.kind == copyKind:
		for attr, text := range map[string]*string{"source_name": &name, "source_pool": &from, "source_project": &project, "source_remote": &remote} {
			if e := r.value(attr); e != nil {
				if *text, err = c.rewrite(e, s); err != nil {
					return "", err
				}
			}
		}
	default:
		return pool, nil
	}
	if name == "" || from == "" {
		return "", because(r.at, "it does not say what it is a copy of")
	}
	own, err := c.remoteOf(r)
	if err != nil {
		return "", err
	}
	if remote == own || remote == `"local"` && own == "" {
		remote = ""
	}
	project = c.sourceProject(v, project)
	if from == pool && remote == "" {
		from = ""
	}
	v.set("copy_of", volumeReference(name, from, project, remote))
	c.contentOfSource(v, r, s)
	*ignored = append(*ignored, "*")
	return pool, nil
}

// sourceProject is the project of a copy's source where that is another one than the copy's. Without one it is the project default.
func (c *converter) sourceProject(v *outBlock, source string) string {
	if source == "" {
		source = `"default"`
	}
	own := `"default"`
	for _, a := range v.attrs {
		if a.name == "project" {
			own = a.text
		}
	}
	if source == own {
		return ""
	}
	return source
}

// sourcePart is a part of a source_volume.
func (c *converter) sourcePart(source *expression, part string, s scope) (string, error) {
	if item, ok := itemOf(source, step{attr: part}); ok {
		if item.text == "null" {
			return "", nil
		}
		return c.rewrite(item, s)
	}
	if _, ok := source.node.(*hclsyntax.ObjectConsExpr); ok || part == "remote" {
		return "", nil
	}
	text, err := c.rewrite(source, s)
	return bracketed(text, true) + "." + part, err
}

// volumeReference names a volume for copy_of: as one text where all parts are plain and read so, else in parts.
func volumeReference(name, pool, project, remote string) string {
	text, plain := "", project == ""
	for _, part := range []struct{ text, behind string }{{remote, ":"}, {pool, "/"}, {name, ""}} {
		if part.text == "" {
			continue
		}
		if !plainText().MatchString(part.text) || strings.ContainsAny(part.text, ":/@") {
			plain = false
			break
		}
		text += part.text[1:len(part.text)-1] + part.behind
	}
	if plain {
		return `"` + text + `"`
	}
	parts := []string{"name = " + name}
	for _, part := range []struct{ name, text string }{{"pool", pool}, {"project", project}, {"remote", remote}} {
		if part.text != "" {
			parts = append(parts, part.name+" = "+part.text)
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// contentOfSource gives a copy the content type of its source, where that is another resource.
func (c *converter) contentOfSource(v *outBlock, r *resource, s scope) {
	e := r.value("source_name")
	if source := r.value("source_volume"); source != nil {
		e, _ = itemOf(source, step{attr: "name"})
	}
	if e == nil || r.value("content_type") != nil {
		return
	}
	e, s = c.follow(e, s)
	ref, ok := referenceOf(e.node)
	if !ok || !ofResource(ref) {
		return
	}
	from, steps, err := c.resourceOf(e, ref, s)
	if err != nil || from.kind != volumeKind {
		return
	}
	in, _, err := c.instanceScope(e, from, steps, s)
	if content := from.value("content_type"); err == nil && content != nil {
		if text, err := c.rewrite(content, in); err == nil && text != `"filesystem"` {
			v.set("content_type", text)
		}
	}
}

// poolVaries tells whether the pool of a volume is another one for each element of its for_each, and none of the resources.
func (c *converter) poolVaries(r *resource) bool {
	e := r.value("pool")
	_, s, err := c.repeatOf(r)
	if e == nil || err != nil {
		return false
	}
	at, in := c.follow(e, s)
	if ref, ok := referenceOf(at.node); ok && ofResource(ref) {
		if p, _, err := c.resourceOf(at, ref, in); err == nil && p.kind == poolKind {
			return false
		}
	}
	text, err := c.rewrite(e, s)
	return err == nil && usesEach(text)
}

// follow goes from an expression that is nothing but a variable of a module, a local value or an output to what that stands for.
func (c *converter) follow(e *expression, s scope) (*expression, scope) {
	for range maxNesting * 2 {
		node := e.node
		if wrap, ok := node.(*hclsyntax.TemplateWrapExpr); ok {
			node = wrap.Wrapped
		}
		ref, ok := referenceOf(node)
		if !ok {
			return e, s
		}
		var next *expression
		in := s
		switch name := ref.attr(0); {
		case ref.root == "var" && len(ref.steps) == 1 && s.in.call != nil:
			next = s.in.argument(name)
			in = s.ofCall()
		case ref.root == "local" && len(ref.steps) == 1 && s.in.locals[name] != nil:
			next = s.in.locals[name].value
		case ref.root == "module":
			out, inner, rest, err := c.outputOf(e, ref, s)
			if err == nil && len(rest) == 0 {
				next, in = out, inner
			}
		}
		if next == nil {
			if node != e.node {
				if inner, err := e.part(node); err == nil {
					return inner, s
				}
			}
			return e, s
		}
		e, s = next, in
	}
	return e, s
}
