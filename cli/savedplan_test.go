package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/lxd"
	"tarn/planner/plan"
)

func volumeID(name string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: "p", Type: lxd.TypeCustom, Name: name}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// aPlan is one that can be saved.
func aPlan(name string) *plan.Plan {
	return &plan.Plan{
		Server: plan.Server{Remote: "srv", Address: "srv", Version: "LXD 5.0.2", Project: "default"},
		Steps:  []plan.Step{{Number: 1, Action: plan.CreateVolume{Volume: volumeID(name)}, Reason: "not on the server"}},
	}
}

// A plan replaces an older one and nothing else, and only its owner may read it.
func TestSavePlan(t *testing.T) {
	var older bytes.Buffer
	if err := aPlan("older").WriteJSON(&older); err != nil {
		t.Fatal(err)
	}
	file := func(name, content string) func(t *testing.T) {
		return func(t *testing.T) {
			if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := func(t *testing.T) {
		file("older.json", older.String())(t)
		if err := os.Symlink("older.json", "plan.json"); err != nil {
			t.Fatal(err)
		}
	}
	const stays = "--out plan.json: it is there already and is no saved plan of tarn, so it is not overwritten"
	for _, c := range []struct {
		name   string
		before func(t *testing.T)
		path   string
		fails  string // how the error begins
	}{
		{"new", nil, "plan.json", ""},
		{"an older plan", file("plan.json", older.String()), "plan.json", ""},
		{"an empty file", file("plan.json", ""), "plan.json", ""}, // as mktemp makes it
		{"a link to an older plan", link, "plan.json", ""},
		{"a spec", file("plan.json", "pool \"p\" {}\n"), "plan.json", stays},
		{"other JSON", file("plan.json", `{"format": 1}`), "plan.json", stays},
		{"a plan of OpenTofu", file("plan.json", `{"format_version": "1.2", "terraform_version": "1.8.0", "resource_changes": []}`), "plan.json", stays},
		{"why there was no plan", file("plan.json", `{"format_version": "2.0", "error": {"code": "spec", "text": ""}}`), "plan.json", stays},
		{"the name of a spec", nil, "plan.hcl", "--out plan.hcl: a file of that name would be read as a part of the spec"},
		{"the name of a spec in JSON", nil, "plan.hcl.json", "--out plan.hcl.json: a file of that name would be read as a part of the spec"},
		{"a folder", func(t *testing.T) { os.Mkdir("plan.json", 0o700) }, "plan.json", "--out plan.json: it is a directory"},
		{"a device", nil, os.DevNull, "--out /dev/null: it is no regular file"},
		{"a link to nothing", func(t *testing.T) { os.Symlink("nothing.json", "plan.json") }, "plan.json", "--out plan.json: it is a link to nothing.json, which is not there"},
		{"no folder", nil, "no/plan.json", "--out no/plan.json: no such file or directory"},
		{"a file for a folder", file("no", ""), "no/plan.json", "--out no/plan.json: not a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			before := map[string]string{}
			if c.before != nil {
				c.before(t)
			}
			entries, err := os.ReadDir(".")
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				content, _ := os.ReadFile(entry.Name())
				before[entry.Name()] = string(content)
			}
			err = savePlan(aPlan("new"), c.path)
			if text := errorText(err); (c.fails == "") != (err == nil) || !strings.HasPrefix(text, c.fails) {
				t.Errorf("%q, want %q", text, c.fails)
			}
			if c.fails != "" {
				after, err := os.ReadDir(".")
				if err != nil || len(after) != len(entries) {
					t.Errorf("%v, %v", after, err)
				}
				for name, was := range before {
					if is, _ := os.ReadFile(name); string(is) != was {
						t.Errorf("%s was changed", name)
					}
				}
				return
			}
			target, err := filepath.EvalSymlinks(c.path)
			if err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(target)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			saved, err := readPlanFile([]string{c.path}, false)
			if err != nil || saved == nil || saved.Steps[0].Title() != "create volume p/new" {
				t.Errorf("%v, %v", saved, err)
			}
			if c.name == "a link to an older plan" {
				if to, err := os.Readlink("plan.json"); to != "older.json" {
					t.Errorf("the link is gone: %v", err)
				}
			}
		})
	}
}

// A plan that may not be carried out is not saved, and what can be done with a saved one is said to people.
func TestSave(t *testing.T) {
	refused := &plan.Rehearsal{Refused: []plan.Refusal{{Why: "no"}}}
	secret := aPlan("v")
	secret.Steps[0].Action = plan.CreateVolume{Volume: volumeID("v"), Attributes: plan.Attributes{
		Config: map[string]string{"user.token": ""}, Secret: map[string]bool{"user.token": true},
	}}
	blocked, rehearsed, passed := aPlan("v"), aPlan("v"), aPlan("v")
	blocked.Blockers = []plan.Blocker{{Why: "it is used", Hint: "wait"}}
	rehearsed.Rehearsal, passed.Rehearsal = refused, &plan.Rehearsal{Accepted: 1}
	const saved = "\nSaved in plan.json. To carry out just that: tarn apply plan.json"
	for _, c := range []struct {
		name           string
		plan           *plan.Plan
		output         planOutput
		written        bool
		stdout, stderr string
	}{
		{"text", aPlan("v"), planOutput{out: outFile{path: "plan.json"}}, true, saved + "\n", ""},
		{"with secrets", secret, planOutput{out: outFile{path: "plan.json"}}, true, saved + " --spec PATH, as the file holds no secret values\n", ""},
		{"rehearsed", passed, planOutput{out: outFile{path: "plan.json"}}, true, saved + "\n", ""},
		{"json", aPlan("v"), planOutput{out: outFile{path: "plan.json"}, json: true}, true, "", ""},
		{"markdown", aPlan("v"), planOutput{out: outFile{path: "plan.json"}, markdown: true}, true, "", ""},
		{"not asked for", aPlan("v"), planOutput{}, false, "", ""},
		{"blocked", blocked, planOutput{out: outFile{path: "plan.json"}}, false, "", "tarn: plan.json is not written: the plan is blocked\n"},
		{"refused in the rehearsal", rehearsed, planOutput{out: outFile{path: "plan.json"}}, false, "", "tarn: plan.json is not written: the rehearsal did not go well\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var stdout, stderr bytes.Buffer
			if err := c.output.save(&app{Process: Process{Stdout: &stdout, Stderr: &stderr}, interrupts: newInterrupts()}, c.plan); err != nil {
				t.Fatal(err)
			}
			if stdout.String() != c.stdout || stderr.String() != c.stderr {
				t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
			}
			if _, err := os.Stat("plan.json"); (err == nil) != c.written {
				t.Errorf("written: %v, want %v", err, c.written)
			}
		})
	}
}
