package main

import (
	"context"
	"fmt"
	"strings"

	"tarn/lxd/lxdtest"
)

// filters times plans of some volumes of a server, beside a bare read of all: what a spec names should never cost more than that.
func filters(ctx context.Context, c *config) error {
	fmt.Printf("\n### Plans of some volumes, of the time of the bare read of all\n\n")
	parts := []int{1000, 100, 20, 10, 4, 2, 1} // one in so many is named
	fmt.Print("| held | |")
	for _, part := range parts {
		fmt.Printf(" 1 in %d |", part)
	}
	fmt.Printf("\n|---|---|%s\n", strings.Repeat("---|", len(parts)))
	for _, held := range c.volumes {
		if err := c.onServer(ctx, held, func(server *lxdtest.Server, dir string) error { return c.filtersOf(ctx, held, parts, server, dir) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) filtersOf(ctx context.Context, held int, parts []int, server *lxdtest.Server, dir string) error {
	bare := &command{name: "bare read", args: []string{c.self, "bare", "read", "-socket", server.Socket()}, env: server.Environ(), socket: server.Socket()}
	commands := []*command{bare}
	rows := map[string][]*command{}
	kinds := []struct {
		name string
		of   func(n, held int) []int
	}{{"the first", func(n, _ int) []int { return firstOf(n) }}, {"spread out", spread}}
	for _, kind := range kinds {
		for _, part := range parts {
			name := fmt.Sprintf("%s-%d", strings.ReplaceAll(kind.name, " ", "-"), part)
			spec, err := writeSpec(dir, name, kind.of(max(1, held/part), held), specOptions{})
			if err != nil {
				return err
			}
			cmd := c.tarnPlan(name, spec, server)
			commands, rows[kind.name] = append(commands, cmd), append(rows[kind.name], cmd)
		}
	}
	if err := c.inTurn(ctx, commands); err != nil {
		return err
	}
	for _, kind := range kinds {
		for _, of := range []struct {
			name string
			of   func(cost) float64
		}{{"", wall}, {", CPU time of the server", serverTime}} {
			fmt.Printf("| %d | %s%s |", held, kind.name, of.name)
			for _, cmd := range rows[kind.name] {
				fmt.Printf(" %.2f |", ratio(cmd, bare, of.of))
			}
			fmt.Println()
		}
		most := 0.0
		for _, cmd := range rows[kind.name] {
			most = max(most, ratio(cmd, bare, wall))
		}
		c.sum(fmt.Sprintf("%d volumes on the server, plans of some, %s: time of the bare read of all", held, kind.name), "at most %.2f", most)
	}
	return nil
}
