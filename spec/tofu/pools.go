package tofu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
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
