package tofu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"tarn/cli"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/spec/tofu"
)

// TestPlanIsEmpty makes what each configuration declares on servers, by the requests that the providers send, and plans what became of the
// configuration: there is nothing to do, but that tarn puts its mark on what prevent_destroy protects. Simulators take all; real servers
// what their drivers can.
func TestPlanIsEmpty(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]string{}
	for _, name := range names {
		in[strings.TrimSuffix(filepath.Base(name), ".txtar")] = filepath.Join(source, name)
	}
	t.Run("simulated", func(t *testing.T) {
		for name, path := range in {
			t.Run(name, func(t *testing.T) {
				state := &sim.State{Product: "incus-6"}
				if text, err := os.ReadFile(path); err != nil {
					t.Fatal(err)
				} else if strings.Contains(string(text), `"lxd_`) {
					state.Product = ""
				}
				if ofCluster(name) {
					state.Members = map[string]*sim.Member{"n1": {}, "n2": {}}
				}
				planOn(t, path, func() http.Handler { return sim.New(copyOf(t, state)) })
			})
		}
	})
	// A server is emptied after each case, so that one is enough.
	onReal := func(name string, cluster bool, start func(testing.TB) *lxdtest.Server) {
		t.Run(name, func(t *testing.T) {
			server := start(t)
			for name, path := range in {
				if ofCluster(name) == cluster {
					t.Run(name, func(t *testing.T) { planOnReal(t, path, server.Socket()) })
				}
			}
		})
	}
	onReal("LXD", false, lxdtest.New)
	onReal("Incus", false, func(t testing.TB) *lxdtest.Server {
		lxdtest.Nightly(t)
		return lxdtest.NewIncus(t)
	})
	onReal("cluster", true, func(t testing.TB) *lxdtest.Server {
		lxdtest.Nightly(t)
		return lxdtest.NewCluster(t, 2)[0]
	})
}

// ofCluster tells by a case's name whether it needs a cluster of n1 and n2.
func ofCluster(name string) bool {
	return name == "members" || name == "overrides" || name == "cluster"
}

func copyOf(t *testing.T, state *sim.State) *sim.State {
	text, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	c := new(sim.State)
	if err := json.Unmarshal(text, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// declared is an object of a case.
type declared struct {
	kind, name string
	settings   map[string]string
}

// byServer are the objects of a case for each server, "" being that of this machine.
func (c *testCase) byServer() map[string][]declared {
	all, remote := map[string][]declared{}, ""
	for _, f := range c.archive.Files {
		if f.Name != "want" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			words := wordsOf(c.T, strings.TrimSpace(line))
			if words[0] == "remote" {
				remote = words[1]
				continue
			}
			d := declared{words[0], words[1], map[string]string{}}
			for _, word := range words[2:] {
				key, value, _ := strings.Cut(word, "=")
				d.settings[key] = value
			}
			all[remote] = append(all[remote], d)
		}
	}
	return all
}

func planOn(t *testing.T, path string, start func() http.Handler) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newCase(t, archive)
	t.Chdir(c.dir)
	for remote, objects := range c.byServer() {
		socket := filepath.Join(c.dir, "socket-"+remote)
		listener, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: start()}
		go server.Serve(listener)
		t.Cleanup(func() { server.Close() })
		p := newProvider(t, socket)
		p.simulated = true
		p.create(objects)
		c.planIsEmpty(remote, socket, objects)
	}
}

// planOnReal is for what a server with nothing but a file system can hold.
func planOnReal(t *testing.T, path, socket string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newCase(t, archive)
	t.Chdir(c.dir)
	for remote, objects := range c.byServer() {
		for _, d := range objects {
			if driver := d.settings["driver"]; driver == "zfs" || d.settings["source"] != "" {
				t.Skip("needs zfs or a disk")
			}
		}
		p := newProvider(t, socket)
		t.Cleanup(p.clear)
		p.create(objects)
		c.planIsEmpty(remote, socket, objects)
	}
}

// planIsEmpty plans the spec of a server.
func (c *testCase) planIsEmpty(remote, socket string, objects []declared) {
	result, err := tofu.Convert(c.root, tofu.Options{})
	if err != nil {
		c.Fatal(err)
	}
	for _, s := range result.Specs {
		if s.Remote != remote {
			continue
		}
		file := fileOf(s)
		if err := os.WriteFile(file, []byte(s.Text), 0o600); err != nil {
			c.Fatal(err)
		}
		args := []string{"plan", "--remote", "unix:" + socket, "--json", file}
		for _, value := range valuesFor(s.Text) {
			args = append(args, "--var", value)
		}
		var out, errs bytes.Buffer
		code := cli.Run(cli.Process{Args: args, Env: []string{"HOME=" + c.dir}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
		var plan struct {
			Steps []struct {
				Changes []struct{ Attribute string }
			}
			Blockers []any
		}
		if err := json.Unmarshal(out.Bytes(), &plan); err != nil || code != 0 {
			c.Fatalf("exit code %d, %v: %s\n%s", code, err, &errs, s.Text)
		}
		protected := 0
		for _, d := range objects {
			if _, ok := d.settings["prevent_delete"]; ok {
				protected++
			}
		}
		for _, step := range plan.Steps {
			for _, change := range step.Changes {
				if !strings.HasPrefix(change.Attribute, "config.user.tarn.") {
					c.Errorf("the plan changes %s", change.Attribute)
				}
			}
		}
		if len(plan.Steps) != protected || len(plan.Blockers) > 0 {
			c.Errorf("%d steps, want %d for what is protected:\n%s\n%s", len(plan.Steps), protected, &out, s.Text)
		}
		return
	}
	c.Errorf("there is no spec for the server %q", remote)
}

// provider makes objects as the providers do.
type provider struct {
	*testing.T
	http *http.Client

	simulated bool // it takes no uploads
}

func newProvider(t *testing.T, socket string) *provider {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
	return &provider{T: t, http: &http.Client{Transport: transport}}
}

// send sends a request and waits for its operation.
func (p *provider) send(method, path string, body any, headers ...string) json.RawMessage {
	p.Helper()
	text, isText := body.(string)
	if !isText && body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			p.Fatal(err)
		}
		text = string(data)
	}
	r, err := http.NewRequest(method, "http://server"+path, strings.NewReader(text))
	if err != nil {
		p.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := p.http.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer answer.Body.Close()
	data, _ := io.ReadAll(answer.Body)
	var envelope struct {
		Type, Operation, Error string
		Metadata               json.RawMessage
	}
	if err := json.Unmarshal(data, &envelope); err != nil || answer.StatusCode >= 400 {
		p.Fatalf("%s %s: %s", method, path, data)
	}
	if envelope.Type == "async" {
		var ended struct {
			Metadata struct{ Err string }
		}
		if err := json.Unmarshal(p.wait(envelope.Operation), &ended.Metadata); err != nil || ended.Metadata.Err != "" {
			p.Fatalf("%s %s: %v %s", method, path, err, ended.Metadata.Err)
		}
	}
	return envelope.Metadata
}

func (p *provider) wait(operation string) json.RawMessage {
	path, _, _ := strings.Cut(operation, "?")
	return p.send("GET", path+"/wait", nil)
}

// create makes pools, then volumes, then copies.
func (p *provider) create(objects []declared) {
	for _, kind := range []string{"member", "pool", "volume", "copy"} {
		for _, d := range objects {
			isCopy := d.settings["copy_of"] != ""
			switch {
			case kind == "pool" && d.kind == "pool":
				p.pool(d, objects)
			case kind == "volume" && d.kind == "volume" && !isCopy, kind == "copy" && isCopy:
				p.volume(d)
			}
		}
	}
}

// config is what of an object's settings is config.
func (d declared) config() map[string]string {
	config := map[string]string{}
	for key, value := range d.settings {
		if !slices.Contains([]string{"driver", "description", "content_type", "project", "target", "copy_of", "ignore", "existing", "prevent_delete"}, key) {
			config[key] = value
		}
	}
	return config
}

func (p *provider) pool(d declared, objects []declared) {
	driver := d.settings["driver"]
	if _, existing := d.settings["existing"]; existing {
		driver = "dir"
	}
	members := map[string]map[string]string{}
	for _, m := range objects {
		if pool, name, _ := strings.Cut(m.name, "/"); m.kind == "member" && pool == d.name && name != "*" {
			members[name] = m.config()
		}
	}
	for _, m := range objects {
		if m.kind == "member" && m.name == d.name+"/*" {
			for _, name := range []string{"n1", "n2"} {
				if members[name] == nil {
					members[name] = m.config()
				}
			}
		}
	}
	if len(members) == 0 && p.clustered() {
		members = map[string]map[string]string{"n1": {}, "n2": {}}
	}
	for name, config := range members {
		p.send("POST", "/1.0/storage-pools?target="+name, map[string]any{"name": d.name, "driver": driver, "config": config})
	}
	p.send("POST", "/1.0/storage-pools", map[string]any{"name": d.name, "driver": driver, "description": d.settings["description"], "config": d.config()})
}

func (p *provider) clustered() bool {
	var cluster struct{ Enabled bool }
	if err := json.Unmarshal(p.send("GET", "/1.0/cluster", nil), &cluster); err != nil {
		p.Fatal(err)
	}
	return cluster.Enabled
}

func (p *provider) volume(d declared) {
	pool, name, _ := strings.Cut(d.name, "/")
	query := url.Values{}
	if project := d.settings["project"]; project != "" {
		p.project(project)
		query.Set("project", project)
	}
	if target := d.settings["target"]; target != "" {
		query.Set("target", target)
	}
	path := "/1.0/storage-pools/" + pool + "/volumes/custom?" + query.Encode()
	content := d.settings["content_type"]
	if content == "iso" && p.simulated || content == "iso" && !p.knows("custom_volume_iso") {
		p.Skip("the server takes no images")
	}
	if content == "iso" {
		p.send("POST", path, "not an image", "Content-Type", "application/octet-stream", "X-LXD-type", "iso", "X-LXD-name", name, "X-Incus-type", "iso", "X-Incus-name", name)
		return
	}
	if content == "" {
		content = "filesystem"
	}
	body := map[string]any{"name": name, "type": "custom", "content_type": content, "description": d.settings["description"], "config": d.config()}
	if of := d.settings["copy_of"]; of != "" {
		of, project, _ := strings.Cut(of, " in project ")
		from := pool
		if before, after, ok := strings.Cut(of, "/"); ok {
			from, of = before, after
		}
		source := map[string]any{"type": "copy", "name": of, "pool": from, "volume_only": true}
		if project != "" {
			source["project"] = project
			p.need(from, of, project)
		}
		body["source"] = source
	}
	p.send("POST", path, body)
}

func (p *provider) knows(extension string) bool {
	var server struct {
		Extensions []string `json:"api_extensions"`
	}
	if err := json.Unmarshal(p.send("GET", "/1.0", nil), &server); err != nil {
		p.Fatal(err)
	}
	return slices.Contains(server.Extensions, extension)
}

// project makes a project with volumes of its own.
func (p *provider) project(name string) {
	var have []string
	if err := json.Unmarshal(p.send("GET", "/1.0/projects", nil), &have); err != nil {
		p.Fatal(err)
	}
	if !slices.Contains(have, "/1.0/projects/"+name) {
		p.send("POST", "/1.0/projects", map[string]any{"name": name, "config": map[string]string{"features.storage.volumes": "true"}})
	}
}

// need makes what a copy is made from, which is somebody else's.
func (p *provider) need(pool, name, project string) {
	var have []string
	if err := json.Unmarshal(p.send("GET", "/1.0/storage-pools", nil), &have); err != nil {
		p.Fatal(err)
	}
	if !slices.Contains(have, "/1.0/storage-pools/"+pool) {
		p.send("POST", "/1.0/storage-pools", map[string]any{"name": pool, "driver": "dir", "config": map[string]string{}})
	}
	p.send("POST", fmt.Sprintf("/1.0/storage-pools/%s/volumes/custom?project=%s", pool, project),
		map[string]any{"name": name, "type": "custom", "content_type": "filesystem", "config": map[string]string{"user.of": "somebody"}})
}

// clear deletes all that the server holds.
func (p *provider) clear() {
	var pools []string
	if err := json.Unmarshal(p.send("GET", "/1.0/storage-pools", nil), &pools); err != nil {
		p.Fatal(err)
	}
	for _, pool := range pools {
		for _, project := range []string{"default", "shop"} {
			var volumes []string
			if project == "shop" && !p.has("/1.0/projects", "shop") {
				continue
			}
			if err := json.Unmarshal(p.send("GET", pool+"/volumes/custom?project="+project, nil), &volumes); err != nil {
				p.Fatal(err)
			}
			for _, volume := range volumes {
				path, _, _ := strings.Cut(volume, "?")
				p.send("DELETE", path+"?project="+project, nil)
			}
		}
		p.send("DELETE", pool, nil)
	}
	if p.has("/1.0/projects", "shop") {
		p.send("DELETE", "/1.0/projects/shop", nil)
	}
}

func (p *provider) has(list, name string) bool {
	var have []string
	if err := json.Unmarshal(p.send("GET", list, nil), &have); err != nil {
		p.Fatal(err)
	}
	return slices.Contains(have, list+"/"+name)
}
