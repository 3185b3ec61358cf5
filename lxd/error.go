package lxd

import (
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
	ErrNotFound     = errors.New("not found")
	ErrConflict     = errors.New("exists already")
	ErrPrecondition = errors.New("changed since it was read")
	ErrForbidden    = errors.New("not allowed")
	ErrInUse        = errors.New("in use")
	ErrUnsupported  = errors.New("not supported by the server")
	ErrTransient    = errors.New("for the moment only")
)

// Error is a refusal by the server, in its own words.
type Error struct {
	Code    int    // as HTTP has it; of a failed operation the code that it carries, 0 when it carries none
	Message string // the server's text, never empty
}

func (e *Error) Error() string { return e.Message }

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

// UnreachableError says that no answer came: nobody listens, the connection broke, or what answered is no LXD.
type UnreachableError struct {
	Address string // as the user wrote it or as it was found
	Hint    string // what to do, "" when there is nothing to say
	Err     error
}

func (e *UnreachableError) Error() string {
	text := fmt.Sprintf("no answer from %s: %v", e.Address, e.Err)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
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
	Hint    string // how to become trusted
}

func (e *UntrustedError) Error() string {
	return e.Address + " does not trust this client's certificate: " + e.Hint
}

// Is makes errors.Is(err, ErrForbidden) true.
func (e *UntrustedError) Is(target error) bool { return target == ErrForbidden }

// unreachable words what the transport says about a request that got no answer.
func unreachable(address string, err error) error {
	e := &UnreachableError{Address: address, Err: err}
	network := strings.HasPrefix(address, "https:")
	var op *net.OpError
	var dns *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		e.Err = cause{"the name " + dns.Name + " cannot be resolved", err}
	case errors.As(err, &record):
		e.Err = cause{"it does not speak TLS", err}
		e.Hint = "is the port the one of core.https_address?"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		e.Err = cause{"nothing came in time", err}
	case errors.Is(err, fs.ErrNotExist):
		e.Err = cause{"the socket does not exist", err}
		e.Hint = "is LXD or Incus installed and running here? Otherwise name the server with --remote, LXD_SOCKET or LXD_DIR"
	case errors.Is(err, fs.ErrPermission):
		e.Err = cause{"this user may not use the socket", err}
		e.Hint = "join the socket's group (lxd or incus-admin) or run as root"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Err = cause{"nobody listens there", err}
		e.Hint = "is the server running?"
		if network {
			e.Hint = "is the server running, and its core.https_address set?"
		}
	case errors.Is(err, syscall.ENOTSOCK), errors.Is(err, syscall.EPROTOTYPE):
		e.Err = cause{"it is not a socket", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		e.Err = cause{"the connection broke", err}
	case errors.As(err, &op):
		e.Err = op
	}
	return e
}

// cause says in plain words what err means.
type cause struct {
	text string
	err  error
}

func (c cause) Error() string { return c.text }
func (c cause) Unwrap() error { return c.err }
