package main

import (
	"context"
	"fmt"
	"strings"

	"tarn/lxd/lxdtest"
)

// applies times applies that create, patch, rename and delete volumes, beside a bare client that does the same with as many requests
// at a time.
func applies(ctx context.Context, c *config) error {
	fmt.Printf("\n### Writing %d volumes in two pools\n\n", c.writes)
	fmt.Println("| at a time | | bare | tarn | tarn's rate of the bare one | peak memory | server's CPU time for a volume, bare | tarn | the bare one's of tarn's |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	rates := map[string]*joined{}
	for _, at := range c.at {
		if err := c.onServer(ctx, 0, func(server *lxdtest.Server, dir string) error { return c.appliesAt(ctx, at, server, dir, rates) }); err != nil {
			return err
		}
	}
	for _, work := range works {
		c.sum(fmt.Sprintf("an apply to %s %d volumes, of the bare client's rate", work.name, c.writes), "%s", rates[work.name])
	}
	return nil
}

// works are what is timed of applies, in turn.
var works = []struct {
	name, many string
	options    specOptions
}{
	{"create", "creates", specOptions{}},
	{"patch", "patches", specOptions{value: "more"}},
	{"rename", "renames", specOptions{value: "more", suffix: "-new", renamed: true}},
	{"delete", "deletes", specOptions{suffix: "-new", absent: true}},
}

func (c *config) appliesAt(ctx context.Context, at int, server *lxdtest.Server, dir string, rates map[string]*joined) error {
	sides := map[string][]*command{}
	for _, work := range works {
		sides["bare"] = append(sides["bare"], &command{name: "bare " + work.name, env: server.Environ(), socket: server.Socket(), args: []string{c.self, "bare", work.name,
			"-socket", server.Socket(), "-at", fmt.Sprint(at), "-pools", strings.Join(pools, ","), "-count", fmt.Sprint(c.writes)}})
		spec, err := writeSpec(dir, work.name, firstOf(c.writes), work.options)
		if err != nil {
			return err
		}
		sides["tarn"] = append(sides["tarn"], &command{name: "tarn " + work.name, env: server.Environ(), socket: server.Socket(), args: []string{c.tarn, "apply", "--remote",
			"unix:" + server.Socket(), "--auto-approve", "--allow-delete", "--max-deletes", fmt.Sprint(c.writes), "--parallelism", fmt.Sprint(at), spec}})
	}
	for round := range c.runs {
		order := []string{"bare", "tarn"}
		if round%2 == 1 {
			order = []string{"tarn", "bare"}
		}
		for _, side := range order {
			for _, cmd := range sides[side] {
				if err := c.measure(ctx, cmd); err != nil {
					return err
				}
			}
		}
	}
	for i, work := range works {
		bare, tarn := sides["bare"][i], sides["tarn"][i]
		each := 1000 / float64(c.writes) // ms of one of the volumes
		fmt.Printf("| %d | %s | %.0f/s | %.0f/s | %.2f | %.0f MiB | %.1f ms | %.1f ms | %.2f |\n", at, work.name,
			float64(c.writes)/bare.median(wall), float64(c.writes)/tarn.median(wall), ratio(bare, tarn, wall), tarn.median(memory),
			bare.median(serverTime)*each, tarn.median(serverTime)*each, ratio(bare, tarn, serverTime))
		atATime := strings.ReplaceAll(strings.Trim(fmt.Sprint(c.at), "[]"), " ", ", ") + " at a time"
		c.page.add(fmt.Sprintf("`apply`, %s %s: rate", thousands(c.writes), work.many), atATime, "%.2f", ratio(bare, tarn, wall))
		if rates[work.name] == nil {
			rates[work.name] = &joined{}
		}
		rates[work.name].add("%.2f (%d at a time)", ratio(bare, tarn, wall), at)
	}
	return nil
}
