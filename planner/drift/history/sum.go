package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tarn/planner/drift"
)

const (
	goneKept = 400 * 24 * time.Hour // for so long it is known that a finding was there that is gone
	mostGone = 10_000               // of so many of a check, those that went last
)

// sumFrom is from how many bytes of old runs on they are summed up.
var sumFrom int64 = 16 << 20

// worthSumming tells whether old runs are most of the file.
func (s size) worthSumming() bool {
	return s.old > sumFrom && s.old > s.bytes/2 && s.bytes <= maxJoined
}

// sum is what old runs of a check come to.
type sum struct {
	line    line  // the last of them
	at      entry // where the first of them was, and the sum is
	from    time.Time
	reached time.Time
	ended   bool // what follows is kept as it is
}

// summedUp is the text of a history in which one line of each check stands for all its runs that are older than a week, as far as no newer one is before
// them. Runs in which no server was reached say nothing that is kept. All else stays as it is.
func summedUp(text []byte, now time.Time) ([]byte, error) {
	before := now.Add(-keptSingle)
	past := &past{checks: map[checkKey]*checkPast{}, reached: map[placeKey]time.Time{}}
	sums := map[checkKey]*sum{}
	var entries []*entry
	for text := range bytes.Lines(text) {
		e := &entry{text}
		entries = append(entries, e)
		l, ok := decode(text)
		if !ok {
			continue
		}
		key := l.key()
		s := sums[key]
		if s == nil {
			s = &sum{from: l.At}
			sums[key] = s
			entries[len(entries)-1] = &s.at
		}
		if s.ended = s.ended || !l.last().Before(before) || !knownWhole(text); s.ended {
			if &s.at == entries[len(entries)-1] {
				s.at = *e
			}
			continue
		}
		e.text = nil
		if l.Server == nil {
			continue
		}
		if past.checks[key] == nil {
			past.checks[key] = &checkPast{findings: map[findingKey]*standing{}, pools: map[poolKey]*curve{}}
		}
		past.add(&l)
		s.line = l
		if l.At.Before(s.from) {
			s.from = l.At
		}
		if l.Status != drift.Unreachable && l.last().After(s.reached) {
			s.reached = l.last()
		}
	}
	for key, check := range past.checks {
		s := sums[key]
		encoded, err := json.Marshal(check.sum(s, now))
		if err != nil {
			return nil, err
		}
		s.at.text = append(encoded, '\n')
	}
	var out bytes.Buffer
	for _, e := range entries {
		out.Write(e.text)
	}
	return out.Bytes(), nil
}

// sum is the line that stands for what a check has found.
func (c *checkPast) sum(of *sum, now time.Time) *line {
	l := of.line
	l.At, l.Run, l.Until, l.Runs, l.Status = of.from, c.run, of.reached, 0, summed
	l.Findings, l.Pools, l.Past, l.TookMS, l.Requests = nil, nil, nil, 0, 0
	for key, s := range c.findings {
		f := finding{Kind: key.kind, Pool: key.pool, Project: key.project, Volume: key.volume, Type: key.typ, Member: key.member, Code: key.code}
		l.Past = append(l.Past, stood{
			finding: f, Attribute: key.attribute, Since: s.age.Since, First: s.age.First, Last: s.last, Runs: s.age.Runs, Times: s.age.Times, Open: s.seen == c.observed,
		})
	}
	slices.SortFunc(l.Past, func(a, b stood) int {
		return cmp.Or(b.Last.Compare(a.Last), strings.Compare(a.text(), b.text()))
	})
	gone := 0
	l.Past = slices.DeleteFunc(l.Past, func(s stood) bool {
		if s.Open {
			return false
		}
		gone++
		return gone > mostGone || s.Last.Before(now.Add(-goneKept))
	})
	for key, c := range c.pools {
		for _, at := range c.until(now) {
			l.Pools = append(l.Pools, level{Pool: key.pool, Member: key.member, At: at.At, Used: at.Used, Total: at.Total})
		}
	}
	slices.SortFunc(l.Pools, func(a, b level) int {
		return cmp.Or(strings.Compare(a.Pool, b.Pool), strings.Compare(a.Member, b.Member), a.At.Compare(b.At))
	})
	return &l
}

// text is what orders those that were found last by the same run.
func (s *stood) text() string {
	return strings.Join([]string{string(s.Kind), s.Pool, s.Project, s.Volume, s.Type, s.Member, s.Code, s.Attribute}, "\x00")
}
