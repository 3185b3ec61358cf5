package promises

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// The marks that tarn puts on what it manages. They are written down here again, as everything is by which plans are judged.
const (
	ownerMark   = "user.tarn.owner"
	ofMark      = "user.tarn.of" // which volume the others were put on
	protectMark = "user.tarn.prevent_delete"
)

// standing is what a volume that no block of a document speaks of is to that document.
type standing string

const (
	nobodys       standing = "nobody's"
	orphan        standing = "an orphan"          // marked with the document's owner: it was declared once
	stranger      standing = "a stranger"         // never declared, in a pool that is exclusively the document's
	copiedMark    standing = "a copy"             // came by its mark by being copied
	renamedByHand standing = "renamed by hand"    // what its mark was put on is gone
	oldName       standing = "an unfinished move" // the old name of one that is there under its new one
)

// standing looks at every project, whether the document speaks of it or not.
func (p *promise) standing(id lxd.VolumeID) standing {
	for _, v := range p.volumes {
		if v.from == nil || v.absent || on(*v.from, "") != on(id, "") {
			continue
		}
		// renamed_from names no member: when nothing is renamed, each volume of the old name may be what a move has left.
		if _, renamed := p.takes[*v.from]; *v.from == id || !renamed {
			return oldName
		}
	}
	ours := p.doc.owner != "" && p.before.Volumes[id].Config[ownerMark] == p.doc.owner
	pool := p.pools[id.Pool]
	exclusive := pool != nil && pool.exclusive
	switch {
	case !ours && !exclusive:
		return nobodys
	case p.isCopy(id):
		return copiedMark
	case p.lostItsName(id):
		return renamedByHand
	case ours:
		return orphan
	}
	return stranger
}

// nameOnMark is how the mark names a volume: without its member, and without its project when that is the default one.
func nameOnMark(id lxd.VolumeID) string {
	if id.Project == lxd.DefaultProject {
		return fmt.Sprintf("%s/%s", id.Pool, id.Name)
	}
	return fmt.Sprintf("%s:%s/%s", id.Project, id.Pool, id.Name)
}

// placeOnMark is how it names one whose block says on which member it is.
func placeOnMark(id lxd.VolumeID) string {
	if id.Member == "" {
		return nameOnMark(id)
	}
	return nameOnMark(id) + " on " + id.Member
}

func (v *volumeBlock) nameOnMark(id lxd.VolumeID) string {
	if v.target == "" {
		return nameOnMark(id)
	}
	return placeOnMark(id)
}

// markedElsewhere is the name of another volume on a volume's mark, "" for none.
func (p *promise) markedElsewhere(id lxd.VolumeID) string {
	if of := p.before.Volumes[id].Config[ofMark]; of != nameOnMark(id) && of != placeOnMark(id) {
		return of
	}
	return ""
}

// isCopy tells whether a volume came by its mark by being copied: that names another one that is there. Or it names all that
// have its name, whatever their members, and another one of these has it too; then what no block speaks of is a copy. So it is when a
// block keeps another one of the name and the mark is none of the document's. A volume without an owner's mark and protection has none.
func (p *promise) isCopy(id lxd.VolumeID) bool {
	volume := p.before.Volumes[id]
	of := volume.Config[ofMark]
	_, goes := p.takes[id]
	owner := volume.Config[ownerMark]
	spokenOf := goes || p.volumes[id] != nil || owner == "" && volume.Config[protectMark] == ""
	foreign := owner == "" || owner != p.doc.owner
	for other, its := range p.before.Volumes {
		switch {
		case other == id || of == "":
		case p.markedElsewhere(id) != "":
			if nameOnMark(other) == of || placeOnMark(other) == of {
				return true
			}
		case !spokenOf && foreign && of == nameOnMark(id) && of != placeOnMark(id) && nameOnMark(other) == of && p.keeps(other):
			return true
		case !spokenOf && of == nameOnMark(id) && of != placeOnMark(id) && nameOnMark(other) == of &&
			its.Config[ownerMark] == volume.Config[ownerMark] && p.markedElsewhere(other) == "" && its.Config[ofMark] != "":
			return true
		}
	}
	return false
}

// keeps tells whether a block says that a volume stays under its name.
func (p *promise) keeps(id lxd.VolumeID) bool {
	_, goes := p.takes[id]
	block := p.volumes[id]
	return block != nil && !block.absent && !goes
}

func (p *promise) lostItsName(id lxd.VolumeID) bool {
	return p.markedElsewhere(id) != "" && !p.isCopy(id)
}

// protected tells whether a volume's own mark forbids that it is deleted.
func (p *promise) protected(id lxd.VolumeID) bool {
	return !p.isCopy(id) && marked(p.before.Volumes[id])
}

func marked(object thing) bool {
	yes, _ := schema.ParseBool(object.Config[protectMark])
	return yes
}

// ofOthers tells whether an object is marked as another owner's, and the command does not ask to take it over.
func (p *promise) ofOthers(object thing) bool {
	owner := object.Config[ownerMark]
	return owner != "" && owner != p.doc.owner && !p.opts.Adopt
}

// undeclared are the volumes that no block speaks of, with what they are to the document.
func (p *promise) undeclared() map[lxd.VolumeID]standing {
	all := map[lxd.VolumeID]standing{}
	for id := range p.before.Volumes {
		if _, goes := p.takes[id]; !goes && p.volumes[id] == nil {
			all[id] = p.standing(id)
		}
	}
	return all
}

// misjudged lists what a plan for the whole document says of ownership and deletion that is not so, or does not say.
func (p *promise) misjudged(made *plan.Plan) []string {
	j := &judgement{promise: p, plan: made, blocked: map[plan.Object][]plan.BlockerCode{}, deleted: map[plan.Object]bool{}}
	for _, blocker := range made.Blockers {
		j.blocked[blocker.Object] = append(j.blocked[blocker.Object], blocker.Code)
	}
	for _, step := range made.Steps {
		switch step.Action.(type) {
		case plan.DeleteVolume, plan.DeletePool:
			j.deleted[step.Action.Object()] = true
		}
	}
	j.reports()
	j.deletions()
	j.owners()
	j.limit()
	slices.Sort(j.wrong)
	return j.wrong
}

// judgement is a plan beside what it ought to say.
type judgement struct {
	*promise
	plan    *plan.Plan
	blocked map[plan.Object][]plan.BlockerCode
	deleted map[plan.Object]bool
	wrong   []string
}

func (j *judgement) wrongf(format string, args ...any) {
	j.wrong = append(j.wrong, fmt.Sprintf(format, args...))
}

// reports holds the plan's lists of what is not declared against what there is.
func (j *judgement) reports() {
	said := map[standing]map[plan.Object]bool{}
	say := func(what standing, object plan.Object) {
		if said[what] == nil {
			said[what] = map[plan.Object]bool{}
		}
		said[what][object] = true
	}
	for _, object := range j.plan.Orphans {
		say(orphan, object)
	}
	for _, object := range j.plan.Strangers {
		say(stranger, object)
	}
	for _, notice := range j.plan.Notices {
		switch notice.Code {
		case plan.CopiedMark:
			say(copiedMark, notice.Object)
		case plan.RenamedByHand:
			say(renamedByHand, notice.Object)
		}
	}
	undeclared := j.undeclared()
	for id, is := range undeclared {
		object := plan.VolumeObject(id)
		switch {
		case is == nobodys || is == oldName:
		case j.pruned(id) && said[is][object]:
			j.wrongf("%v is %s that goes, and the plan says that it stays", id, is)
		case j.pruned(id): // deletions has it
		case !said[is][object]:
			j.wrongf("%v is %s, and the plan does not say so", id, is)
		}
	}
	for what, objects := range said {
		for object := range objects {
			is, ok := undeclared[object.Volume]
			switch {
			case object.IsPool():
				if was, there := j.before.Pools[object.Pool]; !there || j.pools[object.Pool] != nil || j.doc.owner == "" || was.Config[ownerMark] != j.doc.owner {
					j.wrongf("pool %s is not %s, as the plan says", object.Pool, what)
				}
			case is == what:
			case what == stranger && (is == copiedMark || is == renamedByHand) && j.pools[object.Pool].exclusive:
			case ok:
				j.wrongf("%v is %s, not %s as the plan says", object.Volume, is, what)
			default:
				j.wrongf("%v is declared or not there, not %s as the plan says", object.Volume, what)
			}
		}
	}
	for name, was := range j.before.Pools {
		if j.doc.owner != "" && was.Config[ownerMark] == j.doc.owner && j.pools[name] == nil && !said[orphan][plan.PoolObject(name)] {
			j.wrongf("pool %s is an orphan, and the plan does not say so", name)
		}
	}
}

// deletions checks that what has to go is deleted or blocked, and nothing else is deleted.
func (j *judgement) deletions() {
	for id := range j.before.Volumes {
		object := plan.VolumeObject(id)
		_, stays := j.fate(id)
		if stays {
			if j.deleted[object] {
				j.wrongf("the plan deletes %v, which has to stay", id)
			}
			if slices.Contains(j.blocked[object], plan.Protected) {
				j.wrongf("%v is said to be protected, and nothing deletes it", id)
			}
			continue
		}
		protected := j.protected(id)
		if !j.deleted[object] && len(j.blocked[object]) == 0 {
			j.wrongf("%v has to go, and the plan neither deletes it nor says what blocks that", id)
		}
		if protected && j.deleted[object] {
			j.wrongf("the plan deletes %v, which is protected", id)
		}
		if !protected && slices.Contains(j.blocked[object], plan.Protected) {
			j.wrongf("%v is said to be protected, which it is not", id)
		}
	}
	for name, was := range j.before.Pools {
		object, block := plan.PoolObject(name), j.pools[name]
		if block == nil || !block.absent {
			if j.deleted[object] {
				j.wrongf("the plan deletes pool %s, which has to stay", name)
			}
			continue
		}
		if !j.deleted[object] && len(j.blocked[object]) == 0 && !j.blockedWithin(name) {
			j.wrongf("pool %s has to go, and the plan neither deletes it nor says what blocks that", name)
		}
		if marked(was) && j.deleted[object] {
			j.wrongf("the plan deletes pool %s, which is protected", name)
		}
		if !marked(was) && slices.Contains(j.blocked[object], plan.Protected) {
			j.wrongf("pool %s is said to be protected, which it is not", name)
		}
	}
}

// blockedWithin tells whether something blocks a volume of a pool, which then cannot go either.
func (j *judgement) blockedWithin(pool string) bool {
	for object := range j.blocked {
		if object.Pool == pool {
			return true
		}
	}
	return false
}

// owners checks that the plan keeps away from what is another owner's, and from nothing else.
func (j *judgement) owners() {
	of := map[plan.Object]bool{} // what the document wants to have a say in, and whether that is another owner's
	for id, was := range j.before.Volumes {
		_, goes := j.takes[id]
		if goes || j.volumes[id] != nil || j.pruned(id) {
			of[plan.VolumeObject(id)] = j.ofOthers(was) && !j.isCopy(id)
		}
	}
	for name, block := range j.pools {
		if was, there := j.before.Pools[name]; there && !block.existing {
			of[plan.PoolObject(name)] = j.ofOthers(was)
		}
	}
	for object, others := range of {
		if said := slices.Contains(j.blocked[object], plan.OtherOwner); said != others {
			j.wrongf("%s: another owner's %v, and the plan says %v", object, others, said)
		}
	}
	for object, codes := range j.blocked {
		if _, ok := of[object]; !ok && slices.Contains(codes, plan.OtherOwner) {
			j.wrongf("%s is said to be another owner's, and the document has no say in it", object)
		}
	}
}

// limit counts deletions.
func (j *judgement) limit() {
	over := j.doc.maxDeletes != nil && len(j.deleted) > *j.doc.maxDeletes
	said := slices.ContainsFunc(j.plan.Blockers, func(b plan.Blocker) bool { return b.Code == plan.TooManyDeletes })
	if over != said {
		j.wrongf("%d deletions, too many %v, and the plan says %v", len(j.deleted), over, said)
	}
}

// kinds names what a case has of the things that marks, scope and guards are for.
func (p *promise) kinds() []string {
	kinds := map[string]bool{}
	declares := map[string]bool{}
	for id := range p.volumes {
		declares[id.Project] = true
	}
	for id, is := range p.undeclared() {
		kind := string(is)
		if !declares[id.Project] {
			kind += " in a project that no block names"
		}
		if p.opts.Prune {
			kind += ", --prune"
		}
		kinds[kind] = true
		if is == copiedMark && p.before.Volumes[id].Config[ownerMark] != p.doc.owner {
			kinds["a copy of somebody else's volume in an exclusive pool"] = true
		}
	}
	for id, was := range p.before.Volumes {
		_, stays := p.fate(id)
		declared := p.volumes[id] != nil
		if declared && p.isCopy(id) {
			kinds["a declared copy"] = true
		}
		if declared && p.lostItsName(id) {
			kinds["declared under the name that it was given by hand"] = true
		}
		if !stays && p.protected(id) {
			kinds["a protected volume has to go"] = true
		}
		if !stays && p.isCopy(id) && marked(was) {
			kinds["a copy of a protected volume has to go"] = true
		}
		if declared && was.Config[ownerMark] != "" && was.Config[ownerMark] != p.doc.owner {
			kinds[fmt.Sprintf("another owner's volume, adopted %v", p.opts.Adopt)] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// everyKind are the kinds that cases have to come up with.
var everyKind = []string{
	"a copy of a protected volume has to go",
	"a copy of somebody else's volume in an exclusive pool",
	"a declared copy",
	"a protected volume has to go",
	"another owner's volume, adopted false",
	"another owner's volume, adopted true",
	"declared under the name that it was given by hand",
	"too many deletions",
	toProject,
	"taken out of the spec since the last apply",
	string(copiedMark), string(copiedMark) + ", --prune", string(copiedMark) + " in a project that no block names",
	string(orphan), string(orphan) + ", --prune", string(orphan) + " in a project that no block names", string(orphan) + " in a project that no block names, --prune",
	string(renamedByHand), string(renamedByHand) + ", --prune",
	string(stranger), string(stranger) + ", --prune", string(stranger) + " in a project that no block names, --prune",
	string(oldName),
}
