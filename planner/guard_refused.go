package planner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// What is on a server may have come to be so by hand: a pool was made anew with another driver, its file was made larger, a project is
// gone. Then the spec may be right and the server not what it was, so that this blocks and is no mistake of the spec: a plan shows all
// else that there is to do, and drift all else that differs.

// guardRefused blocks changes that the server does not make of an object that is there. where is the member of a cluster whose side of a
// pool is changed, "" for all.
func (b *builder) guardRefused(object plan.Object, where string, changes []plan.Change, key func(string) (schema.Key, bool)) {
	for _, change := range changes {
		name, isConfig := change.Attr.ConfigKey()
		if !isConfig {
			continue
		}
		known, _ := key(name)
		r := b.refuses(known, change)
		if r.code == "" {
			continue
		}
		has, hint := fmt.Sprintf("it has %s = %s", name, plan.Shown(change.From, change.Secret)), "write what it has, which tarn accept does"
		if where != "" {
			has, hint = fmt.Sprintf("on the cluster member %s %s", plan.Plain(where), has), "write what it has into a member block of its own"
		}
		b.block(r.code, object, hint+r.hint, "%s, the spec wants %s, and %s", has, plan.Shown(change.To, change.Secret), r.why)
	}
}

// refusal is why a server does not make a change, and what to do then. The zero value is for one that it makes.
type refusal struct {
	code plan.BlockerCode
	why  string
	hint string // what to do besides writing what it has
}

// refuses says why the server does not take over a change of a key into an existing object.
func (b *builder) refuses(key schema.Key, change plan.Change) refusal {
	switch {
	case key.Immutable && change.To != nil:
		return refusal{plan.CannotChange, "the server cannot change that after creation", ", or declare another one with that value and move the data there with renamed_from"}
	case key.CreateOnly:
		return refusal{plan.CannotChange, "the server reads that at creation only: it would store a new value and do nothing else",
			", leave the key out, or declare another one with that value and copy the data there"}
	case key.ChangeExtension != "" && !b.live.Server.Has(key.ChangeExtension) && change.From != nil:
		return refusal{plan.CannotChange, fmt.Sprintf("%s would store a new value and do nothing else", b.live.Server), ""}
	case key.GrowsOnly:
		from, fromErr := sizeOf(change.From)
		to, toErr := sizeOf(change.To)
		if fromErr == nil && toErr == nil && to < from {
			return refusal{plan.CannotShrink, "the server makes its file larger and never smaller", ", or declare a smaller pool and move the volumes there with renamed_from"}
		}
	}
	return refusal{}
}

// notThere blocks an object that needs something of a name which the server does not have. what says so; all are the names that it has.
func (b *builder) notThere(object plan.Object, name string, all []string, hint, what string, args ...any) {
	what = fmt.Sprintf(what, args...)
	if near := schema.Suggest(name, all); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %s? Else %s", schema.QuotedList(near, "or"), hint)
	} else {
		what = strings.TrimSuffix(schema.NoSuchSentence(what, name, all), ".")
	}
	b.block(plan.NotThere, object, hint, "%s", what)
}

// there is the server, as blockers name it.
func (b *builder) there() string { return fmt.Sprintf("%s at %s", b.live.Server, b.live.Address) }

// notAllowed blocks what the certificate of this client does not allow.
func (b *builder) notAllowed(object plan.Object, what, doing string) {
	b.block(plan.NotAllowed, object, "use a certificate that is not restricted",
		"%s, and %s does not let this client %s pools: its certificate is restricted to projects", what, b.there(), doing)
}

// memberGone tells whether the cluster does not have a member of that name.
func (b *builder) memberGone(name string) bool {
	return b.live.Server.Clustered && len(b.live.Members) > 0 &&
		!slices.ContainsFunc(b.live.Members, func(m *lxd.Member) bool { return m.Name == name })
}

// guardSeveral blocks a volume that nobody can tell the live one of, as several members have one of that name. Nothing is planned for it,
// and none of these is taken for one that nobody declares.
func (b *builder) guardSeveral(v *volumePlan, id lxd.VolumeID, hint, why string, args ...any) {
	v.unclear = true
	for _, namesake := range b.namesakes(id) {
		b.kept[namesake.ID()] = v
	}
	b.block(plan.SeveralMembers, plan.VolumeObject(v.final()), hint, why, args...)
}

// tellPlaces says of blockers that a change of the spec may lift where it declares their object.
func (b *builder) tellPlaces() {
	places := map[plan.Object]hcl.Range{}
	for i := range b.plan.Blockers {
		blocker := &b.plan.Blockers[i]
		switch blocker.Code {
		case plan.CannotChange, plan.CannotShrink, plan.NotThere, plan.SourceInUse, plan.PoolDefault, plan.SeveralMembers:
		default:
			continue
		}
		if len(places) == 0 {
			for _, pool := range b.pools {
				places[plan.PoolObject(pool.want.Name)] = pool.want.Ranges.Block
			}
			for _, v := range b.sortedVolumes() {
				places[plan.VolumeObject(v.final())] = v.want.Ranges.Block
			}
		}
		if place, declared := places[blocker.Object]; declared && place.Filename != "" {
			blocker.Place = rangeOf(place)
		}
	}
}
