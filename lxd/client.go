package lxd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"
)

// Client talks to one server. It is safe for concurrent use; it holds as many connections as it has requests under way.
type Client struct {
	http    *http.Client
	base    string // what the request URLs begin with
	address string // for people: unix:/var/lib/lxd/unix.socket
	trace   func(Exchange)

	// Over HTTPS the server may not know the client's certificate, and says no more than 403 then.
	trustHint string      // what to do about that, "" over a unix socket, whose users are trusted always
	trusted   atomic.Bool // it is known to be trusted

	turns turns // of writes
}

// Options are what a client can be told besides where the server is. The zero value is good.
type Options struct {
	// Trace is called after each request, from the goroutine that made it.
	Trace func(Exchange)
}

// Exchange is one request and how it was answered, for people who want to see the wire. It holds no bodies, so no secrets.
type Exchange struct {
	Method    string
	Path      string // with the query
	Status    int    // 0 when no answer came
	Operation string // path of the background operation that the server started, "" for none
	Duration  time.Duration
	Err       error // why no answer came
}

// NewUnix gives a client for the server behind a unix socket. It sends nothing yet.
func NewUnix(path string, opts Options) *Client {
	return NewDialed("unix:"+path, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}, opts)
}

// NewDialed gives a client for a server that dial connects to, whose users are trusted always. address is where that is,
// for people. It sends nothing yet.
func NewDialed(address string, dial func(context.Context) (net.Conn, error), opts Options) *Client {
	return &Client{http: newHTTP(dial), base: "http://lxd", address: address, trace: opts.Trace}
}

// newHTTP gives an HTTP client whose connections are made by dial, each not before its first request is ready to be sent.
func newHTTP(dial func(context.Context) (net.Conn, error)) *http.Client {
	lazily := func(context.Context, string, string) (net.Conn, error) { return newLazyConn(dial), nil }
	return &http.Client{Transport: &http.Transport{
		DialContext:         lazily,
		DialTLSContext:      lazily,
		MaxIdleConnsPerHost: 16,
		DisableCompression:  true,
	}}
}

// Address is where the server is, for people: unix:/var/lib/lxd/unix.socket or https://10.1.0.4:8443.
func (c *Client) Address() string { return c.address }

// Close closes the connections that are idle.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// envelope is what every answer of the API is wrapped in.
type envelope struct {
	Type      string          `json:"type"` // sync, async or error
	Operation string          `json:"operation"`
	ErrorCode int             `json:"error_code"`
	Error     string          `json:"error"`
	Metadata  json.RawMessage `json:"metadata"`
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
	object  string   // what a write changes; two writes on one object are never under way at once
	becomes VolumeID // what the volume that a write is about is called afterwards
}

// do sends a request and reads its answer. What the server refuses is an *Error, what gets no answer an *UnreachableError.
func (c *Client) do(ctx context.Context, r request) (*answer, error) {
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
	req.Header.Set("User-Agent", "tarn")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.ifMatch != "" {
		req.Header.Set("If-Match", `"`+r.ifMatch+`"`)
	}

	exchange := Exchange{Method: r.method, Path: target}
	start := time.Now()
	ans, status, err := c.exchange(req)
	if c.trace != nil {
		exchange.Status, exchange.Duration = status, time.Since(start)
		if ans != nil {
			exchange.Operation = ans.Operation
		}
		if status == 0 {
			exchange.Err = err
		}
		c.trace(exchange)
	}
	if c.trustHint != "" && errors.Is(err, ErrForbidden) && !c.trusted.Load() {
		// Not trusted at all, or trusted for less than this? GET /1.0 is answered to everybody and tells.
		if server, serverErr := c.Server(ctx); serverErr == nil && !server.Trusted {
			return nil, c.Untrusted()
		}
		c.trusted.Store(true)
	}
	if c.trusted.Load() && errors.Is(err, ErrForbidden) {
		err = fmt.Errorf("%w: the certificate is restricted to projects", err)
	}
	return ans, err
}

// Untrusted says that the server does not know the client's certificate, and what to do about that.
func (c *Client) Untrusted() error { return &UntrustedError{Address: c.address, Hint: c.trustHint} }

func (c *Client) exchange(req *http.Request) (*answer, int, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		if ctxErr := context.Cause(req.Context()); ctxErr != nil {
			return nil, 0, ctxErr
		}
		var wrapped *url.Error // its text repeats method and URL
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		var certificate *certificateError
		if errors.As(err, &certificate) {
			return nil, 0, fmt.Errorf("%s %w", c.address, certificate)
		}
		return nil, 0, unreachable(c.address, err)
	}
	defer resp.Body.Close()

	ans := &answer{etag: unquote(resp.Header.Get("ETag"))}
	if err := json.NewDecoder(resp.Body).Decode(&ans.envelope); err != nil {
		if ctxErr := context.Cause(req.Context()); ctxErr != nil {
			return nil, resp.StatusCode, ctxErr
		}
		if resp.StatusCode >= 400 {
			return nil, resp.StatusCode, &Error{Code: resp.StatusCode, Message: statusText(resp.StatusCode)}
		}
		return nil, resp.StatusCode, unreachable(c.address, fmt.Errorf("its answer cannot be read: %w", err))
	}
	switch ans.Type {
	case "sync", "async":
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
		return nil, resp.StatusCode, &Error{Code: code, Message: message}
	}
	return nil, resp.StatusCode, &UnreachableError{Address: c.address, Err: errors.New("what answers there is neither LXD nor Incus")}
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
	if err := json.Unmarshal(ans.Metadata, out); err != nil {
		return "", fmt.Errorf("%s: answer of %s cannot be read: %w", c.address, path, err)
	}
	return ans.etag, nil
}

// getList reads a list of objects.
func getList[T any](ctx context.Context, c *Client, path string, query url.Values) ([]*T, error) {
	var all []*T
	if _, err := c.get(ctx, path, query, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(object *T) bool { return object == nil }), nil
}

// has tells whether reading something finds it.
func has(err error) (bool, error) {
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
