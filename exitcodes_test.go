//go:build linux

package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exitCodes are what commands end with, by command and situation. The folder in which they run has the specs and the states of simulators
// of TestExitCodes. full and gone are after a command whose output goes to a full disk, or to a pipe that nobody reads.
var exitCodes = map[string][]struct {
	situation, args string
	code            int
}{
	"validate": {
		{"valid", "same.hcl", 0}, {"a mistake", "wrong.hcl", 1}, {"a warning", "warned.hcl", 0}, {"a warning, strictly", "--strict warned.hcl", 1},
		{"no such file", "nowhere.hcl", 1}, {"no such flag", "--nope", 1}, {"valid, output lost", "--json same.hcl >full", 1}, {"a mistake, nobody reads", "--json wrong.hcl >gone", 1},
	},
	"fmt": {
		{"as it shall be", "--check same.hcl", 0}, {"to be changed", "--check loose.hcl", 2}, {"changed", "loosely.hcl", 0}, {"does not parse", "broken.hcl", 1},
		{"does not parse, checked", "--check broken.hcl loose.hcl", 1}, {"no such file", "nowhere.hcl", 1}, {"to be changed, output lost", "--check loose.hcl >full", 1},
		{"to be changed, nobody reads", "--check loose.hcl >gone", 2}, {"shown, output lost", "--diff loose.hcl >full", 1},
	},
	"plan": {
		{"nothing to do", "same.hcl", 0}, {"something to do", "more.hcl", 0}, {"as JSON", "--json more.hcl", 0}, {"nothing to do, in detail", "--detailed-exitcode same.hcl", 0},
		{"something to do, in detail", "--detailed-exitcode more.hcl", 2}, {"a mistake", "wrong.hcl", 1}, {"a mistake, in detail", "--detailed-exitcode wrong.hcl", 1},
		{"a mistake in view of the server", "misfit.hcl", 1}, {"made otherwise by hand", "other.hcl", 3}, {"blocked", "blocked.hcl", 3}, {"blocked, in detail", "--detailed-exitcode blocked.hcl", 3},
		{"blocked, as JSON", "--json blocked.hcl", 3}, {"server down", "--remote unix:nowhere.sock same.hcl", 5}, {"server down, as JSON", "--json --remote unix:nowhere.sock same.hcl", 5},
		{"no such remote", "--remote nobody-knows same.hcl", 1}, {"no such flag", "--nope", 1}, {"rehearsed", "--rehearse more.hcl", 0}, {"rehearsed, refused", "--rehearse refused.hcl", 1},
		{"rehearsed, blocked", "--rehearse blocked.hcl", 3}, {"not saved", "--out nowhere/plan.json more.hcl", 1}, {"output lost", "same.hcl >full", 1}, {"in detail, output lost", "--detailed-exitcode more.hcl >full", 1},
		{"nobody reads", "same.hcl >gone", 1}, {"in detail, nobody reads", "--detailed-exitcode more.hcl >gone", 2}, {"blocked, nobody reads", "blocked.hcl >gone", 3},
		{"blocked, output lost", "blocked.hcl >full", 1}, {"blocked, as JSON, output lost", "--json blocked.hcl >full", 1},
		{"server down, as JSON, output lost", "--json --remote unix:nowhere.sock same.hcl >full", 5}, {"server down, as JSON, nobody reads", "--json --remote unix:nowhere.sock same.hcl >gone", 5},
		{"server down, nobody reads", "--remote unix:nowhere.sock same.hcl >gone", 5},
	},
	"apply": {
		{"nothing to do", "same.hcl", 0}, {"done", "--auto-approve more.hcl", 0}, {"done, in detail", "--auto-approve --detailed-exitcode more.hcl", 2},
		{"nothing to do, in detail", "--auto-approve --detailed-exitcode same.hcl", 0}, {"nobody to ask", "more.hcl", 1}, {"destroys data, nobody to ask", "--auto-approve gone.hcl", 1},
		{"destroys data", "--auto-approve --allow-delete gone.hcl", 0}, {"no at the question", "more.hcl >terminal no", 1}, {"yes at the question", "more.hcl >terminal yes", 0},
		{"a step fails", "--auto-approve refused.hcl", 1}, {"a step fails, in detail", "--auto-approve --detailed-exitcode refused.hcl", 1}, {"a step fails, as JSON", "--auto-approve --json refused.hcl", 1},
		{"a mistake", "--auto-approve wrong.hcl", 1}, {"blocked", "--auto-approve blocked.hcl", 3}, {"server down", "--auto-approve --remote unix:nowhere.sock same.hcl", 5},
		{"no such flag", "--nope", 1}, {"output lost", "--auto-approve more.hcl >full", 1}, {"saved", "--auto-approve saved.json", 0}, {"saved, in detail", "--auto-approve --detailed-exitcode saved.json", 2},
		{"stale", "--auto-approve saved.json", 4}, {"stale, as JSON", "--auto-approve --json saved.json", 4}, {"stale, output lost", "--auto-approve saved.json >full", 1}, {"stale, as JSON, nobody reads", "--auto-approve --json saved.json >gone", 4}, {"stale, nobody reads", "--auto-approve saved.json >gone", 4},
		{"damaged", "--auto-approve damaged.json", 1}, {"no such plan", "--auto-approve nowhere.json", 1}, {"saved, server down", "--auto-approve --remote unix:nowhere.sock saved.json", 5},
	},
	"drift": {
		{"none", "same.hcl", 0}, {"some", "more.hcl", 2}, {"some, as JSON", "--json more.hcl", 2}, {"a mistake", "wrong.hcl", 1}, {"a mistake in view of the server", "misfit.hcl", 1},
		{"made otherwise by hand", "other.hcl", 2}, {"made otherwise by hand, and drift", "--each file other.hcl more.hcl", 2},
		{"blocked is drift", "blocked.hcl", 2}, {"server down", "--remote unix:nowhere.sock same.hcl", 5}, {"no such flag", "--nope", 1}, {"no such remote", "--remote nobody-knows same.hcl", 1},
		{"none, output lost", "same.hcl >full", 1}, {"some, output lost", "more.hcl >full", 1}, {"some, nobody reads", "more.hcl >gone", 2},
		{"some, which counts", "--fail-on changes more.hcl", 2}, {"some, which does not count", "--fail-on orphans,unmanaged more.hcl", 0}, {"blocked, which counts", "--fail-on changes blocked.hcl", 2},
		{"no such kind", "--fail-on nothing same.hcl", 1}, {"two specs, none", "--each file same.hcl same.hcl", 0}, {"two specs, some", "--each file same.hcl more.hcl", 2},
		{"two servers, one down", "--remote unix:nowhere.sock --remote sim:two.json same.hcl", 5}, {"one down, as JSON", "--json --remote unix:nowhere.sock --remote sim:two.json same.hcl", 5},
		{"a mistake and one down", "--each file --remote unix:nowhere.sock same.hcl wrong.hcl", 1}, {"a mistake in view of the server, and drift", "--each file misfit.hcl more.hcl", 1},
		{"two servers, output lost", "--each file same.hcl more.hcl >full", 1}, {"two, nobody reads", "--each file same.hcl more.hcl >gone", 2}, {"one down, nobody reads", "--each file --remote unix:nowhere.sock same.hcl more.hcl >gone", 5},
		{"no specs below", "--recursive nothing-here", 1},
	},
	"accept": {
		{"nothing to take", "same.hcl", 0}, {"as JSON", "--diff --json same.hcl", 0}, {"a file would change", "--diff more.hcl", 2}, {"nobody to ask", "more.hcl", 1}, {"no at the question", "more.hcl >terminal no", 1},
		{"a mistake", "--diff wrong.hcl", 1}, {"server down", "--diff --remote unix:nowhere.sock same.hcl", 5}, {"no such flag", "--nope", 1}, {"output lost", "--diff same.hcl >full", 1},
		{"as JSON, asks nobody", "--json same.hcl", 1}, {"yes at the question", "taken.hcl >terminal yes", 0},
	},
	"import": {
		{"written", "", 0}, {"nothing there", "--remote sim:", 1}, {"server down", "--remote unix:nowhere.sock", 5}, {"output lost", ">full", 1}, {"no such flag", "--nope", 1},
	},
	"show": {
		{"all", "", 0}, {"a pool", "main", 0}, {"no such thing", "nothing", 1}, {"server down", "--remote unix:nowhere.sock", 5}, {"output lost", ">full", 1}, {"a plan", "./saved.json", 0},
	},
	"schema":     {{"all", "", 0}, {"a driver", "zfs", 0}, {"no such driver", "nothing", 1}, {"output lost", "--json >full", 1}},
	"sim":        {{"a folder that is not there", "--listen unix:nowhere/s", 1}, {"no address", "--listen nothing", 1}},
	"version":    {{"written", "", 0}, {"output lost", ">full", 1}},
	"help":       {{"a topic", "spec", 0}, {"no such topic", "nothing", 1}, {"output lost", "spec >full", 1}},
	"completion": {{"of a shell", "bash", 0}, {"output lost", "bash >full", 1}},
}

// TestExitCodes: what a command ends with is a promise to scripts, and its help says all there is.
func TestExitCodes(t *testing.T) {
	const volume = "  volume \"kept\" {}\n"
	pool := func(more string) string { return "pool \"main\" {\n  driver = \"dir\"\n" + volume + more + "}\n" }
	files := map[string]string{
		"same.hcl":    pool(""),
		"more.hcl":    pool("  volume \"new\" {}\n"),
		"taken.hcl":   pool("  volume \"new\" {}\n"),
		"gone.hcl":    "pool \"main\" {\n  driver = \"dir\"\n  volume \"kept\" { absent = true }\n}\n",
		"loose.hcl":   "pool \"main\" {\ndriver=\"dir\"\n}\n",
		"wrong.hcl":   pool("  volume \"new\" { descripton = \"x\" }\n"),
		"broken.hcl":  "pool \"main\" {\n",
		"warned.hcl":  "pool \"main\" { driver = \"of-another-world\" }\n",
		"other.hcl":   strings.Replace(pool(""), "\"dir\"", "\"btrfs\"", 1),
		"misfit.hcl":  strings.Replace(pool(""), "{}", "{ target = \"n1\" }", 1),
		"blocked.hcl": "tarn { max_deletes = 0 }\n" + strings.Replace(pool(""), "{}", "{ absent = true }", 1),
		"refused.hcl": pool("") + "pool \"second\" {\n  driver = \"dir\"\n  config = { source = \"/var/lib/lxd/of-the-server\" }\n}\n",
	}
	files["loosely.hcl"] = files["loose.hcl"]
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	prepare := func(args ...string) {
		t.Helper()
		cmd := exec.Command("tarn", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	prepare("--remote", "sim:before.json", "apply", "--auto-approve", "same.hcl")
	state, err := os.ReadFile(filepath.Join(dir, "before.json"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("state.json", state)
	prepare("--remote", "sim:state.json", "plan", "--out", "saved.json", "more.hcl")
	prepare("--remote", "sim:state.json", "apply", "--auto-approve", "more.hcl")
	later, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err != nil {
		t.Fatal(err)
	}
	saved, _ := os.ReadFile(filepath.Join(dir, "saved.json"))
	put("damaged.json", []byte(strings.Replace(string(saved), `"new"`, `"old"`, 1)))

	seen := map[string]map[int]bool{}
	for command, rows := range exitCodes {
		seen[command] = map[int]bool{1: true}
		for _, row := range rows {
			seen[command][row.code] = true
			t.Run(command+", "+row.situation, func(t *testing.T) {
				put("state.json", state)
				if strings.HasPrefix(row.situation, "stale") { // somebody else has carried it out since
					put("state.json", later)
				}
				args := append([]string{command}, strings.Fields(row.args)...)
				if !slices.Contains(args, "--remote") {
					args = append([]string{"--remote", "sim:state.json"}, args...)
				}
				if got, out := exitCodeOf(t, dir, args); got != row.code {
					t.Errorf("tarn %s %s: exit code %d, want %d:\n%s", command, row.args, got, row.code, out)
				}
			})
		}
	}
	var all []int
	for command, codes := range seen {
		all = append(all, slices.Collect(maps.Keys(codes))...)
		out, err := exec.Command("tarn", command, "--help").Output()
		if err != nil {
			t.Fatal(err)
		}
		said := map[int]bool{0: true, 1: true}
		if _, text, ok := strings.Cut(string(out), "Exit code:"); ok {
			text, _, _ = strings.Cut(text, "\n\n")
			for _, digit := range regexp.MustCompile(`\b[0-9]\b`).FindAllString(text, -1) {
				said[int(digit[0]-'0')] = true
			}
		}
		codes[0] = true
		if !maps.Equal(said, codes) {
			t.Errorf("tarn %s --help says %v, and the table has %v", command, slices.Sorted(maps.Keys(said)), slices.Sorted(maps.Keys(codes)))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sentence, _ := strings.Cut(string(readme), "\nExit codes: ")
	sentence, _, _ = strings.Cut(sentence, "\n\n")
	topic, err := os.ReadFile("cli/help/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(topic), "## Exit codes")
	for _, code := range all {
		if !regexp.MustCompile(fmt.Sprintf(`\b%d `, code)).MatchString(sentence) || !strings.Contains(table, fmt.Sprintf("\n| %d | ", code)) {
			t.Errorf("README or the topic ci do not say what %d means", code)
		}
	}
	if strings.Contains(table, fmt.Sprintf("\n| %d | ", len(all))) {
		t.Errorf("the topic ci has a code that no command ends with")
	}
}

// exitCodeOf runs tarn. The end of its arguments may say where its output goes: to a full disk, to a pipe that nobody reads, or to a terminal
// where somebody answers.
func exitCodeOf(t *testing.T, dir string, args []string) (code int, out string) {
	t.Helper()
	to := ""
	for i, arg := range args {
		if strings.HasPrefix(arg, ">") {
			to = strings.Join(args[i:], " ")
			args = args[:i]
			break
		}
	}
	cmd := exec.Command("tarn", args...)
	cmd.Dir = dir
	var messages strings.Builder
	cmd.Stderr = &messages
	switch {
	case to == "":
		cmd.Stdout = &messages
	case to == ">full":
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer full.Close()
		cmd.Stdout = full
	case to == ">gone":
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		defer writer.Close()
		cmd.Stdout = writer
	default: // at a terminal
		answer := strings.TrimPrefix(to, ">terminal ")
		text, code := screen{dir: dir, columns: 100, answers: []string{answer}}.run(t, args...)
		if !strings.Contains(text, "Type yes") {
			t.Errorf("nothing was asked: %s", text)
		}
		return code, text
	}
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), messages.String()
}
