package edit

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/spec"
)

// object is where an object of the spec is declared.
type object struct {
	origin spec.Origin
	block  *block // of the object, or for a pool that which says what it is
	all    []*block
	env    env
	each   *spec.Element
}

// poolOfMember is the address of the pool that a member's address is in.
func poolOfMember(address string) string {
	pool, _, _ := strings.Cut(address, ".member.")
	return pool
}

// object finds the block of an address.
func (s *search) object(address string) (*object, bool) {
	origin, ok := s.origins.Objects[address]
	if !ok {
		return nil, false
	}
	o := &object{origin: origin, all: s.tree.pools[origin.Pool]}
	pool := declaring(o.all)
	if pool == nil {
		return nil, false
	}
	o.block, o.each = pool, origin.PoolEach
	if origin.Nested != "" {
		kind := "volume"
		if !strings.Contains(address, ".volume.") {
			kind = "member"
		}
		o.block, o.each = nil, origin.Each
		for _, part := range o.all {
			for _, nested := range part.blocks {
				if nested.kind == kind && nested.label == origin.Nested {
					o.block = nested
				}
			}
		}
		if o.block == nil {
			return nil, false
		}
	}
	o.env = env{src: o.block.src, ctx: origin.Context}
	var outer *eachOf
	if of := pool.attr("for_each"); of != nil && origin.PoolEach != nil {
		outer = &eachOf{key: origin.PoolEach.Key, expr: of.expr, env: env{src: pool.src, ctx: s.origins.Scope(pool.src.name)}}
	}
	o.env.each = outer
	if of := o.block.attr("for_each"); of != nil && origin.Nested != "" && origin.Each != nil {
		o.env.each = &eachOf{key: origin.Each.Key, expr: of.expr, env: env{src: o.block.src, ctx: outerContext(origin.Context), each: outer}}
	}
	return o, true
}

// outerContext is what for_each itself is evaluated in.
func outerContext(ctx *hcl.EvalContext) *hcl.EvalContext {
	if parent := ctx.Parent(); parent != nil {
		return parent
	}
	return ctx
}

// declaring is the block of a pool that says what it is: the others only add volumes.
func declaring(blocks []*block) *block {
	for _, b := range blocks {
		if len(b.attrs) > 0 {
			return b
		}
	}
	if len(blocks) > 0 {
		return blocks[0]
	}
	return nil
}

// candidates are the changes that may make a wish come true, the likeliest first, and why there is nothing more.
func (s *search) candidates(w Wish) ([]candidate, []Left) {
	o, ok := s.object(w.Address)
	if !ok {
		return nil, []Left{{Why: "its block was not found"}}
	}
	f := &finder{tree: s.tree, origins: s.origins}
	switch {
	case w.Add != nil:
		s.additions(f, o, w)
	case w.Into != "":
		s.moves(f, o, w)
	case w.Remove:
		s.removals(f, o)
	case len(w.Changes) == 1:
		s.changes(f, o, w.Changes[0])
	default:
		s.allChanges(f, o, w.Changes)
	}
	return f.found, f.dead
}

// allChanges are those that make several changes at once.
func (s *search) allChanges(f *finder, o *object, changes []Change) {
	if c, ok := inPlace(o.block, changes); ok {
		f.add(c)
	}
	all := []candidate{nil}
	for _, c := range changes {
		part := &finder{tree: s.tree, origins: s.origins}
		s.changes(part, o, c)
		f.dead = append(f.dead, part.dead...)
		var longer []candidate
		for _, before := range all {
			for _, own := range part.found {
				if len(longer) < most && !overlaps(before, own) {
					longer = append(longer, slices.Concat(before, own))
				}
			}
		}
		all = longer
	}
	for _, c := range all {
		f.add(c)
	}
}

// changes are those of one attribute.
func (s *search) changes(f *finder, o *object, c Change) {
	b := o.block
	a := b.attr(c.Attr)
	do := op{kind: unset}
	if c.Value != nil {
		do = setTo(*c.Value)
	}
	switch {
	case c.Attr == "config" && a != nil:
		f.find(a.expr, o.env, []string{c.Key}, do)
	case c.Attr == "config" && c.Value != nil:
		f.add(candidate{b.insertAttr("config", b.src.oneItem(c.Key, *c.Value))})
	case c.Attr == "name" && a == nil && c.Value != nil:
		if relabelled, ok := b.relabel(*c.Value); ok {
			f.add(candidate{relabelled})
		}
	case a != nil && c.Value != nil:
		f.find(a.expr, o.env, nil, do)
	case a != nil:
		f.add(candidate{b.removeAttr(a)})
		f.find(a.expr, o.env, nil, do)
	case c.Value != nil:
		f.add(candidate{b.insertAttr(c.Attr, b.src.newLiteral(*c.Value))})
	}
}

// inPlace writes an attribute that the block does not have where one stands that goes.
func inPlace(b *block, changes []Change) (candidate, bool) {
	if len(changes) != 2 || changes[0].Value != nil || changes[1].Value == nil || changes[1].Attr == "config" {
		return nil, false
	}
	old, name := b.attr(changes[0].Attr), changes[1].Attr
	if old == nil || b.attr(name) != nil {
		return nil, false
	}
	if b.src.json {
		name = jsonQuoted(name)
	}
	return candidate{{b.src, old.start, old.end, name + b.src.equals() + b.src.newLiteral(*changes[1].Value)}}, true
}

// oneItem is an object with one element.
func (src *source) oneItem(name, value string) string {
	if src.json {
		return "{" + src.elementName(name) + ": " + src.newLiteral(value) + "}"
	}
	return "{ " + src.elementName(name) + " = " + src.newLiteral(value) + " }"
}

// removals take the declaration of an object away: the element of its for_each, or the block.
func (s *search) removals(f *finder, o *object) {
	if o.each != nil {
		expr, of := o.block.attr("for_each"), o.env.each
		if expr != nil && of != nil {
			f.find(of.expr, of.env, []string{of.key}, op{kind: drop})
		}
	}
	blocks := []*block{o.block}
	if o.origin.Nested == "" {
		blocks = o.all
	}
	var all candidate
	for _, b := range blocks {
		all = append(all, b.remove())
	}
	f.add(all)
}

// additions declare another volume in a pool: in the block that has the most.
func (s *search) additions(f *finder, o *object, w Wish) {
	b := o.block
	if o.each != nil {
		f.dead = append(f.dead, Left{Place: lineOf(b.src, b.at()), Why: "the pool's block has for_each, so that a volume in it would be one of each of its pools"})
		return
	}
	taken := map[string]bool{}
	for _, part := range o.all {
		if len(part.blocks) > len(b.blocks) {
			b = part
		}
		for _, nested := range part.blocks {
			taken[nested.label] = true
		}
	}
	label := w.Add.Label(taken)
	if !b.src.json {
		f.add(candidate{b.insertBlock(w.Add.Block(label))})
		return
	}
	if inserted, ok := b.insertMember("volume", label, volumeJSON(w.Add, label)); ok {
		f.add(candidate{inserted})
	}
}

// moves take the block of a volume to another pool.
func (s *search) moves(f *finder, o *object, w Wish) {
	into, ok := s.object(w.Into)
	switch b := o.block; {
	case !ok || o.each != nil || into.each != nil || o.origin.PoolEach != nil:
		f.dead = append(f.dead, Left{Place: lineOf(b.src, b.at()), Why: "a block with for_each is not taken to another pool"})
	case b.src.json != into.block.src.json:
		f.dead = append(f.dead, Left{Place: lineOf(b.src, b.at()), Why: "the other pool is declared in another syntax"})
	case b.src.json && len(w.Changes) > 0:
		f.dead = append(f.dead, Left{Place: lineOf(b.src, b.at()), Why: "a block in JSON is taken to another pool as it is alone"})
	case b.src.json:
		if inserted, ok := into.block.insertMember("volume", b.label, b.src.slice(b.body.SrcRange.Start.Byte, b.body.SrcRange.End.Byte)); ok {
			f.add(candidate{b.remove(), inserted})
		}
	default:
		taken := b.remove()
		within, ok := s.within(o, w.Changes, taken)
		if !ok {
			f.dead = append(f.dead, Left{Place: lineOf(b.src, b.at()), Why: "what it would have to say in the other pool is not written in its block"})
			return
		}
		text := strings.Trim(applied(b.src, taken.start, taken.end, within), "\r\n") + "\n"
		text = strings.ReplaceAll(text, "\r\n", "\n")
		f.add(candidate{taken, into.block.insertLines(strings.ReplaceAll(text, "\n", into.block.src.newline))})
	}
}

// within are the changes of attributes that lie in a part of a file.
func (s *search) within(o *object, changes []Change, part change) (candidate, bool) {
	if len(changes) == 0 {
		return nil, true
	}
	f := &finder{tree: s.tree, origins: s.origins}
	s.allChanges(f, o, changes)
	for _, c := range f.found {
		if !slices.ContainsFunc(c, func(x change) bool { return x.src != part.src || x.start < part.start || x.end > part.end }) {
			return c, true
		}
	}
	return nil, false
}

// applied is a part of a file with some changes in it.
func applied(src *source, from, to int, changes []change) string {
	changes = slices.SortedStableFunc(slices.Values(changes), func(a, b change) int { return a.start - b.start })
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(src.slice(from, c.start) + c.text)
		from = c.end
	}
	b.WriteString(src.slice(from, to))
	return b.String()
}
