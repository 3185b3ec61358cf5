package spec

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Origins say where the objects of a spec come from, for who edits its files. [Load] fills in what [Options.Origins] points to.
type Origins struct {
	Objects map[string]Origin // pools, members and volumes by their addresses

	// Variables are those that the spec declares, by name.
	Variables map[string]VariableOrigin

	scope func(filename string) *hcl.EvalContext
}

// Origin is the block that an object comes from, and which element of its for_each the object is.
type Origin struct {
	Place hcl.Range // of the block's header

	Pool   string // the label of the pool's block
	Nested string // that of the volume's or the member's block, "" for a pool

	PoolEach *Element // nil where the block has no for_each
	Each     *Element // of the nested block

	// Context is what the expressions of the block are evaluated in.
	Context *hcl.EvalContext
}

// Element is one of a for_each.
type Element struct {
	Key string
}

// VariableOrigin is where the value of a variable comes from.
type VariableOrigin struct {
	Given     string // where it was given, such as "--var size" or a place in a file; "" when it is the default
	Sensitive bool
}

// Scope is what the expressions of a file are evaluated in that are in no block with for_each.
func (o *Origins) Scope(filename string) *hcl.EvalContext { return o.scope(filename) }

// MemberAddress is the address of a member of a pool, as [Origins.Objects] has it.
func MemberAddress(pool *Pool, member *Member) string {
	return pool.Address + ".member." + addressLabel(member.Name)
}

// noteOrigins notes where the values of variables come from, once they have them.
func (l *loader) noteOrigins() {
	o := l.opts.Origins
	if o == nil {
		return
	}
	o.Objects, o.Variables, o.scope = map[string]Origin{}, map[string]VariableOrigin{}, l.scope
	for name, v := range l.vars {
		given := v.origin.name
		if given == "" && v.origin.at.Filename != "" && (v.defaultAttr == nil || v.origin.at != v.defaultAttr.Expr.Range()) {
			given = fileLine(v.origin.at)
		}
		o.Variables[name] = VariableOrigin{Given: given, Sensitive: v.sensitive}
	}
}

// noteOrigin notes where an object comes from: block d, or nested in it, for elements of their for_each.
func (l *loader) noteOrigin(address string, d *declaration, e element, nested *declaration, n element) {
	if l.opts.Origins == nil {
		return
	}
	origin := Origin{Place: d.at, Pool: d.label, PoolEach: elementIn(d, e), Context: e.ctx}
	if nested != nil {
		origin.Place, origin.Nested, origin.Each, origin.Context = nested.at, nested.label, elementIn(nested, n), n.ctx
	}
	l.opts.Origins.Objects[address] = origin
}

// elementIn is the element that an object of a declaration is, nil without for_each.
func elementIn(d *declaration, e element) *Element {
	if d.forEach == nil || e.ctx == nil {
		return nil
	}
	each, ok := e.ctx.Variables["each"]
	if !ok || !each.Type().HasAttribute("key") {
		return nil
	}
	key, _ := each.GetAttr("key").Unmark()
	if key.Type() != cty.String || !key.IsKnown() || key.IsNull() {
		return nil
	}
	return &Element{Key: textOf(key)}
}
