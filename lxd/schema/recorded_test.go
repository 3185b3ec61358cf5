package schema

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// recordedServer is what a real server says of its config keys: its own table of them (GET /1.0/metadata/configuration) and
// its API extensions, as testdata has them.
type recordedServer struct {
	name       string // of the files, such as lxd-6.9
	product    string
	extensions map[string]bool
	rows       []recordedKey
}

// recordedKey is a line of the server's table.
type recordedKey struct {
	entity, driver, name string // entity is pool or volume
	kind                 string // string, bool or int
	byDefault            string // "=KEY" is the pool's key, "A|B" is A or else B, "auto:…" and words such as pool-name stand for what is worked out
	scope                string // global, local or not said
	condition            string // separated by commas, see conditionFacts
}

func recordedServers(t *testing.T) []*recordedServer {
	t.Helper()
	servers := []*recordedServer{
		{name: "lxd-5.21.7", product: LXD}, {name: "lxd-6.9", product: LXD}, {name: "incus-7.3", product: Incus},
	}
	for _, s := range servers {
		s.extensions = map[string]bool{}
		for _, line := range recordedLines(t, s.name+"-extensions.txt") {
			s.extensions[line] = true
		}
		for _, line := range recordedLines(t, s.name+"-keys.tsv")[1:] {
			f := append(strings.Split(line, "\t"), "", "", "", "")
			s.rows = append(s.rows, recordedKey{f[0], f[1], f[2], f[3], f[4], f[5], f[6]})
		}
		if len(s.rows) < 100 || len(s.extensions) < 400 {
			t.Fatalf("%s: only %d keys and %d extensions", s.name, len(s.rows), len(s.extensions))
		}
	}
	return servers
}

// recordedLines are the lines of a file without those that begin with #.
func recordedLines(t *testing.T, name string) []string {
	t.Helper()
	file, err := os.Open(path.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if line := scanner.Text(); !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func (s *recordedServer) has(extension string) bool { return s.extensions[extension] }

// keys are what the schema says that the server takes: of pools, or of volumes.
func (s *recordedServer) keys(entity string, d *Driver) map[string]Key {
	all := d.PoolKeys()
	if entity == "volume" {
		all = d.VolumeKeys("")
	}
	keys := map[string]Key{}
	for _, key := range all {
		if key.Known(s.product, s.has) {
			keys[key.Name] = key.On(s.product, s.has)
		}
	}
	return keys
}

// difference is one fact that the schema and the server's table do not agree about.
type difference struct {
	server, entity, driver, key string
	what                        string // driver, missing, too many, type, scope, default, inherits, condition
	text                        string
}

func (d difference) String() string {
	return fmt.Sprintf("%s: %s of %s, %s: %s: %s", d.server, d.entity, d.driver, d.key, d.what, d.text)
}

// compare gives all differences, and how many keys were compared.
func (s *recordedServer) compare() (found []difference, compared int) {
	type place struct{ entity, driver string }
	table := map[place]map[string]recordedKey{}
	for _, row := range s.rows {
		at := place{row.entity, row.driver}
		if table[at] == nil {
			table[at] = map[string]recordedKey{}
		}
		table[at][row.name] = row
	}
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		known := knows(d.Product, d.Extension, "", s.product, s.has)
		if inTable := table[place{"pool", name}] != nil; inTable != known {
			found = append(found, difference{s.name, "pool", name, "", "driver", fmt.Sprintf("schema %t, server %t", known, inTable)})
			continue
		}
	}
	places := slices.SortedFunc(maps.Keys(table), func(a, b place) int { return strings.Compare(a.entity+a.driver, b.entity+b.driver) })
	for _, at := range places {
		d, ok := Lookup(at.driver)
		if !ok {
			found = append(found, difference{s.name, at.entity, at.driver, "", "driver", "not in the schema"})
			continue
		}
		rows, keys := table[at], s.keys(at.entity, d)
		pool, poolRows := s.keys("pool", d), table[place{"pool", at.driver}]
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			compared++
			row := rows[name]
			differs := func(what, format string, args ...any) {
				found = append(found, difference{s.name, at.entity, at.driver, name, what, fmt.Sprintf(format, args...)})
			}
			key, ok := keys[name]
			if !ok {
				differs("missing", "the schema does not have it for this server")
				continue
			}
			s.compareKey(row, key, differs)
			s.compareDefault(row, poolRows[volumePrefix+name].byDefault, key, d, pool, differs)
		}
		for _, name := range slices.Sorted(maps.Keys(keys)) {
			if _, ok := rows[name]; ok {
				continue
			}
			if of, isDefault := strings.CutPrefix(name, volumePrefix); isDefault && at.entity == "pool" {
				if _, ok := table[place{"volume", at.driver}][of]; ok {
					continue // the table says that of the volume's key, see compareDefault
				}
			}
			compared++
			found = append(found, difference{s.name, at.entity, at.driver, name, "too many", "the server's table does not have it"})
		}
	}
	return found, compared
}

func (s *recordedServer) compareKey(row recordedKey, key Key, differs func(what, format string, args ...any)) {
	if want := documentedKind(key); row.kind != "" && row.kind != want {
		differs("type", "schema %s (%s), server %s", want, key.Kind, row.kind)
	}
	if member := row.scope == "local"; row.entity == "pool" && row.scope != "" && member != key.Member {
		differs("scope", "member-specific: schema %t, server %t", key.Member, member)
	}

	facts := conditionFacts(row.condition)
	if row.entity == "volume" && facts.content != key.Content {
		differs("condition", "content type: schema %q, server %q", key.Content, facts.content)
	}
	if row.entity == "volume" && facts.needs != key.Needs {
		differs("condition", "needs: schema %q, server %q", key.Needs, facts.needs)
	}
}

// documentedKind is the type that the servers' tables give keys of a kind.
func documentedKind(key Key) string {
	switch {
	case key.Kind == Bool && len(key.Values) == 0:
		return "bool"
	case key.Kind == Int, key.Kind == Mode:
		return "int"
	default:
		return "string"
	}
}

// workedOut are words of the tables for defaults that depend on the machine or the pool, for which the schema has none.
var workedOut = []string{"pool-name", "all-targets", "discovered", "generated", "ceph-cluster-default"}

// compareDefault compares what a key is that is not set. inherited is what the table says that the pool's default is that is
// not set.
func (s *recordedServer) compareDefault(row recordedKey, inherited string, key Key, d *Driver, pool map[string]Key, differs func(what, format string, args ...any)) {
	if key.ServerOnly {
		return // what it is when it is not there is the server's own affair
	}
	want := row.byDefault
	if from, ok := strings.CutPrefix(want, "="); ok {
		poolKey, otherwise, _ := strings.Cut(from, "|")
		if poolKey != volumePrefix+row.name {
			differs("inherits", "the server names %q", poolKey)
		}
		if _, ok := pool[volumePrefix+row.name]; !ok {
			differs("inherits", "the schema has no %q for pools", volumePrefix+row.name)
		}
		want = cmp.Or(otherwise, inherited)
	}
	got := key.Default
	if of, ok := strings.CutPrefix(row.name, volumePrefix); ok && row.entity == "pool" {
		volumeKey, _ := d.VolumeKey("", of)
		got = volumeKey.On(s.product, s.has).Default
	}
	switch {
	case strings.HasPrefix(want, "auto:"), slices.Contains(workedOut, want):
		want = ""
	case want == "" && key.Kind == Bool && got == "false":
		return // the same
	}
	if got != want && !key.Equal(got, want) {
		differs("default", "schema %q, server %q", got, want)
	}
}

// conditions are what the column of conditions says about a key.
type conditions struct{ content, needs string }

func conditionFacts(text string) conditions {
	var facts conditions
	for word := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "content":
			facts.content = value
		case "zfs.block_mode":
			facts.needs = name
		case "", "custom", "driver-dependent", "block-backed", "zfs>": // nothing that the schema has fields for
		default:
			facts.needs = "unknown condition " + word
		}
	}
	return facts
}

// TestRecordedKeys holds the schema against the servers' own tables of keys. What differs has its reason in explained.
func TestRecordedKeys(t *testing.T) {
	covered := make([][]difference, len(explained))
	for _, s := range recordedServers(t) {
		found, compared := s.compare()
		open := 0
		for _, d := range found {
			i := slices.IndexFunc(explained, func(e explanation) bool { return e.covers(d) })
			if i < 0 {
				t.Error(d)
				open++
				continue
			}
			covered[i] = append(covered[i], d)
		}
		t.Logf("%s: %d keys compared, %d differences, %d of them explained", s.name, compared, len(found), len(found)-open)
	}
	for i, e := range explained {
		if len(covered[i]) == 0 {
			t.Errorf("no longer a difference: %+v", e)
		}
		for server := range strings.FieldsSeq(e.servers) {
			if !slices.ContainsFunc(covered[i], func(d difference) bool { return d.server == server }) {
				t.Errorf("no longer a difference of %s: %+v", server, e)
			}
		}
		for driver := range strings.FieldsSeq(e.drivers) {
			if !slices.ContainsFunc(covered[i], func(d difference) bool { return d.driver == driver }) {
				t.Errorf("no longer a difference of %s: %+v", driver, e)
			}
		}
	}
}

// Every API extension that the schema goes by is one that a recorded server has: a misspelt one would never be announced.
func TestExtensionsExist(t *testing.T) {
	servers := recordedServers(t)
	check := func(at, extension string) {
		if extension != "" && !slices.ContainsFunc(servers, func(s *recordedServer) bool { return s.has(extension) }) {
			t.Errorf("%s: no recorded server has the API extension %q", at, extension)
		}
	}
	for _, name := range Drivers() {
		d, _ := Lookup(name)
		check(name, d.Extension)
		for _, key := range slices.Concat(d.PoolKeys(), d.VolumeKeys("")) {
			at := name + ", " + key.Name
			check(at, key.Extension)
			check(at, key.Dropped)
			check(at, key.ChangeExtension)
			for _, v := range key.Variants {
				check(at, v.Extension)
				check(at, v.Dropped)
			}
		}
	}
}
