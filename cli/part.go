package cli

import (
	"slices"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/spec"
)

// A command that looks at several servers at once does so in parts: each has its server and its findings, and all have the process, the
// streams and the secrets in common.

// part is a part of the command, for a server: "" is the spec's.
func (a *app) part(remote string) *app {
	return &app{
		Process: a.Process,
		remote:  remote, project: a.project, colour: a.colour, debug: a.debug, noPager: a.noPager, timeout: a.timeout, began: a.began,
		secrets: a.secrets, interrupts: a.interrupts,
		command: a.whole(), held: &heldDiagnostics{}, requests: new(atomic.Int64),
	}
}

// whole is the command that this is a part of, or itself.
func (a *app) whole() *app {
	if a.command != nil {
		return a.command
	}
	return a
}

// counted is a tracer that counts requests besides, where they are to be counted.
func (a *app) counted(trace func(lxd.Exchange)) func(lxd.Exchange) {
	if a.requests == nil {
		return trace
	}
	return func(e lxd.Exchange) {
		a.requests.Add(1)
		if trace != nil {
			trace(e)
		}
	}
}

// heldDiagnostics are those of specs that are not written yet, so that those of one server stand together.
type heldDiagnostics struct{ all []specDiagnostics }

type specDiagnostics struct {
	want  *spec.Spec
	diags hcl.Diagnostics
}

func (h *heldDiagnostics) add(want *spec.Spec, diags hcl.Diagnostics) {
	h.all = append(h.all, specDiagnostics{want, slices.Clone(diags)})
}

// writeHeld writes the diagnostics of a part.
func (a *app) writeHeld(held *heldDiagnostics) error {
	for _, h := range held.all {
		if err := h.want.WriteDiagnostics(a.messages().laidOut(), h.diags, a.columns(a.Stderr), a.painter(a.Stderr)); err != nil {
			return err
		}
	}
	held.all = nil
	return nil
}
