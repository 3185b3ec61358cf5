package lxd

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
)

// What a refusal means, for errors.Is. The server's code alone does not tell: LXD 5.0.2 answers 500 to much that later
// servers answer with 400, 404 or 409.
var (
	ErrNotFound     = errors.New("not found")                   // the object, or what it is in
	ErrConflict     = errors.New("exists already")              // there is one of that name
	ErrPrecondition = errors.New("changed since it was read")   // read it again
	ErrForbidden    = errors.New("not allowed")                 // the server trusts this client for less, or not at all
	ErrInUse        = errors.New("in use")                      // by an instance, by what a pool holds, by the server
	ErrUnsupported  = errors.New("not supported by the server") // or by the pool's driver
	ErrTransient    = errors.New("for the moment only")         // trying again may help
)

// Error is a refusal by the server, in its own words. Its text is these as one line that is safe to show.
type Error struct {
	Code    int    // as HTTP has it; of a failed operation the code that it carries, 0 when it carries none
	Message string // the server's text as it is, never empty. It is for programs: it may repeat secrets, and have any characters

	shown string // Message without the secrets in it, "" when it has none
}

// refusal is the server's text as an error.
func (c *Client) refusal(code int, message string) *Error {
	e := &Error{Code: code, Message: message}
	if shown := c.opts.Secrets.Hide(message); shown != message {
		e.shown = shown
	}
	return e
}

func (e *Error) Error() string { return PlainLine(cut(cmp.Or(e.shown, e.Message), messageLimit)) }

// Is makes errors.Is(err, ErrNotFound) and its like work.
func (e *Error) Is(target error) bool {
	says := func(texts ...string) bool {
		for _, text := range texts {
			if strings.Contains(e.Message, text) {
				return true
			}
		}
		return false
	}
	switch target {
	case ErrNotFound:
		return e.Code == http.StatusNotFound || e.Code != http.StatusBadRequest && strings.HasSuffix(e.Message, "not found")
	case ErrConflict:
		// Two creators of one name at the same time: LXD 5.0.2 gives the loser the database's text.
		// Of a pool that exists a cluster says so.
		return e.Code == http.StatusConflict || says("UNIQUE constraint failed", "pool is already created", "pool already defined on member")
	case ErrPrecondition:
		return e.Code == http.StatusPreconditionFailed
	case ErrForbidden:
		return e.Code == http.StatusForbidden
	case ErrInUse:
		return says("still in use", "currently in use", "used by LXD itself", "used by Incus itself") || e.Code == http.StatusLocked
	case ErrUnsupported:
		return e.Code == http.StatusNotImplemented || e.Message == "Not supported"
	case ErrTransient:
		switch e.Code {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		// Of a server that stops; the last is a cluster's, for some seconds after a member was started again.
		return says("database is locked", "database is busy", "database is closed", "shutting down", "Missing event connection with target cluster member")
	}
	return false
}

// UnreachableError says that no answer came: nobody listens, the connection broke, or what answered is no LXD. What it was is
// told by errors.Is and errors.As: [fs.ErrNotExist] and [fs.ErrPermission] of a unix socket, [syscall.ECONNREFUSED],
// [*net.DNSError], [tls.RecordHeaderError] of a port that does not speak TLS, [io.EOF] of a connection that broke.
type UnreachableError struct {
	Address string // that of [Client.Address]
	Err     error
}

func (e *UnreachableError) Error() string {
	var bad *badAnswerError
	if errors.As(e.Err, &bad) {
		return fmt.Sprintf("no usable answer from %s: %v", e.Address, e.Err)
	}
	return fmt.Sprintf("no answer from %s: %v", e.Address, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// Is marks a connection that broke or was refused as transient: the server may be restarting. A socket that does not
// exist or may not be used stays as it is.
func (e *UnreachableError) Is(target error) bool {
	return target == ErrTransient && !errors.Is(e.Err, fs.ErrNotExist) && !errors.Is(e.Err, fs.ErrPermission)
}

// UntrustedError says that a server reached over HTTPS does not know the client's certificate. It is ErrForbidden too.
type UntrustedError struct {
	Address string
}

func (e *UntrustedError) Error() string {
	if strings.HasPrefix(e.Address, "unix:") { // where nobody shows one
		return e.Address + " does not trust this client"
	}
	return e.Address + " does not trust this client's certificate"
}

// Is makes errors.Is(err, ErrForbidden) true.
func (e *UntrustedError) Is(target error) bool { return target == ErrForbidden }

// CertificateError says that a server reached over HTTPS has shown a certificate that it should not have. No request was
// sent to it.
type CertificateError struct {
	Address string
	Shown   string // fingerprint of what it has shown: SHA-256 in hexadecimal; "" when it has shown none
	Pinned  string // fingerprint of what [Credentials.Server] says, "" for nothing
	Err     error  // why no authority vouches for what it has shown, nil when none was asked
}

func (e *CertificateError) Error() string {
	switch {
	case e.Shown == "":
		return e.Address + " shows no certificate"
	case e.Err != nil:
		return fmt.Sprintf("%s shows a certificate (%s) that no known authority vouches for (%v)", e.Address, abbreviate(e.Shown), e.Err)
	}
	return fmt.Sprintf("%s shows another certificate (%s) than the one that is known of it (%s)", e.Address, abbreviate(e.Shown), abbreviate(e.Pinned))
}

func (e *CertificateError) Unwrap() error { return e.Err }

// abbreviate is the beginning of a fingerprint, as lxc config trust list shows it.
func abbreviate(fingerprint string) string { return fingerprint[:min(12, len(fingerprint))] }

// unreachable words why no answer came.
func unreachable(address string, err error) error {
	e := &UnreachableError{Address: address, Err: err}
	var op *net.OpError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var silent *SilentError
	var bad *badAnswerError
	errors.As(err, &op)
	switch {
	case errors.As(err, &silent):
		e.Err = silent
	case errors.As(err, &bad): // in its own words
	case errors.As(err, &dns) && dns.IsTimeout:
		e.Err = cause{"the name " + dns.Name + " cannot be resolved: no name server answers", err}
	case errors.As(err, &dns):
		e.Err = cause{"the name " + dns.Name + " cannot be resolved", err}
	case errors.As(err, &record):
		e.Err = cause{"it does not speak TLS", err}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		e.Err = cause{"nothing came in time", err}
	case errors.Is(err, fs.ErrNotExist):
		e.Err = cause{"the socket does not exist", err}
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP):
		e.Err = cause{"the socket does not exist, for its path does not lead anywhere", fmt.Errorf("%w: %w", fs.ErrNotExist, err)}
	case op != nil && op.Net == "unix" && (errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENAMETOOLONG)):
		e.Err = cause{"the socket does not exist, for its path is longer than that of a socket can be", fmt.Errorf("%w: %w", fs.ErrNotExist, err)}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		e.Err = cause{"no more files may be opened (ulimit -n)", err}
	case errors.Is(err, fs.ErrPermission):
		e.Err = cause{"this user may not use the socket", err}
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Err = cause{"nobody listens there", err}
	case errors.Is(err, syscall.EAGAIN): // of a unix socket
		e.Err = cause{"it takes no more connections", err}
	case errors.Is(err, syscall.ENOTSOCK), errors.Is(err, syscall.EPROTOTYPE):
		e.Err = cause{"it is not a socket", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Err = cause{"the connection broke", err}
	case op != nil:
		e.Err = op
	default:
		if text, wrong := notHTTP(err); wrong {
			e.Err = badAnswer("%s", text)
		}
	}
	return e
}

// notHTTP words what the transport says of an answer that is not as HTTP has it, for which it has no types.
func notHTTP(err error) (text string, wrong bool) {
	text, broken := strings.CutPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: ")
	if strings.Contains(text, "server response headers exceeded") {
		return fmt.Sprintf("the headers of its answer have no end: %d MB were read", headerLimit/1_000_000), true
	}
	for _, of := range []string{"malformed", "invalid byte in chunk length", "chunk length too large", "header line too long", "chunked encoding", "suspiciously long trailer"} {
		broken = broken || strings.Contains(text, of)
	}
	return "its answer is not HTTP: " + strings.TrimPrefix(text, "http: "), broken
}

// cause says in plain words what err means.
type cause struct {
	text string
	err  error
}

func (c cause) Error() string { return c.text }
func (c cause) Unwrap() error { return c.err }
