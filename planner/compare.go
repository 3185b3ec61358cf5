package planner

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/r3labs/diff/v3"

	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// pair is one declared object and its live counterpart, brought to the same terms.
type pair struct {
	want, live plan.Attributes
	secret     map[string]bool
	unknown    []string // live keys that the schema does not know: left alone
}

// rules say how the config of one object is compared.
type rules struct {
	// key describes a config key; ok is false for one that the schema does not know.
	key func(name string) (schema.Key, bool)

	// explained tells that a live key that the spec is silent about has a reason to be there.
	explained func(name string, key schema.Key) bool

	// equal tells that a value that differs as text is the one that the spec asks for; on top of what the key's type says.
	equal func(name, want string) bool

	secrets secrecy  // what is not shown
	ignore  []string // globs of keys that are not compared
}

// newPair compares what a spec says of an object with what the server has. Where both mean the same, the live spelling is
// taken for the wanted one; what is not to be compared is in neither side.
func newPair(want wanted, live plan.Attributes, r rules) pair {
	p := pair{want: live, live: live, secret: map[string]bool{}}
	p.want.Config, p.live.Config = make(map[string]string, len(want.config)), make(map[string]string, len(live.Config))
	for _, field := range want.fields {
		p.want.Set(field.attr, plan.Value{Text: field.value})
	}
	for name, value := range live.Config {
		if r.ignored(name) || migrate.IsMark(name) {
			continue
		}
		key, known := r.key(name)
		if _, declared := want.config[name]; !declared {
			switch {
			case !known:
				p.unknown = append(p.unknown, name)
				continue
			case key.ServerOnly, key.Filled, key.Immutable, key.CreateOnly:
				continue
			case r.explained != nil && r.explained(name, key):
				continue
			}
		}
		p.live.Config[name] = value
		p.secret[name] = key.Secret || r.secrets.hides(name, value)
	}
	for name, value := range want.config {
		if r.ignored(name) {
			continue
		}
		key, _ := r.key(name)
		text := value.Text
		actual, set := p.live.Config[name]
		switch {
		case key.Transient: // it said how to create what is there
			delete(p.live.Config, name)
			continue
		case set && key.Equal(text, actual):
			text = actual
		case !set && (key.Immutable || key.CreateOnly) && key.Default != "" && key.Equal(text, key.Default):
			continue // the server did not write down what it does anyway
		case r.equal != nil && r.equal(name, text):
			delete(p.live.Config, name)
			continue
		}
		p.want.Config[name] = text
		p.secret[name] = p.secret[name] || key.Secret || value.Sensitive || r.secrets.key(name)
	}
	slices.Sort(p.unknown)
	return p
}

func (r rules) ignored(name string) bool {
	if isMark(name) {
		return false // marks are tarn's own
	}
	return schema.MatchesAny(r.ignore, name)
}

// changes lists what differs, fields first, then config keys in order.
func (p pair) changes() []plan.Change {
	if reflect.DeepEqual(p.want, p.live) {
		return nil
	}
	log, err := diff.Diff(p.live, p.want)
	if err != nil {
		panic(fmt.Sprintf("planner: two values of the same type could not be compared: %v", err))
	}
	changes := make([]plan.Change, 0, len(log))
	for _, entry := range log {
		attr, ok := plan.ParseAttr(strings.Join(entry.Path, "."))
		if !ok {
			panic(fmt.Sprintf("planner: %q differs, which is no attribute", entry.Path))
		}
		change := plan.Change{Attr: attr, Secret: p.secret[attr.Key]}
		if from, ok := entry.From.(string); ok {
			change.From = &from
		}
		if to, ok := entry.To.(string); ok {
			change.To = &to
		}
		changes = append(changes, change)
	}
	slices.SortFunc(changes, func(a, b plan.Change) int { return a.Attr.Compare(b.Attr) })
	return changes
}
