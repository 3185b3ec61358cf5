package tofu_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"tarn/spec"
	"tarn/spec/tofu"
)

// TestCases carries configurations over. In testdata each has the objects that it declares, written by hand (want), the spec
// (storage.hcl, one for each server) and what is left behind (left). UPDATE=1 writes the last two.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) < 12 {
		t.Fatal(err, len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			c := newCase(t, archive)
			t.Chdir(c.dir)
			result, err := tofu.Convert(c.root, tofu.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.checkCanonical(result)
			if diff := cmp.Diff(c.want, c.objects(result)); diff != "" {
				t.Errorf("the spec says something else (- the configuration, + the spec):\n%s\n%s", diff, texts(result))
			}
			c.checkGolden(name, result)
		})
	}
}

// testCase is one configuration on the disk.
type testCase struct {
	*testing.T
	archive *txtar.Archive
	dir     string
	root    string // of the configuration, in dir
	want    []string
	source  string
}

// outcome are the files of a case that are made.
func outcome(name string) bool { return name == "left" || strings.HasPrefix(name, "storage") }

func newCase(t *testing.T, archive *txtar.Archive) *testCase {
	source, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c := &testCase{T: t, archive: archive, dir: t.TempDir(), root: ".", source: source}
	for _, f := range archive.Files {
		switch {
		case f.Name == "want":
			for line := range strings.Lines(string(f.Data)) {
				c.want = append(c.want, normal(t, strings.TrimSpace(line)))
			}
			continue
		case outcome(f.Name):
			continue
		case strings.HasPrefix(f.Name, "infra/"):
			c.root = "infra"
		}
		path := filepath.Join(c.dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(c.want)
	return c
}

// normal is a line about an object with its settings in order: kind, name, key=value. What has spaces is in Go's quotes, as a whole or
// behind the =.
func normal(t *testing.T, line string) string {
	words := wordsOf(t, line)
	return object(words[0], words[1:]...)
}

// wordsOf are the words of a line, without the quotes.
func wordsOf(t *testing.T, line string) (words []string) {
	for rest := line; rest != ""; rest = strings.TrimLeft(rest, " ") {
		at := strings.IndexAny(rest, ` "`)
		switch {
		case at < 0:
			words, rest = append(words, rest), ""
		case rest[at] == ' ':
			words, rest = append(words, rest[:at]), rest[at:]
		default:
			literal, err := strconv.QuotedPrefix(rest[at:])
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			text, _ := strconv.Unquote(literal)
			words, rest = append(words, rest[:at]+text), rest[at+len(literal):]
		}
	}
	return words
}

func object(kind string, words ...string) string {
	if len(words) > 1 {
		slices.Sort(words[1:])
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	return kind + " " + strings.Join(quoted, " ")
}

func texts(r *tofu.Result) string {
	var b strings.Builder
	for _, s := range r.Specs {
		fmt.Fprintf(&b, "-- %s --\n%s", fileOf(s), s.Text)
	}
	return b.String()
}

// fileOf is the name of a spec in a case.
func fileOf(s tofu.Spec) string {
	if s.Remote == "" {
		return "storage.hcl"
	}
	return "storage-" + s.Remote + ".hcl"
}

// checkCanonical holds the specs to what tarn fmt leaves as it is.
func (c *testCase) checkCanonical(r *tofu.Result) {
	for _, s := range r.Specs {
		text, diags := spec.Format([]byte(s.Text), "storage.hcl")
		if diags.HasErrors() || string(text) != s.Text {
			c.Errorf("it is not as tarn fmt leaves it: %v\n%s", diags, cmp.Diff(string(text), s.Text))
		}
	}
}

// objects are what the specs declare, a line each, in order.
func (c *testCase) objects(r *tofu.Result) []string {
	var all []string
	for _, s := range r.Specs {
		file := fileOf(s)
		if err := os.WriteFile(file, []byte(s.Text), 0o600); err != nil {
			c.Fatal(err)
		}
		want, diags := spec.Load([]string{file}, spec.Options{Vars: valuesFor(s.Text)})
		if diags.HasErrors() {
			c.Fatalf("the spec is not right: %v\n%s", diags, s.Text)
		}
		if want.Settings.Remote != "" {
			all = append(all, object("remote", want.Settings.Remote))
		}
		for _, p := range want.Pools {
			words := []string{p.Name}
			if p.Driver != "" {
				words = append(words, "driver="+p.Driver)
			}
			words = append(words, settings(p.Description, p.Config, p.IgnoreConfig, p.PreventDelete, p.Existing)...)
			all = append(all, object("pool", words...))
			for _, m := range p.Members {
				all = append(all, object("member", append([]string{p.Name + "/" + m.Name}, settings(nil, m.Config, nil, false, false)...)...))
			}
			for _, v := range p.Volumes {
				words := []string{p.Name + "/" + v.Name}
				for name, value := range map[string]string{"content_type": v.ContentType, "project": v.Project, "target": v.Target} {
					if value != "" {
						words = append(words, name+"="+value)
					}
				}
				if v.CopyOf != nil {
					words = append(words, "copy_of="+v.CopyOf.String())
				}
				words = append(words, settings(v.Description, v.Config, v.IgnoreConfig, v.PreventDelete, v.Existing)...)
				all = append(all, object("volume", words...))
			}
		}
	}
	slices.Sort(all)
	return all
}

func settings(description *string, config spec.Config, ignored []string, protected, existing bool) (words []string) {
	if description != nil {
		words = append(words, "description="+*description)
	}
	for _, key := range slices.Sorted(maps.Keys(config)) {
		words = append(words, key+"="+config[key].Text)
	}
	if len(ignored) > 0 {
		words = append(words, "ignore="+strings.Join(ignored, ","))
	}
	if protected {
		words = append(words, "prevent_delete")
	}
	if existing {
		words = append(words, "existing")
	}
	return words
}

// valuesFor are values of the variables that have lost their secret ones.
func valuesFor(text string) (values []string) {
	for _, name := range []string{"password", "user_password", "user_api_token"} {
		if strings.Contains(text, fmt.Sprintf("variable %q", name)) {
			values = append(values, name+"=SECRET")
		}
	}
	return values
}

// checkGolden compares the specs and what is left behind with what the case has.
func (c *testCase) checkGolden(name string, r *tofu.Result) {
	var left strings.Builder
	for _, l := range r.Left {
		fmt.Fprintln(&left, l)
	}
	made := []txtar.File{}
	for _, s := range r.Specs {
		made = append(made, txtar.File{Name: fileOf(s), Data: []byte(s.Text)})
	}
	made = append(made, txtar.File{Name: "left", Data: []byte(left.String())})
	if os.Getenv("UPDATE") != "" {
		c.archive.Files = slices.DeleteFunc(c.archive.Files, func(f txtar.File) bool { return outcome(f.Name) })
		c.archive.Files = append(c.archive.Files, made...)
		if err := os.WriteFile(filepath.Join(c.source, name), txtar.Format(c.archive), 0o600); err != nil {
			c.Fatal(err)
		}
		return
	}
	have := slices.DeleteFunc(slices.Clone(c.archive.Files), func(f txtar.File) bool { return !outcome(f.Name) })
	show := func(files []txtar.File) string { return string(txtar.Format(&txtar.Archive{Files: files})) }
	if diff := cmp.Diff(show(have), show(made)); diff != "" {
		c.Errorf("- as it was, + as it is:\n%s", diff)
	}
}
