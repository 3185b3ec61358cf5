package tofu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// outBlock is a pool, member or volume block of the spec.
type outBlock struct {
	label string
	name  string // the text of the name, "" for the label
	rep   repeat
	attrs []outAttr
	above []string
}

// outAttr is an attribute of the spec.
type outAttr struct {
	name, text string
	above      []string
	beside     string
}

func (b *outBlock) set(name, text string) { b.attrs = append(b.attrs, outAttr{name: name, text: text}) }

// poolOut is a pool of the spec.
type poolOut struct {
	outBlock
	at      place
	known   string   // the name, when the values of variables are what the configuration says; "" when that is not known
	names   []string // with for_each: all names, in the same way
	ignored []string
	members []*outBlock
	volumes []*outBlock
}

// storage is what a spec declares.
type storage struct {
	pools   []*poolOut
	of      map[*resource]*poolOut
	others  *poolOut // pools that a for_each of volumes names, nil for none
	dropped []string // comments about what was left behind
}

// leaveResource notes a resource that is left behind, and says so in the spec.
func (c *converter) leaveResource(to *storage, r *resource, err error) {
	why := err.Error()
	if reason, ok := err.(*reason); ok && reason.at != r.at && reason.at.line > 0 {
		why += " (" + reason.at.String() + ")"
	}
	c.leave(r.at, r.String(), why)
	if to != nil {
		to.dropped = append(to.dropped, fmt.Sprintf("# Left behind: %s (%s): %s", oneLine(r.String()), oneLine(r.at.String()), oneLine(why)))
	}
}

// oneLine is a text that fits into a comment of one line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// takePools makes pools of the resources that are such.
func (c *converter) takePools(to *storage, resources []*resource) {
	var ofMembers []*resource
	for _, r := range resources {
		switch {
		case r.kind != poolKind:
		case r.value("target") != nil:
			ofMembers = append(ofMembers, r)
		default:
			p, err := c.pool(r)
			if err == nil {
				err = to.addPool(p)
			}
			if err != nil {
				c.leaveResource(to, r, err)
				continue
			}
			to.of[r] = p
		}
	}
	for _, r := range ofMembers {
		if err := c.takeMember(to, r); err != nil {
			c.leaveResource(to, r, err)
		}
	}
}

// addPool adds a pool, unless there is one of the name.
func (to *storage) addPool(p *poolOut) error {
	if first := to.poolNamed(p.nameText(), p.known); first != nil && p.rep.text == "" {
		return because(p.at, "it declares the pool that %s declares already", first.at)
	}
	to.pools = append(to.pools, p)
	return nil
}

// nameText is the pool's name as an expression.
func (p *poolOut) nameText() string {
	if p.name != "" {
		return p.name
	}
	return quoted(p.label)
}

// allNames are the names of all pools of a for_each, as an expression.
func (p *poolOut) allNames() string {
	key, value := elementNames(p.rep.text, p.name)
	return fmt.Sprintf("[for %s, %s in %s : %s]", key, value, p.rep.text, withNames(p.nameText(), key, value))
}

// poolsNamed are the pools with for_each that have one of a name.
func (to *storage) poolsNamed(known string) *poolOut {
	for _, p := range to.pools {
		if known != "" && slices.Contains(p.names, known) {
			return p
		}
	}
	return nil
}

// poolNamed is the pool without for_each of a name: of the same expression, or of one with the same value.
func (to *storage) poolNamed(text, known string) *poolOut {
	for _, p := range to.pools {
		if p.rep.text == "" && (p.nameText() == text || known != "" && p.known == known) {
			return p
		}
	}
	return nil
}

// pool makes a pool of a resource.
func (c *converter) pool(r *resource) (*poolOut, error) {
	rep, s, err := c.repeatOf(r)
	if err != nil {
		return nil, err
	}
	p := &poolOut{at: r.at}
	p.rep, p.above = rep, r.above
	if err := c.nameBlock(&p.outBlock, r, s); err != nil {
		return nil, err
	}
	if p.rep.text == "" {
		p.known, _ = c.textValue(p.nameText())
	} else {
		p.names, _ = c.textValues(p.allNames())
	}
	for _, name := range []string{"driver", "description"} {
		if err := c.carry(&p.outBlock, r, name, s); err != nil {
			return nil, err
		}
	}
	if r.value("driver") == nil {
		return nil, because(r.at, "it has no driver")
	}
	if err := c.poolConfig(p, r, s); err != nil {
		return nil, err
	}
	c.lifecycle(&p.outBlock, r, &p.ignored)
	c.leaveAttributes(r, "name", "driver", "description", "config", "project", "remote", "target", "member_overrides")
	return p, nil
}

// nameBlock gives a block its label, and a name where that is something else.
func (c *converter) nameBlock(b *outBlock, r *resource, s scope) error {
	e := r.value("name")
	if e == nil {
		return because(r.at, "it has no name")
	}
	text, err := c.rewrite(e, s)
	if err != nil {
		return err
	}
	b.label = r.label()
	b.name = text
	if plain, err := newExpression(text, e.at); err == nil && b.rep.text == "" {
		if name, ok := plain.literal(); ok {
			b.label, b.name = name, ""
		}
	}
	return nil
}

// carry takes an attribute over as it is, with its comments.
func (c *converter) carry(b *outBlock, r *resource, name string, s scope) error {
	a := r.attr(name)
	if a == nil || r.value(name) == nil {
		return nil
	}
	text, err := c.rewrite(a.value, s)
	if err != nil {
		return err
	}
	if name == "config" {
		text = c.withoutSecrets(text, a.value.at)
	}
	b.attrs = append(b.attrs, outAttr{name, text, a.above, a.beside})
	return nil
}

// poolConfig takes a pool's config over. With member_overrides the keys that each member has for itself go into member blocks.
func (c *converter) poolConfig(p *poolOut, r *resource, s scope) error {
	overrides := r.value("member_overrides")
	if overrides == nil {
		return c.carry(&p.outBlock, r, "config", s)
	}
	if err := c.memberOverrides(p, overrides, s); err != nil {
		return err
	}
	config := r.value("config")
	if config == nil {
		return nil
	}
	driver, _ := r.value("driver").literal()
	keys := memberKeys(driver)
	object, ok := config.node.(*hclsyntax.ObjectConsExpr)
	if !ok {
		text, err := c.rewrite(config, s)
		if err != nil {
			return err
		}
		k, v := elementNames(text)
		list := "[" + strings.Join(keys, ", ") + "]"
		p.set("config", fmt.Sprintf("{ for %s, %s in %s : %s => %s if !contains(%s, %s) }", k, v, text, k, v, list, k))
		all := &outBlock{label: "*"}
		all.set("config", fmt.Sprintf("{ for %s, %s in %s : %s => %s if contains(%s, %s) }", k, v, text, k, v, list, k))
		p.members = append(p.members, all)
		return nil
	}
	var common, own []string
	for _, item := range object.Items {
		key, value := item.KeyExpr.Range(), item.ValueExpr.Range()
		part, err := newExpression(config.text[value.Start.Byte:value.End.Byte], config.placeOf(item.ValueExpr))
		if err != nil {
			return err
		}
		text, err := c.rewrite(part, s)
		if err != nil {
			return err
		}
		line := config.text[key.Start.Byte:key.End.Byte] + " = " + text
		name, diags := item.KeyExpr.Value(nil)
		if !diags.HasErrors() && slices.Contains(keys, quoted(name.AsString())) {
			own = append(own, line)
		} else {
			common = append(common, line)
		}
	}
	if len(common) > 0 {
		p.set("config", "{\n"+strings.Join(common, "\n")+"\n}")
	}
	if len(own) > 0 {
		all := &outBlock{label: "*"}
		all.set("config", "{\n"+strings.Join(own, "\n")+"\n}")
		p.members = append([]*outBlock{all}, p.members...)
	}
	return nil
}

// leaveAttributes lists what a resource says besides what was taken over.
func (c *converter) leaveAttributes(r *resource, taken ...string) {
	taken = append(taken, "for_each", "count", "depends_on", "provider", "lifecycle")
	for _, a := range r.attrs {
		if !slices.Contains(taken, a.name) && a.value.text != "null" {
			c.leave(a.at, r.String()+", "+a.name, "tarn has nothing like it")
		}
	}
	for _, b := range r.blocks {
		switch {
		case b.kind == "lifecycle":
		case b.kind == "file" || b.kind == "dynamic" && len(b.labels) > 0 && b.labels[0] == "file":
			c.leave(b.at, r.String()+", file", "what is in a volume is not tarn's")
		default:
			c.leave(b.at, r.String()+", "+b.kind, "tarn has nothing like it")
		}
	}
}
