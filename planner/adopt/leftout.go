package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/planner/plan"
)

// LeftOut is something on the server that is not declared.
type LeftOut struct {
	Object plan.Object
	Part   string // what of it, "" for the object itself: "the volumes of 3 instances"
	Why    string // without the object: "its status is Errored"
}

// left are the objects that are left out, in order, and what of pools cannot be declared at all.
func (a *adoption) left() []LeftOut {
	var left []LeftOut
	for _, object := range slices.SortedFunc(maps.Keys(a.leftOut), plan.CompareObjects) {
		left = append(left, LeftOut{Object: object, Why: lxd.PlainLine(a.secret.Hide(a.leftOut[object]))})
	}
	for _, key := range slices.SortedFunc(maps.Keys(a.keys), func(x, y LeftOut) int {
		return cmp.Or(plan.CompareObjects(x.Object, y.Object), strings.Compare(x.Part, y.Part))
	}) {
		if _, out := a.leftOut[key.Object]; !out {
			left = append(left, key)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Pools)) {
		if a.opts.Pools != nil && !slices.Contains(a.opts.Pools, name) {
			continue
		}
		for _, part := range a.ofOthers(a.Pools[name]) {
			left = append(left, LeftOut{plan.PoolObject(name), part, "tarn manages custom volumes alone"})
		}
		if _, out := a.leftOut[plan.PoolObject(name)]; out {
			continue
		}
		for _, member := range a.Members {
			if member.Status == lxd.MemberOffline {
				left = append(left, LeftOut{plan.PoolObject(name), "the config of member " + plan.Plain(member.Name), "the member is offline"})
			}
		}
	}
	return left
}

// leaveOutPool leaves out a pool, and with it the volumes that would be declared.
func (a *adoption) leaveOutPool(name, why string) {
	a.leftOut[plan.PoolObject(name)] = why
	for id, volume := range a.Volumes.All() {
		if id.Pool != name || id.Type != lxd.TypeCustom {
			continue
		}
		if why, asked := a.declarable(volume); why != "" {
			a.leftOut[plan.VolumeObject(id)] = why
		} else if asked {
			a.leftOut[plan.VolumeObject(id)] = "its pool is not declared"
		}
	}
}

// ofOthers says what a pool holds besides custom volumes.
func (a *adoption) ofOthers(pool *lxd.Pool) []string {
	counts := map[string]int{}
	for _, user := range plan.UsersOf(a.Uses(pool.UsedBy)) { // an instance is listed again for each of its snapshots
		counts[user.Kind]++
	}
	count := func(kind string) string { return fmt.Sprintf("%d %s", counts[kind], plan.Plural(counts[kind], kind)) }
	var owners, parts []string
	for _, kind := range []string{lxd.UsedByInstance, lxd.UsedByImage} {
		if counts[kind] > 0 {
			owners = append(owners, count(kind))
		}
	}
	if len(owners) > 0 {
		parts = append(parts, "what belongs to "+plan.List(owners))
	}
	if counts[lxd.UsedByBucket] > 0 {
		parts = append(parts, count(lxd.UsedByBucket))
	}
	return parts
}

// remark writes what is left out into the file.
func (a *Adopted) remark() {
	a.File.Remarks = nil
	if lines := a.Remarks(""); len(lines) > 0 {
		a.File.Remarks = append([]string{"Not in this spec:"}, lines...)
	}
}

// Remarks are lines that say what is left out, of one pool or, with "", of all: objects of one kind and reason together.
func (a *Adopted) Remarks(pool string) []string {
	const most = 5 // objects that are named
	type group struct{ part, why string }
	var order []group
	named := map[group][]plan.Object{}
	for _, left := range a.LeftOut {
		if pool != "" && left.Object.Pool != pool {
			continue
		}
		of := group{left.Part, left.Why}
		if named[of] == nil {
			order = append(order, of)
		}
		named[of] = append(named[of], left.Object)
	}
	var lines []string
	for _, of := range order {
		var names []string
		for _, object := range named[of][:min(most, len(named[of]))] {
			names = append(names, object.String())
		}
		if more := len(named[of]) - most; more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		what := strings.Join(names, ", ")
		switch {
		case of.part != "" && named[of][0] == plan.Object{}:
			what = of.part
		case of.part != "":
			what = of.part + " in " + what
		}
		lines = append(lines, fmt.Sprintf("%s: %s.", what, of.why))
	}
	return lines
}
