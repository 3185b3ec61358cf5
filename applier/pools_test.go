package applier_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tarn/applier"
	"tarn/lxd"
	"tarn/lxd/sim"
)

const (
	onePool   = `pool "old" { driver = "dir" }`
	otherPool = `pool "new" { driver = "dir" }
pool "newer" { driver = "dir" }
pool "old" { absent = true }`
)

// LXD 6.9 fails to create a pool while it deletes another one, so that an apply does not do both at a time.
func TestPoolsAreNotCreatedDuringADeletion(t *testing.T) {
	n := newNewerLXD(t)
	n.converges(onePool)
	plan := n.plan(otherPool)
	var mu sync.Mutex
	creating, deleting, creations, together := map[string]bool{}, "", 0, false
	client := lxd.NewDialed("sim:", n.server.Dial, lxd.Options{Trace: func(e lxd.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case e.Method == http.MethodPost && e.Path == "/1.0/storage-pools":
			creations++
			creating[e.Operation] = true
		case e.Method == http.MethodDelete:
			deleting = e.Operation
		default:
			operation, _, waited := strings.Cut(e.Path, "/wait")
			if delete(creating, operation); waited && operation == deleting {
				deleting = ""
			}
		}
		together = together || deleting != "" && len(creating) > 0
	}})
	defer client.Close()
	for _, request := range []string{"POST /1.0/storage-pools", "DELETE /1.0/storage-pools/old"} {
		n.spoil(request, 1, sim.Fault{Lasts: 30 * time.Millisecond})
	}
	report := applier.Apply(t.Context(), client, plan, applier.Options{Parallelism: 4})
	for _, outcome := range report.Outcomes {
		if outcome.Kind != applier.Done {
			t.Errorf("%s: %s: %v", outcome.Step.Title(), outcome.Kind, outcome.Err)
		}
	}
	if creations != 2 || together {
		t.Errorf("%d creations, at the same time as the deletion: %v", creations, together)
	}
}

// Where somebody else deletes a pool meanwhile, the creation is tried again.
func TestPoolIsCreatedAfterSomebodysDeletion(t *testing.T) {
	n := newNewerLXD(t)
	n.converges(onePool)
	n.spoil("POST /1.0/storage-pools", 1, sim.Fault{Code: http.StatusNotFound, Text: `Failed loading storage pool "OTHER": Storage pool not found`})
	n.converges(onePool + `
pool "new" { driver = "dir" }`)
}
