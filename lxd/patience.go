package lxd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// A request that gets no answer is either lost or takes its time: LXD 5.0.2 describes 100,000 volumes for minutes before it sends
// the first byte, and deletes a large volume before it answers at all. What tells the two apart is whether the server answers
// something else meanwhile. So a request has Options.Timeout without a sign of life, which is enough bytes of its own answer, or
// else an answer to GET /1.0. Such answers are believed for a while only, as below.

const (
	tellAfter = 5 * time.Second // without an answer, Options.Waiting is told

	// leastBytes of an answer are a sign of life; a byte a second is none.
	leastBytes = 1024

	// So many times Options.Timeout a server that answers GET /1.0 may take for the next bytes of another answer.
	readPatience  = 10
	writePatience = 60 // it may be formatting a disk, or deleting millions of files
)

// Waiting is a request that has had no answer for some time.
type Waiting struct {
	Address string // that of [Client.Address]
	Method  string
	Path    string // without the query
	For     time.Duration
}

// SilentError says that no sign of life came in time. It is in an [*UnreachableError].
type SilentError struct {
	After time.Duration // for which nothing came
	Alive bool          // the server did answer GET /1.0 meanwhile
}

func (e *SilentError) Error() string {
	text := fmt.Sprintf("nothing came for %s", e.After.Round(100*time.Millisecond))
	if e.Alive {
		text += ", though it answers other requests"
	}
	return text
}

// watch is the wait for one answer.
type watch struct {
	ctx    context.Context // ends with a *SilentError as its cause when the request is given up
	cancel context.CancelCauseFunc
	read   atomic.Int64 // bytes of the answer so far
}

// watch begins to wait for the answer to a request. stop ends that. A wait that the server is asked to make is not told of.
func (c *Client) watch(ctx context.Context, r request) (_ *watch, stop func()) {
	w := &watch{}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	if c.opts.Timeout > 0 || c.opts.Waiting != nil {
		go w.run(c, r)
	}
	return w, func() { w.cancel(context.Canceled) }
}

func (w *watch) run(c *Client, r request) {
	start := time.Now()
	if c.opts.Waiting != nil && !r.waits {
		timer := time.AfterFunc(tellAfter, func() {
			if w.ctx.Err() == nil {
				c.opts.Waiting(Waiting{c.address, r.method, r.path, time.Since(start)})
			}
		})
		defer timer.Stop()
	}
	if c.opts.Timeout <= 0 {
		<-w.ctx.Done()
		return
	}
	patience := readPatience * c.opts.Timeout
	if r.method != http.MethodGet {
		patience = writePatience * c.opts.Timeout
	}
	sign, progress, seen := start, start, int64(0) // the last sign of life, the last bytes that count, how many there were
	for {
		pause := c.opts.Timeout / 2
		slept := time.Now()
		if sleep(w.ctx, pause) != nil {
			return
		}
		// While this program was stopped (Ctrl-Z) nothing could come, whatever the server did.
		stopped := max(0, time.Since(slept)-pause)
		if read := w.read.Load(); read-seen >= leastBytes {
			sign, progress, seen = time.Now(), time.Now(), read
			continue
		}
		within := max(0, c.opts.Timeout-time.Since(sign)+stopped)
		asked := time.Now()
		answers := c.answersOthers(w.ctx, within)
		stopped += max(0, time.Since(asked)-within)
		sign, progress = sign.Add(stopped), progress.Add(stopped)
		if answers {
			sign = time.Now()
		}
		switch {
		case w.ctx.Err() != nil:
			return
		case w.read.Load()-seen >= leastBytes: // meanwhile
		case time.Since(progress) >= patience:
			w.cancel(&SilentError{After: time.Since(progress), Alive: time.Since(sign) < c.opts.Timeout})
		case time.Since(sign) >= c.opts.Timeout:
			w.cancel(&SilentError{After: time.Since(progress), Alive: sign != progress})
		}
	}
}

// answersOthers tells whether the server answers a small request within some time.
func (c *Client) answersOthers(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/1.0", nil)
	if err != nil {
		return false
	}
	resp, err := c.http.Do(req)
	if err == nil {
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, answerLimit))
	}
	// However fast it was: what is wrong with the connection is found soon enough by the request itself.
	if err != nil {
		<-ctx.Done()
	}
	return err == nil
}

// reader counts what is read of an answer.
func (w *watch) reader(body io.Reader) io.Reader { return &countedReader{body, &w.read} }

type countedReader struct {
	io.Reader
	read *atomic.Int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read.Add(int64(n))
	return n, err
}

// ended is why a request was broken off: by its caller, with what ended their context, or because the server was silent. It is
// nil when nobody has broken it off.
func (w *watch) ended(c *Client, caller context.Context) error {
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	var silent *SilentError
	if errors.As(context.Cause(w.ctx), &silent) {
		return c.noAnswer(silent)
	}
	return nil
}
