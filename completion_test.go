//go:build linux

package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const completedState = `{"format": 1, "projects": {"shop": {"config": {"features.storage.volumes": "true"}}}, "pools": {
  "fast": {"driver": "btrfs", "volumes": {"default/custom/pg data": {"serial": 1}, "default/custom/it's": {"serial": 2}, "default/custom/$HOME": {"serial": 3},
    "default/custom/$(touch ran)": {"serial": 6}, "default/custom/c:one": {"serial": 7}, "default/custom/c:two": {"serial": 8},
    "default/custom/a\u001b[31mred": {"serial": 4}, "shop/custom/logs": {"serial": 5}}},
  "slow": {"driver": "dir"}}}`

const completedSpec = "pool \"fast\" {\n  driver = \"btrfs\"\n  volume \"declared\" {}\n}\n"

// bash completes with the script that tarn prints what the server and the spec have, and quotes what it would read in another way.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	dir := completedIn(t)
	for _, c := range []struct {
		typed []string // the last word is completed
		want  string   // in lines
	}{
		{[]string{"show", "--remote", "sim:state.json", "sl"}, "slow"},
		{[]string{"show", "--remote", "sim:state.json", "fast/p"}, `fast/pg\ data`},
		{[]string{"show", "--remote", "sim:state.json", "fast/i"}, `fast/it\'s`},
		{[]string{"show", "--remote", "sim:state.json", `fast/$`}, "fast/$(touch ran)\nfast/$HOME"},
		{[]string{"show", "--remote", "sim:state.json", `fast/\$\(`}, `fast/\$\(touch\ ran\)`},
		{[]string{"show", "--remote", "sim:state.json", `fast/\$\(touch\ ran\)`, "sl"}, "slow"},
		{[]string{"show", "--remote", "sim:state.json", "fast/a"}, ""},
		{[]string{"show", "--remote", "sim:state.json", "fast/l"}, "fast/logs\nfast/logs in project shop"},
		{[]string{"show", "--remote", "sim:state.json", "plan"}, "plan.json"},
		{[]string{"show", "--remote", "sim:state.json", "--spec", "spec", "pool.fast.v"}, "pool.fast.volume.declared"},
		{[]string{"show", "--remote", "sim:nothing.json", "f"}, ""},
		{[]string{"plan", "--remote", "sim:state.json", "--project", "sh"}, "shop"},
		{[]string{"import", "--remote", "sim:state.json", "--pool", "f"}, "fast"},
		{[]string{"plan", "spec", "--only", "fast/"}, "fast/declared"},
		{[]string{"schema", "snapshots.sch"}, "snapshots.schedule"},
		{[]string{"schema", "zfs.block_"}, "zfs.block_mode"},
	} {
		// What bash-completion has and cobra's script calls, as far as it matters: which words there are.
		script := `_get_comp_words_by_ref() { cur="${COMP_WORDS[COMP_CWORD]}"; prev="${COMP_WORDS[COMP_CWORD-1]}"; words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
compopt() { :; }
source <(tarn completion bash)
COMP_WORDS=(tarn "$@"); COMP_CWORD=$#; COMP_LINE="tarn $*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
__start_tarn
printf '%s\n' "${COMPREPLY[@]}"`
		cmd := exec.Command(bash, append([]string{"-c", script, "bash"}, c.typed...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir)
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%q: %v, %q, want %q", c.typed, err, got, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nothing.json")); err == nil {
		t.Error("a completion has made a simulator")
	}
	ranNothing(t, dir)
}

// A server that does not answer, or is none, keeps nobody waiting who presses a key, and nothing is said of it.
func TestCompletionOfSilentServers(t *testing.T) {
	dir := t.TempDir()
	hostile(t, filepath.Join(dir, "s"), func(conn net.Conn) { hangUntilClosed(conn) })
	for _, remote := range []string{"unix:s", "unix:nothing", "nobody-knows-this-one", "sim:nothing.json"} {
		for _, args := range [][]string{{"show", ""}, {"plan", "--project", ""}} {
			cmd := exec.Command("tarn", append([]string{"__complete", "--remote", remote}, args...)...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+dir)
			start := time.Now()
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil || string(out) != ":4\n" || !strings.HasPrefix(stderr.String(), "Completion ended with directive") {
				t.Errorf("%s, %v: %v, %q, %q", remote, args, err, out, &stderr)
			}
			if took := time.Since(start); took > 30*time.Second { // half the time that a command waits, so that no busy machine fails it
				t.Errorf("%s, %v took %v", remote, args, took)
			}
		}
	}
}
