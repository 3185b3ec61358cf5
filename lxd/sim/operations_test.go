package sim_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/lxd/sim/fault"
)

// What a wait is answered with while its operation goes on, and when that has failed.
func TestWaits(t *testing.T) {
	const running, late = "200 Running", `200 500 "context deadline exceeded"`
	for product, c := range map[string]struct{ over, failed string }{
		"":      {running, `200 Failure "no space left"`},
		"lxd-6": {late, `200 500 "no space left"`},
		"incus": {late, `200 500 "no space left"`},
	} {
		t.Run(product, func(t *testing.T) {
			f := newPausingServer(t, product)
			f.server.Inject(&sim.Fault{Method: "POST", Nth: 1, Operation: "no space left"})
			wait := func(query string) string {
				got := ask(t, f.server, "GET", "/1.0/operations/"+f.server.Paused()[0].ID+"/wait"+query, "")
				return shown(t, got)
			}
			ended := f.startMove()
			f.server.Advance(f.server.Paused()[0].ID)
			path := "/1.0/operations/" + f.server.Paused()[0].ID
			for query, want := range map[string]string{
				"?timeout=0":   c.over,
				"?timeout=1":   c.over,
				"?timeout=x":   `500 500 "strconv.Atoi: parsing \"x\": invalid syntax"`,
				"?timeout=1.5": `500 500 "strconv.Atoi: parsing \"1.5\": invalid syntax"`,
			} {
				if got := wait(query); got != want {
					t.Errorf("%s: %s, want %s", query, got, want)
				}
			}
			// Without a limit, or with a negative one, it lasts to the end.
			answers := make(chan string, 3)
			for _, query := range []string{"", "?timeout=", "?timeout=-5"} {
				go func() { answers <- shown(t, ask(t, f.server, "GET", path+"/wait"+query, "")) }()
			}
			f.runPhases()
			for range cap(answers) {
				if got := <-answers; got != c.failed {
					t.Errorf("at the end: %s, want %s", got, c.failed)
				}
			}
			if got := shown(t, ask(t, f.server, "GET", path, "")); got != `200 Failure "no space left"` {
				t.Errorf("the operation: %s", got)
			}
			if err := ended(); err == nil || err.Error() != "no space left" {
				t.Errorf("the client: %v", err)
			}
		})
	}
}

// shown is the answer about an operation: HTTP's status, and what became of it or the error.
func shown(t *testing.T, a answered) string {
	t.Helper()
	if a.Type == "error" {
		return fmt.Sprintf("%d %d %q", a.code, a.ErrorCode, a.Error)
	}
	info := a.operation(t)
	if info.Err != "" {
		return fmt.Sprintf("%d %s %q", a.code, info.Status, info.Err)
	}
	return fmt.Sprintf("%d %s", a.code, info.Status)
}

// A client gets to the end of an operation that outlasts its waits, and is told what its failure is.
func TestClientWaits(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			f := newTestServer(t, product)
			f.server.Inject(
				&sim.Fault{Method: "POST", Nth: 1, Lasts: 1200 * time.Millisecond},
				&sim.Fault{Method: "POST", Nth: 2, Lasts: 1200 * time.Millisecond, Operation: "no space left"},
			)
			copied := func() error {
				op, err := f.CopyVolume(t.Context(), volume("v"), volume("w"), lxd.Copy{})
				if err != nil {
					t.Fatal(err)
				}
				return op.Wait(t.Context(), func(string) {})
			}
			if err := copied(); err != nil {
				t.Error(err)
			}
			f.has("w", true)
			f.succeeds(f.DeleteVolume(t.Context(), volume("w")))
			if err := copied(); err == nil || err.Error() != "no space left" {
				t.Errorf("%v", err)
			}
			f.has("w", false)
		})
	}
}

// LXD 5.0.2 and Incus know an operation for five seconds after its end. LXD 6 looks once a minute since its start for those
// that have ended five seconds before.
func TestOperationsAreForgotten(t *testing.T) {
	for product, known := range map[string][]int{"": {0, 4}, "incus": {0, 4}, "lxd-6": {0, 4, 6, 50, 54}} {
		for _, age := range []int{0, 4, 6, 50, 54, 66} {
			f := newTestServer(t, product)
			op, err := f.CopyVolume(t.Context(), volume("v"), volume("w"), lxd.Copy{})
			f.succeeds(op, err)
			f.server.Age(time.Duration(age) * time.Second)
			want := strings.Contains(fmt.Sprint(known), fmt.Sprint(age))
			if _, err := f.Operation(t.Context(), op.Info().ID); want != (err == nil) {
				t.Errorf("%q: after %d s: %v", product, age, err)
			}
		}
	}
	// One that ends shortly before it looks stays for the next time.
	f := newTestServer(t, "lxd-6")
	f.server.Age(58 * time.Second)
	op, err := f.CopyVolume(t.Context(), volume("v"), volume("w"), lxd.Copy{})
	f.succeeds(op, err)
	for _, c := range []struct {
		older time.Duration
		known bool
	}{{50 * time.Second, true}, {10 * time.Second, true}, {3 * time.Second, false}} {
		f.server.Age(c.older)
		if _, err := f.Operation(t.Context(), op.Info().ID); c.known != (err == nil) {
			t.Errorf("%s later: %v", c.older, err)
		}
	}
}

// LXD 6 gives a copy or a move up: the target goes and the source stays. A deletion goes on. The others give nothing up.
func TestCancel(t *testing.T) {
	for _, product := range products {
		t.Run(product, func(t *testing.T) {
			f := newPausingServer(t, product)
			wait := f.startMove()
			move := f.server.Paused()[0].ID
			f.server.Advance(move)
			op, err := f.Operation(t.Context(), move)
			if err != nil {
				t.Fatal(err)
			}
			if product != "lxd-6" {
				if err := op.Cancel(t.Context()); err == nil || err.Error() != "This operation can't be cancelled" {
					t.Errorf("%v", err)
				}
				return
			}
			cancelled := make(chan error, 1)
			go func() { cancelled <- op.Cancel(t.Context()) }()
			if held, err := f.server.AwaitPaused(t.Context(), 1); err != nil || held[0].ID != move {
				t.Fatalf("%+v, %v", held, err)
			}
			for op.Info().Status != "Cancelling" { // it is asked for in another goroutine
				if op, err = f.Operation(t.Context(), move); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff([]string{"ended: p/v 1 1000 1"}, f.runPhases()); diff != "" {
				t.Error(diff)
			}
			if err := <-cancelled; err != nil {
				t.Error(err)
			}
			var failed *lxd.Error
			if err := wait(); !errors.As(err, &failed) || !strings.Contains(failed.Message, "context canceled") || failed.Code != 500 {
				t.Errorf("%v", err)
			}

			wait = f.startPaused(func() (*lxd.Operation, error) { return f.DeleteVolume(t.Context(), volume("v")) })
			op, err = f.Operation(t.Context(), f.server.Paused()[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			go func() { cancelled <- op.Cancel(t.Context()) }()
			f.runPhases()
			if err := errors.Join(wait(), <-cancelled); err != nil && !strings.Contains(err.Error(), "Only running operations") {
				t.Error(err)
			}
			if got := f.volumesText(); got != "" {
				t.Errorf("there is %s", got)
			}
		})
	}
}

// A migration that nobody connects to ends by itself, in the words of each product; on LXD 6 the side that receives can be
// given up at once, and neither shows a volume.
func TestMigrationAlone(t *testing.T) {
	for product, want := range map[string][2]string{
		"":        {"Timed out waiting for connections", "Error transferring storage volume: Timed out waiting for connections"},
		"incus":   {`Failed waiting for migration "control" connection on source: context deadline exceeded`, `Error transferring storage volume: Failed waiting for migration "control" connection on target: context deadline exceeded`},
		"lxd-6":   {`Failed waiting for migration "control" connection on source: context deadline exceeded`, `Error transferring storage volume: Failed waiting for migration "control" connection on target: context canceled`},
		"incus-7": {`Failed waiting for migration "control" connection on source: context deadline exceeded`, `the operation was cancelled`},
	} {
		t.Run(product, func(t *testing.T) {
			t.Parallel()
			f := newTestServer(t, product)
			f.server.SetConnectTimeout(50 * time.Millisecond)
			sending, err := f.SendVolume(t.Context(), volume("v"), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := sending.Wait(t.Context(), nil); err == nil || err.Error() != want[0] {
				t.Errorf("the source: %v, want %s", err, want[0])
			}
			cancels := product == "lxd-6" || product == "incus-7"
			if cancels {
				f.server.SetConnectTimeout(time.Hour)
			}
			receiving, err := f.ReceiveVolume(t.Context(), volume("w"), lxd.VolumeReceive{})
			if err != nil {
				t.Fatal(err)
			}
			f.has("w", false)
			if err := receiving.Cancel(t.Context()); (err == nil) != cancels {
				t.Errorf("cancel: %v", err)
			}
			if err := receiving.Wait(t.Context(), nil); err == nil || err.Error() != want[1] {
				t.Errorf("the target: %v, want %s", err, want[1])
			}
			f.has("w", false)
		})
	}
}

// LXD 6 names what an operation is about: the source of a copy, and of what is created not the member.
func TestEntities(t *testing.T) {
	server := sim.New(&sim.State{Product: "lxd-6", Members: map[string]*sim.Member{"n1": {}, "n2": {}}})
	const pool = "/1.0/storage-pools/p"
	const volumes = pool + "/volumes/custom"
	for _, member := range []string{"n1", "n2"} {
		ask(t, server, "POST", "/1.0/storage-pools?target="+member, `{"name":"p","driver":"dir"}`)
	}
	ask(t, server, "POST", "/1.0/projects", `{"name":"own","config":{"features.storage.volumes":"true"}}`)
	for _, c := range []struct{ method, path, body, entity, original string }{
		{"POST", "/1.0/storage-pools", `{"name":"p","driver":"dir"}`, pool, ""},
		{"PATCH", pool, `{"config":{"user.a":"1"}}`, pool, ""},
		{"POST", volumes, `{"name":"v"}`, volumes + "/v", ""},
		{"POST", volumes + "?project=own", `{"name":"o"}`, volumes + "/o?project=own", ""},
		{"PATCH", volumes + "/v", `{"config":{"user.a":"1"}}`, volumes + "/v?target=n1", ""},
		{"POST", volumes + "/v/snapshots", `{"name":"s"}`, volumes + "/v/snapshots/s", ""},
		{"POST", volumes + "/v/snapshots/s", `{"name":"t"}`, volumes + "/v/snapshots/t?target=n1", volumes + "/v/snapshots/s?target=n1"},
		{"PUT", volumes + "/v/snapshots/t", `{"description":"x"}`, volumes + "/v/snapshots/t?target=n1", ""},
		{"POST", volumes, `{"name":"c","source":{"type":"copy","pool":"p","name":"v","location":"n1"}}`, volumes + "/v?target=n1", ""},
		{"POST", volumes, `{"name":"d","source":{"type":"copy","pool":"p","name":"v/t","location":"n1"}}`, volumes + "/v/snapshots/t?target=n1", ""},
		{"POST", volumes + "/c", `{"name":"e"}`, volumes + "/c?target=n1", ""},
		{"POST", volumes + "/v", `{"name":"v","migration":true}`, volumes + "/v?target=n1", ""},
		{"POST", volumes, `{"name":"in","source":{"type":"migration","mode":"push"}}`, volumes + "/in", ""},
		{"DELETE", volumes + "/v/snapshots/t", "", volumes + "/v/snapshots/t?target=n1", ""},
		{"DELETE", volumes + "/d", "", volumes + "/d?target=n1", ""},
		{"POST", "/1.0/projects/own", `{"name":"other"}`, "/1.0/projects/other", "/1.0/projects/own"},
	} {
		got := ask(t, server, c.method, c.path, c.body)
		if got.Operation == "" {
			t.Errorf("%s %s: %+v", c.method, c.path, got)
			continue
		}
		metadata := got.operation(t).Metadata
		original, _ := metadata["original_entity_url"].(string)
		if metadata["entity_url"] != c.entity || original != c.original {
			t.Errorf("%s %s %s is about %v, want %s and %q", c.method, c.path, c.body, metadata, c.entity, c.original)
		}
	}
}

// A server that is told to die while it copies leaves half a copy, and answers again.
func TestFaultKills(t *testing.T) {
	for _, product := range products {
		f := newTestServer(t, product)
		kills, err := fault.Parse("POST /1.0/storage-pools/p/volumes/custom nth=1 lasts=1h die=10ms")
		if err != nil {
			t.Fatal(err)
		}
		f.server.Inject(kills, &sim.Fault{Path: regexp.MustCompile("nope"), Nth: 1, Delay: time.Hour})
		delayed := make(chan error, 1)
		go func() {
			_, err := f.Volume(t.Context(), volume("nope"))
			delayed <- err
		}()
		for len(f.server.Requests()) < 3 {
		}
		op, err := f.CopyVolume(t.Context(), volume("v"), volume("w"), lxd.Copy{})
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Wait(t.Context(), nil); !errors.Is(err, lxd.ErrTransient) && !errors.Is(err, lxd.ErrOperationGone) {
			t.Errorf("%q: %v", product, err)
		}
		// A read that gets no answer is sent again when its connection had been used before.
		if err := <-delayed; !errors.Is(err, lxd.ErrTransient) && !errors.Is(err, lxd.ErrNotFound) {
			t.Errorf("%q: what was to be answered later: %v", product, err)
		}
		f.has("w", true)
	}
}
