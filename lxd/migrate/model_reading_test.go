package migrate_test

// A look is many reads, and others may change something between any two of them. But when a run reads something makes no
// difference to anybody until it is changed. So a run does not read until it must: its look is one step (see step), and in
// addition each change of something is tried with every run that is about to look having read it already, or not.

// readings yields a world that has come of a change, and others that differ in what runs had read before it.
func (m *model) readings(before, after *world, told string, yield yield) {
	yield(after, told)
	if changed := difference(before, after); changed != (visible{}) {
		m.readingsFrom(before, after, 0, &changed, told, yield)
	}
}

func (m *model) readingsFrom(before, after *world, which int, changed *visible, told string, yield yield) {
	for ; which < m.runs; which++ {
		if !before.actors[which].request.verb.reads() || before.actors[which] != after.actors[which] {
			continue
		}
		a := before.actors[which]
		text := ""
		for {
			r := a.request
			if m.read(before, which, &a) {
				break // having read all of it is a step of its own
			}
			if m.aloud {
				text += m.say("run %d: %s\n", which+1, r)
			}
			if changed.has(r) {
				then := *after
				then.actors[which] = a
				yield(&then, text+told)
				m.readingsFrom(before, &then, which+1, changed, text+told, yield)
			}
		}
	}
}

// visible is a set of what can be read.
type visible struct {
	homes      [2]bool
	names      [2]names
	operations bool
}

func (v *visible) has(r request) bool {
	switch r.verb {
	case getTarget, getSource, getTargetAgain, getSourceAgain:
		return v.homes[r.side]
	case getOther:
		return v.names[r.side]&r.name.bit() != 0
	case listTarget, listSource:
		return v.names[r.side] != 0
	case getOperations:
		return v.operations
	}
	return false
}

// difference is what can be read and is not the same in two worlds.
func difference(a, b *world) visible {
	var d visible
	for _, pair := range [...][2]*world{{a, b}, {b, a}} {
		for _, v := range pair[0].volumes {
			switch {
			case v.name == nameless || v.name == spare:
			case pair[0].see(v.side, v.name) == pair[1].see(v.side, v.name):
			case v.name == home:
				d.homes[v.side] = true
			default:
				d.names[v.side] |= v.name.bit()
			}
		}
	}
	for i := range a.copies {
		d.operations = d.operations || a.copies[i].phase.underWay() != b.copies[i].phase.underWay()
	}
	d.operations = d.operations || a.move.phase.underWay() != b.move.phase.underWay()
	return d
}
