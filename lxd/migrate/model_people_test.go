package migrate_test

// newcomers yields the creation of another volume under the source's name.
func (m *model) newcomers(w *world, yield yield) {
	if m.newcomer && (w.finished || m.early) && !w.newcomer && !w.borrowed && w.find(sourceSide, home) < 0 {
		n := *w
		n.newcomer = true
		n.lost = n.lost || w.meddled // who deletes the source and puts another one there has that one moved
		n.put(volume{side: sourceSide, name: home, data: other, whole: true})
		yield(&n, m.say("another volume is created under the source's name"))
	}
}

// people yields what a person may do. What a person copies has the marks of what it is copied from.
func (m *model) people(w *world, yield yield) {
	if int(w.persons) >= m.persons {
		return
	}
	act := func(told string, v volume, do func(n *world)) {
		n := *w
		n.persons++
		do(&n)
		yield(&n, m.say("a person %s %s", told, v.name.on(v.side)))
	}
	if w.used && m.used {
		act("ends the use of", w.at(sourceSide, home), func(n *world) { n.used = false })
	}
	for i, v := range w.volumes {
		if v.name == nameless || v.name.isLeaving() {
			continue
		}
		isSource := v.side == sourceSide && v.name == home
		if v.name != spare && w.find(v.side, spare) < 0 {
			act("copies", v, func(n *world) {
				n.put(volume{side: v.side, name: spare, marks: v.marks, data: v.data, whole: v.complete()})
			})
		}
		if v.side == targetSide && v.name != home && w.find(targetSide, home) < 0 {
			act("gives the target's name to", v, func(n *world) {
				n.rename(i, home)
				n.meddled = true
			})
		}
		if isSource && !w.used && w.find(sourceSide, spare) < 0 {
			act("renames", v, func(n *world) {
				n.rename(i, spare)
				n.borrowed, n.meddled = true, true
			})
		}
		if w.borrowed && v.side == sourceSide && v.name == spare && w.find(sourceSide, home) < 0 {
			act("gives the source's name back to", v, func(n *world) {
				n.rename(i, home)
				n.borrowed = false
			})
		}
		if v.data == precious && (isSource || v.side == targetSide && v.name.isArriving()) {
			act("deletes", v, func(n *world) {
				n.unsound(v)
				n.remove(i)
				n.meddled, n.lost = true, w.lost || !n.assured()
			})
		}
	}
}
