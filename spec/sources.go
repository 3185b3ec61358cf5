package spec

import "tarn/lxd/schema"

// source is what a declared pool, or a member's side of it, is to be made of.
type source struct {
	pool   *Pool
	member string // "" for all of them
	value  Value
}

// checkSources reports sources that a driver cannot use, and two pools of one source; and it warns of one inside of another's: the server
// takes a directory inside of another pool's, which is gone with that.
func (l *loader) checkSources() {
	type place struct {
		member string
		source schema.Source
	}
	taken := map[place]source{}
	var all []source
	for _, p := range l.spec.Pools {
		if p.Absent || p.Existing || p.Ranges.AnyUnknown("absent", "existing", "driver") {
			continue
		}
		all = append(all, source{p, "", p.Config["source"]})
		for _, m := range p.Members {
			all = append(all, source{p, m.Name, m.Config["source"]})
		}
	}
	for _, s := range all {
		at, ok := schema.SourceOf(s.pool.Driver, s.value.Text)
		if !ok {
			continue
		}
		if err := schema.CheckSource(s.pool.Driver, s.value.Text); err != nil {
			l.errorf(s.value.Range, "Relative path", "The source %s.", s.value.Why(err))
			continue
		}
		if first, twice := taken[place{s.member, at}]; twice && first.pool != s.pool && !s.pool.ReusesSource() && !first.pool.ReusesSource() {
			l.errorf(s.value.Range, "Source used twice", "%s and %s would both be made of %s. The other one is declared at %s.",
				s.pool.Address, first.pool.Address, s.value.Quoted(), fileLine(first.value.Range))
			continue
		}
		taken[place{s.member, at}] = s
	}
	for _, s := range all {
		at, ok := schema.SourceOf(s.pool.Driver, s.value.Text)
		if !ok {
			continue
		}
		for _, around := range at.Around() {
			if outer, inside := taken[place{s.member, around}]; inside && outer.pool != s.pool {
				l.warnf(s.value.Range, "Source inside of another", "%s is made of %s, which is inside of the source of %s, declared at %s, and goes when that goes.",
					s.pool.Address, s.value.Quoted(), outer.pool.Address, fileLine(outer.value.Range))
				break
			}
		}
	}
}

// ReusesSource tells whether a pool is said to take a source that is in use already.
func (p *Pool) ReusesSource() bool {
	if p.Ranges.Unknown["config"] {
		return true // perhaps
	}
	for _, name := range []string{"ceph.osd.force_reuse", "lvm.vg.force_reuse", "truenas.force_reuse"} {
		if on, err := schema.ParseBool(p.Config[name].Text); err == nil && on || p.Config[name].Unknown {
			return true
		}
	}
	return false
}
