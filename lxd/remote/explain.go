package remote

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"tarn/lxd"
)

// explained is an error with what its reader can do about it.
type explained struct {
	err  error
	join string // between the two
	hint string
}

func (e *explained) Error() string { return e.err.Error() + e.join + e.hint }
func (e *explained) Unwrap() error { return e.err }

// explain adds to an error of the remote's client what people can do about it, where there is something.
func (r Remote) explain(err error) error {
	var unreachable *lxd.UnreachableError
	var untrusted *lxd.UntrustedError
	var certificate *lxd.CertificateError
	switch {
	case errors.As(err, &unreachable):
		if hint := r.whenUnreachable(err); hint != "" {
			return &explained{err, "; ", hint}
		}
	case errors.As(err, &untrusted) && r.URL == "":
		return &explained{err, ": ", "LXD and Incus trust everybody who may open their socket, so something else may stand in front of it"}
	case errors.As(err, &untrusted):
		return &explained{err, ": ", fmt.Sprintf(`copy %s to the server and run "%s client.crt" there`, r.tool.own("client.crt"), r.tool.trust)}
	case errors.As(err, &certificate) && certificate.Err != nil:
		return &explained{err, ": ", fmt.Sprintf(`add the remote with "%s remote add", which pins it`, r.tool.name)}
	case errors.As(err, &certificate) && certificate.Shown != "":
		return &explained{err, ": ", "add the remote anew if the server was set up anew, otherwise do not trust what answers there"}
	}
	return err
}

// whenUnreachable is what to do when no answer came, "" when there is nothing to say.
func (r Remote) whenUnreachable(err error) string {
	var record tls.RecordHeaderError
	var silent *lxd.SilentError
	switch {
	case errors.As(err, &silent) && !silent.Alive:
		return "is the server overloaded, or does it hang? --timeout waits for longer"
	case errors.As(err, &silent):
		return "--timeout waits for longer"
	case errors.As(err, &record):
		return "is the port the one of core.https_address?"
	case errors.Is(err, fs.ErrNotExist):
		return "is LXD or Incus installed and running here? Otherwise name the server with --remote, LXD_SOCKET or LXD_DIR"
	case errors.Is(err, fs.ErrPermission):
		return "join the socket's group (lxd or incus-admin) or run as root"
	case errors.Is(err, syscall.ECONNREFUSED) && r.URL != "":
		return "is the server running, and its core.https_address set?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "is the server running?"
	}
	return ""
}
