package lxd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tarn/lxd"
	"tarn/lxd/secrets"
)

// What a server repeats of a secret is in no text that people see: not in a refusal, in the failure of an operation or in its progress, nor
// in what is traced. Programs judge the server's own words all the same.
func TestTextsWithoutSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2 not found"
	stream := strings.Repeat("5ec4e7", 10) + "abcd" // what opens a stream
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation := func(status int, more string) string {
			return fmt.Sprintf(`{"type":"async","operation":"/1.0/operations/1","metadata":{"id":"1","class":"websocket","status_code":%d,"metadata":{"control":"%s","copy_progress":"at %s"}%s}}`, status, stream, secret, more)
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/websocket"):
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.Close() // so that the library says what it wanted
			}
		case r.Method == http.MethodPost:
			_, _ = io.WriteString(w, operation(103, ""))
		case strings.Contains(r.URL.Path, "operations"):
			_, _ = io.WriteString(w, operation(400, `,"err":"it was \"`+secret+`\" and `+stream+`"`))
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"type":"error","error_code":500,"error":"Source `+secret+`"}`)
		}
	}))
	t.Cleanup(server.Close)
	var mu sync.Mutex
	var shown []string
	show := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		shown = append(shown, text)
	}
	var set secrets.Set
	set.Add(secret)
	client := lxd.NewDialed("here", func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", server.Listener.Addr().String())
	}, lxd.Options{Secrets: &set, Trace: func(e lxd.Exchange) { show(fmt.Sprintf("%+v", e)) }})
	t.Cleanup(client.Close)

	_, err := client.Pools(t.Context())
	var refused *lxd.Error
	if !errors.Is(err, lxd.ErrNotFound) || !errors.As(err, &refused) || refused.Message != "Source "+secret {
		t.Errorf("the refusal is %#v", err)
	}
	show(fmt.Sprint(err))
	op, err := client.CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Stream(t.Context(), op, "control"); err == nil {
		t.Error("the stream was connected")
	} else {
		show(err.Error())
	}
	progress := 0
	err = op.Wait(t.Context(), func(text string) { progress++; show(text) })
	show(fmt.Sprint(err))
	if want := `it was "(secret)" and (secret)`; progress == 0 || err == nil || err.Error() != want {
		t.Errorf("told %d times and failed with %v, want %s", progress, err, want)
	}
	for _, text := range shown {
		if strings.Contains(text, "hunter2") || strings.Contains(text, stream) {
			t.Errorf("a secret is in %s", text)
		}
	}
	if len(shown) < 6 {
		t.Errorf("only %q was shown", shown)
	}
}
