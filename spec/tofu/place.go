package tofu

import (
	"fmt"
	"slices"
	"strings"
)

// place puts a volume into the block of its pool. pool is the text of the pool's name, for each element of the volume's for_each.
func (c *converter) place(to *storage, r *resource, v *outBlock, pool string, s scope) error {
	if v.rep.outer != nil {
		for _, a := range append(v.attrs, outAttr{text: v.name}) {
			if strings.Contains(a.text, moduleEach) {
				return errTwice(r)
			}
		}
		s.callKey, s.callValue = "", ""
	}
	e, in := c.follow(r.value("pool"), s)
	ref, isReference := referenceOf(e.node)
	if isReference && ref.root == "each" && ref.attr(0) == "value" && in.elements != nil && len(ref.steps) == 2 {
		if p := to.of[in.elements]; p != nil { // for_each over the pools
			return p.take(v, "")
		}
	}
	if isReference && ofResource(ref) {
		if of, steps, err := c.resourceOf(e, ref, in); err == nil && to.of[of] != nil {
			return c.placeInResource(to.of[of], of, r, v, steps, e, in, s)
		}
	}
	if v.rep.outer != nil {
		return errTwice(r)
	}
	if !usesEach(pool) {
		known, _ := c.textValue(pool)
		if p := to.poolsNamed(known); p != nil {
			return p.takeWhere(v, equal(p.nameText(), pool), pool)
		}
		p := to.poolNamed(pool, known)
		if p == nil {
			p = existingPool(pool, known, r.at)
			to.pools = append(to.pools, p)
		}
		return p.take(v, v.rep.text)
	}
	return c.placeByElement(to, r, v, pool)
}

// placeInResource puts a volume into a pool that is a resource.
func (c *converter) placeInResource(p *poolOut, of, r *resource, v *outBlock, steps []step, e *expression, in, s scope) error {
	if p.rep.text == "" && v.rep.outer != nil {
		return errTwice(r)
	}
	if p.rep.text == "" {
		return p.take(v, v.rep.text)
	}
	key, err := c.poolKey(of, steps, e, in)
	if err != nil {
		return err
	}
	if v.rep.outer != nil {
		if key != "" || !p.rep.same(*v.rep.outer) {
			return errTwice(r)
		}
		return p.take(v, v.rep.text)
	}
	if key == "" { // both are in a module that is repeated
		if !p.rep.same(v.rep) {
			return because(e.at, "its pool is one of several, and which is not said")
		}
		return p.take(v, "")
	}
	switch {
	case p.rep.same(v.rep) && (key == "each.key" || key == p.rep.keyIn || v.rep.condition != "" && key == "0"):
		return p.take(v, "")
	case v.rep.text == "" || !usesEach(key):
		return p.takeWhere(v, equal(p.rep.keyIn, key), key)
	}
	k, value := elementNames(v.rep.text, key)
	key, err = c.withElements(r, func(in scope, e *expression) (string, error) {
		ref, _ := referenceOf(e.node)
		_, steps, err := c.resourceOf(e, ref, in)
		if err != nil {
			return "", err
		}
		return c.poolKey(of, steps, e, in)
	}, s, k, value)
	if err != nil {
		return err
	}
	return p.take(v, v.rep.only(equal(key, p.rep.keyIn), k, value))
}

// poolKey says which instance of a pool is meant, "" for the one of the same instance of a module.
func (c *converter) poolKey(of *resource, steps []step, e *expression, in scope) (string, error) {
	if of.value("for_each") == nil && of.value("count") == nil {
		return in.callKey, nil
	}
	if len(steps) == 0 || steps[0].attr != "" {
		return "", because(e.at, "its pool is one of several, and which is not said")
	}
	return c.indexText(e, steps[0], in)
}

// withElements writes something of a volume's pool with other names for each.key and each.value.
func (c *converter) withElements(r *resource, write func(scope, *expression) (string, error), s scope, key, value string) (string, error) {
	if s.key != "" {
		s.key, s.value = key, value
	}
	if s.index != "" {
		s.index = value
	}
	s.callKey, s.callValue, s.repeat = key, value, ""
	e, in := c.follow(r.value("pool"), s)
	return write(in, e)
}

// placeByElement puts a volume whose pool is another one for each element into all pools that may be meant, each with its elements.
func (c *converter) placeByElement(to *storage, r *resource, v *outBlock, pool string) error {
	_, s, err := c.repeatOf(r)
	if err != nil {
		return err
	}
	if len(v.rep.text) > 60 && v.rep.condition == "" && !usesEach(v.rep.text) {
		v.rep.text = "local." + c.hoist(r.in.prefix+identifier(r.label()), v.rep.text, r.at)
	}
	k, value := elementNames(v.rep.text, pool)
	text, err := c.withElements(r, func(in scope, e *expression) (string, error) { return c.rewrite(e, in) }, s, k, value)
	if err != nil {
		return err
	}
	all := fmt.Sprintf("[for %s, %s in %s : %s]", k, value, v.rep.text, text)
	names, known := c.textValues(all)
	for _, p := range slices.Clone(to.pools) {
		isHere := func(name string) bool {
			return p.rep.text == "" && name == p.known || p.rep.text != "" && slices.Contains(p.names, name)
		}
		if !known || !slices.ContainsFunc(names, isHere) {
			continue
		}
		here := *v
		if err := p.take(&here, v.rep.only(equal(text, p.nameText()), k, value)); err != nil {
			return err
		}
		names = slices.DeleteFunc(names, isHere)
		isNot := fmt.Sprintf("%s != %s", p.nameText(), bracketed(text, false))
		if p.rep.text != "" {
			isNot = fmt.Sprintf("!contains(%s, %s)", p.allNames(), text)
		}
		all = strings.TrimSuffix(all, "]") + conjunction(all) + isNot + "]"
	}
	if known && len(names) == 0 {
		return nil
	}
	if to.others == nil {
		to.others = &poolOut{at: r.at}
		to.others.label, to.others.name = "others", "each.key"
		to.others.rep = repeat{keyIn: "each.key", set: true}
		to.others.set("existing", "true")
		to.pools = append(to.pools, to.others)
	}
	o := to.others
	if o.rep.text == "" {
		o.rep.text = fmt.Sprintf("toset(%s)", all)
	} else {
		inner := strings.TrimSuffix(strings.TrimPrefix(o.rep.text, "toset("), ")")
		inner = strings.TrimSuffix(strings.TrimPrefix(inner, "concat("), ")")
		o.rep.text = fmt.Sprintf("toset(concat(%s, %s))", inner, all)
	}
	return o.take(v, v.rep.only(equal(text, "each.key"), k, value))
}

// conjunction is what goes before a further condition of a for expression.
func conjunction(list string) string {
	if strings.Contains(list, " if ") {
		return " && "
	}
	return " if "
}

// existingPool is a pool that the configuration names and does not declare.
func existingPool(text, known string, at place) *poolOut {
	p := &poolOut{at: at, known: known}
	p.label, p.name = labelFor(text, at), text
	if e, err := newExpression(text, at); err == nil {
		if name, ok := e.literal(); ok {
			p.label, p.name = name, ""
		}
	}
	p.set("existing", "true")
	return p
}

// labelFor is a label for something that is called by an expression: the last name in it.
func labelFor(text string, at place) string {
	e, err := newExpression(text, at)
	if err != nil {
		return "pool"
	}
	if ref, ok := referenceOf(e.node); ok && len(ref.steps) > 0 {
		if name := ref.attr(len(ref.steps) - 1); name != "" {
			return name
		}
	}
	return "pool"
}

// takeWhere adds a volume to those pools of a for_each for which a condition holds, in which texts beside the volume's for_each stand.
func (p *poolOut) takeWhere(v *outBlock, condition string, texts ...string) error {
	if v.rep.text == "" {
		if v.name == "" {
			v.name = quoted(v.label)
		}
		return p.take(v, onlyIf(condition, v.label))
	}
	key, value := elementNames(append(texts, v.rep.text)...)
	return p.take(v, v.rep.only(condition, key, value))
}

// take adds a volume to a pool, with its for_each.
func (p *poolOut) take(v *outBlock, forEach string) error {
	v.rep.text = forEach
	p.volumes = append(p.volumes, v)
	return nil
}
