//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"tarn/lxd/sim"
	"tarn/planner/drift"
	"tarn/planner/drift/metrics"
	"tarn/planner/plan"
)

const monitoring = "examples/monitoring"

var aTime = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

// promtool is Prometheus's own program, where it is installed or .ci/promtool has put it.
func promtool(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath("promtool")
	if err != nil {
		cache, _ := os.UserCacheDir()
		if program = filepath.Join(cache, "tarn/promtool/promtool"); exec.Command(program, "--version").Run() != nil {
			t.Skip("promtool is not installed; .ci/promtool unpacks it")
		}
	}
	return exec.Command(program, args...)
}

// monitored is a folder as the examples expect it: specs in storage, a state folder, and a remote prod, which is a server that has nothing.
func monitored(t *testing.T) (dir string, run func(line string, env ...string) (out string, code int)) {
	dir = t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "storage"), 0o755), os.MkdirAll(filepath.Join(dir, "state/metrics"), 0o755), os.Mkdir(filepath.Join(dir, "conf"), 0o755),
		os.WriteFile(filepath.Join(dir, "storage/a.hcl"), []byte("pool \"fast\" {\n  driver = \"dir\"\n}\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "conf/config.yml"), []byte("default-remote: local\nremotes:\n  prod:\n    addr: unix://"+dir+"/sock\n    public: false\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := sim.New(nil)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return dir, func(line string, env ...string) (string, int) {
		t.Helper()
		line = strings.NewReplacer("/etc/tarn", "storage", "/var/lib/tarn", "state", "/usr/bin/tarn", "tarn", "$HOME/tarn", "state").Replace(line)
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "LXD_SOCKET="+dir+"/sock", "LXD_CONF="+dir+"/conf"), env...)
		out, err := cmd.CombinedOutput()
		var exited *exec.ExitError
		if err != nil && !errors.As(err, &exited) {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
}

// TestMonitoringCommands runs each command of tarn that is in the examples as it stands there, but for the places of files.
func TestMonitoringCommands(t *testing.T) {
	command := regexp.MustCompile(`(?m)(?:^ExecStart=|^[^#\n]*lock |^[-\s]*(?:- run: )?)((?:/usr/bin/)?tarn (?:drift|plan|validate|fmt) [^\n]*)$`)
	for file, want := range map[string]int{"tarn-drift.service": 1, "crontab": 1, "github.yml": 4, "gitlab.yml": 4} {
		text, err := os.ReadFile(filepath.Join(monitoring, file))
		if err != nil {
			t.Fatal(err)
		}
		found := command.FindAllStringSubmatch(string(text), -1)
		if len(found) != want {
			t.Errorf("%s has %d commands, want %d: %q", file, len(found), want, found)
		}
		for _, match := range found {
			dir, run := monitored(t)
			want := 0
			if strings.Contains(match[1], "tarn drift ") {
				want = 2 // the server has nothing
			}
			out, code := run(match[1])
			if code != want {
				t.Errorf("%s: %s: exit code %d, want %d\n%s", file, match[1], code, want, out)
			}
			for name, in := range map[string]string{"--history": "history.jsonl", "--metrics": "tarn.prom", "--html": "drift.html", "--junit": "drift.xml"} {
				if !strings.Contains(match[1], name) {
					continue
				}
				written := false
				for _, folder := range []string{".", "state", "state/metrics"} {
					if info, err := os.Stat(filepath.Join(dir, folder, in)); err == nil && info.Size() > 0 {
						written = true
					}
				}
				if !written {
					t.Errorf("%s: %s: %s is not there", file, match[1], in)
				}
			}
		}
	}
}

// TestMonitoringUnits has systemd read the units.
func TestMonitoringUnits(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	for _, name := range []string{"tarn-drift.service", "tarn-drift.timer"} {
		text, err := os.ReadFile(filepath.Join(monitoring, name))
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("=/usr/bin/tarn "), []byte("=/bin/true ")) // which has to be there
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("systemd-analyze", "verify", "--man=no", filepath.Join(dir, "tarn-drift.timer"), filepath.Join(dir, "tarn-drift.service")).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("tarn-drift")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestMonitoringAlerts has Prometheus try the alerts, and read the metrics of a run.
func TestMonitoringAlerts(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", "tarn.rules.yml"}, {"test", "rules", "tarn.rules.test.yml"}} {
		cmd := promtool(t, args...)
		cmd.Dir = monitoring
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
	dir, run := monitored(t)
	if out, code := run("tarn drift --remote prod --remote unix:none --metrics tarn.prom storage"); code != 5 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	file, err := os.Open(filepath.Join(dir, "tarn.prom"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := promtool(t, "check", "metrics")
	cmd.Stdin = file
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// Alerts, the dashboard and the help name metrics that there are, and the help all of them.
func TestMonitoringNames(t *testing.T) {
	// Every family that a run may have: with drift, pools and a history.
	check := drift.Check{Status: drift.Drifted, Plan: &plan.Plan{}, Pools: []drift.Fullness{{Used: 1, Total: 2}}, Findings: []drift.Finding{{Age: drift.Age{Since: aTime}}}}
	var text bytes.Buffer
	if err := metrics.Write(&text, &drift.Run{Made: plan.Made{At: aTime}, Checks: []drift.Check{check}}, nil); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (\S+) gauge$`).FindAllStringSubmatch(text.String(), -1) {
		there[match[1]] = true
	}
	if len(there) < 15 {
		t.Errorf("only %d metrics", len(there))
	}
	name := regexp.MustCompile(`\btarn_[a-z_]+`)
	for _, file := range []string{monitoring + "/tarn.rules.yml", monitoring + "/tarn.rules.test.yml", monitoring + "/grafana.json", "cli/help/monitoring.md"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]bool{}
		for _, metric := range name.FindAllString(string(content), -1) {
			if named[metric] = true; !there[metric] {
				t.Errorf("%s names %s, which there is not", file, metric)
			}
		}
		if len(named) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for metric := range there {
			if strings.HasSuffix(file, ".md") && !named[metric] {
				t.Errorf("%s does not name %s", file, metric)
			}
		}
	}
}

// TestMonitoringFiles reads what is YAML and JSON.
func TestMonitoringFiles(t *testing.T) {
	for _, file := range []string{"tarn.rules.yml", "tarn.rules.test.yml", "github.yml", "gitlab.yml"} {
		text, err := os.ReadFile(filepath.Join(monitoring, file))
		if err != nil {
			t.Fatal(err)
		}
		var content map[string]any
		if err := yaml.UnmarshalWithOptions(text, &content, yaml.Strict()); err != nil || len(content) == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(monitoring, "grafana.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, RefID string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil || dashboard.Title == "" || len(dashboard.Panels) == 0 {
		t.Fatalf("%v, %d panels", err, len(dashboard.Panels))
	}
	ids, taken := map[int]bool{}, map[[2]int]bool{}
	for _, panel := range dashboard.Panels {
		if ids[panel.ID] || panel.Title == "" || len(panel.Targets) == 0 {
			t.Errorf("panel %d: %q", panel.ID, panel.Title)
		}
		ids[panel.ID] = true
		for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
			for y := panel.GridPos.Y; y < panel.GridPos.Y+panel.GridPos.H; y++ {
				if taken[[2]int{x, y}] || x >= 24 {
					t.Fatalf("panel %q is over another one or out of the grid", panel.Title)
				}
				taken[[2]int{x, y}] = true
			}
		}
	}
	// Prometheus reads each expression, as a rule with what Grafana puts in place of its variables.
	var rules strings.Builder
	rules.WriteString("groups:\n- name: dashboard\n  rules:\n")
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expression, _ := json.Marshal(strings.ReplaceAll(target.Expr, "$remote", ".*"))
			rules.WriteString("  - { record: 'panel:" + string(rune('a'+panel.ID)) + target.RefID + "', expr: " + string(expression) + " }\n")
		}
	}
	path := filepath.Join(t.TempDir(), "rules.yml")
	if err := os.WriteFile(path, []byte(rules.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := promtool(t, "check", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestMonitoringMail runs the script, with a program that keeps the mail.
func TestMonitoringMail(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(monitoring, "drift-mail"))
	if err != nil {
		t.Fatal(err)
	}
	if shellcheck, err := exec.LookPath("shellcheck"); err == nil {
		if out, err := exec.Command(shellcheck, script).CombinedOutput(); err != nil {
			t.Errorf("%s", out)
		}
	}
	dir, run := monitored(t)
	sendmail := filepath.Join(dir, "sendmail")
	if err := os.WriteFile(sendmail, []byte("#!/bin/sh\n[ \"$*\" = -t ] && exec cat >mail\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	send := func() (*mail.Message, map[string]string) {
		t.Helper()
		_ = os.Remove(filepath.Join(dir, "mail"))
		if out, code := run(script+" team@example.com storage", "SENDMAIL="+sendmail, "TARN_HISTORY=state/history.jsonl"); code != 0 || out != "" {
			t.Fatalf("exit code %d, %s", code, out)
		}
		file, err := os.Open(filepath.Join(dir, "mail"))
		if err != nil {
			return nil, nil
		}
		defer file.Close()
		message, err := mail.ReadMessage(file)
		if err != nil {
			t.Fatal(err)
		}
		_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		reader := multipart.NewReader(message.Body, params["boundary"])
		for {
			part, err := reader.NextPart()
			if err == io.EOF {
				return message, parts
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
			if err != nil {
				t.Fatal(err)
			}
			parts[part.Header.Get("Content-Type")] = string(text)
		}
	}
	message, parts := send()
	if message == nil || !strings.HasPrefix(message.Header.Get("Subject"), "storage: drift on ") || message.Header.Get("To") != "team@example.com" {
		t.Fatalf("%v", message)
	}
	if !strings.Contains(parts["text/plain; charset=utf-8"], "create pool fast") || !strings.Contains(parts["text/html; charset=utf-8"], "<!DOCTYPE html") {
		t.Errorf("%q", parts)
	}
	if out, code := run("tarn apply --auto-approve storage"); code != 0 {
		t.Fatal(out)
	}
	if message, _ := send(); message != nil {
		t.Error("a mail without drift")
	}
	if err := os.WriteFile(filepath.Join(dir, "storage/a.hcl"), []byte("pool {"), 0o644); err != nil {
		t.Fatal(err)
	}
	if message, _ := send(); message == nil || !strings.HasPrefix(message.Header.Get("Subject"), "storage: the check for drift failed") {
		t.Errorf("%v", message)
	}
	if out, code := run(script + " team@example.com"); code != 64 || !strings.HasPrefix(out, "usage: ") {
		t.Errorf("exit code %d, %s", code, out)
	}
}
