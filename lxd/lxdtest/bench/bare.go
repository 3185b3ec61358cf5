package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
)

// bareClient sends what a piece of work cannot do without, and nothing else: no question before a write, no check after it. It is
// what tarn is measured by, and shares no code with it.
type bareClient struct {
	socket string
	at     int // requests at a time
}

// bareVolume is what a list says of a volume.
type bareVolume struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	Description string            `json:"description"`
	ContentType string            `json:"content_type"`
	Location    string            `json:"location"`
	Project     string            `json:"project"`
	CreatedAt   string            `json:"created_at"`
	Config      map[string]string `json:"config"`
	UsedBy      []string          `json:"used_by"`
}

type barePool struct {
	Name        string            `json:"name"`
	Driver      string            `json:"driver"`
	Description string            `json:"description"`
	Status      string            `json:"status"`
	Config      map[string]string `json:"config"`
	UsedBy      []string          `json:"used_by"`
}

// bare is "bench bare WORK -socket PATH …".
func bare(args []string) error {
	flags := flag.NewFlagSet("bare", flag.ContinueOnError)
	c := &bareClient{}
	flags.StringVar(&c.socket, "socket", "", "where the server listens")
	flags.IntVar(&c.at, "at", 1, "requests at a time")
	pools := flags.String("pools", "", "for writes: the pools, between commas")
	count := flags.Int("count", 0, "for writes: how many volumes in all")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	ctx := context.Background()
	switch work := args[0]; work {
	case "read":
		return c.read(ctx)
	case "create", "patch", "rename", "delete":
		return c.write(ctx, work, strings.Split(*pools, ","), *count)
	}
	return fmt.Errorf("no work %q", args[0])
}

// read reads all pools and their custom volumes.
func (c *bareClient) read(ctx context.Context) error {
	client := c.client()
	defer client.CloseIdleConnections()
	var pools []barePool
	if err := c.call(ctx, client, http.MethodGet, "/1.0/storage-pools?recursion=1", nil, &pools); err != nil {
		return err
	}
	found := 0
	for _, pool := range pools {
		var volumes []bareVolume
		if err := c.call(ctx, client, http.MethodGet, "/1.0/storage-pools/"+url.PathEscape(pool.Name)+"/volumes/custom?recursion=1", nil, &volumes); err != nil {
			return err
		}
		found += len(volumes)
	}
	_, err := fmt.Fprintln(os.Stdout, found)
	return err
}

// write does one kind of work on many volumes, with as many connections as there are requests at a time.
func (c *bareClient) write(ctx context.Context, work string, pools []string, count int) error {
	jobs := make(chan int)
	failed := make(chan error, c.at)
	var workers sync.WaitGroup
	for range c.at {
		workers.Go(func() {
			client := c.client() // LXD 5.0.2 stalls while a connection is open and silent, so none is shared
			defer client.CloseIdleConnections()
			for i := range jobs {
				if err := c.writeOne(ctx, client, work, pools[i%len(pools)], i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
	for i := range count {
		select {
		case jobs <- i:
		case err = <-failed:
		}
		if err != nil {
			break
		}
	}
	close(jobs)
	workers.Wait()
	select {
	case err = <-failed:
	default:
	}
	return err
}

func (c *bareClient) writeOne(ctx context.Context, client *http.Client, work, pool string, i int) error {
	at := "/1.0/storage-pools/" + pool + "/volumes/custom"
	name := "/" + volumeName(i)
	switch work {
	case "create":
		return c.call(ctx, client, http.MethodPost, at, map[string]any{"name": name[1:], "content_type": "filesystem", "config": map[string]string{"user.kind": "data"}}, nil)
	case "patch":
		return c.call(ctx, client, http.MethodPatch, at+name, map[string]any{"config": map[string]string{"user.kind": "more"}}, nil)
	case "rename":
		return c.call(ctx, client, http.MethodPost, at+name, map[string]any{"name": name[1:] + "-new"}, nil)
	}
	return c.call(ctx, client, http.MethodDelete, at+name+"-new", nil, nil)
}

func (c *bareClient) client() *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", c.socket)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, MaxConnsPerHost: 1}}
}

// call sends a request, waits for its operation if it has one, and decodes what it answers into out.
func (c *bareClient) call(ctx context.Context, client *http.Client, method, path string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://server"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	var answer struct {
		Type      string
		Operation string
		Error     string
		Metadata  json.RawMessage
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	switch {
	case err != nil:
		return err
	case answer.Type == "error":
		return fmt.Errorf("%s %s: %s", method, path, answer.Error)
	case answer.Type == "async":
		var ended struct {
			StatusCode int    `json:"status_code"`
			Err        string `json:"err"`
		}
		if err := c.call(ctx, client, http.MethodGet, answer.Operation+"/wait", nil, &ended); err != nil {
			return err
		}
		if ended.StatusCode != 200 {
			return errors.New(ended.Err)
		}
		return nil
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Metadata, out)
}

// volumeName is the name of the i-th volume.
func volumeName(i int) string { return fmt.Sprintf("vol-%05d", i) }
