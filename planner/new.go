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
func New(want *spec.Spec, live *live.State, opts Options) (*plan.Plan, hcl.Diagnostics) {
	b := &builder{
		want:    want,
		live:    live,
		opts:    opts,
		plan:    &plan.Plan{Server: ServerOf(live, opts.Remote, opts.Project)},
		pools:   map[string]*poolPlan{},
		volumes: map[lxd.VolumeID]*volumePlan{},
		leaving: map[lxd.VolumeID]*volumePlan{},
		deleted: map[lxd.VolumeID]bool{},
		kept:    map[lxd.VolumeID]*volumePlan{},
		wonder:  map[lxd.VolumeID]bool{},
		secrets: sensitive(want),
	}
	b.declare()
	b.resolveRenames()
	b.checkServer()
	b.planPools()
	b.planVolumes()
	b.planOrphans()
	b.planPoolDeletions()
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	link(b.steps)
	b.narrow()
	if b.diags.HasErrors() {
		return nil, b.diags
	}
	b.guardDeletes()
	b.guardMembers()
	b.guardUndeclared()
	b.fit()
	b.plan.Steps = order(b.steps)
	b.plan.Seen, b.plan.From = b.sawAll(), b.from()
	for _, notice := range b.notices {
		b.plan.Notices = append(b.plan.Notices, notice.text)
	}
	b.count()
	return b.plan, b.diags
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
	steps []*draft

	pools   map[string]*poolPlan
	volumes map[lxd.VolumeID]*volumePlan // by the name that the spec wants
	leaving map[lxd.VolumeID]*volumePlan // live volumes that are renamed or moved away, by their live name
	deleted map[lxd.VolumeID]bool
	secrets map[string]bool              // values that the spec gives as sensitive
	kept    map[lxd.VolumeID]*volumePlan // live volumes that a declared one was called before, and both are there
	wonder  map[lxd.VolumeID]bool        // volumes of which the plan asks how full they are

	byName map[lxd.VolumeID][]*lxd.Volume // live volumes on whichever member, nil before the first look

	notices []notice
	named   map[plan.Object]bool // what Options.Only names
}

// notice is something that the reader should know about an object.
type notice struct {
	object plan.Object
	text   string
}

// asked tells whether the plan is about an object.
func (b *builder) asked(object plan.Object) bool { return b.named == nil || b.named[object] }

func (b *builder) errorf(at hcl.Range, summary, detail string, args ...any) {
	b.diags = append(b.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: at.Ptr(),
	})
}

// noticef tells the reader of the plan something about an object.
func (b *builder) noticef(object plan.Object, format string, args ...any) {
	b.notices = append(b.notices, notice{object, fmt.Sprintf(format, args...)})
}

func (b *builder) block(object plan.Object, hint, why string, args ...any) {
	b.plan.Blockers = append(b.plan.Blockers, plan.Blocker{Object: object, Why: fmt.Sprintf(why, args...), Hint: hint})
}
