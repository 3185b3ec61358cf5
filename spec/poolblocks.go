package spec

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// A pool may have several blocks of one label, in several files, so that teams keep their volumes in files of their own. One
// declares the pool, and the others add volumes to it and set nothing else.

// poolParts are the blocks of one pool. declares is that which sets something besides volumes, or the first when none does.
type poolParts struct {
	declares *declaration
	adds     []*declaration
}

// loadPools brings the pool blocks of one label together, and expands them in the order of the first ones.
func (l *loader) loadPools(blocks hcl.Blocks) {
	l.pools = map[string]*poolParts{}
	var labels []string
	for _, block := range blocks {
		d := l.declare(block, poolBlock, false)
		d.onlyAdds = d.forEach == nil && d.config == nil && len(d.attrs) == 0 &&
			!slices.ContainsFunc(d.blocks, func(b *hcl.Block) bool { return b.Type != "volume" })
		d.adds = len(d.blocks) > 0
		parts := l.pools[d.label]
		switch {
		case parts == nil:
			l.pools[d.label] = &poolParts{declares: d}
			labels = append(labels, d.label)
		case d.onlyAdds:
			parts.adds = append(parts.adds, d)
		case parts.declares.onlyAdds:
			parts.adds = append([]*declaration{parts.declares}, parts.adds...)
			parts.declares = d
		default:
			l.errorf(d.at, "Duplicate pool", "The pool %q is declared at %s already. Other blocks may add volumes to it and set nothing else.",
				d.label, fileLine(parts.declares.at))
		}
	}
	for _, label := range labels {
		l.loadPool(l.pools[label])
	}
}

// undeclaredPool reports a pool that blocks only add volumes to.
func (l *loader) undeclaredPool(d *declaration) {
	var others []string
	for label, parts := range l.pools {
		if !parts.declares.onlyAdds {
			others = append(others, label)
		}
	}
	slices.Sort(others)
	hint := ""
	if near := schema.Suggest(d.label, others); len(near) > 0 {
		hint = fmt.Sprintf(" Did you mean the pool %s?", schema.QuotedList(near, "or"))
	}
	l.errorf(d.at, "Missing driver", "The pool %q only has volumes here, and no block says what it is.%s It needs a driver, one of %s, or existing = true when "+
		"somebody else looks after it.", d.label, hint, schema.QuotedList(schema.Drivers(), "and"))
}

// loadPool expands the blocks of a pool with its members and volumes.
func (l *loader) loadPool(parts *poolParts) {
	d := parts.declares
	nested := l.declareNested(d, parts.adds)
	for e := range l.elements(d, l.scope(d.at.Filename), "pool.") {
		p := l.newPool(d, e)
		l.noteOrigin(p.Address, d, e, nil, element{})
		blocks := l.addMembers(p, nested.members, d, e)
		l.checkPool(p, d, blocks, e.ctx)
		for i := range nested.volumes {
			v := l.declareVolume(&nested.volumes[i], d)
			for of := range l.elements(v, l.inFile(e.ctx, d, v), e.address+".volume.") {
				l.noteOrigin(of.address, d, e, v, of)
				if volume := l.newVolume(v, of, p); !of.any {
					p.Volumes = append(p.Volumes, volume)
				}
			}
			if d.forEach == nil {
				nested.volumes[i] = volumeDeclaration{} // its tree takes twenty times its text
			}
		}
		if !e.any {
			l.spec.Pools = append(l.spec.Pools, p)
		}
	}
	for i := range nested.volumes { // of a pool without elements, whose mistakes are told all the same
		l.declareVolume(&nested.volumes[i], d)
	}
}

// volumeDeclaration is a volume block that is prepared when its turn comes. The zero value is one whose turn is over.
type volumeDeclaration struct {
	block *hcl.Block // nil when it is prepared
	*declaration
}

func (l *loader) declareVolume(v *volumeDeclaration, pool *declaration) *declaration {
	if v.block != nil {
		v.declaration, v.block = l.declare(v.block, volumeBlock, pool.forEach != nil), nil
		v.last = pool.forEach == nil
	}
	return v.declaration
}

// inFile is what the expressions of a volume block are evaluated in, for an element of its pool: paths are relative to the file that the
// block is in, which may be another than the pool's.
func (l *loader) inFile(ctx *hcl.EvalContext, pool, volume *declaration) *hcl.EvalContext {
	if volume.at.Filename == pool.at.Filename {
		return ctx
	}
	own := l.scope(volume.at.Filename)
	if pool.forEach != nil {
		own = own.NewChild()
		own.Variables = map[string]cty.Value{"each": ctx.Variables["each"]}
	}
	return own
}

// nestedBlocks are the blocks in the blocks of a pool.
type nestedBlocks struct {
	members []*declaration
	volumes []volumeDeclaration
}

// declareNested takes the blocks out of those of a pool, and prepares those of members. Of two with one label the second is reported and left out.
func (l *loader) declareNested(pool *declaration, adds []*declaration) (all nestedBlocks) {
	labels := map[string]map[string]*hcl.Block{"member": {}, "volume": {}}
	for _, part := range append([]*declaration{pool}, adds...) {
		for _, nested := range part.blocks {
			name, seen := nested.Labels[0], labels[nested.Type]
			first, duplicate := seen[name]
			switch {
			case duplicate && nested.Type == "volume":
				l.errorf(header(nested), "Duplicate volume", "The pool %q declares the volume %q at %s already.", pool.label, name, fileLine(header(first)))
			case duplicate:
				l.errorf(header(nested), "Duplicate member", "The pool %q has a block for member %q at %s already.", pool.label, name, fileLine(header(first)))
			case nested.Type == "volume":
				all.volumes = append(all.volumes, volumeDeclaration{block: nested})
			default:
				all.members = append(all.members, l.declare(nested, memberBlock, pool.forEach != nil))
			}
			if !duplicate {
				seen[name] = nested
			}
		}
		part.blocks = nil
	}
	return all
}
