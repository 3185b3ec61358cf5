package lxd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"runtime/debug"
	"time"
)

// envelope is what every answer of the API is wrapped in.
type envelope struct {
	Type      string `json:"type"` // sync, async or error
	Operation string `json:"operation"`
	ErrorCode int    `json:"error_code"`
	Error     string `json:"error"`
	Metadata  raw    `json:"metadata"`
}

// answer is an envelope that is no error.
type answer struct {
	envelope
	etag string // without quotes, "" when the server sent none
}

// request is one call. Path has its segments escaped already.
type request struct {
	method  string
	path    string
	query   url.Values
	body    any
	ifMatch string
	object  string   // what a write changes, the path's when ""; two writes on one object are never under way at once
	becomes VolumeID // what the volume that a write is about is called afterwards
	waits   bool     // the server is asked to answer later

	// most is how long the answer may be, in bytes, 0 for as long as its kind may.
	most int64

	// each, when not nil, is called with each element of the list that is asked for; the answer then has none.
	each func(element []byte) error
}

// do sends a request and reads its answer. What the server refuses is an *Error, or an *UntrustedError when it knows
// nothing of this client; what gets no answer is an *UnreachableError or a *CertificateError.
func (c *Client) do(ctx context.Context, r request) (*answer, error) {
	ans, err := c.send(ctx, r)
	if c.byCertificate && errors.Is(err, ErrForbidden) {
		return nil, c.whyForbidden(ctx, err)
	}
	return ans, err
}

// whyForbidden tells apart what a server answers with the same refusal: that it does not know the client's certificate, and
// that it trusts it for less than this.
func (c *Client) whyForbidden(ctx context.Context, refusal error) error {
	if !c.trusted.Load() {
		// GET /1.0 is answered to everybody, and tells.
		var server struct {
			Auth string `json:"auth"`
		}
		ans, err := c.send(ctx, request{method: http.MethodGet, path: "/1.0"})
		if err == nil {
			err = json.Unmarshal(ans.Metadata, &server)
		}
		switch {
		case err != nil:
			return refusal
		case server.Auth != "trusted":
			return c.Untrusted()
		}
		c.trusted.Store(true)
	}
	return fmt.Errorf("%w: the certificate is restricted to projects", refusal)
}

// Untrusted is the *UntrustedError of this client, for who has seen by [Server.Trusted] that the server does not know its
// certificate.
func (c *Client) Untrusted() error { return c.explain(&UntrustedError{Address: c.address}) }

// send is one request and its answer.
func (c *Client) send(ctx context.Context, r request) (*answer, error) {
	target := r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", cmp.Or(c.opts.UserAgent, "lxd-storage-client"))
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ifMatch != "" {
		req.Header.Set("If-Match", `"`+r.ifMatch+`"`)
	}

	exchange := Exchange{Method: r.method, Path: target}
	start := time.Now()
	waiting, stop := c.watch(ctx, r)
	ans, status, err := c.exchange(req.WithContext(waiting.ctx), r, waiting)
	if err != nil {
		if ended := waiting.ended(c, ctx); ended != nil {
			err = ended
		}
	}
	stop()
	if c.opts.Trace != nil {
		exchange.Status, exchange.Duration = status, time.Since(start)
		if ans != nil {
			exchange.Operation = ans.Operation
		}
		if status == 0 {
			exchange.Err = err
		}
		c.opts.Trace(exchange)
	}
	return ans, err
}

// exchange sends a request and gives its answer, or the error that it is, and its status.
func (c *Client) exchange(req *http.Request, r request, waiting *watch) (_ *answer, _ int, err error) {
	defer func() {
		if err != nil && waiting.read.Load() > largeAnswer {
			debug.FreeOSMemory() // or what was read would be there still when the next try needs as much
		}
	}()
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, c.noAnswer(err)
	}
	defer resp.Body.Close()
	if err := unexpected(resp); err != nil {
		return nil, resp.StatusCode, c.noAnswer(err)
	}

	ans := &answer{etag: unquote(resp.Header.Get("ETag"))}
	most := cmp.Or(r.most, objectLimit)
	if resp.StatusCode >= 400 {
		most = changeLimit
	} else if r.each != nil {
		most = answerLimit
	}
	body, err := newAnswerBody(resp, waiting.reader(resp.Body), most)
	if err == nil {
		defer body.close()
		if r.each != nil && resp.StatusCode < 400 {
			err = body.list(&ans.envelope, r.each)
		} else {
			err = body.object(&ans.envelope, resp.StatusCode)
		}
	}
	if refused, is := errors.AsType[*Error](err); is {
		return nil, resp.StatusCode, refused
	}
	if bad, is := errors.AsType[*badAnswerError](err); is && r.each != nil {
		err = fmt.Errorf("GET %s: %w", r.path, bad)
	}
	if err != nil {
		return nil, resp.StatusCode, c.noAnswer(err)
	}
	switch ans.Type {
	case "sync", "async":
		if resp.StatusCode >= 400 { // whatever it calls itself
			return nil, resp.StatusCode, &Error{Code: resp.StatusCode, Message: statusText(resp.StatusCode)}
		}
		return ans, resp.StatusCode, nil
	case "error":
		code := ans.ErrorCode
		if code == 0 {
			code = resp.StatusCode
		}
		message := ans.Error
		if message == "" {
			message = statusText(code)
		}
		return nil, resp.StatusCode, c.refusal(code, message)
	}
	return nil, resp.StatusCode, c.noAnswer(badAnswer("what answers there is neither LXD nor Incus"))
}

// noAnswer words what the transport says about a request that got no answer.
func (c *Client) noAnswer(err error) error {
	var wrapped *url.Error // its text repeats method and URL
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var certificate *CertificateError
	if errors.As(err, &certificate) {
		return c.explain(certificate)
	}
	return c.explain(unreachable(c.address, err))
}

func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return text
	}
	return fmt.Sprintf("status %d", code)
}

func unquote(etag string) string {
	if n := len(etag); n >= 2 && etag[0] == '"' && etag[n-1] == '"' {
		return etag[1 : n-1]
	}
	return etag
}

// get reads one object into out and gives its ETag.
func (c *Client) get(ctx context.Context, path string, query url.Values, out any) (etag string, err error) {
	ans, err := c.do(ctx, request{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return "", err
	}
	return ans.etag, c.decode(ans, path, out)
}

// decode reads what an answer is about into out.
func (c *Client) decode(ans *answer, path string, out any) error {
	if object := reflect.TypeOf(out).Elem().Kind() == reflect.Struct; len(ans.Metadata) == 0 || object && string(ans.Metadata) == "null" {
		return c.noAnswer(badAnswer("its answer to GET %s says nothing", path))
	}
	if err := json.Unmarshal(ans.Metadata, out); err != nil {
		return c.noAnswer(fmt.Errorf("GET %s: %w", path, unreadable(err)))
	}
	return nil
}

// exists makes of the error of a read whether what was read is there.
func exists(err error) (bool, error) {
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
