package main

import (
	"context"
	"fmt"
	"os"
)

// starts times commands that need no server.
func starts(ctx context.Context, c *config) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	spec, err := writeSpec(dir, "small", firstOf(4), specOptions{})
	if err != nil {
		return err
	}
	const times = 20 // one alone is too short to be timed
	repeat := func(name string, args ...string) *command {
		script := fmt.Sprintf(`i=0; while [ $i -lt %d ]; do "$@" >/dev/null || exit; i=$((i+1)); done`, times)
		return &command{name: name, args: append([]string{"sh", "-c", script, "sh"}, args...), env: os.Environ()}
	}
	hello := repeat("a program of Go that prints a line", c.self, "bare", "hello")
	version := repeat("tarn version", c.tarn, "version")
	validate := repeat("tarn validate, a small file", c.tarn, "validate", spec)
	commands := []*command{hello, version, validate}
	if err := c.inTurn(ctx, commands); err != nil {
		return err
	}
	fmt.Printf("\n### Starting\n\n| | time | of the line above |\n|---|---|---|\n")
	for i, cmd := range commands {
		of := "–"
		if i > 0 {
			of = fmt.Sprintf("%.2f", ratio(cmd, commands[i-1], wall))
		}
		fmt.Printf("| %s | %.1f ms | %s |\n", cmd.name, cmd.median(wall)*1000/times, of)
	}
	return nil
}
