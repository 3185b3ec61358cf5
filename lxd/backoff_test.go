package lxd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// roundTrip is a transport that answers by itself, so that all waiting is on the clock of synctest.
type roundTrip func(*http.Request) (status int, body string)

func (r roundTrip) RoundTrip(req *http.Request) (*http.Response, error) {
	status, body := r(req)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func (r roundTrip) client() *Client {
	return &Client{http: &http.Client{Transport: r}, base: "http://lxd", address: "unix:x"}
}

const (
	noneListed = `{"type":"sync","metadata":[]}`
	conflict   = `{"type":"error","error_code":409,"error":"Snapshot by that name already exists"}`
	running    = `{"type":"sync","metadata":{"id":"x","status_code":103}}`
	success    = `{"type":"sync","metadata":{"id":"x","status_code":200}}`
)

func TestSnapshotNameIsTaken(t *testing.T) {
	id := VolumeID{Pool: "p", Type: TypeCustom, Name: "v"}
	for name, c := range map[string]struct {
		conflicts int // before one is created
		want      error
	}{
		"free":     {0, nil},
		"twice":    {2, nil},
		"for ever": {1 << 30, ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				client := roundTrip(func(req *http.Request) (int, string) {
					if req.Method == http.MethodGet {
						return 200, noneListed
					}
					if tries++; tries <= c.conflicts {
						return 409, conflict
					}
					return 200, success
				}).client()
				start := time.Now()
				op, err := client.CreateSnapshot(t.Context(), id, SnapshotCreate{})
				if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if err == nil && (op.Snapshot() != "snap0" || tries != c.conflicts+1) {
					t.Errorf("snapshot %q after %d tries", op.Snapshot(), tries)
				}
				if took := time.Since(start); took > snapshotLimit || tries > 50 {
					t.Errorf("gave up after %v and %d tries", took, tries)
				}
			})
		})
	}
}

// What is no conflict is not tried again.
func TestSnapshotIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		client := roundTrip(func(req *http.Request) (int, string) {
			if requests++; req.Method == http.MethodGet {
				return 200, noneListed
			}
			return 500, `{"type":"error","error_code":500,"error":"disk full"}`
		}).client()
		_, err := client.CreateSnapshot(t.Context(), VolumeID{Pool: "p", Type: TypeCustom, Name: "v"}, SnapshotCreate{})
		if err == nil || err.Error() != "disk full" || requests != 2 {
			t.Errorf("got %v after %d requests", err, requests)
		}
	})
}

// A server that answers each wait at once is asked less and less often, for as long as the operation runs.
func TestEarlyAnswersArePaced(t *testing.T) {
	for name, early := range map[string]string{
		"running": running,
		"refused": `{"type":"error","error_code":500,"error":"context deadline exceeded"}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, waits := time.Now(), 0
				client := roundTrip(func(req *http.Request) (int, string) {
					over := time.Since(start) >= time.Hour
					switch {
					case req.Method == http.MethodDelete:
						return 202, `{"type":"async","operation":"/1.0/operations/x","metadata":{"id":"x","status_code":103}}`
					case strings.HasSuffix(req.URL.Path, "/wait"):
						if waits++; over {
							return 200, success
						}
						return 200, early
					case over:
						return 200, success
					}
					return 200, running
				}).client()
				delete := func(ctx context.Context) error {
					op, err := client.DeletePool(ctx, PoolID{Name: "p"})
					if err == nil {
						err = op.Wait(ctx, nil)
					}
					return err
				}
				// An hour of pauses of 2.5 to 7.5 s.
				if err := delete(t.Context()); err != nil || waits < 3600/8 || waits > 3600/2 {
					t.Errorf("%v after %d waits", err, waits)
				}

				start = time.Now().Add(time.Minute)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := delete(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("after its time: %v", err)
				}
			})
		})
	}
}
