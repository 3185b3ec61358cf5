// Package planner compares the state that a spec declares with the state that a server has, and says in which ordered
// steps the one becomes the other; and it judges whether a plan still fits a server, and whether one has been carried out.
//
// A spec and a read of the server go in; a [plan.Plan] and diagnostics come out. The package is pure: it knows no clock, no
// network and no terminal, and the same input always gives the same plan. It never replaces an object by deleting and
// creating it.
package planner

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/planner/plan"
	"tarn/spec"
)

// New plans how the server gets from live to want. Diagnostics with errors say why there is no plan; blockers in the plan
// say why it must not be carried out.
//
// What the author of a spec can only mend there, because it contradicts itself or what the server is, is a diagnostic. What somebody may
// have made so on the server, or may lift there or by a flag (another driver or value, use, marks, space, a limit of deletions, a member
// that is offline or gone, a move that is half done), is a blocker: it hides nothing of what else there is to do.
func New(want *spec.Spec, live *live.State, opts Options) (*plan.Plan, hcl.Diagnostics) {
	b := newBuilder(want, live, opts)
	for _, phase := range phases {
		if phase.sound && b.diags.HasErrors() {
			return nil, b.diags
		}
		phase.run(b)
	}
	return b.plan, b.diags
}

// newBuilder is a plan of which nothing is made yet.
func newBuilder(want *spec.Spec, live *live.State, opts Options) *builder {
	return &builder{
		want:        want,
		live:        live,
		opts:        opts,
		plan:        &plan.Plan{Server: ServerOf(live, opts.Remote, opts.Project)},
		pools:       map[string]*poolPlan{},
		leaving:     map[lxd.VolumeID]*volumePlan{},
		deleted:     map[lxd.VolumeID]bool{},
		kept:        map[lxd.VolumeID]*volumePlan{},
		usageNeeded: map[lxd.VolumeID]bool{},
		asked:       map[lxd.VolumeID]bool{},
		fits:        map[[2]string]bool{},
		texts:       map[any]string{},
		secrets:     secretsOf(want),
	}
}

// phases make a plan, one after the other. Each may rely on what those before it have decided, and changes none of it. One
// that is sound runs only when there was no error before; the others go on, so that all errors are told at once.
var phases = []struct {
	run   func(*builder)
	sound bool
}{
	// Which live object is which declared one. After these a volume's id, its live counterpart and its final name stand.
	{run: (*builder).match},          // by name; finds what a renamed_from names, and moves that are half done
	{run: (*builder).resolveRenames}, // which volumes take over one of another name; needs all matches, for chains
	{run: (*builder).place},          // what each is called in the end, and on which member

	// What the server cannot do, before steps are made of it.
	{run: (*builder).checkSupported},

	// Steps, still without an order, with the guards that look at one object.
	{run: (*builder).planPools},         // before volumes, which inherit what the pools' config will be
	{run: (*builder).checkSources},      // of new pools
	{run: (*builder).planVolumes},       // needs the final names of all, for what leaves
	{run: (*builder).planOrphans},       // what no declaration has claimed so far
	{run: (*builder).planPoolDeletions}, // when it is known which volumes leave

	// The steps as a whole.
	{run: (*builder).linkSteps, sound: true}, // which needs which
	{run: (*builder).narrow},                 // to what --only names and what that needs, before anything is counted
	{run: (*builder).guardDeletes, sound: true},
	{run: (*builder).tellLostRenames}, // after narrow, of the steps that are left
	{run: (*builder).guardMembers},
	{run: (*builder).guardUndeclaredPools},
	{run: (*builder).guardSides},
	{run: (*builder).guardLimits},
	{run: (*builder).guardContents, sound: true},
	{run: (*builder).checkSpace},

	// The plan.
	{run: (*builder).orderSteps},  // and number them
	{run: (*builder).acknowledge}, // which of the steps are known
	{run: (*builder).record},      // what the steps rest on, for looks that are taken later
	{run: (*builder).summarize},   // what there is besides
	{run: (*builder).tellPlaces},  // of blockers in the spec
}

// ServerOf says which server has been read.
func ServerOf(live *live.State, remote, project string) plan.Server {
	return plan.Server{
		Remote:      remote,
		Version:     live.Server.String(),
		Address:     live.Address,
		Project:     cmp.Or(project, lxd.DefaultProject),
		Fingerprint: live.Server.Fingerprint(),
	}
}

// builder holds a plan while it is made.
type builder struct {
	want  *spec.Spec
	live  *live.State
	opts  Options
	plan  *plan.Plan
	diags hcl.Diagnostics
	steps []*step

	pools   map[string]*poolPlan
	volumes lxd.ByVolume[*volumePlan]    // by their id
	leaving map[lxd.VolumeID]*volumePlan // live volumes that are renamed or moved away, by their live name
	deleted map[lxd.VolumeID]bool
	kept    map[lxd.VolumeID]*volumePlan // live volumes that a declared one was called before, and both are there

	secrets     secrecy                        // what is not shown
	usageNeeded map[lxd.VolumeID]bool          // volumes of which the plan needs to know how full they are
	asked       map[lxd.VolumeID]bool          // undeclared volumes that the plan needs to know
	fits        map[[2]string]bool             // see configFits
	texts       map[any]string                 // see wantedText and configText
	byName      map[lxd.VolumeID][]*lxd.Volume // live volumes on whichever member, nil before the first look
	byLook      map[look][]lxd.VolumeID        // see lookalikes, nil before the first look
	only        map[plan.Object]bool           // what Options.Only names, nil for everything
	excluded    map[plan.Object]bool           // what Options.Exclude names, and what it leaves out besides

	lastPlace *lxd.VolumeID // see newVolumePlan

	sorted []*volumePlan                 // see sortedVolumes
	ofRuns map[*live.State][]*lxd.Volume // see ofRunsOn, nil before the first look

	byMark      map[string]map[string]lxd.VolumeID // see markable; by servers, "" for this one; nil before the first look
	sharedMarks map[string]int                     // see sharing, nil before the first look
}

// inScope tells whether the plan is about an object.
func (b *builder) inScope(object plan.Object) bool {
	return (b.only == nil || b.only[object]) && !b.excluded[object]
}

func (b *builder) errorf(at hcl.Range, summary, detail string, args ...any) {
	b.diags = append(b.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: at.Ptr(),
	})
}

// notice tells the reader of the plan something about an object.
func (b *builder) notice(code plan.NoticeCode, object plan.Object, format string, args ...any) {
	b.plan.Notices = append(b.plan.Notices, plan.Notice{Code: code, Object: object, Text: lxd.PlainLine(fmt.Sprintf(format, args...))})
}

// block keeps the plan from being carried out, because of an object.
func (b *builder) block(code plan.BlockerCode, object plan.Object, hint, why string, args ...any) {
	b.blockUsed(code, object, nil, hint, why, args...)
}

// blockUsed is block because of what uses the object.
func (b *builder) blockUsed(code plan.BlockerCode, object plan.Object, users []plan.User, hint, why string, args ...any) {
	b.plan.Blockers = append(b.plan.Blockers, plan.Blocker{Code: code, Object: object, Users: users, Why: lxd.PlainLine(fmt.Sprintf(why, args...)), Hint: lxd.PlainLine(hint)})
}
