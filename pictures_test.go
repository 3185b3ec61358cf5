//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// manySteps makes a spec and a simulator's state between which there are 200 steps of all usual kinds.
func manySteps(t *testing.T) (dir string) {
	t.Helper()
	volumes := map[string]any{}
	volume := func(name string, config map[string]string) {
		volumes["default/custom/"+name] = map[string]any{"content_type": "filesystem", "config": config}
	}
	var spec strings.Builder
	spec.WriteString("pool \"main\" {\n  driver = \"dir\"\n")
	for i := range 50 {
		fmt.Fprintf(&spec, "  volume \"new-%02d\" {\n    config = { \"user.team\" = \"storage\" }\n  }\n", i)
		volume(fmt.Sprintf("changed-%02d", i), map[string]string{"user.note": "before", "user.gone": "yes"})
		fmt.Fprintf(&spec, "  volume \"changed-%02d\" {\n    description = \"of project %d: données, 数据\"\n    config = { \"user.note\" = \"after\" }\n  }\n", i, i)
		volume(fmt.Sprintf("before-%02d", i), nil)
		fmt.Fprintf(&spec, "  volume \"after-%02d\" { renamed_from = \"before-%02d\" }\n", i, i)
		volume(fmt.Sprintf("gone-%02d", i), nil)
		fmt.Fprintf(&spec, "  volume \"gone-%02d\" { absent = true }\n", i)
	}
	spec.WriteString("}\n")
	state, err := json.Marshal(map[string]any{"format": 1, "drivers": []string{"dir"}, "pools": map[string]any{
		"main": map[string]any{"driver": "dir", "config": map[string]string{"source": "/srv/main"}, "volumes": volumes}}})
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for name, text := range map[string]string{"storage.hcl": spec.String(), "state.json": string(state)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPictures compares what a plan of 200 steps looks like with testdata/pictures. UPDATE=1 writes these. Colours, and whatever switches
// them off, change nothing but the colours.
func TestPictures(t *testing.T) {
	dir := manySteps(t)
	picture := func(columns uint16, args []string, env ...string) string {
		text, code := screen{dir: dir, columns: columns, env: env}.run(t, append([]string{"--remote", "sim:state.json", "plan", "--no-pager", "storage.hcl"}, args...)...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, text)
		}
		return text
	}
	for _, columns := range []uint16{40, 80, 200} {
		coloured := picture(columns, nil)
		plain := escapes.ReplaceAllString(coloured, "")
		compareWithFile(t, fmt.Sprintf("plan-%d.txt", columns), plain)
		if !strings.Contains(coloured, "\x1b[31;1m-\x1b[0;22m delete volume") || strings.Contains(coloured, "\x1b[33m~ ") {
			t.Error("the colours are others")
		}
		for name, other := range map[string]string{
			"NO_COLOR":      picture(columns, nil, "NO_COLOR=1"),
			"TERM=dumb":     picture(columns, nil, "TERM=dumb"),
			"--color never": picture(columns, []string{"--color", "never"}),
		} {
			if diff := cmp.Diff(plain, other); diff != "" {
				t.Errorf("%s, %d columns: %s", name, columns, diff)
			}
		}
		ascii := picture(columns, nil, "LC_ALL=C", "NO_COLOR=1")
		if columns == 40 {
			compareWithFile(t, "plan-40-ascii.txt", ascii)
		}
		for _, r := range ascii {
			if r > 0x7e {
				t.Fatalf("%q in a text for ASCII", r)
			}
		}
	}
	compareWithFile(t, "plan-80-brief.txt", escapes.ReplaceAllString(picture(80, []string{"--brief"}), ""))
	cmd := exec.Command("tarn", "--remote", "sim:state.json", "plan", "storage.hcl")
	cmd.Dir = dir
	piped, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	compareWithFile(t, "plan-piped.txt", string(piped))
}

// compareWithFile compares a text with one in testdata/pictures.
func compareWithFile(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", "pictures", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}
