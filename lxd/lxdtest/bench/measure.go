package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what one run of a command took.
type cost struct {
	Wall time.Duration
	CPU  time.Duration // of the command, not of the server
	Peak int64         // bytes of memory

	Server time.Duration // CPU time of the server, 0 where there is none
}

// command is something that is timed.
type command struct {
	name string
	args []string
	env  []string
	dir  string
	code int          // that it ends with
	prep func() error // before each run, not timed

	question string // of the README that it answers, "" for none
	socket   string // of the server whose CPU time is taken too, "" for none

	costs []cost
}

// measureOne runs a command and prints what it took. It is a process of its own: a child's peak memory is at least
// that of the process which started it.
func measureOne(args []string) error {
	cmd := exec.Command(args[0], args[1:]...)
	var said bytes.Buffer
	cmd.Stderr = &said
	start := time.Now()
	err := cmd.Run()
	took := cost{Wall: time.Since(start)}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	took.CPU = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	took.Peak = usage.Maxrss << 10
	return json.NewEncoder(os.Stdout).Encode(struct {
		Cost cost
		Code int
		Said string
	}{took, cmd.ProcessState.ExitCode(), lastLines(said.String())})
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// measure runs a command once and adds what it took.
func (c *config) measure(ctx context.Context, cmd *command) error {
	if cmd.prep != nil {
		if err := cmd.prep(); err != nil {
			return err
		}
	}
	before, err := cmd.serverCPU()
	if err != nil {
		return err
	}
	outer := exec.CommandContext(ctx, c.self, append([]string{"measure"}, cmd.args...)...)
	outer.Env, outer.Dir, outer.Stderr = cmd.env, cmd.dir, os.Stderr
	out, err := outer.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.name, err)
	}
	var result struct {
		Cost cost
		Code int
		Said string
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return err
	}
	if result.Code != cmd.code {
		return fmt.Errorf("%s (%s) ended with %d, not %d:\n%s", cmd.name, strings.Join(cmd.args, " "), result.Code, cmd.code, result.Said)
	}
	after, err := cmd.serverCPU()
	if err != nil {
		return err
	}
	result.Cost.Server = after - before
	cmd.costs = append(cmd.costs, result.Cost)
	return nil
}

func (cmd *command) serverCPU() (time.Duration, error) {
	if cmd.socket == "" {
		return 0, nil
	}
	return serverCPU(cmd.socket)
}

// inTurn runs commands one after the other, as many rounds as asked. The order turns around with each round.
func (c *config) inTurn(ctx context.Context, commands []*command) error {
	for round := range c.runs {
		order := slices.Clone(commands)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, cmd := range order {
			if err := c.measure(ctx, cmd); err != nil {
				return err
			}
		}
	}
	return nil
}

// ratio is the median of what a takes of what b takes in the same round.
func ratio(a, b *command, of func(cost) float64) float64 {
	var ratios []float64
	for i := range min(len(a.costs), len(b.costs)) {
		ratios = append(ratios, of(a.costs[i])/of(b.costs[i]))
	}
	return median(ratios)
}

func wall(c cost) float64       { return c.Wall.Seconds() }
func cpu(c cost) float64        { return c.CPU.Seconds() }
func memory(c cost) float64     { return float64(c.Peak) / (1 << 20) }
func serverTime(c cost) float64 { return c.Server.Seconds() }

func (cmd *command) median(of func(cost) float64) float64 {
	var all []float64
	for _, c := range cmd.costs {
		all = append(all, of(c))
	}
	return median(all)
}

func median[T cmp.Ordered](all []T) T {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// requests counts what tarn asks for, in a run that is not timed.
func requests(ctx context.Context, cmd *command) int {
	run := exec.CommandContext(ctx, cmd.args[0], append(slices.Clone(cmd.args[1:]), "--debug")...)
	run.Env, run.Dir = cmd.env, cmd.dir
	var said bytes.Buffer
	run.Stderr = &said
	_ = run.Run()
	count := 0
	for line := range strings.Lines(said.String()) {
		if method, _, ok := strings.Cut(strings.TrimPrefix(line, "debug: "), " "); ok && slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) {
			count++
		}
	}
	return count
}
