package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"tarn/lxd/lxdtest"
)

var pools = []string{"a", "b"}

// onServer does something with a server of two pools of the driver dir and some volumes, and with a folder. Both are gone afterwards.
func (c *config) onServer(ctx context.Context, volumes int, do func(server *lxdtest.Server, dir string) error) (err error) {
	server, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, pool := range pools {
		if _, err := server.LXC(ctx, "storage", "create", pool, "dir"); err != nil {
			return err
		}
	}
	bare := &bareClient{socket: server.Socket(), at: 4}
	if err := bare.write(ctx, "create", pools, volumes); err != nil {
		return err
	}
	return do(server, dir)
}

// writeSpec writes a spec of the given volumes into a folder of its own below dir, and gives that.
func writeSpec(dir string, name string, which []int, options specOptions) (string, error) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		return "", err
	}
	var text strings.Builder
	for p, pool := range pools {
		fmt.Fprintf(&text, "pool %q {\n  existing = true\n", pool)
		var names []string
		for _, i := range which {
			if i%len(pools) == p {
				names = append(names, fmt.Sprintf("%q", volumeName(i)))
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&text, "\n  volume \"v\" {\n    for_each = toset([\n      %s,\n    ])\n%s  }\n", strings.Join(names, ",\n      "), options.body())
		}
		text.WriteString("}\n\n")
	}
	return path, os.WriteFile(filepath.Join(path, "storage.hcl"), []byte(text.String()), 0o644)
}

// specOptions say what a spec has its volumes be.
type specOptions struct {
	suffix  string // of their names
	value   string // of their key
	renamed bool   // from the name without the suffix
	absent  bool
}

func (o specOptions) body() string {
	text := fmt.Sprintf("    name     = \"${each.key}%s\"\n", o.suffix)
	if o.absent {
		return text + "    absent   = true\n"
	}
	if o.renamed {
		text += "    renamed_from = each.key\n"
	}
	value := o.value
	if value == "" {
		value = "data"
	}
	return text + fmt.Sprintf("    config   = { \"user.kind\" = %q }\n", value)
}

// firstOf are the first n volumes of a server.
func firstOf(n int) []int {
	which := make([]int, n)
	for i := range which {
		which[i] = i
	}
	return which
}

// spread are n volumes of a server that holds some more, far apart and without a pattern to their names.
func spread(n, held int) []int {
	const step = 7919 // a prime, so that all are different
	which := make([]int, n)
	for i := range which {
		which[i] = (i*step + i/held) % held
	}
	slices.Sort(which)
	return slices.Compact(which)
}

// tarnPlan is a plan of a spec that has nothing to do.
func (c *config) tarnPlan(name, spec string, server *lxdtest.Server) *command {
	return &command{name: name, args: []string{c.tarn, "plan", "--remote", "unix:" + server.Socket(), "--detailed-exitcode", spec}, env: server.Environ(), socket: server.Socket()}
}

// reads times plans that have nothing to do, and what other programs take to read the same.
func reads(ctx context.Context, c *config) error {
	for _, held := range c.volumes {
		if err := c.onServer(ctx, held, func(server *lxdtest.Server, dir string) error { return c.readsOf(ctx, held, server, dir) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) readsOf(ctx context.Context, held int, server *lxdtest.Server, dir string) error {
	bare := &command{name: "bare read of all", args: []string{c.self, "bare", "read", "-socket", server.Socket()}, env: server.Environ(), socket: server.Socket()}
	commands := []*command{bare}
	add := func(name, question string, which []int) error {
		spec, err := writeSpec(dir, strings.ReplaceAll(name, " ", "-"), which, specOptions{})
		cmd := c.tarnPlan("plan of "+name, spec, server)
		cmd.question = question
		commands = append(commands, cmd)
		return err
	}
	if err := add(fmt.Sprintf("all %d", held), "`plan` of all, nothing to do: time, peak memory", firstOf(held)); err != nil {
		return err
	}
	all := commands[len(commands)-1]
	for _, n := range []int{10, held / 10, held / 2} {
		if err := add(fmt.Sprintf("the first %d", n), "", firstOf(n)); err != nil {
			return err
		}
		if err := add(fmt.Sprintf("%d spread out", n), "`plan` of ten, a tenth, half of them: time", spread(n, held)); err != nil {
			return err
		}
	}
	client, listAll := "lxc", ""
	if c.incus {
		client = "incus"
	}
	for _, pool := range pools {
		listAll += fmt.Sprintf("%s storage volume list %s --format json; ", client, pool)
	}
	if !c.incus {
		commands = append(commands, &command{name: "lxc storage volume list", question: "`lxc storage volume list`: time", args: []string{"sh", "-c", listAll}, env: server.Environ()})
		if held <= pylxdLimit && exec.Command("/usr/bin/python3", "-c", "import pylxd").Run() == nil {
			commands = append(commands, &command{name: "pylxd's all()", question: "a loop of pylxd over all: time", args: []string{"/usr/bin/python3", "-c", pylxdRead, server.Socket()}, env: server.Environ()})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.also)) {
		commands = append(commands, &command{name: name, args: []string{"sh", "-c", c.also[name]}, env: server.Environ()})
	}
	if err := c.inTurn(ctx, commands); err != nil {
		return err
	}
	fmt.Printf("\n### Reading, %d volumes in two pools, nothing to do\n\n", held)
	fmt.Println("| | time | of the bare read | peak memory | CPU | requests |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, cmd := range commands {
		asked := "–"
		switch {
		case cmd == bare:
			asked = fmt.Sprint(1 + len(pools))
		case cmd.args[0] == c.tarn:
			asked = fmt.Sprint(requests(ctx, cmd))
		}
		fmt.Printf("| %s | %.2f s | %.2f | %.0f MiB | %.2f s | %s |\n", cmd.name, cmd.median(wall), ratio(cmd, bare, wall), cmd.median(memory), cmd.median(cpu), asked)
		if cmd != bare && !strings.HasPrefix(cmd.name, "plan of the first") {
			what := fmt.Sprintf("%d volumes on the server, %s: time of the bare read of all, and memory", held, cmd.name)
			c.sum(what, "%.2f, %.0f MiB", ratio(cmd, bare, wall), cmd.median(memory))
		}
		if cmd.question != "" {
			c.page.add(cmd.question, thousands(held)+" volumes", "%.2f", ratio(cmd, bare, wall))
			if cmd == all {
				c.page.add(cmd.question, thousands(held)+" volumes", "%.0f MiB", cmd.median(memory))
			}
		}
	}
	return nil
}

// pylxdLimit is of how many volumes pylxd is timed: it asks for each, and of 5,000 a round takes it minutes.
const pylxdLimit = 1000

// pylxdRead is how a user of pylxd reads all volumes.
const pylxdRead = `
import sys, pylxd
client = pylxd.Client(endpoint="http+unix://" + sys.argv[1].replace("/", "%2F"))
for pool in client.storage_pools.all():
    for volume in pool.volumes.all():
        volume.config
`
