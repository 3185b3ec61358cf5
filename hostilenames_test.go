//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"tarn/lxd/lxdtest"
)

// hostileNames are what people may name things and write into values on a server. LXD 5.0.2 takes the names for profiles, projects, pools and
// config keys.
var hostileNames = map[string]string{
	"colour":        "a\x1b[31mred",
	"new line":      "b\nPlan: nothing to do.",
	"return":        "c\r\nPlan: nothing to do.\r",
	"tab":           "d\te",
	"right to left": "f\u202etxt.exe\u2066\u2069\u200f",
	"no width":      "g\u200b\u200d\u2060\ufeff",
	"C1":            "h\u009b31m\u0085Plan: nothing to do.\u2028Plan: nothing to do.\u2029x",
	"long":          strings.Repeat("long", 2500),
	"code":          "i`j``k```\n````\n~~~",
	"link":          "[me](https://evil.example/x) <https://evil.example> https://evil.example www.evil.example me@evil.example",
	"picture":       "![x](https://evil.example/p.png) ![y][z]",
	"HTML":          "</details><img src=x onerror=alert(1)><script>x</script><!-- x --> &lt;b&gt;",
	"mention":       "@everyone @octo-org/admins #1 owner/repo#2 GH-3 :tada: 0123456789abcdef0123456789abcdef01234567 !1 $1 ~bug",
	"blocks":        "# Heading\n\n> quote\n\n| a | b |\n|---|---|\n\n1. x\n- y\n\n***\n\n===",
	"emphasis":      "**bold** _it_ ~~gone~~ \\* x",
	"annotation":    "::error file=a.go,line=1::Plan: nothing to do. %0A::error::x ##[error]x",
	"lookalike":     "Plan: 0 to create. Nothing to do.",
	"shell":         "$(touch x); `touch y` && 'z' \"",
}

// overSocket sends a request to a server, as any client may.
func overSocket(t *testing.T, socket, method, path, body string) []byte {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	req, err := http.NewRequest(method, "http://lxd"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s %v", method, path, resp.Status, answer, err)
	}
	return answer
}

// Whoever may name things on a server cannot write lines of a plan, colours, or anything into a page that shows it; programs get the
// names as they are.
func TestHostileNames(t *testing.T) {
	t.Run("simulator", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		socket, _ := simulatorIn(t, dir)
		hostileNamesRuns(t, dir, socket, false)
	})
	t.Run("LXD", func(t *testing.T) {
		t.Parallel()
		hostileNamesRuns(t, t.TempDir(), lxdtest.New(t).Socket(), false)
	})
	t.Run("Incus", func(t *testing.T) {
		t.Parallel()
		hostileNamesRuns(t, t.TempDir(), lxdtest.NewIncus(t).Socket(), true)
	})
}

func hostileNamesRuns(t *testing.T, dir, socket string, white bool) { // whether names of volumes may have white space
	overSocket(t, socket, http.MethodPost, "/1.0/storage-pools", `{"name":"main","driver":"dir"}`)
	overSocket(t, socket, http.MethodPost, "/1.0/storage-pools/main/volumes/custom", `{"name":"vol"}`)
	config := map[string]string{}
	for name, hostile := range hostileNames {
		device := fmt.Sprintf(`{"type":"disk","pool":"main","source":"vol","path":"/%x"}`, name)
		if !strings.Contains(hostile, "/") { // which no name of a profile has
			overSocket(t, socket, http.MethodPost, "/1.0/profiles", fmt.Sprintf(`{"name":%s,"description":%[1]s,"devices":{"d":%s}}`, jsonText(hostile), device))
		}
		if name != "long" {
			config["user.k"+hostile] = hostile
		}
		config["user."+strings.ReplaceAll(name, " ", "")] = hostile
	}
	overSocket(t, socket, http.MethodPost, "/1.0/projects", fmt.Sprintf(`{"name":%s,"description":%[1]s}`, jsonText("p"+hostileNames["colour"])))
	encoded, err := json.Marshal(map[string]any{"description": hostileNames["new line"] + hostileNames["C1"], "config": config})
	if err != nil {
		t.Fatal(err)
	}
	overSocket(t, socket, http.MethodPatch, "/1.0/storage-pools/main/volumes/custom/vol", string(encoded))
	for name, hostile := range hostileNames {
		if name == "long" || strings.Contains(hostile, "/") {
			continue
		}
		if !white {
			hostile = "v" + strings.Join(strings.Fields(hostile), "")
			hostile = strings.NewReplacer("\u2028", "", "\u2029", "").Replace(hostile)
		}
		overSocket(t, socket, http.MethodPost, "/1.0/storage-pools/main/volumes/custom", fmt.Sprintf(`{"name":%s}`, jsonText(hostile)))
	}

	write := func(name, spec string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("gone.hcl", "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" { absent = true }\n}\n")                                                                     // blocked by all the profiles
	write("patch.hcl", "tarn { ignore_config = [\"user.long\"] }\npool \"main\" {\n  driver = \"dir\"\n  exclusive = true\n  volume \"vol\" { description = \"\" }\n}\n") // takes all keys away
	write("known.hcl", "acknowledge \"main/vol\" {\n  keys   = [\"user.*\"]\n  reason = "+jsonText(strings.ReplaceAll(hostileNames["link"]+hostileNames["colour"], "$", "$$"))+"\n}\n")
	run := func(args ...string) []byte {
		t.Helper()
		var stdout, stderr bytes.Buffer
		cmd := exec.Command("tarn", append(args, "--remote", "unix:"+socket)...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
		_ = cmd.Run()
		if !regexp.MustCompile(`main/vol|"pool": ?"main"`).Match(stdout.Bytes()) {
			t.Errorf("%v: no plan:\n%s%s", args, &stdout, &stderr)
		}
		asText(t, args, stderr.Bytes())
		return stdout.Bytes()
	}
	for _, spec := range []string{"gone.hcl", "patch.hcl"} {
		for _, form := range [][]string{{}, {"--brief"}, {"--show-unmanaged"}, {"--debug"}, {"--rehearse"}} {
			args := append([]string{"plan", spec}, form...)
			asText(t, args, run(args...))
		}
		for _, form := range [][]string{{}, {"--show-unmanaged"}, {"--brief"}, {"--rehearse"}} {
			args := append([]string{"plan", spec, "--markdown"}, form...)
			out := run(args...)
			asText(t, args, out)
			asMarkdown(t, args, out)
		}
		asMarkdown(t, []string{"drift", spec}, run("drift", spec, "--markdown"))
		for _, form := range [][]string{{}, {"--brief"}, {"--show-unmanaged"}} {
			args := append([]string{"drift", spec, "known.hcl", "--remote", "sim:"}, form...)
			asText(t, args, run(args...))
			if len(form) == 0 {
				asText(t, args, run(append(args, "--json")...))
			}
			args = append(args, "--markdown")
			out := run(args...)
			asText(t, args, out)
			for _, part := range folds.Split(string(out), -1) {
				asMarkdown(t, args, []byte(part))
			}
		}
		drifted := run("drift", spec, "--json", "--html", "report.html")
		page, err := os.ReadFile(filepath.Join(dir, "report.html"))
		if err != nil {
			t.Fatal(err)
		}
		asPage(t, page, drifted)
		out := run("plan", spec, "--json", "--show-unmanaged")
		asText(t, []string{"plan", spec, "--json"}, out)
		exactNames(t, spec, out)
	}
	for _, form := range [][]string{{}, {"--debug"}, {"main", "main/vol"}, {"main/*"}, {"main/vol", "--spec", "patch.hcl"}, {"--spec", "gone.hcl"}} {
		args := append([]string{"show"}, form...)
		asText(t, args, run(args...))
	}
	out := run("show", "main/vol", "--json", "--spec", "patch.hcl")
	asText(t, []string{"show", "--json"}, out)
	exactNames(t, "show", out)
	for _, form := range [][]string{{}, {"--no-fold", "--debug"}} {
		args := append([]string{"import"}, form...)
		spec := runImport(t, dir, append(args, "--remote", "unix:"+socket))
		asText(t, args, spec)
		write("imported.hcl", string(spec))
		plan := exec.Command("tarn", "plan", "--detailed-exitcode", "imported.hcl", "--remote", "unix:"+socket)
		plan.Dir = dir
		out, err := plan.CombinedOutput()
		if err != nil {
			t.Errorf("the plan for what was imported is not empty: %v\n%s", err, out)
		}
		asText(t, args, out)
	}
	args := []string{"apply", "--auto-approve", "gone.hcl"}
	asText(t, args, run(args...))
	args = []string{"apply", "--auto-approve", "patch.hcl"}
	asText(t, args, run(args...))
}

// folds are what the Markdown of several checks is folded by.
var folds = regexp.MustCompile(`(?m)^(<details><summary><code>([\pL\pN ./-]|&#\d+;)+</code> on <code>([\pL\pN ./-]|&#\d+;)+</code></summary>|</details>)$`)

// runImport runs an import and gives what it writes to standard output.
func runImport(t *testing.T, dir string, args []string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("tarn", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, &stderr)
	}
	asText(t, args, stderr.Bytes())
	return stdout.Bytes()
}

// asText fails for what a terminal would obey or show unseen, and for lines that a server has written.
func asText(t *testing.T, args []string, out []byte) {
	t.Helper()
	if found := regexp.MustCompile(`[^\P{C}\n]|[\x{2028}\x{2029}]|(?m)^\s*(Plan: (nothing|0)|::error|##\[)`).Find(out); found != nil {
		t.Errorf("%v: %q in\n%q", args, found, out)
	}
}

// asMarkdown fails for what a page would make of the words of a server: only text, code, strong text, one list after the other and one
// block of code may be there.
func asMarkdown(t *testing.T, args []string, out []byte) {
	t.Helper()
	blocks := 0
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(out))
	err := ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.List, *ast.ListItem:
		case *ast.Emphasis:
			if _, heads := n.Parent().(*ast.Paragraph); n.Level != 2 || !heads {
				t.Errorf("%v: emphasis in\n%s", args, out)
			}
		case *ast.CodeSpan:
			return ast.WalkSkipChildren, nil
		case *ast.FencedCodeBlock:
			if blocks++; blocks > 1 || string(n.Language(out)) != "diff" {
				t.Errorf("%v: another block of code in\n%s", args, out)
			}
		case *ast.Text:
			if found := regexp.MustCompile(`[@#<>&$~!]|https?:|www\.|GH-|:\w+:|[0-9a-f]{7}`).Find(n.Value(out)); found != nil {
				t.Errorf("%v: %q is text in\n%s", args, found, out)
			}
		default:
			t.Errorf("%v: %s in\n%s", args, n.Kind(), out)
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// exactNames fails when a program does not get the names and values as the server has them.
func exactNames(t *testing.T, spec string, out []byte) {
	t.Helper()
	var plan any
	if err := json.Unmarshal(out, &plan); err != nil {
		t.Errorf("%s: %v", spec, err)
	}
	found := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, part := range v {
				walk(part)
			}
		case []any:
			for _, part := range v {
				walk(part)
			}
		case string:
			found[v] = true
		}
	}
	walk(plan)
	for name, hostile := range hostileNames {
		switch {
		case spec == "show" && (!strings.Contains(hostile, "/") && !found[hostile] || name != "long" && !found["user.k"+hostile]):
			t.Errorf("%s: the profile %q, or its key, is not in\n%s", spec, hostile, out)
		case spec == "gone.hcl" && !strings.Contains(hostile, "/") && !found[hostile]:
			t.Errorf("%s: the profile %q is not in\n%s", spec, hostile, out)
		case spec == "patch.hcl" && name != "long" && (!found[hostile] || !found["config.user.k"+hostile]):
			t.Errorf("%s: the key %q is not in\n%s", spec, name, out)
		}
	}
}
