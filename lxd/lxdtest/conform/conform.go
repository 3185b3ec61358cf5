// Package conform is what servers do with the storage API, as one table of cases.
//
// A case makes some calls of package lxd and has an outcome: a line of text. The table says what the outcome is on LXD
// 5.0.2, and names every server on which it is another one. It runs unchanged against a real LXD, a cluster of them, a real
// Incus, and what claims to behave like one of them. The package never starts a server.
//
// This file has what runs the cases and what they work with; transcript.go records every answer and compares those of two
// servers. The other files are the table, named for what their cases are about.
package conform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tarn/lxd"
)

// Kind is a kind of server that outcomes differ between.
type Kind string

// Kinds of server.
const (
	LXD     Kind = "LXD 5.0.2"
	Cluster Kind = "a cluster of LXD 5.0.2" // of members n1, which is asked, and n2
	Incus   Kind = "Incus 6.0"
)

// Case is one behaviour of servers.
type Case struct {
	Name string
	Do   func(*Env) any // what it gives is the outcome: an error, or a value to be shown with %v
	Want string
	On   map[Kind]string // the outcomes that differ from Want

	// Racing: who answers what depends on timing, so that single answers of two servers cannot be compared.
	Racing bool
}

// want is the outcome on a kind of server.
func (c Case) want(kind Kind) string {
	if text, ok := c.On[kind]; ok {
		return text
	}
	return c.Want
}

// Cases is the whole table.
func Cases() []Case {
	return slices.Concat(serverCases, poolCases, poolChangeCases, volumeCases, volumeChangeCases, copyCases, snapshotCases, operationCases, serverVolumeCases)
}

// Env is what a case works with. The server has the pools plain (dir) and loop (btrfs), and the projects own and shared,
// of which the first has its own volumes.
type Env struct {
	context.Context
	*lxd.Client
	server   Server
	Requests func() int64 // made so far

	name string // of the case's own objects
}

// Server is what the table runs against.
type Server struct {
	Kind   Kind
	Name   string   // for people
	Socket string   // where it answers
	Dirs   []string // where it keeps its files; in a cluster, those of all members

	// Slow has what goes out of or into the pools whose names begin so take a second and a half. nil on a real server, where
	// it is the data that take their time.
	Slow func(pools string)
}

// Run runs the table against a server that has nothing yet, prints how many cases it took, and gives what was answered.
func Run(t *testing.T, server Server) *Transcript {
	kind := server.Kind
	transcript, socket := startRecording(t, server)
	server.Socket = socket
	requests := new(atomic.Int64)
	client := lxd.NewUnix(socket, lxd.Options{Trace: func(lxd.Exchange) { requests.Add(1) }})
	t.Cleanup(client.Close)
	e := &Env{Context: t.Context(), Client: client, server: server, Requests: requests.Load}
	e.prepare(t)

	cases := Cases()
	passed, differing := 0, 0
	for i, c := range cases {
		if _, ok := c.On[kind]; ok {
			differing++
		}
		t.Run(c.Name, func(t *testing.T) {
			e := *e
			var cancel context.CancelFunc
			e.Context, cancel = context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			e.name = fmt.Sprintf("c%03d", i)
			transcript.begin(c.Name)
			if got := e.outcome(c); got != c.want(kind) {
				t.Errorf("\ngot  %s\nwant %s", got, c.want(kind))
			} else {
				passed++
			}
		})
	}
	transcript.begin("")
	itself, err := client.Server(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("conformance: %s (%s, %s): %d of %d cases as the table has them, %d of those with an outcome of its own, %d requests\n",
		kind, server.Name, itself, passed, len(cases), differing, requests.Load())
	return transcript
}

// newClient gives another client for the server.
func (e *Env) newClient() *lxd.Client { return lxd.NewUnix(e.server.Socket, lxd.Options{}) }

// request makes a request with this body, for what package lxd has no call: projects and profiles.
func (e *Env) request(method, path, body string) error {
	req, err := http.NewRequestWithContext(e, method, "http://lxd"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := singleRequest(e.server.Socket).RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		text, _ := io.ReadAll(resp.Body) // for the message
		return fmt.Errorf("%s %s: %s", method, path, text)
	}
	return nil
}

// failed is what a step of a case that has to succeed panics with.
type failed struct{ err error }

// outcome runs a case.
func (e *Env) outcome(c Case) (text string) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failed)
			if !ok {
				panic(r)
			}
			text = "before the call: " + showError(f.err)
		}
		text = strings.ReplaceAll(text, e.name, "*")
	}()
	result := c.Do(e)
	if err, ok := result.(error); ok {
		return showError(err)
	}
	return fmt.Sprint(result)
}

// showError is an error as the table has it: code, the server's words, and what they mean.
func showError(err error) string {
	text := err.Error()
	var refused *lxd.Error
	if errors.As(err, &refused) {
		text = fmt.Sprintf("%d %s", refused.Code, text)
	}
	for _, meaning := range []error{
		lxd.ErrNotFound, lxd.ErrConflict, lxd.ErrPrecondition, lxd.ErrForbidden, lxd.ErrInUse, lxd.ErrUnsupported, lxd.ErrTransient,
	} {
		if errors.Is(err, meaning) {
			text += " [" + meaning.Error() + "]"
		}
	}
	return text
}

// prepare makes the pools and projects that all cases share.
func (e *Env) prepare(t *testing.T) {
	t.Helper()
	for name, driver := range map[string]string{"plain": "dir", "loop": "btrfs"} {
		config := map[string]string{}
		if driver == "btrfs" {
			config["size"] = "1GiB"
		}
		if err := e.createPool(name, driver, config); err != nil {
			t.Fatal(err)
		}
	}
	for name, own := range map[string]string{"own": "true", "shared": "false"} {
		body := fmt.Sprintf(`{"name":%q,"config":{"features.storage.volumes":%q,"features.images":"false","features.profiles":"false"}}`, name, own)
		if err := e.request("POST", "/1.0/projects", body); err != nil {
			t.Fatal(err)
		}
	}
}

// createPool creates a pool on all members.
func (e *Env) createPool(name, driver string, config map[string]string) error {
	create := lxd.PoolCreate{Name: name, Driver: driver, Description: "pool " + name, Config: config}
	if e.server.Kind == Cluster {
		members := map[string]map[string]string{}
		if size, ok := config["size"]; ok { // each member's own
			create.Config = maps.Clone(config)
			delete(create.Config, "size")
			members["n1"], members["n2"] = map[string]string{"size": size}, map[string]string{"size": size}
		}
		return e.CreateClusterPool(e, create, members)
	}
	return e.wait(e.CreatePool(e, lxd.PoolID{Name: name}, create))
}

// wait waits for a change and gives how it ended.
func (e *Env) wait(op *lxd.Operation, err error) error {
	if err != nil {
		return err
	}
	return op.Wait(e, nil)
}

// succeed is wait for a step that has to succeed.
func (e *Env) succeed(op *lxd.Operation, err error) {
	e.check(e.wait(op, err))
}

// check ends the case when a step of it fails that has to succeed.
func (e *Env) check(err error) {
	if err != nil {
		panic(failed{err})
	}
}

// pool is a pool of the case's own, of driver dir.
func (e *Env) pool(config map[string]string) lxd.PoolID {
	e.check(e.createPool(e.name, "dir", config))
	return lxd.PoolID{Name: e.name}
}

// id names a volume of the case's own in the pool plain.
func (e *Env) id(suffix ...string) lxd.VolumeID { return e.idIn("plain", suffix...) }

// idIn is id for another pool.
func (e *Env) idIn(pool string, suffix ...string) lxd.VolumeID {
	return lxd.VolumeID{Project: lxd.DefaultProject, Pool: pool, Type: lxd.TypeCustom, Name: e.name + strings.Join(suffix, "")}
}

// volume makes a volume of the case's own in the pool plain.
func (e *Env) volume(config ...string) lxd.VolumeID {
	id := e.id()
	e.create(id, config...)
	return id
}

// create makes a volume with this config, keys and values in turn.
func (e *Env) create(id lxd.VolumeID, config ...string) {
	e.succeed(e.CreateVolume(e, id, lxd.VolumeCreate{Description: "volume " + id.Name, Config: pairs(config...)}))
}

// pairs is a map of keys and values that come in turn.
func pairs(texts ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(texts); i += 2 {
		m[texts[i]] = texts[i+1]
	}
	return m
}

// attach makes a profile that has the volume as a device, and gives the function that removes it.
func (e *Env) attach(id lxd.VolumeID) func() {
	body := fmt.Sprintf(`{"name":%q,"devices":{"d":{"type":"disk","pool":%q,"source":%q,"path":"/mnt"}}}`, e.name, id.Pool, id.Name)
	e.check(e.request("POST", "/1.0/profiles", body))
	return func() { e.check(e.request("DELETE", "/1.0/profiles/"+e.name, "")) }
}

// snapshots makes snapshots of a volume.
func (e *Env) snapshots(id lxd.VolumeID, names ...string) {
	for _, name := range names {
		e.succeed(e.CreateSnapshot(e, id, lxd.SnapshotCreate{Name: name}))
	}
}

// showVolume reads a volume and shows what can be changed of it.
func (e *Env) showVolume(id lxd.VolumeID) string {
	volume, err := e.Client.Volume(e, id)
	if err != nil {
		return showError(err)
	}
	return fmt.Sprintf("%q %v", volume.Description, volume.Config)
}

// showPool reads a pool and shows what can be changed of it.
func (e *Env) showPool(id lxd.PoolID) string {
	pool, err := e.Client.Pool(e, id)
	if err != nil {
		return showError(err)
	}
	config := maps.Clone(pool.Config)
	if _, ok := config["source"]; ok {
		config["source"] = "…"
	}
	return fmt.Sprintf("%q %v", pool.Description, config)
}

// snapshotNames lists the snapshots of a volume.
func (e *Env) snapshotNames(id lxd.VolumeID) []string {
	snapshots, err := e.Client.Snapshots(e, id)
	e.check(err)
	names := []string{}
	for _, snapshot := range snapshots {
		names = append(names, snapshot.Name)
	}
	return names
}
