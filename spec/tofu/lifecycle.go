package tofu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// lifecycle takes over what protects a resource, and what of it is not compared.
func (c *converter) lifecycle(b *outBlock, r *resource, ignored *[]string) {
	for _, l := range r.nested("lifecycle") {
		for _, a := range l.attrs {
			what := r.String() + ", lifecycle " + a.name
			switch a.name {
			case "prevent_destroy":
				text, err := c.rewrite(a.value, constantScope(r.in))
				if err != nil {
					c.leave(a.at, what, err.Error())
				} else if text != "false" {
					b.attrs = append(b.attrs, outAttr{"prevent_delete", text, a.above, a.beside})
				}
			case "ignore_changes":
				c.ignoreChanges(b, r, a, ignored)
			case "create_before_destroy":
				c.leave(a.at, what, "tarn replaces nothing")
			default:
				c.leave(a.at, what, "tarn has nothing like it")
			}
		}
		for _, n := range l.blocks {
			c.leave(n.at, r.String()+", "+n.kind, "tarn has nothing like it")
		}
	}
	if len(*ignored) > 0 {
		b.attrs = slices.DeleteFunc(b.attrs, func(a outAttr) bool { return a.name == "ignore_config" })
	}
}

// ignoreChanges makes patterns of config keys of what is not to be compared.
func (c *converter) ignoreChanges(b *outBlock, r *resource, a *attribute, ignored *[]string) {
	add := func(pattern string) {
		if !slices.Contains(*ignored, pattern) {
			*ignored = append(*ignored, pattern)
		}
	}
	all := func() {
		add("*")
		b.attrs = slices.DeleteFunc(b.attrs, func(a outAttr) bool { return a.name == "description" })
	}
	what := r.String() + ", lifecycle ignore_changes"
	if strings.Trim(a.value.text, `"`) == "all" {
		all()
		return
	}
	list, ok := a.value.node.(*hclsyntax.TupleConsExpr)
	if !ok {
		c.leave(a.at, what, "it is no list")
		return
	}
	for _, item := range list.Exprs {
		e, err := a.value.part(item)
		if err != nil {
			continue
		}
		if text, ok := e.literal(); ok { // as it was written before
			if e, err = newExpression(text, e.at); err != nil {
				c.leave(a.at, what, "it has something that is no attribute")
				continue
			}
		}
		ref, ok := referenceOf(e.node)
		switch {
		case ok && ref.root == "all":
			all()
		case ok && ref.root == "config" && len(ref.steps) == 0:
			add("*")
		case ok && ref.root == "config" && len(ref.steps) == 1:
			if key, ok := stepName(ref.steps[0]); ok {
				add(globLiteral(key))
			}
		case ok && ref.root == "description":
			b.attrs = slices.DeleteFunc(b.attrs, func(a outAttr) bool { return a.name == "description" })
		case ok && slices.Contains([]string{"file", "source_file", "source_volume", "member_overrides", "project", "remote"}, ref.root):
		default:
			c.leave(a.at, what, fmt.Sprintf("tarn always compares %s", oneLine(e.text)))
		}
	}
}

// stepName is the key that a step reads.
func stepName(s step) (string, bool) {
	if s.attr != "" {
		return s.attr, true
	}
	text := keyText(s.key)
	e, err := newExpression(text, place{line: 1})
	if err != nil {
		return "", false
	}
	return e.literal()
}

// ignorePatterns are the patterns of a pool's own keys that are not compared. In a spec they would hold for the volumes in it, too, so those
// of keys that volumes have are left out where it has any: what is compared too much is seen, what is compared too little is not.
func (c *converter) ignorePatterns(p *poolOut) []string {
	if len(p.volumes) == 0 {
		return p.ignored
	}
	var own []string
	add := func(pattern string) {
		if !slices.Contains(own, pattern) {
			own = append(own, pattern)
		}
	}
	for _, pattern := range p.ignored {
		switch {
		case pattern == "*":
			for _, key := range append(p.keys(), "source") {
				if strings.HasPrefix(key, "volume.") {
					add("volume.*")
				} else if !volumesHave(key) {
					add(globLiteral(key))
				}
			}
			c.leave(p.at, fmt.Sprintf("pool %q, ignore_changes", p.label), "it would hold for the pool's volumes too, so that only keys of the pool alone are in ignore_config")
		case volumesHave(pattern):
			c.leave(p.at, fmt.Sprintf("pool %q, ignore_changes of %s", p.label, pattern), "it would hold for the pool's volumes too")
		default:
			add(pattern)
		}
	}
	return own
}

// keys are those of the pool's config, as far as they are written out.
func (p *poolOut) keys() (keys []string) {
	for _, a := range p.attrs {
		e, err := newExpression(a.text, p.at)
		if err != nil || a.name != "config" {
			continue
		}
		object, ok := e.node.(*hclsyntax.ObjectConsExpr)
		if !ok {
			continue
		}
		for _, item := range object.Items {
			if key, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && key.Type() == cty.String {
				keys = append(keys, key.AsString())
			}
		}
	}
	return keys
}

// volumesHave tells whether volumes of some driver may have a config key.
func volumesHave(key string) bool {
	if strings.HasPrefix(key, "user.") {
		return true
	}
	for _, driver := range schema.Drivers() {
		for _, content := range []string{schema.Filesystem, schema.Block} {
			if _, ok := schema.VolumeKey(driver, content, key); ok {
				return true
			}
		}
	}
	return false
}

// globLiteral is a pattern that fits a key alone.
func globLiteral(key string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(key)
}
