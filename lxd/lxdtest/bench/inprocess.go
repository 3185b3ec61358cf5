package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// inProcess times what simulates the server too, with sim:FILE: an apply that creates all volumes, once, and a plan that has nothing to do.
func (c *config) inProcess(ctx context.Context) error {
	fmt.Printf("\n### With sim:FILE, the simulated server in the same process\n\n")
	fmt.Println("| volumes | apply of all, once | CPU time | peak memory | plan, nothing to do | CPU time | peak memory |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, volumes := range c.scale {
		if err := c.inProcessOf(ctx, volumes); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) inProcessOf(ctx context.Context, volumes int) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	spec, err := writeSpec(dir, "all", firstOf(volumes), specOptions{})
	if err != nil {
		return err
	}
	empty := filepath.Join(dir, "pools.hcl")
	var text strings.Builder
	for _, pool := range pools {
		fmt.Fprintf(&text, "pool %q { driver = \"dir\" }\n", pool)
	}
	if err := os.WriteFile(empty, []byte(text.String()), 0o644); err != nil {
		return err
	}
	tarn := func(args ...string) *command {
		return &command{name: args[0], args: append([]string{c.tarn, "--remote", "sim:" + filepath.Join(dir, "server.json")}, args...), env: os.Environ()}
	}
	prepare, apply := tarn("apply", "--auto-approve", empty), tarn("apply", "--auto-approve", spec)
	for _, cmd := range []*command{prepare, apply} {
		if err := c.measure(ctx, cmd); err != nil {
			return err
		}
	}
	plan := tarn("plan", "--detailed-exitcode", spec)
	if err := c.inTurn(ctx, []*command{plan}); err != nil {
		return err
	}
	row := []string{fmt.Sprint(volumes)}
	for _, cmd := range []*command{apply, plan} {
		row = slices.Concat(row, []string{fmt.Sprintf("%.2f s", cmd.median(wall)), fmt.Sprintf("%.2f s", cmd.median(cpu)), fmt.Sprintf("%.0f MiB", cmd.median(memory))})
	}
	fmt.Printf("| %s |\n", strings.Join(row, " | "))
	return nil
}
