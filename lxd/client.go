package lxd

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"tarn/lxd/secrets"
)

// Client talks to one server. It is safe for concurrent use; it holds as many connections as it has requests under way.
type Client struct {
	http    *http.Client
	base    string // what the request URLs begin with
	address string // for people: unix:/var/lib/lxd/unix.socket
	opts    Options

	// Over HTTPS the server may not know the client's certificate, and says no more than 403 then.
	byCertificate bool
	trusted       atomic.Bool // the server has been seen to know the certificate

	writes writeQueues
}

// Options are what a client can be told besides where its server is. The zero value is good.
type Options struct {
	// UserAgent is what the client calls itself in its requests, "" for "lxd-storage-client".
	UserAgent string

	// Trace, when not nil, is called after each request, from the goroutine that made it: of several at a time when the
	// client is used so.
	Trace func(Exchange)

	// Timeout is how long a request waits without a sign of life of the server before it ends with an [*UnreachableError] that
	// has a [*SilentError]; 0 is for ever. Bytes of the answer are a sign, and so is that the server answers something else
	// meanwhile: for ten times this while it reads, for sixty times while it carries out a change that it only then answers.
	// An operation that the server says is running is waited for without end.
	Timeout time.Duration

	// Waiting, when not nil, is told of each request that has had no answer for five seconds, from a goroutine of its own.
	Waiting func(Waiting)

	// Secrets, when not nil, are left out of every text of the server that errors and progress show. More may be added at any
	// time. What opens the streams of a migration is added by the client itself.
	Secrets *secrets.Set

	// Explain, when not nil, is given each error that tells why the server cannot be used at all ([*UnreachableError],
	// [*CertificateError], [*UntrustedError]), and gives the error that is returned instead. It is for programs that know
	// where the address came from, and so can say what to do about it. What it gives has to wrap what it was given.
	Explain func(error) error
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

// NewUnix gives a client for the server behind a unix socket. Such a server trusts everybody who may open the socket. It
// sends nothing yet, and so does not fail.
func NewUnix(path string, opts Options) *Client {
	return NewDialed("unix:"+path, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}, opts)
}

// NewDialed gives a client for a server that dial connects to, and that trusts whoever is connected: one that is reached
// through a tunnel, or that runs in this process. address is where that is, for people. It sends nothing yet.
func NewDialed(address string, dial func(context.Context) (net.Conn, error), opts Options) *Client {
	return &Client{http: newHTTP(dial), base: "http://lxd", address: address, opts: opts}
}

// newHTTP gives an HTTP client whose connections are made by dial, each not before its first request is ready to be sent.
func newHTTP(dial func(context.Context) (net.Conn, error)) *http.Client {
	lazily := func(context.Context, string, string) (net.Conn, error) { return newLazyConn(dial), nil }
	return &http.Client{
		Transport: &http.Transport{
			MaxResponseHeaderBytes: headerLimit,
			DialContext:            lazily,
			DialTLSContext:         lazily,
			MaxIdleConnsPerHost:    16,
			DisableCompression:     true,
		},
		// Whatever it is that sends elsewhere, it is not the server that was named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Address is where the server is, for people: unix:/var/lib/lxd/unix.socket or https://10.1.0.4:8443.
func (c *Client) Address() string { return c.address }

// Close closes the connections that are idle.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// explain has the caller's Explain word an error.
func (c *Client) explain(err error) error {
	if c.opts.Explain == nil {
		return err
	}
	return c.opts.Explain(err)
}
