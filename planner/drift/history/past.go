package history

import (
	"time"

	"tarn/planner/drift"
)

// past is what the lines of a history come to for some checks, line by line in the order in which they were written. That order is
// the one of the runs: a clock may have been set back between two of them.
type past struct {
	checks  map[checkKey]*checkPast // those that are asked about
	reached map[placeKey]time.Time  // when a server was last reached
}

// checkPast is what was found by one check.
type checkPast struct {
	run      string // the last one
	observed int    // the number of the last observation, counted from 1
	findings map[findingKey]*standing
	pools    map[poolKey]*curve
}

// standing is how long something stands, or stood.
type standing struct {
	age  drift.Age
	seen int       // by which observation it was found last
	last time.Time // when that was
}

// newPast begins with no lines. It will know about the checks of which these lines are.
func newPast(of []line) *past {
	p := &past{checks: map[checkKey]*checkPast{}, reached: map[placeKey]time.Time{}}
	for i := range of {
		p.reached[of[i].key().place] = time.Time{}
		if of[i].Server != nil {
			p.checks[of[i].key()] = &checkPast{findings: map[findingKey]*standing{}, pools: map[poolKey]*curve{}}
		}
	}
	return p
}

// add takes in what a line says.
func (p *past) add(l *line) {
	key := l.key()
	if l.Server != nil && l.Status != drift.Unreachable {
		if before, asked := p.reached[key.place]; asked && l.last().After(before) {
			p.reached[key.place] = l.last()
		}
	}
	check := p.checks[key]
	if check == nil {
		return
	}
	for _, level := range l.Pools {
		pool := poolKey{level.Pool, level.Member}
		if check.pools[pool] == nil {
			check.pools[pool] = &curve{}
		}
		at := level.At
		if at.IsZero() {
			at = l.At
		}
		check.pools[pool].add(drift.Level{At: at, Used: level.Used, Total: level.Total})
	}
	if l.Status == summed {
		check.recall(l)
		return
	}
	if !l.observed() {
		return
	}
	if l.Run == "" || l.Run != check.run { // one run may have asked the same server twice
		check.observed++
	}
	check.run = l.Run
	for i := range l.Findings {
		f := &l.Findings[i]
		check.see(f.key(""), l)
		for _, attribute := range f.Attributes {
			check.see(f.key(attribute), l)
		}
	}
}

// see takes in that a line has found something.
func (c *checkPast) see(key findingKey, l *line) {
	s := c.findings[key]
	if s == nil {
		s = &standing{age: drift.Age{First: l.At}, seen: -1}
		c.findings[key] = s
	}
	switch s.seen {
	case c.observed:
		if s.last.Before(l.last()) {
			s.last = l.last()
		}
		return
	case c.observed - 1:
		s.age.Runs += l.runs()
	default:
		s.age.Since, s.age.Runs = l.At, l.runs()
		s.age.Times++
	}
	s.seen, s.last = c.observed, l.last()
	// Where the clock was set back, an earlier run may have a later time.
	if l.At.Before(s.age.Since) {
		s.age.Since = l.At
	}
	if l.At.Before(s.age.First) {
		s.age.First = l.At
	}
}

// recall takes in what old runs came to.
func (c *checkPast) recall(l *line) {
	c.observed++
	c.run = l.Run
	for i := range l.Past {
		s := &l.Past[i]
		key := s.key(s.Attribute)
		if c.findings[key] != nil {
			continue // somebody has put two files into one
		}
		c.findings[key] = &standing{age: drift.Age{Since: s.Since, Runs: s.Runs, Times: s.Times, First: s.First}, seen: c.observed - 1, last: s.Last}
		if s.Open {
			c.findings[key].seen = c.observed
		}
	}
}

// annotate says of a run, whose lines these are, how long everything stands, after it has added the lines.
func (p *past) annotate(run *drift.Run, lines []line) {
	for i := range run.Checks {
		run.Checks[i].LastReached = p.reached[lines[i].key().place]
	}
	for i := range lines {
		p.add(&lines[i])
	}
	for i := range run.Checks {
		check, l := &run.Checks[i], &lines[i]
		past := p.checks[l.key()]
		if past == nil {
			continue
		}
		known := l.Findings
		for _, findings := range [][]drift.Finding{check.Findings, check.Acknowledged} {
			for j := range findings {
				past.date(&findings[j], &known[j])
			}
			known = known[len(findings):]
		}
		for j := range check.Pools {
			pool := &check.Pools[j]
			if c := past.pools[poolKey{pool.Pool, pool.Member}]; c != nil {
				pool.Curve = c.until(l.At)
			}
		}
	}
}

// date says how long a finding stands: as long as that of its changes that stands longest, when it is about some. What is known and
// what is not may be two findings about the same step.
func (c *checkPast) date(f *drift.Finding, as *finding) {
	f.Ages = nil
	for _, attribute := range as.Attributes {
		f.Ages = append(f.Ages, c.findings[as.key(attribute)].age)
	}
	if len(f.Ages) == 0 {
		f.Age = c.findings[as.key("")].age
		for range f.Changes {
			f.Ages = append(f.Ages, f.Age)
		}
		return
	}
	f.Age = f.Ages[0]
	for _, age := range f.Ages[1:] {
		if age.Since.Before(f.Age.Since) {
			f.Age = age
		}
	}
}
