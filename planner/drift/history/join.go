package history

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"time"

	"tarn/cli/replacefile"
)

const (
	keptSingle = 7 * 24 * time.Hour // the age from which on runs are joined
	maxJoined  = 256 << 20          // bytes of a file that is made smaller, as all of it has to be in memory for that
)

// size says how large a file is.
type size struct {
	bytes           int64
	lines, joinable int
	old             int64 // bytes of lines that can be summed up
}

// worthJoining tells whether the file would be half as long afterwards. Less often than that it is not written anew.
func (s size) worthJoining() bool {
	return s.joinable > 1000 && s.joinable > s.lines/2 && s.bytes <= maxJoined
}

// joiner finds lines that one line can stand for.
type joiner struct {
	before time.Time // runs from then on are kept as they are
	last   map[checkKey]*joinable
}

// joinable is the last line of a check.
type joinable struct {
	entry *entry
	line  line
	found string // see signature, "" as long as nobody asked
	fixed bool   // it cannot be joined with what follows
}

func (j *joinable) signature() string {
	if j.found == "" {
		j.found = signature(&j.line)
	}
	return j.found
}

// entry is a line of a file.
type entry struct {
	text []byte // nil when it is joined with another one
}

func newJoiner(now time.Time) *joiner {
	return &joiner{before: now.Add(-keptSingle), last: map[checkKey]*joinable{}}
}

// next takes the next line, and gives the one before it of the same check when both can be one. The line of that stands for both then.
func (j *joiner) next(l *line, as *entry) *joinable {
	key := l.key()
	last := j.last[key]
	if !l.last().Before(j.before) {
		delete(j.last, key)
		return nil
	}
	// Two lines of one run are one observation, so that the second one and the next run are not as two runs.
	twice := last != nil && l.Run == last.line.Run
	if last == nil || last.fixed || twice || !last.line.joins(l) || last.signature() != signature(l) {
		j.last[key] = &joinable{entry: as, line: *l, fixed: twice}
		return nil
	}
	last.line.join(l)
	return last
}

// joins tells whether l, which found the same and follows, was on the same day of UTC and made by the same version.
func (l *line) joins(next *line) bool {
	const day = "2006-01-02"
	return l.Format == format && next.Format == format && l.Version == next.Version && !next.At.Before(l.last()) &&
		l.At.UTC().Format(day) == next.last().UTC().Format(day) && (l.Server == nil || *l.Server == *next.Server)
}

// join has the line stand for another one too.
func (l *line) join(next *line) {
	pools := map[poolKey]level{}
	for _, of := range []*line{l, next} {
		for _, pool := range of.Pools {
			if pool.At.IsZero() {
				pool.At = of.At
			}
			key := poolKey{pool.Pool, pool.Member}
			if before, ok := pools[key]; !ok || pool.Used > before.Used {
				pools[key] = pool
			}
		}
	}
	l.Pools = nil
	for _, pool := range pools {
		l.Pools = append(l.Pools, pool)
	}
	slices.SortFunc(l.Pools, func(a, b level) int {
		return bytes.Compare([]byte(a.Pool+"\x00"+a.Member), []byte(b.Pool+"\x00"+b.Member))
	})
	l.Runs, l.Until, l.Run = l.runs()+next.runs(), next.last(), next.Run
	l.TookMS, l.Requests = next.TookMS, next.Requests
}

// shorten writes the file anew as shorter makes it, and tells whether that was worth it.
func (o *openFile) shorten(now time.Time, shorter func(text []byte, now time.Time) ([]byte, error)) (done bool, err error) {
	before, err := io.ReadAll(io.NewSectionReader(o.file, 0, maxJoined+maxLine))
	if err != nil {
		return false, cause(err)
	}
	after, err := shorter(before, now)
	if err != nil || len(after) > len(before)*3/4 { // lines of a newer version, which stay as they are
		return false, err
	}
	return true, cause(replacefile.Existing(o.path, before, after))
}

// joined is the text of a history in which lines stand for several runs where they can. All else stays as it is, what is none of ours too.
func joined(text []byte, now time.Time) ([]byte, error) {
	j := newJoiner(now)
	var entries []*entry
	changed := map[*entry]*joinable{}
	for text := range bytes.Lines(text) {
		e := &entry{text}
		entries = append(entries, e)
		l, ok := decode(text)
		if !ok {
			continue
		}
		if !knownWhole(text) {
			delete(j.last, l.key())
			continue
		}
		if last := j.next(&l, e); last != nil {
			e.text = nil
			changed[last.entry] = last
		}
	}
	var out bytes.Buffer
	for _, e := range entries {
		if joinable := changed[e]; joinable != nil {
			encoded, err := json.Marshal(&joinable.line)
			if err != nil {
				return nil, err
			}
			e.text = append(encoded, '\n')
		}
		out.Write(e.text)
	}
	return out.Bytes(), nil
}

// knownWhole tells whether a line has no field that only a newer version knows.
func knownWhole(text []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	decoder.DisallowUnknownFields()
	return decoder.Decode(new(line)) == nil
}
