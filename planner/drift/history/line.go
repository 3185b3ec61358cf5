package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// format is the version of the lines that are written. Fields may come without a new one; what a line says is never meant otherwise.
const format = 1

// opening is what each line begins with, by which a history is known.
const opening = `{"tarn_history":`

// line is one check of one run, or of several runs one after the other that found the same.
type line struct {
	Format  int       `json:"tarn_history"`
	At      time.Time `json:"at"` // of the run, or of the first one
	Run     string    `json:"run,omitempty"`
	Until   time.Time `json:"until,omitzero"` // of the last run; zero for one run
	Runs    int       `json:"runs,omitempty"` // how many there were; 0 for one
	Version string    `json:"tarn_version"`

	Spec    string   `json:"spec"` // its place, see [placeOf]
	Remote  string   `json:"remote"`
	Server  *server  `json:"server,omitempty"` // nil when it was not reached
	Only    []string `json:"only,omitempty"`
	Exclude []string `json:"exclude,omitempty"`

	Status   drift.Status `json:"status"`
	Findings []finding    `json:"findings,omitempty"`
	Pools    []level      `json:"pools,omitempty"`
	Past     []stood      `json:"past,omitempty"` // see [summed]

	TookMS   int64 `json:"took_ms"` // of several runs, the last one's
	Requests int   `json:"requests"`
}

type server struct {
	Version     string `json:"version"`
	Address     string `json:"address"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Project     string `json:"project"`
}

// finding is what a finding is about. It holds no values, which may be secret.
type finding struct {
	Kind    drift.Kind `json:"kind"`
	Pool    string     `json:"pool,omitempty"`
	Project string     `json:"project,omitempty"`
	Volume  string     `json:"volume,omitempty"`
	Type    string     `json:"type,omitempty"` // of a volume, "" for custom
	Member  string     `json:"member,omitempty"`
	Code    string     `json:"code,omitempty"`

	Attributes   []string `json:"attributes,omitempty"`
	Acknowledged bool     `json:"acknowledged,omitempty"`
}

// summed is the status of a line that stands for all old runs of a check: it has what ages need of them, and how full pools were.
const summed drift.Status = "past"

// stood is how long a finding, or an attribute of one, stands or stood when the old runs ended.
type stood struct {
	finding
	Attribute string    `json:"attribute,omitempty"` // in place of the finding's
	Since     time.Time `json:"since"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"` // of the last run that found it
	Runs      int       `json:"runs"`
	Times     int       `json:"times"`
	Open      bool      `json:"open,omitempty"` // the last run found it
}

// level is how full a pool was.
type level struct {
	Pool   string    `json:"pool"`
	Member string    `json:"member,omitempty"`
	At     time.Time `json:"at,omitzero"` // in a line about several runs
	Used   int64     `json:"used"`        // bytes
	Total  int64     `json:"total"`
}

// linesOf are the lines that a run adds. placeOf says where the spec of a check is.
func linesOf(run *drift.Run, id string, placeOf func(*drift.Check) string) []line {
	var lines []line
	for i := range run.Checks {
		check := &run.Checks[i]
		l := line{
			Format:   format,
			At:       run.Made.At.UTC(),
			Run:      id,
			Version:  run.Made.Version,
			Spec:     placeOf(check),
			Remote:   cmp.Or(check.Remote, "local"), // where no server was reached nobody has said its name
			Status:   check.Status,
			TookMS:   check.Took.Milliseconds(),
			Requests: check.Requests,
		}
		if check.Server != (plan.Server{}) {
			l.Server = &server{check.Server.Version, check.Server.Address, check.Server.Fingerprint, check.Server.Project}
		}
		if check.Plan != nil {
			l.Only, l.Exclude = check.Plan.Only, check.Plan.Excluded
		}
		for j := range check.Findings {
			l.Findings = append(l.Findings, findingOf(&check.Findings[j], false))
		}
		for j := range check.Acknowledged {
			l.Findings = append(l.Findings, findingOf(&check.Acknowledged[j], true))
		}
		for _, pool := range check.Pools {
			if pool.Used >= 0 && pool.Total > 0 {
				l.Pools = append(l.Pools, level{Pool: pool.Pool, Member: pool.Member, Used: pool.Used, Total: pool.Total})
			}
		}
		lines = append(lines, l)
	}
	return lines
}

func findingOf(f *drift.Finding, acknowledged bool) finding {
	volume := f.Object.Volume
	out := finding{
		Kind: f.Kind, Pool: f.Object.Pool, Project: volume.Project, Volume: volume.Name, Type: volume.Type, Member: volume.Member,
		Code: f.Code, Acknowledged: acknowledged,
	}
	if out.Type == lxd.TypeCustom {
		out.Type = ""
	}
	if f.Code != plan.Verb(plan.PatchVolume{}) {
		return out // what an object is created with comes and goes with it
	}
	for _, change := range f.Changes {
		out.Attributes = append(out.Attributes, change.Attr.String())
	}
	return out
}

// encode gives lines as they are in a file, and as reading them there gives them: JSON has no bytes that are no UTF-8.
func encode(lines []line) ([]byte, error) {
	var text bytes.Buffer
	for i := range lines {
		encoded, err := json.Marshal(&lines[i])
		if err != nil {
			return nil, err
		}
		text.Write(encoded)
		text.WriteByte('\n')
		lines[i] = line{}
		if err := json.Unmarshal(encoded, &lines[i]); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// decode reads a line. ok is false for what is none of ours, or was cut off.
func decode(text []byte) (l line, ok bool) {
	if !begins(text) {
		return line{}, false
	}
	err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &l)
	return l, err == nil && l.Format > 0 && l.Status != "" && !l.At.IsZero()
}

// begins tells whether a line is one of a history by its beginning.
func begins(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimPrefix(text, []byte("\ufeff")), []byte(opening))
}

// observed tells whether the line says which findings there were. What was not reached or not understood may have had any.
func (l *line) observed() bool { return l.Status == drift.Clean || l.Status == drift.Drifted }

// runs is how many runs the line is about.
func (l *line) runs() int { return max(1, l.Runs) }

// last is when the last of them was.
func (l *line) last() time.Time {
	if l.Until.After(l.At) {
		return l.Until
	}
	return l.At
}

// checkKey is what makes two checks of different runs the same: where the spec is, which server it was by name and by certificate, and
// what of it was looked at. Another certificate is another server, of which an earlier one says nothing.
type checkKey struct {
	place                 placeKey
	server, project, only string
}

// placeKey is that without what only a server that was reached tells.
type placeKey struct{ spec, remote string }

func (l *line) key() checkKey {
	key := checkKey{place: placeKey{l.Spec, l.Remote}, only: narrowing(l.Only, l.Exclude)}
	if l.Server != nil {
		key.server, key.project = l.Server.Address, l.Server.Project
		if l.Server.Fingerprint != "" {
			key.server = l.Server.Fingerprint
		}
	}
	return key
}

// narrowing is what --only and --exclude have left, as one text; their order says nothing.
func narrowing(only, exclude []string) string {
	if len(only)+len(exclude) == 0 {
		return ""
	}
	sorted := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	text, _ := json.Marshal([][]string{sorted(only), sorted(exclude)}) // of texts, which cannot fail
	return string(text)
}

// findingKey is what makes findings of different runs the same. The attribute is "" for the finding as a whole.
type findingKey struct {
	kind                               drift.Kind
	pool, project, volume, typ, member string
	code, attribute                    string
}

func (f *finding) key(attribute string) findingKey {
	return findingKey{f.Kind, f.Pool, f.Project, f.Volume, f.Type, f.Member, f.Code, attribute}
}

// poolKey is a pool or a member's side of it.
type poolKey struct{ pool, member string }

// signature is what a line found, as one text.
func signature(l *line) string {
	entries := make([]string, 0, len(l.Findings))
	for i := range l.Findings {
		f := l.Findings[i]
		f.Attributes = slices.Sorted(slices.Values(f.Attributes))
		text, _ := json.Marshal(&f) // of texts, which cannot fail
		entries = append(entries, string(text))
	}
	slices.Sort(entries)
	return string(l.Status) + "\n" + strings.Join(entries, "\n")
}
