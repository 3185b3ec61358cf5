// Package metrics writes a look at servers as metrics for Prometheus, in the text format that the textfile collector of node_exporter
// reads.
//
// A run goes in, and the file that it replaces, from which the time of the last success is taken; text comes out. All metrics are gauges: each run
// says what is, and counts nothing. What a run does not know is left out and not 0, as the number of differences of a server that was not
// reached.
package metrics

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tarn/cli/lazyregexp"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// Check names a check by what its metrics are labelled with.
type Check struct{ Spec, Remote string }

// Successes are when checks last came to a plan.
type Successes map[Check]time.Time

const lastSuccess = "tarn_drift_last_success_timestamp_seconds"

// opening is what each file of metrics begins with, by which it is known.
const opening = "# HELP tarn_"

// IsOurs tells whether a text was written by Write.
func IsOurs(text []byte) bool { return bytes.HasPrefix(text, []byte(opening)) }

// readSuccess is a line of the last success, as Write writes it.
var readSuccess = lazyregexp.New(`^tarn_drift_last_success_timestamp_seconds\{remote="((?:[^"\\]|\\.)*)",spec="((?:[^"\\]|\\.)*)"\} (\S+)$`)

// ReadSuccesses reads the last successes in what Write has written. A line of them that Write has not written is an error.
func ReadSuccesses(text []byte) (Successes, error) {
	successes := Successes{}
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, "\n") {
			return nil, fmt.Errorf("read the metrics of the run before: the file ends in the middle of a line, %q", line)
		}
		if !strings.HasPrefix(line, lastSuccess) {
			continue
		}
		found := readSuccess().FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if found == nil {
			return nil, fmt.Errorf("read the metrics of the run before: %q says no time of a check", strings.TrimSpace(line))
		}
		at, err := strconv.ParseFloat(found[3], 64)
		if err != nil || !(at >= 0 && at < 1<<53) {
			return nil, fmt.Errorf("read the metrics of the run before: %q is no time", found[3])
		}
		successes[Check{Spec: labelValue(found[2]), Remote: labelValue(found[1])}] = time.Unix(int64(at), 0)
	}
	return successes, nil
}

// Write writes the metrics of a run. before are the successes of earlier runs, nil for none.
func Write(w io.Writer, run *drift.Run, before Successes) error {
	m := &families{byName: map[string]*family{}, have: map[string]bool{}}
	m.add("tarn_build_info", "The version of tarn that wrote these metrics; always 1.", 1, label{"version", run.Made.Version})
	for i := range run.Checks {
		m.check(run, &run.Checks[i], before)
	}
	return m.write(w)
}

// check adds what is known of a check.
func (m *families) check(run *drift.Run, c *drift.Check, before Successes) {
	name := Check{valid(c.Spec), valid(c.Remote)}
	labels := []label{{"remote", name.Remote}, {"spec", name.Spec}}
	at := seconds(run.Made.At)
	read := c.Plan != nil
	if !c.BrokenOff { // nobody waited for the server
		m.add("tarn_drift_reached", "Whether the server was reached: 1 if it was, 0 if not or if the spec is so wrong that it was not asked.", truth(read || c.Requests > 0 && c.Status != drift.Unreachable), labels...)
	}
	m.add("tarn_drift_read", "Whether spec and server could be compared; without that there are no other numbers than those of the run itself.", truth(read), labels...)
	m.add("tarn_drift_last_run_timestamp_seconds", "When the check last ran, whatever came of it.", at, labels...)
	success := before[name]
	if c.LastReached.After(success) {
		success = c.LastReached
	}
	if read {
		success = run.Made.At
	}
	if !success.IsZero() {
		m.add(lastSuccess, "When spec and server could last be compared.", seconds(success), labels...)
	}
	m.add("tarn_drift_duration_seconds", "How long the check took.", c.Took.Seconds(), labels...)
	m.add("tarn_drift_requests", "Requests that the check has sent to the server.", float64(c.Requests), labels...)
	if read {
		m.findings(c, labels)
	}
	for _, pool := range c.Pools {
		labels := []label{{"pool", pool.Pool}, {"remote", name.Remote}}
		if pool.Member != "" {
			labels = append([]label{{"member", pool.Member}}, labels...)
		}
		if pool.Total > 0 && pool.Used >= 0 {
			m.add("tarn_pool_size_bytes", "How much the storage pool can hold; in a cluster, the member's side of it.", float64(pool.Total), labels...)
			m.add("tarn_pool_used_bytes", "How much of the storage pool is used; in a cluster, of the member's side of it.", float64(pool.Used), labels...)
		}
	}
}

// findings adds what was found.
func (m *families) findings(c *drift.Check, labels []label) {
	steps := map[string]map[plan.Object]bool{}
	for _, verb := range plan.Verbs() {
		steps[verb] = map[plan.Object]bool{}
	}
	kinds := map[drift.Kind]int{}
	var oldest time.Time
	expired := map[*drift.Acknowledgment]bool{}
	for _, f := range c.Findings {
		if f.Step > 0 {
			steps[f.Code][f.Object] = true
		}
		kinds[f.Kind]++
		if !f.Age.Since.IsZero() && (oldest.IsZero() || f.Age.Since.Before(oldest)) {
			oldest = f.Age.Since
		}
		if f.Expired != nil {
			expired[f.Expired] = true
		}
	}
	known := map[plan.Object]bool{}
	for _, f := range c.Acknowledged {
		known[f.Object] = true
	}
	m.add("tarn_drift_detected", "Whether there is drift that counts: 1 or 0. What is acknowledged does not count, nor what --fail-on leaves out.", truth(c.Status == drift.Drifted), labels...)
	for _, verb := range plan.Verbs() {
		with := append([]label{{"action", verb}}, labels...)
		m.add("tarn_drift_objects", "Pools and volumes that differ from the spec, by what an apply would do with them, without what is acknowledged.", float64(len(steps[verb])), with...)
	}
	m.add("tarn_drift_blockers", "What would keep an apply from being carried out.", float64(kinds[drift.BlockedKind]), labels...)
	m.add("tarn_drift_orphans", "Objects that are marked as the spec's and no longer declared.", float64(kinds[drift.OrphanKind]), labels...)
	m.add("tarn_drift_unmanaged_objects", "Objects that are not in the spec, in pools that are exclusively the spec's.", float64(kinds[drift.UnmanagedKind]), labels...)
	m.add("tarn_drift_unfinished_moves", "Moves and renames that are half done.", float64(kinds[drift.UnfinishedKind]), labels...)
	m.add("tarn_drift_acknowledged_objects", "Objects with drift that is acknowledged in the spec.", float64(len(known)), labels...)
	m.add("tarn_drift_expired_acknowledgments", "Acknowledgments that have run out while what they are about still differs.", float64(len(expired)), labels...)
	m.add("tarn_drift_unneeded_acknowledgments", "Acknowledgments in the spec for which nothing differs.", float64(len(c.Unneeded)), labels...)
	if !oldest.IsZero() {
		m.add("tarn_drift_oldest_finding_timestamp_seconds", "Since when the oldest finding stands that is not acknowledged, as the history has it; there is none without findings or a history.", seconds(oldest), labels...)
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func seconds(at time.Time) float64 { return float64(at.Unix()) }
