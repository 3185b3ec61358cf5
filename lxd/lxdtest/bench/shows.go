package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tarn/lxd/lxdtest"
)

// shows times what looks at a whole server beside a plan of all that is on it, on a real server and on a simulated one.
func shows(ctx context.Context, c *config) error {
	for _, held := range c.volumes {
		err := c.onServer(ctx, held, func(server *lxdtest.Server, dir string) error {
			return c.showsOf(ctx, "a real server", held, server.Socket(), dir, server.Environ(), server.Socket())
		})
		if err != nil {
			return err
		}
		err = c.onSimulator(ctx, held, func(socket, dir string) error {
			return c.showsOf(ctx, "a simulated one", held, socket, dir, os.Environ(), "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// showsOf times one server. timed is its socket when the server's CPU time is to be taken.
func (c *config) showsOf(ctx context.Context, where string, held int, socket, dir string, env []string, timed string) error {
	spec, err := writeSpec(dir, "all", firstOf(held), specOptions{})
	if err != nil {
		return err
	}
	nowhere := filepath.Join(dir, "nothing") // a folder without a spec
	if err := os.Mkdir(nowhere, 0o755); err != nil {
		return err
	}
	tarn := func(name string, args ...string) *command {
		return &command{name: name, args: append([]string{c.tarn, "--remote", "unix:" + socket}, args...), env: env, dir: nowhere, socket: timed}
	}
	plan := tarn("plan of all", "plan", "--detailed-exitcode", spec)
	commands := []*command{
		plan, tarn("show", "show"), tarn("show, with the spec", "show", "--spec", spec), tarn("show --json", "show", "--json"), tarn("show of one volume", "show", pools[0]+"/"+volumeName(0)),
		tarn("import", "import"), tarn("import --no-fold", "import", "--no-fold"),
	}
	if err := c.inTurn(ctx, commands); err != nil {
		return err
	}
	fmt.Printf("\n### Looking at %d volumes in two pools of %s\n\n", held, where)
	fmt.Println("| | time | of the plan | CPU | server's CPU | of the plan's | peak memory | requests |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, cmd := range commands {
		server, ofPlan := "–", "–"
		if timed != "" {
			server, ofPlan = fmt.Sprintf("%.2f s", cmd.median(serverTime)), fmt.Sprintf("%.2f", ratio(cmd, plan, serverTime))
		}
		fmt.Printf("| %s | %.2f s | %.2f | %.2f s | %s | %s | %.0f MiB | %d |\n", cmd.name, cmd.median(wall), ratio(cmd, plan, wall), cmd.median(cpu), server, ofPlan,
			cmd.median(memory), requests(ctx, cmd))
		if cmd != plan {
			c.sum(fmt.Sprintf("%d volumes on %s, %s: time of a plan of all, and memory", held, where, cmd.name), "%.2f, %.0f MiB", ratio(cmd, plan, wall), cmd.median(memory))
		}
	}
	return nil
}
