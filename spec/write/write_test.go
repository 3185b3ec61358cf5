package write

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tarn/spec"
)

// declared is what a text declares, each object as one line.
func declared(t *rapid.T, text []byte) []string {
	want, diags := spec.Load([]string{"w.hcl"}, spec.Options{Vars: []string{"user_token=t"}, Inputs: map[string][]byte{"w.hcl": text}})
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	config := func(config spec.Config) string {
		var b strings.Builder
		for _, key := range config.Keys() {
			fmt.Fprintf(&b, " %q=%q,%t", key, config[key].Text, config[key].Sensitive)
		}
		return b.String()
	}
	prose := func(description *string) string {
		if description == nil {
			return ""
		}
		return *description
	}
	var all []string
	for _, p := range want.Pools {
		all = append(all, fmt.Sprintf("%q %s %q %t %t %q%s", p.Name, p.Driver, prose(p.Description), p.Existing, p.PreventDelete, p.IgnoreConfig, config(p.Config)))
		for _, m := range p.Members {
			all = append(all, fmt.Sprintf("%q on %q%s", p.Name, m.Name, config(m.Config)))
		}
		for _, v := range p.Volumes {
			all = append(all, fmt.Sprintf("%q/%q %q %q %q %q %t %t %q%s", p.Name, v.Name, v.ContentType, prose(v.Description), v.Project, v.Target, v.Existing, v.PreventDelete, v.IgnoreConfig, config(v.Config)))
		}
	}
	slices.Sort(all)
	return all
}

// drawn are random declarations: of names that are alike and odd ones, and with few values, so that many volumes are the same.
func drawn(t *rapid.T) (*File, []string) {
	one := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	yes := func(what string) bool { return rapid.IntRange(0, 9).Draw(t, what) == 0 }
	var want []string
	line := func(config Config) string {
		var b strings.Builder
		for _, key := range slices.Sorted(maps.Keys(config)) {
			fmt.Fprintf(&b, " %q=%q,%t", key, config[key].Text, config[key].Variable != "")
		}
		return b.String()
	}
	file := &File{Variables: []Variable{{Comment: []string{"for ${all}"}, Name: "user_token", Description: "of ${all}"}}, Remarks: []string{"what is not here"}}
	for _, name := range []string{"p0", "p 1${x}", "p-1-x"}[:rapid.IntRange(1, 3).Draw(t, "pools")] {
		pool := &Pool{Name: strings.ReplaceAll(name, " ", "_"), Driver: "zfs", Description: one("prose", "", "a\n\"b\" %{"), Config: Config{"user.a": {Text: one("value", "1", "${b}")}}, PreventDelete: yes("prevent")}
		want = append(want, fmt.Sprintf("%q %s %q %t %t %q%s", pool.Name, "zfs", pool.Description, false, pool.PreventDelete, []string{}, line(pool.Config)))
		taken := map[string]bool{}
		draw := func(v *Volume) {
			v.Config = Config{}
			v.Project, v.Target = one("project", "", "", "own"), one("target", "", "", "n1")
			choices := map[string][]string{"size": {"1GiB", "2GiB"}, "user.size": {"1GiB", "\"\\${"}, "snapshots.expiry": {"1d"}, "user.${odd}": {"a\nb"}}
			for _, key := range slices.Sorted(maps.Keys(choices)) {
				values := choices[key]
				if rapid.IntRange(0, 2).Draw(t, key) == 0 {
					v.Config[key] = Value{Text: one(key, values...)}
				}
			}
			if yes("a boolean") {
				v.Config["security.shifted"] = Value{Text: one("is", "true", "false"), Bool: true}
			}
			if yes("a secret") {
				v.Config["user.token"] = Value{Text: "t", Variable: "user_token"}
			}
			v.Description = one("prose", "", "", "", "one", "two\nlines ${a}")
			v.PreventDelete = yes("prevent")
			if yes("ignored") {
				v.IgnoreConfig = []string{`user.\*x`}
			}
		}
		var row []*Volume
		for range rapid.IntRange(0, 4).Draw(t, "rows") {
			var like Volume
			draw(&like)
			base, format, behind := one("base", "web-", "web-admin", "db", "x.1-", "vm", "é", "a ", "$", "for", "n%"), one("format", "%d", "%d", "%02d", "%03d"), one("behind", "", "", "", "-data", "%")
			varies := one("what differs", "", "", "size", "description", "both", "all")
			first := rapid.IntRange(0, 9).Draw(t, "from")
			for n := range rapid.IntRange(1, 25).Draw(t, "length") {
				v := like
				v.Config = maps.Clone(like.Config)
				v.Name = base + fmt.Sprintf(format, first+n) + behind
				if yes("left out") {
					continue
				}
				if varies == "size" || varies == "both" {
					v.Config["size"] = Value{Text: fmt.Sprintf("%dGiB", n+1)}
				}
				if varies == "description" || varies == "both" {
					v.Description = fmt.Sprintf("the ${%d}th", n)
				}
				if yes("an exception") || varies == "all" {
					draw(&v)
				}
				if yes("a comment") {
					v.Comment = []string{"a comment that is said of this volume and of none else, and that is longer than a line is, so that it goes on in the next"}
				}
				if yes("used") {
					v.UsedBy, v.Snapshots = []string{"instance a"}, 3
				}
				row = append(row, &v)
			}
		}
		for _, v := range row {
			if key := v.Name + "/" + v.Project + "/" + v.Target; taken[key] {
				continue
			} else {
				taken[key] = true
			}
			pool.Volumes = append(pool.Volumes, v)
			ignored := append([]string{}, v.IgnoreConfig...)
			want = append(want, fmt.Sprintf("%q/%q %q %q %q %q %t %t %q%s", pool.Name, v.Name, "", v.Description, v.Project, v.Target, false, v.PreventDelete, ignored, line(v.Config)))
		}
		file.Pools = append(file.Pools, pool)
	}
	slices.Sort(want)
	return file, want
}

// Whatever is declared, the text says that and nothing else, folded and not, in one file and in several, in the layout of fmt.
func TestWhatIsWritten(t *testing.T) {
	groups, volumes := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		file, want := drawn(t)
		plain, folded := file.Bytes(), file.Fold()
		groups += bytes.Count(folded, []byte("for_each"))
		volumes += bytes.Count(plain, []byte("  volume "))
		var joined []byte
		for _, part := range file.Split(func(string) []string { return nil }) {
			joined = append(joined, part.File.Fold()...)
		}
		for how, text := range map[string][]byte{"plain": plain, "folded": folded, "split": joined} {
			if how != "split" {
				if formatted, diags := spec.Format(text, "w.hcl"); diags.HasErrors() || !bytes.Equal(formatted, text) {
					t.Fatalf("%s: fmt changes it: %v\n%s\n%s", how, diags, text, formatted)
				}
				for line := range strings.Lines(string(text)) {
					if strings.HasPrefix(strings.TrimSpace(line), "#") && len(line) > lineLength+1 {
						t.Fatalf("%s: a comment of %d columns: %s", how, len(line), line)
					}
				}
			}
			if diff := cmp.Diff(want, declared(t, text)); diff != "" {
				t.Fatalf("%s:\n%s\n%s", how, diff, text)
			}
		}
		if bytes.Count(folded, []byte("\n")) > bytes.Count(plain, []byte("\n")) {
			t.Fatalf("folded it is longer:\n%s\n%s", plain, folded)
		}
	})
	if groups*60 < volumes {
		t.Errorf("only %d groups of %d volumes", groups, volumes)
	}
}
