package tofu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
)

// memberKeys are the config keys of a driver's pools that each member has for itself, in quotes; of all drivers for one that is not known.
func memberKeys(driver string) []string {
	drivers := []string{driver}
	if _, ok := schema.Lookup(driver); !ok {
		drivers = schema.Drivers()
	}
	var keys []string
	for _, name := range drivers {
		d, _ := schema.Lookup(name)
		for _, key := range d.PoolKeys() {
			if text := quoted(key.Name); key.MemberSomewhere() && !slices.Contains(keys, text) {
				keys = append(keys, text)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// memberOverrides makes member blocks of the attribute that says what single members have.
func (c *converter) memberOverrides(p *poolOut, e *expression, s scope) error {
	object, ok := e.node.(*hclsyntax.ObjectConsExpr)
	if !ok {
		text, err := c.rewrite(e, s)
		if err != nil {
			return err
		}
		m := &outBlock{label: "each", name: "each.key", rep: repeat{text: text}}
		m.set("config", "each.value.config")
		p.members = append(p.members, m)
		return nil
	}
	for i, item := range object.Items {
		name, diags := item.KeyExpr.Value(nil)
		value, err := e.part(item.ValueExpr)
		if err != nil {
			return err
		}
		config, ok := itemOf(value, step{attr: "config"})
		if _, literal := value.node.(*hclsyntax.ObjectConsExpr); literal && !ok {
			continue // it has no config of its own
		}
		m := &outBlock{}
		if diags.HasErrors() {
			rng := item.KeyExpr.Range()
			key, err := newExpression(strings.TrimSuffix(strings.TrimPrefix(e.text[rng.Start.Byte:rng.End.Byte], "("), ")"), e.placeOf(item.KeyExpr))
			if err != nil {
				return err
			}
			m.label = fmt.Sprintf("member%d", i+1)
			if m.name, err = c.rewrite(key, s); err != nil {
				return err
			}
		} else {
			m.label = name.AsString()
		}
		text := ""
		if ok {
			text, err = c.rewrite(config, s)
		} else if text, err = c.rewrite(value, s); err == nil {
			text = bracketed(text, true) + ".config"
		}
		if err != nil {
			return err
		}
		m.set("config", text)
		p.members = append(p.members, m)
	}
	return nil
}

// takeMember makes a member block of a resource that says what one member of a cluster has of a pool. One that says nothing is not
// needed: a pool is on all members.
func (c *converter) takeMember(to *storage, r *resource) error {
	e := r.value("name")
	if e == nil {
		return because(r.at, "it has no name")
	}
	var ignored []string
	c.lifecycle(new(outBlock), r, &ignored)
	config := r.value("config")
	says := config != nil && strings.Trim(config.text, "{} \n\t") != ""
	rep, s, err := c.repeatOf(r)
	if err != nil && says {
		return err
	}
	name, nameErr := c.rewrite(e, s)
	if nameErr != nil && says || usesEach(name) {
		return because(r.at, "it is for members of several pools")
	}
	known, _ := c.textValue(name)
	p := to.poolNamed(name, known)
	if p == nil {
		main := *r
		main.block = &block{kind: r.block.kind, labels: r.labels, at: r.at, above: r.above}
		for _, a := range r.attrs {
			if a.name == "name" || a.name == "driver" {
				main.attrs = append(main.attrs, a)
			}
		}
		if p, err = c.pool(&main); err != nil {
			return err
		}
		to.pools = append(to.pools, p)
	}
	to.of[r] = p
	for _, pattern := range ignored {
		if !slices.Contains(p.ignored, pattern) {
			p.ignored = append(p.ignored, pattern)
		}
	}
	if !says {
		return nil
	}
	m := &outBlock{label: r.label(), rep: rep, above: r.above}
	target, err := c.rewrite(r.value("target"), s)
	if err != nil {
		return err
	}
	m.name = target
	if plain, err := newExpression(target, r.at); err == nil && rep.text == "" {
		if name, ok := plain.literal(); ok {
			m.label, m.name = name, ""
		}
	}
	if err := c.carry(m, r, "config", s); err != nil {
		return err
	}
	p.members = append(p.members, m)
	c.leaveAttributes(r, "name", "driver", "config", "project", "remote", "target")
	return nil
}
