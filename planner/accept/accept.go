// Package accept turns the differences between a server and its spec into wishes for the spec: what its files would have to say so that
// there is nothing to do for a plan.
//
// Differences and what was read of the server go in; wishes come out, and for what no spec can take over, why. Where in the files a wish
// comes true is the business of package spec/edit. The package does no I/O.
package accept

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner"
	"tarn/planner/adopt"
	"tarn/planner/plan"
	"tarn/spec"
	"tarn/spec/edit"
	"tarn/spec/write"
)

// Item is one difference, and what the spec would have to say.
type Item struct {
	planner.Difference
	Wish edit.Wish
	Why  string // there is no wish for it: why. A sentence without a full stop
}

// Items are the items of differences, in their order.
func Items(want *spec.Spec, state *live.State, opts planner.Options, differences []planner.Difference) []Item {
	t := &taking{want: want, state: state, opts: opts, volumes: map[string]*spec.Volume{}, pools: map[string]*spec.Pool{}, poolOf: map[string]*spec.Pool{}}
	for _, pool := range want.Pools {
		t.pools[pool.Address], t.poolOf[pool.Name] = pool, pool
		for _, volume := range pool.Volumes {
			t.volumes[volume.Address] = volume
		}
	}
	gone, stays := map[string]bool{}, map[string]string{}
	for _, d := range differences {
		switch {
		case d.Kind == planner.Gone && d.Object.IsPool():
			gone[d.Object.Pool] = true
		case d.Kind != planner.Gone || len(d.Maybe) > 0 || d.Known != "":
			stays[d.Object.Pool] = plan.VolumeName(d.Object.Volume)
		}
	}
	var items []Item
	for _, d := range differences {
		item := Item{Difference: d}
		switch {
		case gone[d.Object.Pool] && !d.Object.IsPool() && d.Kind == planner.Gone && len(d.Maybe) == 0 && stays[d.Object.Pool] == "":
			continue // it goes with its pool
		case d.Known != "":
			item.Why = fmt.Sprintf("acknowledged, so the spec stays as it is unless --only names this: %s", d.Known)
		case gone[d.Object.Pool] && d.Object.IsPool() && stays[d.Object.Pool] != "":
			item.Why = fmt.Sprintf("its declaration stays as long as that of volume %s does", stays[d.Object.Pool])
		default:
			t.item(&item)
		}
		items = append(items, item)
	}
	return items
}

// taking is what items are made from.
type taking struct {
	want    *spec.Spec
	state   *live.State
	opts    planner.Options
	volumes map[string]*spec.Volume // by address
	pools   map[string]*spec.Pool
	poolOf  map[string]*spec.Pool // by name
	adopted map[string]*write.File
}

func (t *taking) item(item *Item) {
	item.Wish.Address = item.Address
	switch item.Kind {
	case planner.Changed:
		t.changed(item)
	case planner.Gone:
		item.Wish.Remove = true
		if len(item.Maybe) > 0 {
			names := make([]string, len(item.Maybe))
			for i, id := range item.Maybe {
				names[i] = plan.VolumeName(id)
			}
			item.Why = fmt.Sprintf("the spec does not declare %s, which may be this volume under another name: write that name into its block, or take the block out", plan.List(names))
		}
	case planner.Renamed:
		t.renamed(item)
	case planner.Present:
		item.Wish.Changes = []edit.Change{{Attr: "absent"}}
		if pool := t.pools[item.Address]; pool != nil && pool.Driver == "" {
			driver := t.state.Pools[item.Object.Pool].Driver
			item.Wish.Changes = append(item.Wish.Changes, edit.Change{Attr: "driver", Value: &driver})
		}
	case planner.Undeclared:
		t.undeclared(item)
	}
}

// changed is an attribute that has another value.
func (t *taking) changed(item *Item) {
	if item.Secret {
		item.Why = "its value is secret, and no secret is written into a file"
		return
	}
	if pool := t.poolOf[item.Object.Pool]; item.Member != "" && item.Address == spec.MemberAddress(pool, &spec.Member{Name: spec.AllMembers}) {
		item.Why = fmt.Sprintf("member %q speaks of all members: write what this one has into a block of its own, member %s { config = { … } }", spec.AllMembers, schema.Quoted(item.Member))
		return
	}
	change := edit.Change{Attr: item.Attr.Name, Value: item.Server}
	if name, isConfig := item.Attr.ConfigKey(); isConfig {
		change.Attr, change.Key = "config", name
		if item.Server != nil {
			key, _ := schema.PoolKey(item.Driver, name)
			if !item.Object.IsPool() {
				key, _ = schema.VolumeKey(item.Driver, item.Content, name)
			}
			text, _ := adopt.Spelled(key, *item.Server)
			change.Value = &text
		}
	}
	item.Wish.Changes = []edit.Change{change}
}

// renamed is a volume that has another name, or is in another place.
func (t *taking) renamed(item *Item) {
	volume, from, to := t.volumes[item.Address], item.Object.Volume, item.Live
	if item.Why = t.ofOther(to); item.Why != "" {
		return // what it has otherwise is no difference
	}
	if to.Pool != from.Pool {
		pool := t.poolOf[to.Pool]
		if pool == nil {
			item.Why = fmt.Sprintf("it is in pool %s now, which the spec does not declare", plan.Plain(to.Pool))
			return
		}
		item.Wish.Into = pool.Address
	}
	set := func(attr, text string) {
		item.Wish.Changes = append(item.Wish.Changes, edit.Change{Attr: attr, Value: &text})
	}
	if to.Name != from.Name {
		set("name", to.Name)
	}
	if to.Project != from.Project {
		set("project", to.Project)
	}
	if to.Member != "" && to.Member != volume.Target && (volume.Target != "" || t.hasNamesake(item.Address, to)) {
		set("target", to.Member)
	}
	if volume.RenamedFrom != nil && (item.Wish.Into != "" || len(item.Wish.Changes) > 0) {
		item.Wish.Changes = append(item.Wish.Changes, edit.Change{Attr: "renamed_from"})
	}
	if item.Wish.Into == "" && len(item.Wish.Changes) == 0 {
		item.Why = "where it is now cannot be said in a spec"
	}
}

// ofOther says that a live volume is another owner's, "" when it is not.
func (t *taking) ofOther(id lxd.VolumeID) string {
	if owner := t.state.Volumes.Get(id).Config[live.OwnerKey]; owner != "" && owner != t.want.Settings.Owner {
		return fmt.Sprintf("it carries the mark of the owner %s", schema.Quoted(owner))
	}
	return ""
}

// hasNamesake tells whether the spec declares another volume of a name, on whichever member.
func (t *taking) hasNamesake(address string, id lxd.VolumeID) bool {
	pool := t.poolOf[id.Pool]
	return pool != nil && slices.ContainsFunc(pool.Volumes, func(v *spec.Volume) bool {
		return v.Address != address && v.Name == id.Name && t.state.EffectiveProject(cmp.Or(v.Project, t.opts.Project)) == id.Project
	})
}

// undeclared is a volume that the spec is to declare.
func (t *taking) undeclared(item *Item) {
	switch {
	case item.Object.IsPool():
		item.Why = fmt.Sprintf("tarn import --pool %s --owner %s writes what declares a pool", lxd.ShellWord(item.Object.Pool), lxd.ShellWord(t.want.Settings.Owner))
		return
	case item.Address == "":
		item.Why = fmt.Sprintf("the spec does not declare pool %s", plan.Plain(item.Object.Pool))
		return
	}
	owner := t.state.Volumes.Get(item.Live).Config[live.OwnerKey]
	if item.Why = t.ofOther(item.Live); item.Why != "" {
		return
	}
	volume, why := t.declaration(item.Live, owner)
	item.Wish.Add, item.Why = volume, why
}

// declaration is what import would write for a volume.
func (t *taking) declaration(id lxd.VolumeID, owner string) (volume *write.Volume, why string) {
	if t.adopted == nil {
		t.adopted = map[string]*write.File{}
	}
	file, done := t.adopted[owner]
	if !done {
		var secrecy adopt.Secrecy
		secrecy.Heed(t.want)
		adopted := adopt.New(t.state, adopt.Options{Project: t.opts.Project, Owner: owner, Secrecy: secrecy})
		file, t.adopted[owner] = adopted.File, adopted.File
		for _, left := range adopted.LeftOut {
			if left.Object == plan.VolumeObject(id) && left.Part == "" {
				why = strings.TrimSuffix(left.Why, ".")
			}
		}
	}
	for _, pool := range file.Pools {
		for _, v := range pool.Volumes {
			project := cmp.Or(v.Project, t.state.EffectiveProject(t.opts.Project))
			if pool.Name == id.Pool && v.Name == id.Name && project == id.Project && (v.Target == "" || v.Target == id.Member) {
				return own(v)
			}
		}
	}
	return nil, cmp.Or(why, "it cannot be declared")
}

// own is the declaration of a volume without comments, which say what import has seen.
func own(v *write.Volume) (*write.Volume, string) {
	for _, value := range v.Config {
		if value.Variable != "" {
			return nil, "it has a secret value, and no secret is written into a file"
		}
	}
	volume := *v
	volume.Comment, volume.UsedBy, volume.Snapshots = nil, nil, 0
	return &volume, ""
}
