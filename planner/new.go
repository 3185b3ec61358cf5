package planner

import (
	"cmp"
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/spec"
)

// New plans how the server gets from live to want. Diagnostics with errors say why there is no plan; blockers in the plan
// say why it must not be carried out.
func New(want *spec.Spec, live *lxd.State, opts Options) (*Plan, hcl.Diagnostics) {
	b := &builder{
		want:    want,
		live:    live,
		opts:    opts,
		plan:    &Plan{Server: ServerOf(live, opts.Remote, opts.Project)},
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
func ServerOf(live *lxd.State, remote, project string) Server {
	return Server{
		Remote:      remote,
		Version:     live.Server.String(),
		Address:     live.Address,
		Project:     cmp.Or(project, lxd.DefaultProject),
		Fingerprint: live.Server.Fingerprint(),
	}
}

// Same tells whether two are one and the same server, whatever it is called: by the certificate where both show one.
func (s Server) Same(other Server) bool {
	if s.Fingerprint != "" && other.Fingerprint != "" {
		return s.Fingerprint == other.Fingerprint
	}
	return s.Address == other.Address
}

// builder holds a plan while it is made.
type builder struct {
	want  *spec.Spec
	live  *lxd.State
	opts  Options
	plan  *Plan
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
	named   map[Object]bool // what Options.Only names
}

// notice is something that the reader should know about an object.
type notice struct {
	object Object
	text   string
}

// asked tells whether the plan is about an object.
func (b *builder) asked(object Object) bool { return b.named == nil || b.named[object] }

func (b *builder) errorf(at hcl.Range, summary, detail string, args ...any) {
	b.diags = append(b.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(detail, args...), Subject: at.Ptr(),
	})
}

// noticef tells the reader of the plan something about an object.
func (b *builder) noticef(object Object, format string, args ...any) {
	b.notices = append(b.notices, notice{object, fmt.Sprintf(format, args...)})
}

func (b *builder) block(object Object, hint, why string, args ...any) {
	b.plan.Blockers = append(b.plan.Blockers, Blocker{Object: object, Why: fmt.Sprintf(why, args...), Hint: hint})
}
