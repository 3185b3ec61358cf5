package migrate_test

import "slices"

// wrongEnd tells what is wrong with the end of a lonely run, when nothing moves any more.
func (m *model) wrongEnd(w *world) string {
	how := w.actors[0].result
	if how != isDone {
		if w.lost || m.excused(w, how) {
			return ""
		}
		return "a lonely run ends with: " + how.String()
	}
	if w.lost {
		return ""
	}
	target, source := w.at(targetSide, home), w.at(sourceSide, home)
	switch {
	case target.name == nameless:
		return "a lonely run is done, and there is no target"
	case !target.complete() || target.data != precious:
		return "a lonely run is done, and the target is not complete"
	case target.marks != (marks{}):
		return "a lonely run is done, and the target is marked"
	case source.data == precious && !m.keep:
		return "a lonely run is done, and the source is there"
	case source.data == other && source.marks != (marks{}):
		return "a lonely run is done, and the newcomer is marked"
	}
	for _, v := range w.volumes {
		unclear := v.marks.arrived != 0 && (w.meddled || m.used) || v.marks == (marks{}) && m.keep
		switch {
		case v.name.isArriving():
			return "a lonely run is done, and an arriving volume is there"
		case v.name.isLeaving() && v.side == targetSide && unclear:
			// It stays: beside a target that is not marked nobody can tell what it is.
		case v.name.isLeaving() && v.side == targetSide:
			return "a lonely run is done, and a leaving volume is there"
		case v.name.isLeaving() && v.data == other:
			return "a lonely run is done, and the newcomer is leaving"
		case v.name.isLeaving():
			return "a lonely run is done, and the source is leaving"
		}
	}
	return ""
}

// excused tells whether a run may end otherwise than well, since a person has to look.
func (m *model) excused(w *world, how result) bool {
	target, source := w.at(targetSide, home), w.at(sourceSide, home)
	good := target.complete() && target.data == precious && target.marks == (marks{})
	void := slices.ContainsFunc(w.volumes[:], func(v volume) bool { return v.void })
	switch how {
	case wasRefused:
		return void
	case transferFailed:
		return void || m.used
	case isConflict, areBothThere, sourceStays:
		switch {
		case !good:
			return how == sourceStays && w.used && target.complete() && target.marks.arrived != 0
		case w.meddled, m.keep, m.settler:
			return true
		case source.data == other:
			// On servers without volatile.uuid a mark that comes late takes the newcomer for the source.
			return source.marks == (marks{}) || !m.uuid && how == areBothThere
		}
		return m.torn // of two marks at once the second came late
	case nameTaken:
		return w.newcomer
	case isNotFound:
		return w.meddled && target.name == nameless && source.name == nameless
	case isOrphan:
		return w.meddled && source.name == nameless || w.newcomer && source.data == other || m.torn
	case isStuck:
		return m.used && (m.blind || target.marks.moving != 0 && source.name != nameless)
	}
	return false
}
