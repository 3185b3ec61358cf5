package spec

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// Pool is one storage pool.
type Pool struct {
	Address       string // as written in messages and for --only: pool.fast, pool.shard["a"]
	Name          string
	Driver        string  // "" only when Existing or Absent
	Description   *string // nil when the spec is silent; then the live one is kept
	Config        Config
	Members       []*Member // member-specific config, clusters only
	Existing      bool      // somebody else's pool: must exist, is never changed
	Absent        bool
	PreventDelete bool
	Exclusive     bool
	IgnoreConfig  []string // the pool's own and the tarn block's
	Volumes       []*Volume
	Ranges        Ranges
}

// AllMembers is the name of a member block whose config every member of the cluster has. What the block of one member says
// goes before it.
const AllMembers = "*"

// Member is the config that one member of a cluster has of a pool, or with the name [AllMembers] each.
type Member struct {
	Name   string
	Config Config
	Ranges Ranges
}

var poolBlock = &blockType{
	name: "pool", label: "name",
	doc: "A storage pool with its volumes, or with for_each several.",
	attrs: []attribute{
		forEach,
		attr("name", func(p *Pool) *string { return &p.Name },
			"The pool's name. Without it, the label."),
		attr("driver", func(p *Pool) *string { return &p.Driver },
			"The storage driver; tarn schema lists them. Needed unless the pool is existing or absent."),
		attr("description", func(p *Pool) **string { return &p.Description },
			"Without it the server's description stays; \"\" clears it.",
			conflict{"existing", neverChanged(`"description"`)}),
		attr("config", func(p *Pool) *Config { return &p.Config },
			"The whole config, { key = value, … }; tarn schema DRIVER lists the keys.",
			conflict{"existing", neverChanged(`"config"`)}),
		attr("existing", func(p *Pool) *bool { return &p.Existing },
			"Somebody else's pool: it must exist and is never changed. Its volumes are managed."),
		attr("absent", func(p *Pool) *bool { return &p.Absent },
			"The pool shall not exist: it is deleted when nothing is left in it.",
			conflict{"existing", "The pool cannot be existing and absent at once: " +
				"existing says that it is somebody else's, absent that it shall be deleted."}),
		attr("prevent_delete", func(p *Pool) *bool { return &p.PreventDelete },
			"A plan that would delete the pool is blocked.",
			conflict{"existing", neverChanged(`"prevent_delete"`)},
			conflict{"absent", "The pool cannot be absent and have prevent_delete. To delete it, take prevent_delete out, apply, and then set absent."}),
		attr("exclusive", func(p *Pool) *bool { return &p.Exclusive },
			"The pool holds what the spec declares and nothing else: --prune deletes the rest."),
		attr("ignore_config", func(p *Pool) *[]string { return &p.IgnoreConfig },
			"Patterns of config keys that are never compared, of the pool and its volumes, besides those of the tarn block."),
	},
	blocks: []*blockType{memberBlock, volumeBlock},
}

var memberBlock = &blockType{
	name: "member", label: "name",
	doc: "The config that a member of a cluster has of a pool for itself, or with for_each several. Of the member \"*\" all have it; what the block of one member says goes before that.",
	attrs: []attribute{
		forEach,
		attr("name", func(m *Member) *string { return &m.Name },
			"The member's name, or \"*\" for all. Without it, the label."),
		attr("config", func(m *Member) *Config { return &m.Config },
			"The member-specific keys, { key = value, … }."),
	},
}

// neverChanged is the detail for something that an existing pool cannot have.
func neverChanged(what string) string {
	return fmt.Sprintf("An existing pool cannot have %s: tarn never changes an existing pool. "+
		"Take it out, or take existing out to manage the pool.", what)
}

// newPool evaluates a pool block for one element of its for_each, without what is nested in it.
func (l *loader) newPool(d *declaration, e element) *Pool {
	p := &Pool{Address: e.address, Name: d.label, IgnoreConfig: slices.Clip(l.spec.Settings.IgnoreConfig)}
	r := l.newReader(d.at, d.attrs, d.config, e.ctx)
	r.read(poolBlock, p)
	p.Ranges = r.ranges
	r.checkNameNotEmpty(p.Name, d.label)
	r.checkPatterns("ignore_config", patternScope{driver: p.Driver})
	if p.Driver == "" && !p.Existing && !p.Absent && len(r.ranges.Unknown) == 0 && !d.meant["driver"] && !d.meant["existing"] && !d.meant["absent"] {
		if d.onlyAdds && d.adds {
			l.undeclaredPool(d)
			return p
		}
		l.errorf(r.ranges.Of("driver"), "Missing driver", "A pool needs a driver, one of %s. "+
			"A pool that somebody else looks after is declared with existing = true.", schema.QuotedList(schema.Drivers(), "and"))
	}
	return p
}

// memberBlockOf is where a member of a pool comes from: its block, and what the block's expressions were evaluated in.
type memberBlockOf struct {
	config *configExpr
	ctx    *hcl.EvalContext
}

// addMembers gives a pool, which is an element of its block, the members that its blocks stand for, and tells where each comes from.
func (l *loader) addMembers(p *Pool, members []*declaration, pool *declaration, of element) []memberBlockOf {
	var blocks []memberBlockOf
	seen := map[string]hcl.Range{}
	for _, d := range members {
		for e := range l.elements(d, of.ctx, p.Address+".member.") {
			m := &Member{Name: d.label}
			r := l.newReader(d.at, d.attrs, d.config, e.ctx)
			r.read(memberBlock, m)
			m.Ranges = r.ranges
			if m.Name == "" {
				r.checkNameNotEmpty(m.Name, d.label)
				continue
			}
			if first, duplicate := seen[m.Name]; duplicate {
				l.errorf(m.Ranges.Of("name"), "Duplicate member", "The pool %q has config for member %q at %s already.", p.Name, m.Name, fileLine(first))
				continue
			}
			seen[m.Name] = m.Ranges.Of("name")
			l.noteOrigin(MemberAddress(p, m), pool, of, d, e)
			p.Members = append(p.Members, m)
			blocks = append(blocks, memberBlockOf{d.config, e.ctx})
		}
	}
	return blocks
}

// checkPool reports what is wrong with a pool by itself. members are where p.Members come from, ctx is what the pool's
// expressions were evaluated in.
func (l *loader) checkPool(p *Pool, d *declaration, members []memberBlockOf, ctx *hcl.EvalContext) {
	if p.Name != "" {
		l.checkName("pool", "", p.Name, schema.CheckPoolName(p.Name), p.Ranges.Of("name"), !p.Existing && !p.Absent && !p.Ranges.AnyUnknown("existing", "absent"))
	}
	l.checkConflicts(poolBlock, p, &p.Ranges)
	if p.Existing && !p.Absent {
		for _, m := range p.Members {
			l.errorf(m.Ranges.Block, contradictoryAttributes, "%s", neverChanged("a member block"))
		}
	}
	if _, ok := schema.Lookup(p.Driver); !ok && p.Driver != "" {
		l.unknownDriver(p)
	}
	l.checkPoolConfig(p, d, members, ctx)
}

// unknownDriver reports a driver that the schema does not have. It may be one of a newer server, unless it looks like a slip.
func (l *loader) unknownDriver(p *Pool) {
	const summary = "Unknown driver"
	if hint := l.driverMeant(p.Driver); hint != "" {
		l.errorf(p.Ranges.Of("driver"), summary, "tarn knows no driver %q. %s", p.Driver, hint)
		return
	}
	sentence := schema.NoSuchSentence(fmt.Sprintf("tarn knows no driver %q", p.Driver), p.Driver, schema.Drivers())
	if len(schema.Suggest(p.Driver, schema.Drivers())) > 0 {
		l.errorf(p.Ranges.Of("driver"), summary, "%s", sentence)
		return
	}
	l.warnf(p.Ranges.Of("driver"), summary, "%s The config keys of this pool and its volumes are not checked.", sentence)
}
