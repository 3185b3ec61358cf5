package metrics_test

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/drift/metrics"
	"tarn/planner/plan"
)

var start = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func volume(name string) plan.Object {
	return plan.VolumeObject(lxd.VolumeID{Project: "default", Pool: "fast", Type: lxd.TypeCustom, Name: name})
}

// a run has a server with drift of every kind, one without, and one that is down.
func someRun(at time.Time) *drift.Run {
	ended := &drift.Acknowledgment{Address: "fast/old", Until: "2026-11-01"}
	drifted := drift.Check{
		Spec: "a.hcl", Remote: "one", Status: drift.Drifted, Plan: &plan.Plan{}, Took: 1500 * time.Millisecond, Requests: 12,
		Findings: []drift.Finding{
			{Kind: drift.ChangeKind, Object: volume("a"), Code: "patch", Step: 1, Age: drift.Age{Since: start.Add(-time.Hour)}},
			{Kind: drift.ChangeKind, Object: volume("a"), Code: "patch", Step: 1, Expired: ended}, // another part of the same step
			{Kind: drift.ChangeKind, Object: volume("b"), Code: "patch", Step: 2, Age: drift.Age{Since: start.Add(-time.Minute)}},
			{Kind: drift.ChangeKind, Object: volume("c"), Code: "delete", Step: 3, Expired: ended},
			{Kind: drift.BlockedKind, Object: volume("c"), Code: "in-use"},
			{Kind: drift.OrphanKind, Object: volume("d")},
			{Kind: drift.UnmanagedKind, Object: volume("e")},
			{Kind: drift.UnmanagedKind, Object: volume("f")},
			{Kind: drift.UnfinishedKind, Object: volume("g"), Code: "move", Step: 4},
		},
		Acknowledged: []drift.Finding{{Kind: drift.ChangeKind, Object: volume("h"), Code: "patch", Step: 5}, {Kind: drift.BlockedKind, Object: volume("h")}},
		Unneeded:     []drift.Acknowledgment{{}},
		Pools:        []drift.Fullness{{Pool: "fast", Used: 1 << 53, Total: 1 << 54}, {Pool: "slow", Used: -1, Total: -1}},
	}
	clean := drift.Check{Spec: "a.hcl", Remote: "two", Status: drift.Clean, Plan: &plan.Plan{}, Requests: 3,
		Pools: []drift.Fullness{{Pool: "fast", Member: "n1", Used: 1, Total: 2}, {Pool: "fast", Member: "n2", Used: 0, Total: 2}}}
	down := drift.Check{Spec: "a.hcl", Remote: "three", Status: drift.Unreachable, Requests: 1}
	return &drift.Run{Made: plan.Made{At: at, Version: "1.0"}, Checks: []drift.Check{drifted, clean, down}}
}

func write(t *testing.T, run *drift.Run, before metrics.Successes) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := metrics.Write(&out, run, before); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// parsed is what Prometheus's parser reads, by name and labels as Prometheus writes them.
func parsed(t *testing.T, text []byte) (map[string]float64, map[string]*dto.MetricFamily) {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	values := map[string]float64{}
	for name, family := range families {
		for _, metric := range family.Metric {
			set := model.Metric{model.MetricNameLabel: model.LabelValue(name)}
			for _, l := range metric.Label {
				set[model.LabelName(l.GetName())] = model.LabelValue(l.GetValue())
			}
			if _, twice := values[set.String()]; twice {
				t.Errorf("%s is there twice", set)
			}
			values[set.String()] = metric.Gauge.GetValue()
		}
	}
	return values, families
}

func TestWrite(t *testing.T) {
	values, _ := parsed(t, write(t, someRun(start), nil))
	want := map[string]float64{`tarn_build_info{version="1.0"}`: 1}
	at := float64(start.Unix())
	for _, server := range []struct {
		remote  string
		numbers map[string]float64
	}{
		{"one", map[string]float64{
			"reached": 1, "read": 1, "last_run_timestamp_seconds": at, "last_success_timestamp_seconds": at, "duration_seconds": 1.5, "requests": 12,
			"detected": 1, "blockers": 1, "orphans": 1, "unmanaged_objects": 2, "unfinished_moves": 1, "acknowledged_objects": 1, "expired_acknowledgments": 1,
			"unneeded_acknowledgments": 1, "oldest_finding_timestamp_seconds": at - 3600,
			"objects create": 0, "objects copy": 0, "objects patch": 2, "objects rename": 0, "objects move": 1, "objects migrate": 0, "objects delete": 1,
		}},
		{"two", map[string]float64{
			"reached": 1, "read": 1, "last_run_timestamp_seconds": at, "last_success_timestamp_seconds": at, "duration_seconds": 0, "requests": 3,
			"detected": 0, "blockers": 0, "orphans": 0, "unmanaged_objects": 0, "unfinished_moves": 0, "acknowledged_objects": 0, "expired_acknowledgments": 0,
			"unneeded_acknowledgments": 0,
			"objects create":           0, "objects copy": 0, "objects patch": 0, "objects rename": 0, "objects move": 0, "objects migrate": 0, "objects delete": 0,
		}},
		{"three", map[string]float64{"reached": 0, "read": 0, "last_run_timestamp_seconds": at, "duration_seconds": 0, "requests": 1}},
	} {
		for name, value := range server.numbers {
			labels := `remote="` + server.remote + `", spec="a.hcl"}`
			if metric, action, ok := strings.Cut(name, " "); ok {
				name, labels = metric, `action="`+action+`", `+labels
			}
			want["tarn_drift_"+name+"{"+strings.TrimPrefix(labels, "{")] = value
		}
	}
	for pool, space := range map[string][2]float64{
		`{pool="fast", remote="one"}`:              {1 << 53, 1 << 54},
		`{member="n1", pool="fast", remote="two"}`: {1, 2},
		`{member="n2", pool="fast", remote="two"}`: {0, 2},
	} {
		want["tarn_pool_used_bytes"+pool], want["tarn_pool_size_bytes"+pool] = space[0], space[1]
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Error(diff)
	}
}

// The last success is that of an earlier run when there is none now, whether the file before or the history knows it.
func TestLastSuccess(t *testing.T) {
	const key = `tarn_drift_last_success_timestamp_seconds{remote="one", spec="a.hcl"}`
	file := write(t, someRun(start), nil)
	for n := 1; n <= 3; n++ {
		before, err := metrics.ReadSuccesses(file)
		if err != nil {
			t.Fatal(err)
		}
		run := someRun(start.Add(time.Duration(n) * time.Hour))
		run.Checks[0] = drift.Check{Spec: "a.hcl", Remote: "one", Status: drift.Unreachable}
		file = write(t, run, before)
		if values, _ := parsed(t, file); values[key] != float64(start.Unix()) {
			t.Errorf("%d runs later: %v", n, values[key])
		}
		run.Checks[0].LastReached = start.Add(30 * time.Minute)
		if values, _ := parsed(t, write(t, run, before)); values[key] != float64(start.Add(30*time.Minute).Unix()) {
			t.Errorf("%d runs later, with a history: %v", n, values[key])
		}
	}
	if _, err := metrics.ReadSuccesses(file[:len(file)/2]); err == nil {
		t.Error("half a file is read")
	}
}

// TestHostileNames has names that break lines, quote, and are no UTF-8, of which Prometheus's parser must give back what is there.
func TestHostileNames(t *testing.T) {
	run := someRun(start)
	names := []string{"a\"b", `a\b`, `a\nb`, "a\nb", "a\xffb", "a\xfeb", "{x=\"y\"} 1", "", strings.Repeat("ü", 5000), "\x1b[2J", "# HELP tarn_x y"}
	for i, name := range names {
		run.Checks = append(run.Checks, drift.Check{Spec: name, Remote: name, Status: drift.Clean, Plan: &plan.Plan{},
			Pools: []drift.Fullness{{Pool: name, Member: name, Used: int64(i), Total: 100}}})
	}
	run.Checks = append(run.Checks, run.Checks...) // and each once more
	text := write(t, run, nil)
	_, families := parsed(t, text)
	seen := map[string]bool{}
	for _, metric := range families["tarn_drift_reached"].Metric {
		for _, l := range metric.Label {
			if l.GetName() == "spec" {
				seen[l.GetValue()] = true
			}
		}
	}
	for _, name := range names {
		if !seen[strings.ToValidUTF8(name, "\ufffd")] {
			t.Errorf("%q is not there", name)
		}
	}
	successes, err := metrics.ReadSuccesses(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name := strings.ToValidUTF8(name, "\ufffd"); successes[metrics.Check{Spec: name, Remote: name}].IsZero() {
			t.Errorf("the success of %q is lost", name)
		}
	}
}

// TestNames holds the metrics to what Prometheus asks of names and help.
func TestNames(t *testing.T) {
	text := write(t, someRun(start), nil)
	_, families := parsed(t, text)
	for name, family := range families {
		if !regexp.MustCompile(`^tarn_(build_info|drift_[a-z_]+|pool_[a-z_]+)$`).MatchString(name) || strings.HasSuffix(name, "_total") || strings.HasSuffix(name, "_count") {
			t.Errorf("%s is no name for a gauge", name)
		}
		if family.GetType() != dto.MetricType_GAUGE || family.GetHelp() == "" {
			t.Errorf("%s: type %v, help %q", name, family.GetType(), family.GetHelp())
		}
		for _, metric := range family.Metric {
			if value := metric.Gauge.GetValue(); math.IsNaN(value) || math.IsInf(value, 0) {
				t.Errorf("%s: %v", name, value)
			}
			for _, l := range metric.Label {
				if !regexp.MustCompile(`^(spec|remote|pool|member|action|version)$`).MatchString(l.GetName()) {
					t.Errorf("%s has a label %s", name, l.GetName())
				}
			}
		}
	}
	if !metrics.IsOurs(text) || metrics.IsOurs(nil) || metrics.IsOurs([]byte("# HELP go_info x\n")) {
		t.Error("it does not know its own files")
	}
}
