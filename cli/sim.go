package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tarn/lxd"
	"tarn/lxd/sim"
	"tarn/lxd/sim/fault"
)

// simFlags are those of the command sim.
type simFlags struct {
	listen []string
	state  string
	faults []string
	log    bool
}

func (a *app) simCommand() *cobra.Command {
	var flags simFlags
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated LXD, without storage behind it",
		Long: `Answer the storage API as LXD 5.0.2 does, until interrupted. No data is kept: a volume is its name, config and size.

With --state the pools and volumes are kept in a file; without it they are gone at the end. The file says besides whether
it is a cluster, and which product: {"format": 1, "product": "lxd-6"} is LXD 6.9, which makes its changes in the
background, lxd-5.21 LXD 5.21.7, incus-6 Incus 6.0.4 and incus-7 Incus 7.3.

At a socket lxc and tarn find it as they find a local LXD. At a port, 0 for a free one, it speaks HTTPS and is a remote for
lxc and tarn, and simulators that listen so can send each other volumes; it answers plain HTTP too. Whoever can connect may
do everything, so it listens on the machine itself only.

With --fault something goes wrong with the requests that have a METHOD (* for any) and a PATH, in which * is text
without a slash and ** any text. What goes wrong is one or more of

  status=503 text="busy"   answer that, and do nothing; 412 is what LXD says when an object has changed
  drop=before, drop=after  break the connection before anything is done, or when all is done and before the answer
  delay=2s                 wait before anything happens
  fail="no space"          the background operation fails with that text
  lasts=5s                 the background operation takes that long; LXD 5.0.2 has one for copies, moves, snapshots
                           and migrations, LXD 6.9 for every change
  die=3s                   so long after the request has come the server is killed, and started again

and with nth=2 only with the second such request. The first fault that fits a request happens to it.
"GET /1.0/operations/*/websocket drop=after" breaks the streams of a migration.`,
		Example: `  tarn sim --listen unix:sim.sock --state state.json --log
  tarn sim --listen 127.0.0.1:8443
  tarn sim --listen unix:sim.sock --fault 'POST /1.0/storage-pools/*/volumes/* nth=2 status=503'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveSim(cmd.Context(), &flags) },
	}
	cmd.Flags().StringArrayVar(&flags.listen, "listen", nil, "where to listen: `unix:PATH` or 127.0.0.1:PORT; may be given more than once")
	cmd.Flags().StringVar(&flags.state, "state", "", "keep the state in a `FILE`")
	cmd.Flags().StringArrayVar(&flags.faults, "fault", nil, "what goes wrong: `\"METHOD PATH …\"`, see above; may be given more than once")
	cmd.Flags().BoolVar(&flags.log, "log", false, "print each request on standard error")
	_ = cmd.MarkFlagRequired("listen")
	return cmd
}

// serveSim serves a simulator until it is interrupted.
func (a *app) serveSim(ctx context.Context, flags *simFlags) error {
	if a.remote != "" {
		hint := "leave it out"
		if file, ok := strings.CutPrefix(a.remote, "sim:"); ok && file != "" {
			hint = "--state " + lxd.ShellWord(file) + " keeps the state there"
		}
		return fmt.Errorf("sim serves a simulator of its own and talks to no server, so it takes no --remote; %s", hint)
	}
	var faults []*fault.Fault
	for _, text := range flags.faults {
		f, err := fault.Parse(text)
		if err != nil {
			return fmt.Errorf("--fault %q: %w", text, err)
		}
		faults = append(faults, f)
	}
	server := sim.New(nil)
	if flags.state != "" {
		var err error
		if server, err = a.openSimulator(flags.state); err != nil {
			return err
		}
	} else {
		a.simulators.add(server)
	}
	server.Inject(faults...)
	var listeners []net.Listener
	for _, address := range flags.listen {
		listener, err := listenAt(server, address)
		if err != nil {
			return err
		}
		defer listener.Close()
		listeners = append(listeners, listener)
	}
	var handler http.Handler = server
	if flags.log {
		handler = a.logged(server)
	}
	serving := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)} // a client that breaks off a handshake knows it
	ctx, cancel := a.cancellable(ctx)
	defer cancel()
	if _, err := fmt.Fprint(a.text(), welcome(server, listeners)); err != nil {
		return err
	}

	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		// What is being answered is finished, but for those who wait for something.
		last, cancel := context.WithTimeout(context.Background(), endsWithin*2/3)
		defer cancel()
		if serving.Shutdown(last) != nil {
			serving.Close()
		}
	}()
	ended := make(chan error)
	for _, listener := range listeners {
		go func() { ended <- serving.Serve(listener) }()
	}
	var failed error
	for range listeners {
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			failed = errors.Join(failed, err)
			cancel()
		}
	}
	cancel()
	<-stopped
	return failed
}

// welcome says where the simulator is and how it is reached.
func welcome(server *sim.Server, listeners []net.Listener) string {
	tool, socket := "lxc", "LXD_SOCKET"
	if strings.HasPrefix(server.Simulates(), "Incus") {
		tool, socket = "incus", "INCUS_SOCKET"
	}
	var text strings.Builder
	for _, listener := range listeners {
		at := listener.Addr()
		if at.Network() == "unix" {
			path := at.String()
			if whole, err := filepath.Abs(path); err == nil {
				path = whole
			}
			fmt.Fprintf(&text, "simulated %s at unix:%s\n\n", server.Simulates(), lxd.PlainLine(at.String()))
			fmt.Fprintf(&text, "  tarn --remote %s plan\n  %s=%s %s storage list\n\n", lxd.ShellWord("unix:"+path), socket, lxd.ShellWord(path), tool)
			continue
		}
		fmt.Fprintf(&text, "simulated %s at https://%s\n\n", server.Simulates(), at)
		fmt.Fprintf(&text, "  %[1]s remote add sim https://%[2]s --accept-certificate\n  %[1]s storage list sim:\n  tarn --remote sim plan\n", tool, at)
		fmt.Fprintf(&text, "  curl http://%s/1.0/storage-pools\n\n", at)
	}
	text.WriteString("Ctrl-C stops it.\n")
	return text.String()
}

// listenAt opens unix:PATH or an address of this machine, there with the server's certificate.
func listenAt(server *sim.Server, address string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return listenUnix(path)
	}
	at := strings.TrimPrefix(address, "https://")
	host, _, err := net.SplitHostPort(at)
	if err != nil {
		return nil, fmt.Errorf("--listen is unix:PATH or 127.0.0.1:PORT, not %q", address)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--listen %s: the simulator asks nobody who they are, so it listens on 127.0.0.1 only", address)
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", address, err)
	}
	return server.Secure(listener)
}

// listenUnix opens a socket, in place of one that a server has left behind which is gone.
func listenUnix(path string) (net.Listener, error) {
	listener, err := net.Listen("unix", path)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return listener, err
	}
	conn, refused := net.Dial("unix", path)
	if refused == nil {
		conn.Close()
		return nil, fmt.Errorf("--listen unix:%s: another server listens there", path)
	}
	info, statErr := os.Lstat(path)
	if !errors.Is(refused, syscall.ECONNREFUSED) || statErr != nil || info.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("--listen unix:%s: something is there already that is no socket of a simulator", path)
	}
	if err := os.Remove(path); err != nil {
		return nil, err
	}
	return net.Listen("unix", path)
}

// logged prints each request when it has been answered.
func (a *app) logged(handler http.Handler) http.Handler {
	var mu sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := &statusWriter{ResponseWriter: w}
		start := time.Now()
		outcome := "dropped"
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			asked := r.URL.RequestURI()
			if r.URL.Query().Has("secret") {
				asked = r.URL.EscapedPath() // it opens a stream
			}
			fmt.Fprintf(a.messages(), "%s %s %s %s\n", r.Method, lxd.PlainLine(asked), outcome, time.Since(start).Round(100*time.Microsecond))
		}()
		handler.ServeHTTP(answer, r)
		outcome = fmt.Sprint(cmp.Or(answer.status, http.StatusOK))
	})
}

// statusWriter takes note of the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController]: streams take the connection over.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
