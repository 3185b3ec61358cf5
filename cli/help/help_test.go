package help

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/schema"
	"tarn/lxd/sim/state"
	"tarn/planner/plan"
	"tarn/spec"
)

func topic(t *testing.T, name string, width int) string {
	t.Helper()
	var text strings.Builder
	if err := Write(&text, name, schema.TextOptions{Width: width}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// Each topic has a name and a file, and reads well on a terminal of 80 columns.
func TestTopics(t *testing.T) {
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	var inFiles []string
	for _, path := range paths {
		inFiles = append(inFiles, strings.TrimSuffix(path, ".md"))
	}
	if diff := cmp.Diff(inFiles, slices.Sorted(slices.Values(Names))); diff != "" {
		t.Errorf("files and names: %s", diff)
	}
	for _, name := range Names {
		text := topic(t, name, 80)
		if title, _, _ := strings.Cut(text, "\n"); title != Title(name) || len(title) > 66 {
			t.Errorf("%s: its title %q is not its first line, or too long for the list of topics", name, title)
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: more than 80 columns: %q", name, line)
			}
			if strings.ContainsAny(line, "`\t\u00a0") || strings.Contains(line, "](") || strings.HasSuffix(line, " ") {
				t.Errorf("%s: Markdown, or a space that should not be there: %q", name, line)
			}
		}
	}
}

// What stands for the program's own text in a topic leads to a file on the web, and all that the program knows is in a topic.
func TestLinks(t *testing.T) {
	used := map[string]bool{}
	for _, name := range Names {
		for _, match := range regexp.MustCompile(`(?m)^\[(.+)\]\((.+)\)$`).FindAllStringSubmatch(source(name), -1) {
			used[match[1]] = true
			if _, err := os.Stat(match[2]); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for label := range programText {
		if !used[label] {
			t.Errorf("%q is in no topic", label)
		}
	}
	if _, err := render("[Something else](help.go)\n", schema.TextOptions{}); err == nil {
		t.Error("a link that stands for nothing is no mistake")
	}
}

// The topic about JSON has every field of a plan. That it has every code is a test of package planner.
func TestFields(t *testing.T) {
	var document any
	if err := json.Unmarshal([]byte(plan.JSONSchema), &document); err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	collectProperties(document, fields)
	if len(fields) < 50 {
		t.Errorf("the JSON Schema has only %d fields", len(fields))
	}
	if !strings.Contains(source("json"), "`\""+plan.JSONVersion+"\"`") {
		t.Errorf("nothing is said of version %s", plan.JSONVersion)
	}
	for field := range fields {
		if !strings.Contains(source("json"), "`"+field+"`") && !strings.Contains(source("json"), "`"+field+"[]`") {
			t.Errorf("nothing is said of the field %s", field)
		}
	}
}

// The example of what validate writes is what it writes.
func TestDiagnostics(t *testing.T) {
	const file = `pool "main" {
  driver = "dir"

  volume "data" {
    for_each = { db = "many" }
    name     = each.key
    config   = { size = each.value }
  }
}
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	report := spec.NewValidateReport()
	report.Add(spec.Load([]string{"storage.hcl"}, spec.Options{Dir: dir}))
	var shown spec.ValidateReport
	decodeExample(t, "json", &shown)
	if start, ok := strings.CutSuffix(shown.Diagnostics[0].Detail, "…"); ok && strings.HasPrefix(report.Diagnostics[0].Detail, start) {
		shown.Diagnostics[0].Detail = report.Diagnostics[0].Detail
	}
	report.Files = nil // which JSON does not have
	if diff := cmp.Diff(report, &shown); diff != "" {
		t.Errorf("(-is +shown):\n%s", diff)
	}
}

// The example of a simulator's state is one.
func TestState(t *testing.T) {
	var shown state.State
	decodeExample(t, "simulator", &shown)
	if err := shown.Check(); err != nil || shown.Format != state.Format || shown.Product != "incus-6" || !shown.Members["n2"].Offline {
		t.Errorf("%v, %+v", err, shown)
	}
}

// decodeExample decodes the JSON that a topic shows.
func decodeExample(t *testing.T, name string, into any) {
	t.Helper()
	_, example, _ := strings.Cut(source(name), fence+"\n{\n")
	example, _, _ = strings.Cut(example, fence)
	decoder := json.NewDecoder(strings.NewReader("{" + example))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Errorf("the example of %s: %v", name, err)
	}
}

// collectProperties finds the names of all properties that a JSON Schema describes.
func collectProperties(node any, names map[string]bool) {
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			if properties, ok := value.(map[string]any); ok && key == "properties" {
				for name := range properties {
					names[name] = true
				}
			}
			collectProperties(value, names)
		}
	case []any:
		for _, value := range node {
			collectProperties(value, names)
		}
	}
}

func TestRender(t *testing.T) {
	const markdown = "# A title\n\n## Part\n\nSome `code` and `more of it` in\na paragraph.\n\n" +
		"- an item that is too long for its line\n- another, `a = \"b\"`\n\n" +
		"| name | what |\n|---|---|\n| `x[]` | the first one, of them all the best |\n\n```\nas it\n\n  is\n```\n"
	const want = `<A title>

<PART>

Some code and "more of it" in a
paragraph.

- an item that is too long for its
  line
- another, a = "b"

<  NAME>
  x[]
      the first one, of them all the
      best

    as it

      is
`
	got, err := render(markdown, schema.TextOptions{Width: 36, Strong: func(text string) string { return "<" + text + ">" }})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
}
