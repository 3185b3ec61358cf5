//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// zshCompletes is a script for zsh that types each of its arguments into another zsh, on a terminal, presses the tabulator, and prints the line
// that this makes.
const zshCompletes = `zmodload zsh/zpty || exit 77
zpty -b shell "zsh -f -i"
zpty -w shell 'PS1= PS2=
autoload -U compinit; compinit -u -D; source <(tarn completion zsh)
tell() { zle complete-word; print -rn -- "[[$BUFFER]]"; BUFFER= }
zle -N tell; bindkey "^I" tell
print RE""ADY'
zpty -r shell out '*READY*'
for text; do
  zpty -w -n shell "$text"$'\t'
  zpty -r shell out '*\[\[*\]\]*'
  out=${out##*\[\[}
  print -r -- "${out%%\]\]*}"
done
zpty -d shell
`

// zsh makes of a line what its user means, whatever names have in them and whichever quotes are open.
func TestCompletionInZsh(t *testing.T) {
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip(err)
	}
	dir := completedIn(t)
	const show = "tarn show --remote sim:state.json "
	cases := [][2]string{ // what is typed, and what it becomes
		{show + "sl", show + "slow "},
		{show + "fast/p", show + `fast/pg\ data `},
		{show + "fast/i", show + `fast/it\'s `},
		{show + `"fast/p`, show + `"fast/pg data" `},
		{show + `'fast/p`, show + `'fast/pg data' `},
		{show + `fast/it\'s "fast/p`, show + `fast/it\'s "fast/pg data" `},
		{show + `fast/\$\(touch\ ran\) sl`, show + `fast/\$\(touch\ ran\) slow `},
		{show + "fast/c", show + "fast/c:"},
		{show + "fast/c:o", show + "fast/c:one "},
		{show + "fast/zzz", show + "fast/zzz"},
		{show + "--project sh", show + "--project shop "},
		{"tarn import --remote sim:state.json --pool f", "tarn import --remote sim:state.json --pool fast "},
		{"tarn plan spec --only fast/", "tarn plan spec --only fast/declared "},
		{"tarn show --remote sim:st", "tarn show --remote sim:state.json "},
		{"tarn show --remote=sim:st", "tarn show --remote=sim:state.json "},
		{"tarn show --remote sim:spe", "tarn show --remote sim:spec/"},
		{"tarn schema snapshots.sch", "tarn schema snapshots.schedule "},
		{"tarn apply pl", "tarn apply plan.json "},
	}
	args := []string{"-f", "-c", zshCompletes, "zsh"}
	var want []string
	for _, c := range cases {
		args, want = append(args, c[0]), append(want, c[1])
	}
	cmd := exec.Command(zsh, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "TERM=dumb")
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() == 77 {
		t.Skip("this zsh has no zsh/zpty")
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(got) != len(want) {
		t.Fatalf("%v: %q", err, out)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s\nbecomes %q\nand not %q", cases[i][0], got[i], want[i])
		}
	}
	ranNothing(t, dir)
}

// fish offers what the server and the spec have, also after words that need quotes, and evaluates none of these.
func TestCompletionInFish(t *testing.T) {
	fish, err := exec.LookPath("fish")
	if err != nil {
		t.Skip(err)
	}
	dir := completedIn(t)
	const show = "tarn show --remote sim:state.json "
	for _, c := range [][2]string{ // what is typed, and what is offered
		{show + "sl", "slow"},
		{show + "fast/p", "fast/pg data"},
		{show + `"fast/p`, "fast/pg data"},
		{show + `fast/it\'s fast/p`, "fast/pg data"},
		{show + `fast/pg\ data sl`, "slow"},
		{show + `fast/\$\(touch\ ran\) sl`, "slow"},
		{show + `fast/\(touch\ ran\)\;touch\ ran sl`, "slow"},
		{show + "fast/c:o", "fast/c:one"},
		{show + "fast/lo", "fast/logs\nfast/logs in project shop"},
		{show + "--project sh", "shop"},
		{"tarn import --remote sim:state.json --pool f", "fast\tbtrfs"},
		{"tarn plan spec --only fast/", "fast/declared"},
		{"tarn show --remote sim:st", "sim:state.json"},
		{"tarn show --remote=sim:st", "--remote=sim:state.json"},
		{"tarn schema snapshots.sch", "snapshots.schedule"},
	} {
		cmd := exec.Command(fish, "--no-config", "-c", "tarn completion fish | source; complete -C $argv[1]", c[0])
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c[1] {
			t.Errorf("%s\n%v, offers %q\nand not %q", c[0], err, got, c[1])
		}
	}
	ranNothing(t, dir)
}

// completedIn is a folder with what completions are about.
func completedIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"state.json": completedState, "spec/storage.hcl": completedSpec} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save := exec.Command("tarn", "plan", "--remote", "sim:state.json", "--out", "plan.json", "spec")
	save.Dir = dir
	if out, err := save.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// ranNothing holds that no name was taken for a command.
func ranNothing(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("a completion has run the name of a volume")
	}
}
