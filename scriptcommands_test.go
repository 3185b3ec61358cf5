package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serversKey is where a script keeps its servers.
type serversKey struct{}

// scriptServers are the servers of a script by their remotes' and members' names; "" is the one that it talks to.
type scriptServers struct {
	kind   serverKind
	byName map[string]scriptServer
}

func serversOf(ts *testscript.TestScript) *scriptServers {
	return ts.Value(serversKey{}).(*scriptServers)
}

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: server")
	}
	server, stop, err := serversOf(ts).kind.start(context.Background())
	ts.Check(err)
	ts.Defer(func() { ts.Check(stop()) })
	use(ts, server)
}

func startCluster(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: cluster")
	}
	members, stop, err := serversOf(ts).kind.startCluster(context.Background(), "n1", "n2")
	ts.Check(err)
	ts.Defer(func() { ts.Check(stop()) })
	for name, member := range members {
		serversOf(ts).byName[name] = member
	}
	use(ts, members["n1"])
}

func startRemote(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: remote NAME")
	}
	ctx := context.Background()
	server, stop, err := serversOf(ts).kind.start(ctx)
	ts.Check(err)
	ts.Defer(func() { ts.Check(stop()) })
	conf, err := server.remote(ctx, args[0])
	ts.Check(err)
	serversOf(ts).byName[args[0]] = server
	ts.Setenv("LXD_CONF", conf)
}

// use makes a server the one that the script talks to.
func use(ts *testscript.TestScript, server scriptServer) {
	serversOf(ts).byName[""] = server
	for _, entry := range server.env() {
		name, value, _ := strings.Cut(entry, "=")
		ts.Setenv(name, value)
	}
	// A short name that is the same in every run keeps paths of this run out of what the commands print.
	ts.Setenv("LXD_SOCKET", "lxd.sock")
	ts.Check(os.Symlink(server.socket(), ts.MkAbs("lxd.sock")))
}

func expectCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	ts.Logf("[exit %d]", got)
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func putFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: put POOL/VOLUME TEXT")
	}
	server, pool, volume := volumeOf(ts, args[0])
	ts.Check(server.put(pool, volume, args[1]))
}

func hasFile(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: has POOL/VOLUME TEXT")
	}
	server, pool, volume := volumeOf(ts, args[0])
	text, err := server.content(pool, volume)
	if found := err == nil && text == args[1]; found == neg {
		ts.Fatalf("%s: %q, %v", args[0], text, err)
	}
}

func fillVolume(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill POOL/VOLUME BYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	server, pool, volume := volumeOf(ts, args[0])
	ts.Check(server.fill(pool, volume, n))
}

// volumeOf finds [REMOTE:]POOL/VOLUME, a volume of the default project.
func volumeOf(ts *testscript.TestScript, text string) (server scriptServer, pool, volume string) {
	pool, volume, ok := strings.Cut(text, "/")
	if !ok {
		ts.Fatalf("%s: want POOL/VOLUME", text)
	}
	remote := ""
	if name, rest, ok := strings.Cut(pool, ":"); ok {
		remote, pool = name, rest
	}
	server = serversOf(ts).byName[remote]
	if server == nil {
		ts.Fatalf("the script has started no server %q", remote)
	}
	return server, pool, volume
}

// loseMember ends a cluster member, and waits until the others have noticed.
func loseMember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || serversOf(ts).byName[args[0]] == nil {
		ts.Fatalf("usage: lose MEMBER")
	}
	ts.Check(serversOf(ts).byName[args[0]].lose(context.Background(), serversOf(ts).byName[""]))
}

// makeInstance makes an instance without a root file system, which cannot run but uses volumes like any other.
func makeInstance(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: instance NAME POOL/VOLUME…")
	}
	devices := map[string]map[string]string{}
	for i, volume := range args[1:] {
		_, pool, name := volumeOf(ts, volume)
		devices["root"] = map[string]string{"type": "disk", "path": "/", "pool": pool}
		devices["data"+strconv.Itoa(i)] = map[string]string{"type": "disk", "path": "/data" + strconv.Itoa(i), "pool": pool, "source": name}
	}
	body, err := json.Marshal(map[string]any{"name": args[0], "source": map[string]string{"type": "none"}, "devices": devices})
	ts.Check(err)
	ts.Check(ts.Exec("lxc", "query", "--wait", "-X", "POST", "/1.0/instances", "-d", string(body)))
}

func injectFault(ts *testscript.TestScript, neg bool, args []string) {
	server, simulated := serversOf(ts).byName[""].(*simulatedServer)
	if neg || len(args) != 1 || !simulated {
		ts.Fatalf("usage: [simulated] fault 'METHOD PATH WHAT'")
	}
	ts.Check(server.fault(args[0]))
}
