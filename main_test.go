package main

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tarn/lxd/lxdtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tarn": main})
}

// TestScripts runs testdata/script/*.txtar, the specification of the command line. UPDATE=1 writes what the commands print
// into the scripts.
//
// Besides testscript's own commands a script has
//
//	server                start a private LXD for this script: lxc and tarn talk to it through ./lxd.sock
//	cluster               start a cluster of n1 and n2 instead
//	remote NAME           start another private LXD, which lxc and tarn know as NAME over HTTPS
//	code N COMMAND…       run a command that has to exit with N
//	put POOL/VOLUME TEXT  write a file into a volume; REMOTE:POOL/VOLUME for one on another server
//	has POOL/VOLUME TEXT  the file is still there with that text
//	fill POOL/VOLUME N    write N bytes into a volume
//
// the environment variable EXAMPLES, which leads to the examples, and the condition [server], which fails the test when TARN_TEST_SERVERS=require and no server can be started.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LXD_SOCKET", "lxd.sock")
			examples, err := filepath.Abs("examples")
			if err != nil {
				return err
			}
			env.Setenv("EXAMPLES", examples)
			env.Values[serversKey{}] = map[string]*lxdtest.Server{}
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "server" {
				return false, errors.New("unknown condition")
			}
			err := lxdtest.Available()
			if err != nil && os.Getenv("TARN_TEST_SERVERS") == "require" {
				return false, err
			}
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"server":  startServer,
			"cluster": startCluster,
			"remote":  startRemote,
			"code":    expectCode,
			"put":     putFile,
			"has":     hasFile,
			"fill":    fillVolume,

			"instance": makeInstance,
			"lose":     loseMember,
		},
	})
}

// serversKey is where a script keeps its servers, by their remotes' names; "" is the one that it talks to.
type serversKey struct{}

func serversOf(ts *testscript.TestScript) map[string]*lxdtest.Server {
	return ts.Value(serversKey{}).(map[string]*lxdtest.Server)
}

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: server")
	}
	server, err := lxdtest.Start(context.Background(), "")
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Stop()) })
	use(ts, server)
}

func startCluster(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: cluster")
	}
	members, err := lxdtest.StartCluster(context.Background(), "", 2)
	ts.Check(err)
	for _, member := range members {
		ts.Defer(func() { ts.Check(member.Stop()) })
		serversOf(ts)[member.Name] = member
	}
	use(ts, members[0])
}

func startRemote(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: remote NAME")
	}
	ctx := context.Background()
	server, err := lxdtest.Start(ctx, "")
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Stop()) })
	_, err = server.Listen(ctx)
	ts.Check(err)
	conf, err := server.Remote(ctx, args[0])
	ts.Check(err)
	serversOf(ts)[args[0]] = server
	ts.Setenv("LXD_CONF", conf)
}

// use makes a server the one that the script talks to.
func use(ts *testscript.TestScript, server *lxdtest.Server) {
	serversOf(ts)[""] = server
	for _, entry := range server.Env() {
		name, value, _ := strings.Cut(entry, "=")
		ts.Setenv(name, value)
	}
	// A short name that is the same in every run keeps paths of this run out of what the commands print.
	ts.Setenv("LXD_SOCKET", "lxd.sock")
	ts.Check(os.Symlink(server.Socket(), ts.MkAbs("lxd.sock")))
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
	ts.Check(os.WriteFile(volumeFile(ts, args[0]), []byte(args[1]), 0o600))
}

func fillVolume(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill POOL/VOLUME BYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	file := volumeFile(ts, args[0])
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(data) // what does not compress
	ts.Check(os.WriteFile(file, data, 0o600))
	ts.Check(exec.Command("sync", "-f", file).Run()) // so that the file system accounts for it
}

func hasFile(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: has POOL/VOLUME TEXT")
	}
	data, err := os.ReadFile(volumeFile(ts, args[0]))
	if found := err == nil && string(data) == args[1]; found == neg {
		ts.Fatalf("%s: %q, %v", args[0], data, err)
	}
}

// loseMember ends the daemon of a cluster member as a crash would, and waits until the others have noticed.
func loseMember(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || serversOf(ts)[args[0]] == nil {
		ts.Fatalf("usage: lose MEMBER")
	}
	ts.Check(serversOf(ts)[args[0]].Kill())
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		out, err := serversOf(ts)[""].LXC(context.Background(), "query", "/1.0/cluster/members/"+args[0])
		ts.Check(err)
		if strings.Contains(out, `"Offline"`) {
			return
		}
	}
	ts.Fatalf("nobody noticed that %s is gone", args[0])
}

// makeInstance makes an instance without a root file system, which cannot run but uses volumes like any other.
func makeInstance(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: instance NAME POOL/VOLUME…")
	}
	devices := map[string]map[string]string{}
	for i, volume := range args[1:] {
		pool, name, ok := strings.Cut(volume, "/")
		if !ok {
			ts.Fatalf("%s: want POOL/VOLUME", volume)
		}
		devices["root"] = map[string]string{"type": "disk", "path": "/", "pool": pool}
		devices["data"+strconv.Itoa(i)] = map[string]string{"type": "disk", "path": "/data" + strconv.Itoa(i), "pool": pool, "source": name}
	}
	body, err := json.Marshal(map[string]any{"name": args[0], "source": map[string]string{"type": "none"}, "devices": devices})
	ts.Check(err)
	ts.Check(ts.Exec("lxc", "query", "--wait", "-X", "POST", "/1.0/instances", "-d", string(body)))
}

// volumeFile is the place of the one file that put and has speak of, in a volume of the default project.
func volumeFile(ts *testscript.TestScript, volume string) string {
	pool, name, ok := strings.Cut(volume, "/")
	if !ok {
		ts.Fatalf("%s: want POOL/VOLUME", volume)
	}
	remote := ""
	if name, rest, ok := strings.Cut(pool, ":"); ok {
		remote, pool = name, rest
	}
	server := serversOf(ts)[remote]
	if server == nil {
		ts.Fatalf("the script has started no server %s", remote)
	}
	return filepath.Join(server.Path("storage-pools", pool, "custom", "default_"+name), "file")
}
