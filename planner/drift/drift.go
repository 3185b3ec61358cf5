// Package drift is what a look at servers found: where they differ from their specs, since when, and what of it is known.
//
// A run has a check for each spec and server. A check is made of a plan by [Check.Of], which takes apart what of it is acknowledged; the
// history adds ages, and text, JSON, Markdown, metrics, JUnit and the page are readers of what comes out. The package does no I/O but
// writing and knows no clock.
package drift

import (
	"time"

	"tarn/planner/plan"
)

// Run is one look at some servers.
type Run struct {
	Made   plan.Made
	Checks []Check // in the order in which they were asked for
	FailOn []Kind  // the kinds of finding that count, nil for all
}

// Check is a spec on a server.
type Check struct {
	Spec   string      // the files and directories, as the user named them
	Paths  []string    // the same one by one, none for the directory that the command runs in
	Remote string      // the name of the server, as the user knows it; "" when the spec is so wrong that nobody knows
	Server plan.Server // zero when it was not reached

	Status      Status
	Reason      plan.FailureCode  // why there is no plan, for programs; "" when there is one
	BrokenOff   bool              // there is no plan because the run was ended before it was made
	Error       string            // one line: why there is no plan, "" when there is one or the diagnostics say it
	Diagnostics []plan.Diagnostic // of the spec
	Plan        *plan.Plan        // nil when there is none

	Findings     []Finding        // what is not acknowledged, objects in the order of [plan.CompareObjects]; see [Run.FailOn] for what of it counts
	Acknowledged []Finding        // what is known and does not count today
	Unneeded     []Acknowledgment // that cover nothing that was found

	Pools    []Fullness    // in order of their names and members
	Started  time.Time     // zero for a check that was not begun
	Took     time.Duration // from then to its end
	Requests int           // sent to the server

	LastReached time.Time // by an earlier run, zero for never or when there is no history
}

// Status is how a check ended.
type Status string

// All that a check may end with.
const (
	Clean       Status = "clean"       // no drift that counts
	Drifted     Status = "drift"       // something to look at
	Invalid     Status = "invalid"     // the spec is wrong, by itself or for this server
	Unreachable Status = "unreachable" // the server cannot be reached or does not answer
	Failed      Status = "failed"      // something else went wrong
)

// Finding is one thing about one object that is not as the spec says.
type Finding struct {
	Kind   Kind
	Object plan.Object // zero when it is about the server as a whole
	Code   string      // what exactly: the verb of a step (create, patch, rename, …), or the code of a blocker or a notice; "" for an orphan or an unmanaged object
	Text   string      // one line for people: what is different, without the object's name
	Hint   string      // what to do, "" when that is a step of apply

	Step    int           // the number of the plan's step, 0 for none
	Changes []plan.Change // of a step that changes attributes: those that this finding is about

	Age     Age
	Ages    []Age           // of each change, nil when there is no history
	Known   *Acknowledgment // what it is acknowledged by, nil when it is not
	Expired *Acknowledgment // what it was acknowledged by until that ran out
}

// Kind is what a finding is.
type Kind string

// All kinds.
const (
	ChangeKind     Kind = "change"     // a step that an apply would do
	BlockedKind    Kind = "blocked"    // what an apply would not be let do
	OrphanKind     Kind = "orphan"     // the spec's, and no longer declared
	UnmanagedKind  Kind = "unmanaged"  // never the spec's, in a pool that is exclusively its
	UnfinishedKind Kind = "unfinished" // half way to somewhere: a move, a rename by hand
)

// Age is how long something stands. The zero value is for what no history knows.
type Age struct {
	Since time.Time // of the run that first found it without a break
	Runs  int       // that have found it since, this one included
	Times int       // how often it has come, this time included
	First time.Time // of the run that ever found it first
}

// Acknowledgment is drift that somebody knows of.
type Acknowledgment = plan.Acknowledgment

// Fullness is how full a pool is, -1 for what the server does not tell.
type Fullness struct {
	Pool        string
	Member      string // whose side of the pool it is in a cluster, "" for a pool that all share
	Used, Total int64  // bytes
	Curve       []Level
}

// Level is how full something was.
type Level struct {
	At          time.Time
	Used, Total int64 // bytes
}
