package lxd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// slowServer is a server in this process whose answers take their time, under a clock of the test.
func slowServer(opts lxd.Options, answer func(path string, w io.Writer)) *lxd.Client {
	return lxd.NewDialed("slow", func(context.Context) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			for in := bufio.NewReader(there); ; {
				r, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				answer(r.URL.Path, there)
			}
		}()
		return here, nil
	}, opts)
}

func say(w io.Writer, metadata string) {
	body := `{"type": "sync", "status": "Success", "status_code": 200, "metadata": ` + metadata + `}`
	fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// How long a request waits depends on whether the server shows any life meanwhile.
func TestTimeout(t *testing.T) {
	const never = 1000 * time.Hour
	for name, c := range map[string]struct {
		other time.Duration // until GET /1.0 is answered
		list  time.Duration // until the list is
		trickle,
		change bool
		after time.Duration // 0 when it is not given up
		alive bool
	}{
		"at once":                         {},
		"in time":                         {other: never, list: 50 * time.Second},
		"silent":                          {other: never, list: never, after: time.Minute},
		"busy, and others are answered":   {list: 9 * time.Minute},
		"hangs, and others are answered":  {list: never, after: 10 * time.Minute, alive: true},
		"a change that takes its time":    {list: 55 * time.Minute, change: true},
		"a change that hangs":             {list: never, change: true, after: time.Hour, alive: true},
		"others are answered too late":    {other: 35 * time.Second, list: never, after: time.Minute},
		"a byte a second, so do others":   {other: never, trickle: true, after: time.Minute},
		"a byte a second, others at once": {trickle: true, after: 10 * time.Minute, alive: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				opts := lxd.Options{Timeout: time.Minute, Waiting: func(w lxd.Waiting) {
					if told++; w.For != 5*time.Second || w.Address != "slow" {
						t.Errorf("told %v", w)
					}
				}}
				ctx, cancel := context.WithCancel(t.Context())
				client := slowServer(opts, func(path string, w io.Writer) {
					wait := c.list
					if path == "/1.0" {
						wait = c.other
					}
					select {
					case <-time.After(wait):
					case <-ctx.Done():
						return
					}
					for c.trickle && path != "/1.0" {
						if _, err := w.Write([]byte("H")); err != nil || sleepFor(ctx, time.Second) != nil {
							return
						}
					}
					say(w, "[]")
				})
				start := time.Now()
				var err error
				if c.change {
					_, err = client.DeletePool(ctx, lxd.PoolID{Name: "p"})
				} else {
					_, err = client.Pools(ctx)
				}
				took := time.Since(start)
				cancel()
				client.Close()
				synctest.Wait()
				if slow := took > 5*time.Second; slow != (told == 1) {
					t.Errorf("told %d times in %v", told, took)
				}
				var silent *lxd.SilentError
				switch {
				case c.after == 0 && err != nil:
					t.Error(err)
				case c.after == 0:
				case !errors.As(err, &silent) || silent.Alive != c.alive || !errors.Is(err, lxd.ErrTransient):
					t.Errorf("%#v: %v", silent, err)
				case took < c.after || took > c.after+time.Minute:
					t.Errorf("after %v, want %v", took, c.after)
				}
			})
		})
	}
}

func sleepFor(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A wait that the server is asked to make is no silence, and nobody is told of it. It has no limit.
func TestTimeoutIsNotForOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := lxd.Options{Timeout: 20 * time.Second, Waiting: func(w lxd.Waiting) { t.Errorf("told %v", w) }}
		start := time.Now()
		client := slowServer(opts, func(path string, w io.Writer) {
			running := `{"id": "o", "class": "task", "status": "Running", "status_code": 103}`
			switch {
			case strings.HasSuffix(path, "/wait"):
				time.Sleep(10 * time.Second)
				if time.Since(start) > 5*time.Hour {
					running = `{"id": "o", "class": "task", "status": "Success", "status_code": 200}`
				}
				say(w, running)
			default:
				body := `{"type": "async", "status": "Operation created", "status_code": 100, "operation": "/1.0/operations/o", "metadata": ` + running + `}`
				fmt.Fprintf(w, "HTTP/1.1 202 Accepted\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			}
		})
		defer client.Close()
		op, err := client.DeletePool(t.Context(), lxd.PoolID{Name: "p"})
		if err == nil {
			err = op.Wait(t.Context(), nil)
		}
		if err != nil || time.Since(start) < 5*time.Hour {
			t.Fatal(err, time.Since(start))
		}
	})
}

// A handshake that hangs, and a socket whose listener accepts nothing, end too.
func TestTimeoutOfConnections(t *testing.T) {
	certificate, key := lxdtest.Certificate(t)
	for network, address := range map[string]string{"tcp": "127.0.0.1:0", "unix": t.TempDir() + "/s"} {
		listener, err := net.Listen(network, address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		opts := lxd.Options{Timeout: 300 * time.Millisecond}
		client := lxd.NewUnix(address, opts)
		if network == "tcp" {
			if client, err = lxd.NewHTTPS("https://"+listener.Addr().String(), lxd.Credentials{Certificate: []byte(certificate), Key: []byte(key)}, opts); err != nil {
				t.Fatal(err)
			}
		}
		defer client.Close()
		_, err = client.Server(t.Context())
		var silent *lxd.SilentError
		if !errors.As(err, &silent) || silent.Alive {
			t.Errorf("%s: %v", network, err)
		}
	}
}
