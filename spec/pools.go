package spec

import (
	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// pool expands a pool block with its volumes.
func (l *loader) pool(block *hcl.Block) {
	d := l.declare(block, poolBlock, false)
	if first, ok := l.pools[d.label]; ok {
		l.errorf(d.at, "Duplicate pool", "The pool %q is declared at %s already. One block declares a pool with all its volumes.",
			d.label, at(first))
		return
	}
	l.pools[d.label] = d.at

	var members []*memberDeclaration
	var volumes []*declaration
	labels := map[string]map[string]hcl.Range{"member": {}, "volume": {}}
	for _, nested := range d.blocks {
		name, seen := nested.Labels[0], labels[nested.Type]
		first, dup := seen[name]
		switch {
		case dup && nested.Type == "volume":
			l.errorf(header(nested), "Duplicate volume", "The pool %q declares the volume %q at %s already.", d.label, name, at(first))
		case dup:
			l.errorf(header(nested), "Duplicate member", "The pool %q has a block for member %q at %s already.", d.label, name, at(first))
		case nested.Type == "volume":
			volumes = append(volumes, l.declare(nested, volumeBlock, d.each != nil))
		default:
			members = append(members, l.declareMember(nested, d.each != nil))
		}
		if !dup {
			seen[name] = header(nested)
		}
	}
	for e := range l.elements(d, l.scope(d.at.Filename), "pool.") {
		p := l.onePool(d, e)
		for _, m := range members {
			p.Members = append(p.Members, l.oneMember(m, e.ctx))
		}
		l.checkPool(p, d, members, e.ctx)
		for _, v := range volumes {
			for e := range l.elements(v, e.ctx, e.address+".volume.") {
				p.Volumes = append(p.Volumes, l.oneVolume(v, e, p))
			}
		}
		l.spec.Pools = append(l.spec.Pools, p)
	}
}

func (l *loader) onePool(d *declaration, e element) *Pool {
	r := l.reader(d.at, d.attrs, e.ctx)
	p := &Pool{
		Address:       e.address,
		Driver:        r.text("driver"),
		Description:   r.textOrNil("description"),
		Config:        r.config(d.config),
		Existing:      r.flag("existing"),
		Absent:        r.flag("absent"),
		PreventDelete: r.flag("prevent_delete"),
		Exclusive:     r.flag("exclusive"),
		IgnoreConfig:  r.globs("ignore_config", l.spec.Settings.IgnoreConfig),
	}
	p.Name = r.name(d.label)
	p.Ranges = r.ranges
	if p.Driver == "" && !p.Existing && !p.Absent && !r.mistaken {
		l.errorf(r.ranges.Of("driver"), "Missing driver", "A pool needs a driver, one of %s. "+
			"A pool that somebody else looks after is declared with existing = true.", schema.QuotedList(schema.Drivers(), "and"))
	}
	return p
}

// name is the name attribute, or the label. It is "" when there is a mistake in it.
func (r *reader) name(label string) string {
	name := r.textOrNil("name")
	switch {
	case name == nil && r.ranges.Given("name"):
		return ""
	case name == nil:
		return label
	case *name == "":
		r.l.errorf(r.ranges.Of("name"), "Invalid name", "A name cannot be empty. Leave the attribute out to take the label %q.", label)
	}
	return *name
}

type memberDeclaration struct {
	label  string
	at     hcl.Range
	config *configExpr
}

func (l *loader) declareMember(block *hcl.Block, each bool) *memberDeclaration {
	m := &memberDeclaration{label: block.Labels[0], at: header(block)}
	if m.label == "" {
		l.errorf(m.at, "Invalid label", "The label of a member block is the name of a cluster member and cannot be empty.")
	}
	if attr, ok := l.content(block.Body, memberBlock).Attributes["config"]; ok {
		m.config = l.declareConfig(attr, references{each: each})
	}
	return m
}

func (l *loader) oneMember(m *memberDeclaration, ctx *hcl.EvalContext) *Member {
	r := l.reader(m.at, nil, ctx)
	return &Member{Name: m.label, Config: r.config(m.config), Ranges: r.ranges}
}

func (l *loader) oneVolume(d *declaration, e element, p *Pool) *Volume {
	r := l.reader(d.at, d.attrs, e.ctx)
	v := &Volume{
		Address:       e.address,
		Description:   r.textOrNil("description"),
		ContentType:   r.text("content_type"),
		Config:        r.config(d.config),
		Project:       r.text("project"),
		Target:        r.text("target"),
		Absent:        r.flag("absent"),
		PreventDelete: r.flag("prevent_delete"),
		IgnoreConfig:  r.globs("ignore_config", p.IgnoreConfig),
	}
	v.Name = r.name(d.label)
	if text := r.textOrNil("renamed_from"); text != nil {
		v.RenamedFrom = l.parseSourceName(*text, r.ranges.Of("renamed_from"))
	}
	v.Ranges = r.ranges
	l.checkVolume(v, p, d, e.ctx)
	return v
}
