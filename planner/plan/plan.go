// Package plan is what is to be done on a server, as a value: steps in order, what they rest on, what blocks them and what a
// reader should know.
//
// A plan is made by package planner and carried out by package applier. Here are its written forms (text, JSON, Markdown) and
// the way back from a saved one. The package does no I/O but writing, decides nothing, and knows no spec.
package plan

import (
	"slices"

	"tarn/lxd/live"
)

// Plan is what has to be done so that the server is as the spec says.
type Plan struct {
	Server    Server
	Remotes   []Server // other servers that volumes come from, in order of their names
	Steps     []Step   // in the order of their numbers; a step needs only steps before it
	Blockers  []Blocker
	Notices   []Notice // what the reader should know besides, in order
	Orphans   []Object // marked as this spec's but no longer declared, and not deleted by the plan
	Strangers []Object // never this spec's, in a pool that is exclusively its, and not deleted by the plan
	Unchanged int      // declared objects that are as the spec says
	Only      []string // what the plan is narrowed to, nil for everything
	Excluded  []string // what it leaves out, with all that needs it
	LeftOut   int      // steps that are left out because of that
	Unnamed   []Unnamed

	// UnmanagedPools and UnmanagedVolumes count the pools and custom volumes that the spec does not name, in all projects.
	// Unmanaged lists them when [Options.ShowUnmanaged] asks for it.
	UnmanagedPools, UnmanagedVolumes int
	Unmanaged                        []Unmanaged

	// Seen is what the steps rest on, in order of the objects: each object that a step works on, and the pools that such
	// volumes are in, as far as they were on the server.
	Seen []Seen

	// Missing is what decides about the plan besides, and was not read at once. With that added to the live state by
	// [live.ReadDetails], it is to be made anew.
	Missing live.Details

	// MissingOf is the same of other servers that volumes come from, by their names.
	MissingOf map[string]live.Details

	// MissingRemotes are what has to be read of other servers, by their names, to know whether volumes can come from there.
	// With that added to the options, it is to be made anew too.
	MissingRemotes map[string]live.Scope

	Acknowledgments []Acknowledgment // in the order of the spec

	Rehearsal *Rehearsal // nil when nobody asked for one

	Made        Made
	Diagnostics []Diagnostic // warnings about the spec
}

// Unnamed is an address that a flag was given and that names nothing, of a plan that is one of several.
type Unnamed struct {
	Flag    string // --only, --exclude
	Address string
	Names   []string // that there are, in order
}

// Server says which server the plan is for.
type Server struct {
	Remote      string // the name that the user knows it by
	Version     string // LXD 5.0.2
	Address     string
	Project     string
	Fingerprint string // of its certificate, "" when it has shown none
}

// Empty tells whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// Drifted tells whether the server is not as the spec says: something would have to be done, is blocked, is not declared though it
// is the spec's or in a pool that is exclusively its, or is half way to somewhere.
func (p *Plan) Drifted() bool {
	return !p.Empty() || len(p.Blockers) > 0 || len(p.Orphans) > 0 || len(p.Strangers) > 0 ||
		slices.ContainsFunc(p.Notices, Notice.Unfinished)
}

// Unfinished tells whether it is about something that is half way to somewhere.
func (n Notice) Unfinished() bool {
	return n.Code == MoveUnderWay || n.Code == MoveOfOthers || n.Code == RenamedByHand
}

// Step is one change of one object.
type Step struct {
	Number   int
	Needs    []int // numbers of the steps that have to be done before
	Action   Action
	Reason   string // why, in a few words: not on the server
	Known    string // that it is acknowledged, and until when; "" when it is not
	Class    Class
	Evidence Evidence // what the class rests on: 1.2 GiB used
}

// Class says what a step may cost.
type Class int

const (
	Safe         Class = iota
	Disruptive         // something that is in use is affected
	DestroysData       // data is gone afterwards
)

func (c Class) String() string {
	return [...]string{"safe", "disruptive", "destroys data"}[c]
}

// Blocker is something that a guard does not let through. A plan with blockers is not carried out at all.
type Blocker struct {
	Code   BlockerCode
	Object Object // zero when it is about the plan as a whole
	Users  []User // what uses the object, where that is the reason
	Why    string // what stands in the way, in words
	Hint   string // what to do
	Place  *Range // where the spec declares the object, when what to do may be to change that; else nil
}

// Notice is something that the reader of a plan should know about an object. It keeps nothing from being done.
type Notice struct {
	Code   NoticeCode
	Object Object
	Text   string // a sentence
}

// Same tells whether two are one and the same server, whatever it is called: by the certificate where both show one.
func (s Server) Same(other Server) bool {
	if s.Fingerprint != "" && other.Fingerprint != "" {
		return s.Fingerprint == other.Fingerprint
	}
	return s.Address == other.Address
}

// NarrowedBy are the flags that leave out parts of the plan, "" for none.
func (p *Plan) NarrowedBy() string {
	switch {
	case len(p.Only) > 0 && len(p.Excluded) > 0:
		return "--only and --exclude"
	case len(p.Only) > 0:
		return "--only"
	case len(p.Excluded) > 0:
		return "--exclude"
	}
	return ""
}
