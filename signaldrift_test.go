//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
)

// yesterday is a file of metrics that says of all checks that all was well.
const yesterday = `# HELP tarn_drift_detected Whether there is drift that counts: 1 or 0. What is acknowledged does not count, nor what --fail-on leaves out.
# TYPE tarn_drift_detected gauge
tarn_drift_detected{remote="sim:one.json",spec="storage.hcl"} 0
tarn_drift_detected{remote="unix:sim.sock",spec="storage.hcl"} 0
tarn_drift_detected{remote="sim:one.json",spec="pipe.hcl"} 0
# HELP tarn_drift_last_success_timestamp_seconds When spec and server could last be compared.
# TYPE tarn_drift_last_success_timestamp_seconds gauge
tarn_drift_last_success_timestamp_seconds{remote="sim:one.json",spec="storage.hcl"} 1000
tarn_drift_last_success_timestamp_seconds{remote="unix:sim.sock",spec="storage.hcl"} 1000
tarn_drift_last_success_timestamp_seconds{remote="sim:one.json",spec="pipe.hcl"} 1000
`

// A drift run that a signal ends, whatever it waits for, leaves files that say so: what was compared until then counts, and what was not is no
// success, of yesterday's neither.
func TestSignalLeavesMetrics(t *testing.T) {
	const fleet = "drift --remote sim:one.json --remote unix:sim.sock"
	files := strings.Fields("--metrics tarn.prom --history h.jsonl --junit drift.xml --html drift.html")
	type result struct{ read, notRead []string } // labels of checks
	const one, sock, pipe = `{remote="sim:one.json",spec="storage.hcl"}`, `{remote="unix:sim.sock",spec="storage.hcl"}`, `{remote="sim:one.json",spec="pipe.hcl"}`
	for name, moment := range map[string]struct {
		wait func(*command, []string)
		want result
	}{
		"the second server": {func(c *command, files []string) {
			c.hold("GET /1.0/storage-pools")
			c.start(nil, nil, append(strings.Fields(fleet+" --debug storage.hcl"), files...)...)
			c.waitForRequest()
			c.waitFor(&c.stderr, "GET /1.0/storage-pools/main/resources") // the last that the first one is asked
		}, result{[]string{one}, []string{sock}}},
		"the only server": {func(c *command, files []string) {
			c.hold("GET /1.0/storage-pools")
			c.start(nil, nil, append(strings.Fields("drift --remote unix:sim.sock storage.hcl"), files...)...)
			c.waitForRequest()
		}, result{nil, []string{sock}}},
		"a spec": {func(c *command, files []string) {
			reading("pipe.hcl", append(strings.Fields("drift --each file --remote sim:one.json storage.hcl pipe.hcl"), files...)...)(c)
		}, result{nil, []string{one, pipe}}},
		"the only spec": {func(c *command, files []string) {
			reading("pipe.hcl", append(strings.Fields("drift --remote sim:one.json pipe.hcl"), files...)...)(c)
		}, result{nil, []string{pipe}}},
		"the output": {func(c *command, files []string) {
			c.write("storage.hcl", manyVolumes(2000))
			writing(false, append(strings.Fields(fleet+" storage.hcl"), files...)...)(c)
		}, result{[]string{one, sock}, nil}},
		"another process that holds the history": {func(c *command, files []string) {
			lock := flock.New(filepath.Join(c.dir, "h.jsonl"))
			if err := lock.Lock(); err != nil {
				c.Fatal(err)
			}
			c.Cleanup(func() { lock.Unlock() })
			c.hold("GET /1.0/storage-pools")
			c.start(nil, nil, append(strings.Fields("drift --remote unix:sim.sock storage.hcl"), files...)...)
			c.waitForRequest()
		}, result{nil, []string{sock}}},
	} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			t.Run(fmt.Sprint(name, ", ", signal), func(t *testing.T) {
				t.Parallel()
				c := newCommand(t)
				c.start(nil, nil, "apply", "--auto-approve", "--remote", "sim:one.json", "storage.hcl")
				c.exits(0, ".*Applied.*", "")
				c.stdout.reset()
				c.write("tarn.prom", yesterday)
				c.write("h.jsonl", "")
				moment.wait(c, files)
				c.signal(signal)
				c.exits(1, "(?s:.*)", "(?s:.*)tarn: (read the pools: )?interrupted\n")
				text := c.files()["tarn.prom"]
				value := func(metric, labels string) string {
					found := regexp.MustCompile(`(?m)^tarn_drift_` + metric + regexp.QuoteMeta(labels) + ` (\S+)$`).FindStringSubmatch(text)
					if found == nil {
						return "none"
					}
					return found[1]
				}
				for _, labels := range moment.want.read {
					if value("read", labels) != "1" || value("detected", labels) == "none" || value("last_success_timestamp_seconds", labels) == "1000" {
						t.Errorf("%s was compared:\n%s", labels, text)
					}
				}
				for _, labels := range moment.want.notRead {
					if value("read", labels) != "0" || value("detected", labels) != "none" || value("reached", labels) != "none" || value("last_success_timestamp_seconds", labels) != "1000" {
						t.Errorf("%s was not compared:\n%s", labels, text)
					}
				}
				if n := strings.Count(c.files()["h.jsonl"], `"tarn_history"`); n != len(moment.want.read)+len(moment.want.notRead) && !strings.Contains(name, "history") {
					t.Errorf("%d lines of history:\n%s", n, c.files()["h.jsonl"])
				}
				for _, file := range []string{"drift.xml", "drift.html"} {
					if content, err := os.ReadFile(filepath.Join(c.dir, file)); err != nil || len(moment.want.notRead) > 0 && !strings.Contains(string(content), "interrupted") {
						t.Errorf("%s: %v\n%s", file, err, content)
					}
				}
			})
		}
	}
}
