package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// scales times plans that have nothing to do on a simulated server, which answers fast enough that what is timed is the plan.
func scales(ctx context.Context, c *config) error {
	fmt.Printf("\n### Plans of all volumes of a simulated server, nothing to do\n\n")
	fmt.Println("| volumes | JSON | plan | bare read | plan's CPU time | of decoding | peak memory | of the JSON | time per MB of JSON, of the row above |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	var first, before float64 // seconds per byte
	for _, volumes := range c.scale {
		var err error
		if before, err = c.scaleOf(ctx, volumes, before); err != nil {
			return err
		}
		if first == 0 {
			first = before
		}
	}
	c.sum(fmt.Sprintf("from %d to %d simulated volumes: growth of a plan's time, of that of the JSON", c.scale[0], c.scale[len(c.scale)-1]), "%.2f", before/first)
	return c.inProcess(ctx)
}

func (c *config) scaleOf(ctx context.Context, volumes int, before float64) (perByte float64, err error) {
	err = c.onSimulator(ctx, volumes, func(socket, dir string) error {
		perByte, err = c.scaleAt(ctx, volumes, before, socket, dir)
		return err
	})
	return perByte, err
}

// onSimulator does something with a simulated server of two pools of the driver dir and some volumes, and with a folder. Both are gone
// afterwards.
func (c *config) onSimulator(ctx context.Context, volumes int, do func(socket, dir string) error) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "s")
	sim := exec.CommandContext(ctx, c.tarn, "sim", "--listen", "unix:"+socket)
	sim.Cancel = func() error { return sim.Process.Signal(os.Interrupt) }
	sim.Stderr = os.Stderr
	if err := sim.Start(); err != nil {
		return err
	}
	defer func() {
		_ = sim.Process.Signal(os.Interrupt)
		_ = sim.Wait()
	}()
	bare := &bareClient{socket: socket, at: 2}
	client := bare.client()
	for _, pool := range pools {
		body := map[string]string{"name": pool, "driver": "dir"}
		for try := 0; ; try++ {
			err := bare.call(ctx, client, http.MethodPost, "/1.0/storage-pools", body, nil)
			if err == nil {
				break
			}
			if try == 100 {
				return err
			}
			time.Sleep(50 * time.Millisecond) // until it listens
		}
	}
	client.CloseIdleConnections()
	if err := bare.write(ctx, "create", pools, volumes); err != nil {
		return err
	}
	return do(socket, dir)
}

func (c *config) scaleAt(ctx context.Context, volumes int, before float64, socket, dir string) (perByte float64, err error) {
	bare := &bareClient{socket: socket, at: 2}
	spec, err := writeSpec(dir, "all", firstOf(volumes), specOptions{})
	if err != nil {
		return 0, err
	}
	size, err := bare.size(ctx)
	if err != nil {
		return 0, err
	}
	plan := &command{name: "plan", args: []string{c.tarn, "plan", "--remote", "unix:" + socket, "--detailed-exitcode", spec}, env: os.Environ()}
	read := &command{name: "bare read", args: []string{c.self, "bare", "read", "-socket", socket}, env: os.Environ()}
	if err := c.inTurn(ctx, []*command{plan, read}); err != nil {
		return 0, err
	}
	perByte = plan.median(wall) / float64(size)
	growth := "–"
	if before > 0 {
		growth = fmt.Sprintf("%.2f", perByte/before)
	}
	fmt.Printf("| %d | %.1f MB | %.2f s | %.2f s | %.2f s | %.2f | %.0f MiB | %.2f | %s |\n", volumes, float64(size)/1e6, plan.median(wall), read.median(wall),
		plan.median(cpu), ratio(plan, read, cpu), plan.median(memory), plan.median(memory)*(1<<20)/float64(size), growth)
	c.sum(fmt.Sprintf("%d simulated volumes, a plan: CPU time of decoding, and memory of the JSON's size", volumes), "%.1f, %.1f",
		ratio(plan, read, cpu), plan.median(memory)*(1<<20)/float64(size))
	return perByte, nil
}

// size is how many bytes a read of all takes.
func (c *bareClient) size(ctx context.Context) (int64, error) {
	client := c.client()
	defer client.CloseIdleConnections()
	total := int64(0)
	paths := []string{"/1.0/storage-pools?recursion=1"}
	for _, pool := range pools {
		paths = append(paths, "/1.0/storage-pools/"+pool+"/volumes/custom?recursion=1")
	}
	for _, path := range paths {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://server"+path, nil)
		if err != nil {
			return 0, err
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
