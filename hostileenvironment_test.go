//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
)

// Whatever the environment says, a simulated server and what needs no server are as ever, and a server that is not there is said to be
// that in a sentence.
func TestOddEnvironments(t *testing.T) {
	const nobody = "the socket does not exist"
	for environment, says := range map[string]string{
		"-u HOME": "", "HOME=": "", "HOME=nowhere": "", "HOME=/dev/null": "", "HOME=file": "", "HOME=circle": "",
		"XDG_CONFIG_HOME=nowhere XDG_RUNTIME_DIR=file XDG_CACHE_HOME=/dev/null": "",
		"LXD_DIR=nowhere": nobody, "LXD_DIR=/dev/null": nobody, "LXD_DIR=file": nobody, "LXD_DIR=circle": nobody, "INCUS_DIR=file LXD_DIR=nowhere": nobody,
		"LXD_SOCKET=nowhere": nobody, "LXD_SOCKET=file": "nobody listens there", "LXD_SOCKET=.": "nobody listens there", "LXD_SOCKET=file/s": nobody, "LXD_SOCKET=circle": nobody,
		"LXD_SOCKET=/" + strings.Repeat("x", 120): nobody, "LXD_SOCKET=/" + strings.Repeat("x", 5000): nobody, "INCUS_SOCKET=/dev/null": "",
		"LXD_CONF=nowhere INCUS_CONF=nowhere": "", "LXD_CONF=file INCUS_CONF=/dev/null": "", "LXD_CONF=circle": "",
		"PATH=": "", "TMPDIR=nowhere": "", "TMPDIR=/dev/null": "", "TERM=\x1b[31m$(false) COLUMNS=0": "", "COLUMNS=-1": "", "COLUMNS=99999999999999999999": "",
		"LC_ALL=xx_YY.\x1b": "", "LC_ALL=C": "", "LANG=tlh": "", "TZ=Nowhere/City": "", "TZ=/dev/zero": "", "TZ=:file": "",
		"HUGE=" + strings.Repeat("x", 100_000): "", "TARN_VAR_x=" + strings.Repeat("x", 100_000): "",
		"HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=socks5://127.0.0.1:1 LXD_SOCKET=nowhere": nobody,
		"GODEBUG=x=y,,= GOGC=1 GOMAXPROCS=0": "",
	} {
		name := environment[:min(len(environment), 60)]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if environment != "-u HOME" && environment != "LXD_DIR=file" && environment != "LXD_SOCKET=circle" {
				lxdtest.Nightly(t)
			}
			dir := t.TempDir()
			for name, content := range map[string]string{"storage.hcl": oneVolume, "file": "x"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink("circle", filepath.Join(dir, "circle")); err != nil {
				t.Fatal(err)
			}
			if end := runMeasured(t, dir, "plan", "--remote", "sim:saved.json", "--out", "plan.json", "storage.hcl"); end.code != 0 {
				t.Fatal(end)
			}
			for _, c := range []struct {
				line string
				code int
				says string
			}{
				{"plan --remote sim: storage.hcl", 0, "Plan: 2 to create. 0 unchanged."},
				{"drift --remote sim: storage.hcl", 2, "Drift: 2 to create. 0 unchanged."},
				{"apply --remote sim: --auto-approve storage.hcl", 0, "Read again: the server is as the spec says."},
				{"apply --remote sim:saved.json --auto-approve plan.json", 0, "Read again: all that the plan works on is as it says."},
				{"validate storage.hcl", 0, "Valid: 1 pool and 1 volume in 1 file."},
				{"version", 0, "tarn "},
				{"plan --remote unix:nowhere storage.hcl", 5, nobody},
				{"drift --timeout 5s storage.hcl", 5, says},
			} {
				if strings.HasPrefix(c.line, "drift --timeout") && says == "" {
					continue // a real server of this machine may be found
				}
				end := runShell(t, dir, "exec env "+quoted(environment)+" $TARN "+c.line)
				end.check(t)
				if end.code != c.code || !strings.Contains(end.stdout+end.stderr, c.says) || regexp.MustCompile(`dial unix|goroutine|invalid argument`).MatchString(end.stderr) {
					t.Errorf("%s: exit code %d\n%.1000s%.1000s", c.line, end.code, end.stdout, end.stderr)
				}
			}
		})
	}
}

// quoted are the assignments of an environment as a shell reads them.
func quoted(environment string) string {
	var words []string
	for _, word := range strings.Fields(environment) {
		words = append(words, "'"+word+"'")
	}
	return strings.Join(words, " ")
}

// runShell runs a line of a shell, which finds tarn in TARN.
func runShell(t *testing.T, dir, line string) measured {
	t.Helper()
	tarn, err := exec.LookPath("tarn")
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "TARN="+tarn)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hangs := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	if !hangs.Stop() {
		t.Fatalf("%s: it hangs\n%s%s", line, &stdout, &stderr)
	}
	return measured{code: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
}

// Streams that are closed, too few files, and places that cannot be written: the exit code is that of what was done, a file that was
// asked for is whole or not there, and what cannot go on says why.
func TestOddProcesses(t *testing.T) {
	const nothing = "^$"
	for name, c := range map[string]struct {
		line string
		code int
		says string // a regular expression for both streams together
	}{
		// The runtime opens /dev/null in the place of a stream that is closed, as others hand it over who want no output.
		"stdout closed":             {"$TARN plan --remote sim: storage.hcl >&-", 0, nothing},
		"stdout closed, drift":      {"$TARN drift --remote sim: storage.hcl >&-", 2, nothing},
		"stdout closed, a fault":    {"$TARN plan --remote sim: nothing.hcl >&-", 1, "There is no file or directory"},
		"stdout closed, no server":  {"$TARN plan --remote unix:nowhere storage.hcl >&-", 5, "the socket does not exist"},
		"stderr closed":             {"$TARN plan --remote sim: storage.hcl 2>&-", 0, "Plan: 2 to create"},
		"stderr closed, a fault":    {"$TARN plan --remote sim: nothing.hcl 2>&-", 1, nothing},
		"all closed":                {"$TARN drift --remote sim: storage.hcl <&- >&- 2>&-", 2, nothing},
		"all closed, --out":         {"$TARN plan --remote sim:s.json --out p.json storage.hcl <&- >&- 2>&-; echo $?; exec $TARN apply --auto-approve --remote sim:s.json p.json", 0, "^0\n(?s).*Read again: all that the plan works on is as it says"},
		"all closed, a state":       {"$TARN apply --auto-approve --remote sim:s.json storage.hcl <&- >&- 2>&-; echo $?; exec $TARN drift --remote sim:s.json storage.hcl", 0, "^0\n(?s).*No drift"},
		"stdin closed, a question":  {"$TARN apply --remote sim: storage.hcl <&-", 1, "there is no terminal to ask: use --auto-approve"},
		"stdin closed, fmt":         {"cp storage.hcl f.hcl && $TARN fmt f.hcl <&- && cmp storage.hcl f.hcl", 0, nothing},
		"stdout cannot be written":  {"$TARN plan --remote sim: storage.hcl 1</dev/null", 1, "^tarn: write standard output: bad file descriptor\n$"},
		"stdout is full":            {"$TARN plan --json --remote sim: storage.hcl >/dev/full", 1, "^tarn: write standard output: no space left on device\n$"},
		"drift, stdout is full":     {"$TARN drift --remote sim: storage.hcl >/dev/full", 1, "no space left on device"},
		"four files":                {"ulimit -n 4; exec $TARN drift --remote sim: storage.hcl", 1, `^tarn: this process may open 4 files at once \(ulimit -n\), and needs 10\n$`},
		"seven files":               {"ulimit -n 7; exec $TARN validate storage.hcl", 1, `^tarn: this process may open 7 files at once`},
		"ten files":                 {"ulimit -n 10; exec $TARN apply --auto-approve --remote sim:n.json storage.hcl", 0, "Read again: the server is as the spec says"},
		"no file may grow, --out":   {"ulimit -f 0; $TARN plan --out g.json --remote sim: storage.hcl >/dev/null; code=$?; ls g.json .g.json* 2>/dev/null; exit $code", 1, "^tarn: --out g.json: file too large\n$"},
		"no file may grow, a state": {"ulimit -f 0; $TARN apply --auto-approve --remote sim:g2.json storage.hcl; code=$?; ls g2.json .g2.json* 2>/dev/null; exit $code", 1, "file too large"},
		"no file may grow, fmt":     {"echo 'pool   \"a\" {}' >f2.hcl; cp f2.hcl f3.hcl; ulimit -f 0; $TARN fmt f2.hcl; code=$?; cmp f2.hcl f3.hcl || echo changed; exit $code", 1, "file too large"},
		"--out to a device":         {"$TARN plan --out /dev/full --remote sim: storage.hcl", 1, "^tarn: --out /dev/full: it is no regular file\n$"},
		"--out without rights":      {"umask 0777; $TARN plan --out u.json --remote sim: storage.hcl && stat -c %a u.json", 0, "\n600\n$"},
		"--out with all rights":     {"umask 0; $TARN plan --out u2.json --remote sim: storage.hcl && stat -c %a u2.json", 0, "\n600\n$"},
		"fmt keeps rights":          {"echo 'pool   \"a\" {}' >f4.hcl; chmod 640 f4.hcl; umask 0777; $TARN fmt f4.hcl && stat -c %a f4.hcl", 0, "640\n$"},
		"no directory":              {"mkdir d && cd d && rmdir ../d && exec $TARN validate", 1, "There is no file or directory"},
		"no directory, a path":      {`s=$PWD/storage.hcl; mkdir d2 && cd d2 && rmdir ../d2 && exec $TARN plan --remote sim: "$s"`, 0, "Plan: 2 to create"},
		"no directory, --out":       {`s=$PWD/storage.hcl; mkdir d3 && cd d3 && rmdir ../d3 && exec $TARN plan --out p.json --remote sim: "$s"`, 1, "tarn: --out p.json: no such file or directory"},
		"no directory, a state":     {`s=$PWD/storage.hcl; mkdir d4 && cd d4 && rmdir ../d4 && exec $TARN plan --remote sim:s.json "$s"`, 1, "s.json: no such file or directory"},
		"one process":               {"ulimit -u 1 2>/dev/null; exec $TARN plan --remote sim: storage.hcl", 0, "Plan: 2 to create"},
		"nothing but the program":   {"exec env -i $TARN plan --remote sim: storage.hcl", 0, "Plan: 2 to create"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "storage.hcl"), []byte(oneVolume), 0o600); err != nil {
				t.Fatal(err)
			}
			end := runShell(t, dir, c.line)
			if end.code != c.code || !regexp.MustCompile(c.says).MatchString(end.stdout+end.stderr) {
				t.Errorf("exit code %d, want %d and %q\n%.2000s%.2000s", end.code, c.code, c.says, end.stdout, end.stderr)
			}
		})
	}
}
