package main

import (
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// jsonFindings are what the JSON of drift says of a check, as far as a page shows it.
type jsonFindings struct {
	Drift struct{ Findings, Acknowledged []jsonFinding }
}

type jsonFinding struct {
	Kind, Code, Text, Hint string
	Object                 *struct{ Kind, Pool, Name string }
	Changes                []struct {
		Attribute string
		From, To  *string
		Secret    bool
	}
	Acknowledgment, Expired *struct{ Reason string }
}

var (
	articles  = regexp.MustCompile(`(?s)<article class="f [^"]*" id="[^"]*" aria-labelledby="[^"]*">(.*?)</article>`)
	tableRows = regexp.MustCompile(`<tr><th scope="row"><bdi>(.*?)</bdi></th>(?:<td class="was"[^>]*>(.*?)</td>)?<td class="is"[^>]*>(.*?)</td>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// asPage holds the page that drift --html has written to have each finding of the JSON of the same run, with each of its values, in the same
// order, and nothing that is no text but the page's own elements.
func asPage(t *testing.T, page, asJSON []byte) (findings int) {
	t.Helper()
	var run jsonFindings
	if err := json.Unmarshal(asJSON, &run); err != nil {
		t.Fatalf("%v in %s", err, asJSON)
	}
	all := append(run.Drift.Findings, run.Drift.Acknowledged...)
	shown := articles.FindAllSubmatch(page, -1)
	if len(shown) != len(all) {
		t.Fatalf("the page has %d findings, the JSON %d", len(shown), len(all))
	}
	for _, tag := range []string{"script", "img", "iframe", "link", "object", "form"} {
		if regexp.MustCompile(`(?i)<` + tag).Match(page) {
			t.Errorf("the page has <%s>", tag)
		}
	}
	for _, r := range html.UnescapeString(string(page)) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("the page has the character %U", r)
		}
	}
	for i, f := range all {
		article := string(shown[i][1])
		words := html.UnescapeString(tags.ReplaceAllString(article, ""))
		for _, text := range []string{f.Hint, f.Text} {
			if plainText(text) && !strings.Contains(words, strings.TrimSuffix(text, regexp.MustCompile("; (destroys data|disruptive).*").FindString(text))) {
				t.Errorf("finding %d: no %q in\n%s", i+1, text, words)
			}
		}
		for _, a := range []*struct{ Reason string }{f.Acknowledgment, f.Expired} {
			if a != nil && !strings.Contains(words, a.Reason) {
				t.Errorf("finding %d: no %q in\n%s", i+1, a.Reason, words)
			}
		}
		if f.Object != nil && plainText(f.Object.Pool) && !strings.Contains(words, f.Object.Pool) || f.Object != nil && plainText(f.Object.Name) && !strings.Contains(words, f.Object.Name) {
			t.Errorf("finding %d: no %v in\n%s", i+1, f.Object, words)
		}
		rows := tableRows.FindAllStringSubmatch(article, -1)
		if len(rows) != len(f.Changes) {
			t.Errorf("finding %d: %d changes are shown of %d\n%s", i+1, len(rows), len(f.Changes), article)
			continue
		}
		for j, change := range f.Changes {
			if plainText(change.Attribute) && !strings.Contains(change.Attribute, " ") && html.UnescapeString(rows[j][1]) != change.Attribute {
				t.Errorf("finding %d: the change of %s is shown as one of %s", i+1, change.Attribute, rows[j][1])
			}
			sides := []*string{change.From, change.To}
			for k, value := range sides {
				is := html.UnescapeString(tags.ReplaceAllString(rows[j][2+k], ""))
				switch unquoted, err := strconv.Unquote(is); {
				case change.Secret:
					if is != "(secret)" && is != " (secret)" && is != " (unset)" && is != "" {
						t.Errorf("finding %d: a secret %s is shown as %s", i+1, change.Attribute, is)
					}
				case value == nil:
					if strings.TrimSpace(is) != "(unset)" && is != "" {
						t.Errorf("finding %d: %s is not set and is shown as %s", i+1, change.Attribute, is)
					}
				case len(*value) > 300: // a part of it
				case err != nil || unquoted != *value:
					t.Errorf("finding %d: %s is %q and is shown as %s", i+1, change.Attribute, *value, is)
				}
			}
		}
	}
	return len(all)
}

// plainText tells whether a text is shown as it stands.
func plainText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' || r < ' ' || r == '"' || r == '\\' })
}

// TestDriftPage has one run write JSON and a page.
func TestDriftPage(t *testing.T) {
	dir := t.TempDir()
	run := func(code int, args ...string) []byte {
		t.Helper()
		cmd := exec.Command("tarn", args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if is := cmd.ProcessState.ExitCode(); is != code {
			t.Fatalf("%v: exit code %d, %v\n%s", args, is, err, out)
		}
		return out
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("0123456789", 10_000)
	write("before.hcl", `tarn { owner = "team" }
pool "fast" {
  driver = "dir"
  volume "pgdata" { config = { size = "64MiB", "user.token" = "one", "user.long" = "`+long+`" } }
  volume "old" {}
  volume "gone" {}
  volume "orphan" {}
  volume "grown" { config = { size = "1GiB" } }
}
`)
	write("after.hcl", `tarn { owner = "team" }
pool "fast" {
  driver      = "dir"
  description = "<script>alert(1)</script> & \"quotes\""
  exclusive   = true
  volume "pgdata" {
    description = "PostgreSQL"
    config      = { size = "96MiB", "user.token" = "two", "user.a<b" = "</td>", "user.long" = "`+long+`x" }
  }
  volume "new" { renamed_from = "old" }
  volume "gone" { absent = true }
  volume "cache" { config = { size = "10GiB", "user.password" = "three" } }
  volume "grown" {}
}
acknowledge "fast/grown" {
  keys   = ["size"]
  reason = "<b>grown</b> by hand"
}
acknowledge "fast/cache" {
  reason = "was to come"
  until  = "2020-01-01"
}
`)
	run(0, "apply", "--remote", "sim:s.json", "--auto-approve", "before.hcl")
	asJSON := run(2, "drift", "--remote", "sim:s.json", "--json", "--html", "report.html", "after.hcl")
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if n := asPage(t, page, asJSON); n < 6 {
		t.Errorf("there are %d findings, and the spec has more:\n%s", n, asJSON)
	}
	for _, secret := range []string{"one", "two", "three"} {
		if slices.Contains(strings.FieldsFunc(string(page), func(r rune) bool { return !unicode.IsLetter(r) }), secret) {
			t.Errorf("the page has the secret %s", secret)
		}
	}
	if len(page) > 30_000 {
		t.Errorf("the page is of %d bytes: has it all of a long value?", len(page))
	}
}
