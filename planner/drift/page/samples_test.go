package page

import (
	"fmt"
	"strings"
	"time"

	"tarn/lxd"
	"tarn/planner/drift"
	"tarn/planner/plan"
)

// Runs that the tests write as pages.

// looked is when the samples were looked at.
var looked = time.Date(2026, 11, 26, 11, 15, 0, 0, time.UTC)

func text(s string) *string { return &s }

func config(key string, from, to *string) plan.Change {
	return plan.Change{Attr: plan.ConfigAttr(key), From: from, To: to}
}

func volume(pool, name string) lxd.VolumeID {
	return lxd.VolumeID{Project: "default", Pool: pool, Type: "custom", Name: name}
}

// samples are runs by their names.
func samples() map[string]*drift.Run {
	made := plan.Made{At: looked, Version: "1.4.0"}
	run := func(checks ...drift.Check) *drift.Run { return &drift.Run{Made: made, Checks: checks} }
	narrowed := run(driftedCheck("prod"), cleanCheck("backup"))
	narrowed.FailOn = []drift.Kind{drift.OrphanKind}
	return map[string]*drift.Run{
		"none":        run(),
		"clean":       run(cleanCheck("prod")),
		"all-clean":   run(cleanCheck("prod"), cleanCheck("backup"), cleanCheck("lab")),
		"one":         run(manyCheck("prod", 1)),
		"few":         run(driftedCheck("prod")),
		"fleet":       run(cleanCheck("backup"), driftedCheck("prod"), unreachableCheck("edge-3"), invalidCheck("lab"), manyCheck("build", 40), cleanCheck("archive")),
		"many":        run(manyCheck("prod", 2000), cleanCheck("backup")),
		"all-errors":  run(invalidCheck("lab"), unreachableCheck("edge-3"), failedCheck("prod")),
		"unreachable": run(unreachableCheck("edge-3")),
		"hostile":     run(hostileCheck(), cleanCheck("<img src=x onerror=alert(1)>")),
		"narrowed":    narrowed,
	}
}

func server(remote string) plan.Server {
	return plan.Server{Remote: remote, Version: "LXD 5.0.2", Address: "https://10.1.0.4:8443", Project: "default"}
}

// levels are those of a pool that fills up over some days, in an uneven way.
func levels(days int, from, to, total int64) []drift.Level {
	var all []drift.Level
	for i := range days {
		used := from + (to-from)*int64(i)/int64(days)
		if i%9 > 5 {
			used += total / 25
		}
		all = append(all, drift.Level{At: looked.AddDate(0, 0, i-days), Used: used, Total: total})
	}
	return all
}

const gib = 1 << 30

func cleanCheck(remote string) drift.Check {
	return drift.Check{
		Spec: "storage.hcl", Paths: []string{"storage.hcl"}, Remote: remote, Server: server(remote), Status: drift.Clean,
		Plan:    &plan.Plan{Unchanged: 38},
		Started: looked.Add(-2 * time.Second), Took: 1240 * time.Millisecond, Requests: 6,
		Pools: []drift.Fullness{
			{Pool: "fast", Used: 83 * gib, Total: 200 * gib, Curve: levels(60, 40*gib, 83*gib, 200*gib)},
			{Pool: "slow", Used: 3700 * gib, Total: 4000 * gib, Curve: levels(30, 3100*gib, 3700*gib, 4000*gib)},
			{Pool: "ceph", Used: -1, Total: -1},
		},
	}
}

func driftedCheck(remote string) drift.Check {
	day := 24 * time.Hour
	return drift.Check{
		Spec: "storage.hcl", Paths: []string{"storage.hcl"}, Remote: remote, Server: server(remote), Status: drift.Drifted,
		Started: looked.Add(-3 * time.Second), Took: 2310 * time.Millisecond, Requests: 14,
		Diagnostics: []plan.Diagnostic{{
			Severity: "warning", Summary: "Name is not portable",
			Detail: "Incus does not take a volume called \"pg data\".\n\nChoose a name without a space.",
			Range:  &plan.Range{Filename: "storage.hcl", Start: plan.Pos{Line: 12, Column: 3}},
		}},
		Plan: &plan.Plan{
			Steps: []plan.Step{
				{Number: 1, Reason: "not on the server", Action: plan.CreateVolume{Volume: volume("fast", "cache")}},
				{Number: 2, Reason: "differs in 3 keys", Action: plan.PatchVolume{Volume: volume("fast", "pgdata")}},
				{Number: 3, Reason: `renamed_from "pg"`, Action: plan.RenameVolume{Volume: volume("slow", "pg"), Name: "pgold"}},
				{Number: 4, Reason: "absent", Class: plan.DestroysData, Evidence: plan.Evidence{Snapshots: 2}, Action: plan.DeleteVolume{Volume: volume("slow", "scratch")}},
			},
			Notices: []plan.Notice{{Code: plan.LittleSpace, Object: plan.PoolObject("fast"), Text: "Pool fast has 117 GiB left, and the declared sizes may need 190 GiB."}},
		},
		Findings: []drift.Finding{
			{Kind: drift.ChangeKind, Object: plan.VolumeObject(volume("fast", "cache")), Code: "create", Text: "not on the server", Step: 1,
				Changes: []plan.Change{
					{Attr: plan.Description, To: text("may be lost")},
					config("size", nil, text("10GiB")),
					{Attr: plan.ConfigAttr("user.token"), To: text("s3cret"), Secret: true},
				},
				Age: drift.Age{Since: looked, Runs: 1, Times: 1, First: looked}},
			{Kind: drift.ChangeKind, Object: plan.VolumeObject(volume("fast", "pgdata")), Code: "patch", Text: "differs in 3 keys", Step: 2,
				Changes: []plan.Change{
					{Attr: plan.Description, From: text("PostgreSQL"), To: text("PostgreSQL, the main one")},
					config("size", text("20GiB"), text("30GiB")),
					{Attr: plan.ConfigAttr("user.password"), From: text("old-secret"), To: text("new-secret"), Secret: true},
				},
				Age: drift.Age{Since: looked.Add(-2*day - 2*time.Hour), Runs: 201, Times: 3, First: looked.Add(-50 * day)},
				Ages: []drift.Age{
					{Since: looked.Add(-2*day - 2*time.Hour), Runs: 201, Times: 3, First: looked.Add(-50 * day)},
					{Since: looked.Add(-3 * time.Hour), Runs: 12, Times: 1, First: looked.Add(-3 * time.Hour)},
					{Since: looked, Runs: 1, Times: 1, First: looked},
				},
				Expired: &drift.Acknowledgment{Address: "fast/pgdata", Keys: []string{"size"}, Reason: "until the migration is done", Until: "2026-11-25",
					Place: &plan.Range{Filename: "storage.hcl", Start: plan.Pos{Line: 40, Column: 1}}},
			},
			{Kind: drift.BlockedKind, Object: plan.VolumeObject(volume("fast", "pgdata")), Code: "cannot-shrink", Text: "instance db1 uses it, and the driver cannot make it smaller", Hint: "stop the instance, or declare the size that it has"},
			{Kind: drift.ChangeKind, Object: plan.VolumeObject(volume("slow", "pg")), Code: "rename", Text: `renamed_from "pg"`, Step: 3},
			{Kind: drift.ChangeKind, Object: plan.VolumeObject(volume("slow", "scratch")), Code: "delete", Text: "absent; destroys data: 2 snapshots", Step: 4},
			{Kind: drift.OrphanKind, Object: plan.VolumeObject(volume("slow", "old-logs")), Text: "the spec's, and no longer declared", Hint: "--prune deletes it"},
			{Kind: drift.UnmanagedKind, Object: plan.VolumeObject(volume("slow", "by-hand")), Text: "not in the spec, in a pool that is exclusively the spec's", Hint: "--prune deletes it"},
			{Kind: drift.UnfinishedKind, Object: plan.VolumeObject(volume("slow", "tarn-arriving-1")), Code: "move-under-way", Text: "A move to slow/tarn-arriving-1 is under way."},
		},
		Acknowledged: []drift.Finding{{
			Kind: drift.ChangeKind, Object: plan.VolumeObject(volume("slow", "logs")), Code: "patch", Text: "differs in config.size",
			Changes: []plan.Change{config("size", text("20GiB"), nil)},
			Age:     drift.Age{Since: looked.Add(-21 * day), Runs: 2016, Times: 1, First: looked.Add(-21 * day)},
			Known: &drift.Acknowledgment{Address: "slow/logs", Keys: []string{"size"}, Reason: "grown by hand after the incident of 5 November", Until: "2026-11-30",
				Place: &plan.Range{Filename: "storage.hcl", Start: plan.Pos{Line: 44, Column: 1}}},
		}},
		Unneeded: []drift.Acknowledgment{{Address: "fast/gone-*", Reason: "was cleaned up in October", Place: &plan.Range{Filename: "storage.hcl", Start: plan.Pos{Line: 50, Column: 1}}}},
		Pools:    cleanCheck(remote).Pools[:2],
	}
}

// manyCheck has n findings in some pools.
func manyCheck(remote string, n int) drift.Check {
	check := cleanCheck(remote)
	check.Status, check.Plan = drift.Drifted, &plan.Plan{}
	for i := range n {
		id := volume([]string{"archive", "fast", "slow"}[3*i/n], fmt.Sprintf("team-%03d-data", i))
		f := drift.Finding{Kind: drift.ChangeKind, Object: plan.VolumeObject(id), Code: "patch", Text: "differs in 2 keys",
			Age: drift.Age{Since: looked.Add(-time.Duration(i) * time.Hour), Runs: 1 + 4*i, Times: 1 + i%3, First: looked.AddDate(0, -2, 0)},
			Changes: []plan.Change{
				config("size", text(fmt.Sprintf("%dGiB", i)), text(fmt.Sprintf("%dGiB", i+10))),
				config("snapshots.schedule", nil, text("@daily")),
			}}
		switch i % 4 {
		case 2:
			f.Code, f.Text, f.Changes = "create", "not on the server", []plan.Change{config("size", nil, text("10GiB"))}
		case 3:
			f = drift.Finding{Kind: drift.BlockedKind, Object: f.Object, Code: "in-use", Text: "instance web1 (running) uses it", Hint: "stop the instance", Age: f.Age}
		}
		check.Findings = append(check.Findings, f)
	}
	return check
}

func unreachableCheck(remote string) drift.Check {
	return drift.Check{
		Spec: "storage.hcl", Paths: []string{"storage.hcl"}, Remote: remote, Status: drift.Unreachable,
		Error:   "remote edge-3: https://10.9.0.7:8443 does not answer: no sign of life for 1m0s",
		Started: looked.Add(-time.Minute), Took: time.Minute + 200*time.Millisecond, Requests: 1,
		LastReached: looked.Add(-26 * time.Hour),
	}
}

func invalidCheck(remote string) drift.Check {
	return drift.Check{
		Spec: "teams/lab.hcl", Paths: []string{"teams/lab.hcl"}, Remote: remote, Status: drift.Invalid, Started: looked,
		Diagnostics: []plan.Diagnostic{{
			Severity: "error", Summary: "Unsupported attribute",
			Detail: "A volume block has no attribute \"descripton\". Did you mean \"description\"?",
			Range:  &plan.Range{Filename: "teams/lab.hcl", Start: plan.Pos{Line: 3, Column: 18}},
		}, {
			Severity: "error", Summary: "Pool driver cannot be changed",
			Detail: "Pool \"fast\" exists with driver \"zfs\", and LXD cannot convert a pool. Declare a new pool and\nmove its volumes there with renamed_from.",
		}},
	}
}

func failedCheck(remote string) drift.Check {
	return drift.Check{Spec: "storage.hcl", Paths: []string{"storage.hcl"}, Remote: remote, Status: drift.Failed, Server: server(remote), Error: "read pool fast: the answer is no JSON"}
}

// hostileTexts are what a name, a value or a sentence may be when somebody wants to harm the reader of a page, or does by accident.
var hostileTexts = []string{
	`</style><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`javascript:alert(1)`,
	`</title></svg></table><h1>No drift</h1>`,
	"<!-- --> ]]> {{.}} ${x} `x`",
	"left\u202eright-to-left\u2066 isolate",
	"\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
	"line\nfeed\x00\x1b[31mred\x7f\xff",
	"e\u0301 Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357\u0358",
	strings.Repeat("nospaces", 40),
	"界" + strings.Repeat("漢字", 150),
	"🂡👩‍👩‍👧‍👦",
}

// hostileCheck has each hostile text at each place that others than the author of the page can fill.
func hostileCheck() drift.Check {
	check := drift.Check{
		Spec: hostileTexts[0] + ".hcl", Paths: hostileTexts, Remote: hostileTexts[1], Status: drift.Drifted, Error: strings.Join(hostileTexts, " "),
		Server: plan.Server{Remote: hostileTexts[1], Version: hostileTexts[4], Address: hostileTexts[3], Project: hostileTexts[6]},
		Plan:   &plan.Plan{},
	}
	for _, hostile := range hostileTexts {
		until := looked.Format(time.DateOnly)
		known := &drift.Acknowledgment{Address: hostile, Keys: []string{hostile}, Reason: hostile, Until: hostile, Place: &plan.Range{Filename: hostile}}
		check.Diagnostics = append(check.Diagnostics, plan.Diagnostic{Severity: "error", Summary: hostile, Detail: hostile + "\n\n" + hostile, Range: &plan.Range{Filename: hostile}})
		check.Findings = append(check.Findings,
			drift.Finding{Kind: drift.ChangeKind, Object: plan.VolumeObject(lxd.VolumeID{Project: hostile, Pool: hostile, Type: "custom", Name: hostile, Member: hostile}), Code: "patch", Text: hostile, Hint: hostile,
				Expired: &drift.Acknowledgment{Address: hostile, Reason: hostile, Until: until},
				Changes: []plan.Change{config(hostile, text(hostile), text(hostile+hostile)), {Attr: plan.Description, From: text(strings.Repeat(hostile, 50)), To: text("")}}},
			drift.Finding{Kind: drift.BlockedKind, Object: plan.PoolObject(hostile), Code: hostile, Text: hostile, Hint: hostile},
		)
		check.Acknowledged = append(check.Acknowledged, drift.Finding{Kind: drift.ChangeKind, Object: plan.PoolObject(hostile), Code: hostile, Text: hostile, Known: known})
		check.Unneeded = append(check.Unneeded, *known)
		check.Plan.Notices = append(check.Plan.Notices, plan.Notice{Code: plan.UnknownKey, Object: plan.PoolObject(hostile), Text: hostile})
		check.Pools = append(check.Pools, drift.Fullness{Pool: hostile, Member: hostile, Used: 1, Total: 2, Curve: levels(3, 0, 1, 2)})
	}
	return check
}

// findingsOf are all findings of a run.
func findingsOf(run *drift.Run) []drift.Finding {
	var all []drift.Finding
	for _, check := range run.Checks {
		all = append(append(all, check.Findings...), check.Acknowledged...)
	}
	return all
}
