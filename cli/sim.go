package cli

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"tarn/lxd/sim"
)

func (a *app) simCommand() *cobra.Command {
	var listen, state string
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated LXD, without storage behind it",
		Long: `Answer the storage API as LXD 5.0.2 does, until interrupted. No data is kept: a volume is its name, config and size.

With --state the pools and volumes are kept in a file; without it they are gone at the end.
Whoever can connect may do everything: listen on the machine itself only.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			server := sim.New(nil)
			if state != "" {
				var err error
				if server, err = sim.Open(state); err != nil {
					return err
				}
			}
			a.simulators = append(a.simulators, server)
			listener, err := listenAt(listen)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.Stdout, "simulated LXD %s at %s\n", sim.Version, listen)
			ctx, cancel := a.cancellable(cmd.Context())
			defer cancel()
			go func() {
				<-ctx.Done()
				listener.Close()
			}()
			if err := server.Serve(listener); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "where to listen: `unix:PATH` or 127.0.0.1:PORT")
	cmd.Flags().StringVar(&state, "state", "", "keep the state in a `FILE`")
	_ = cmd.MarkFlagRequired("listen")
	return cmd
}

// listenAt opens unix:PATH or an address of this machine.
func listenAt(address string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return net.Listen("unix", path)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen is unix:PATH or 127.0.0.1:PORT, not %q", address)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--listen %s: the simulator asks nobody who they are, so it listens on 127.0.0.1 only", address)
	}
	return net.Listen("tcp", address)
}
