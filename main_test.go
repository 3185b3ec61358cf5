package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"tarn/lxd/lxdtest"
	"tarn/lxd/lxdtest/lxc"
)

// TestMain is the tests, and under other names the programs that scripts run.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "lxc" {
		lxc.Main()
	}
	if filepath.Base(os.Args[0]) == "crash" {
		crash(os.Args[1])
	}
	if filepath.Base(os.Args[0]) != "tarn" {
		heedSignals()
	}
	testscript.Main(m, map[string]func(){"tarn": main})
}

// heedSignals has the commands of the tests take signals that the tests were started to ignore, as nohup has it.
func heedSignals() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// TestScripts runs testdata/script/*.txtar, the specification of the command line. UPDATE=1 writes what the commands print
// into the scripts. One script: go test -run TestScripts//apply .
//
// A script that starts a server runs on a private LXD with the real lxc, where they are installed, and on the simulator with
// the lxc of lxd/lxdtest/lxc; what it says has to be the same. The others run once.
//
// Besides testscript's own commands a script has
//
//	server                         start a server for this script: lxc and tarn talk to it through ./lxd.sock
//	cluster                        start a cluster of n1 and n2 instead
//	remote NAME                    start another server, which lxc and tarn know as NAME over HTTPS
//	code N COMMAND…                run a command that has to exit with N
//	put POOL/VOLUME TEXT           write a file into a volume; REMOTE:POOL/VOLUME for one on another server
//	has POOL/VOLUME TEXT           the file is still there with that text
//	fill POOL/VOLUME N             write N bytes into a volume
//	instance NAME POOL/VOLUME…     make an instance that uses volumes
//	lose MEMBER                    end a member of the cluster
//	fault 'METHOD PATH WHAT'       have requests to the simulator fail, see "tarn sim --help"
//
// the environment variable EXAMPLES, which leads to the examples, and the condition [simulated]. A fault stands for what
// only a kernel or a disk can say.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var withServer, without []string
	for _, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		if startsServer.Match(archive.Comment) {
			withServer = append(withServer, script)
		} else {
			without = append(without, script)
		}
	}
	missing := lxdtest.Available()
	if missing != nil && os.Getenv("TARN_TEST_SERVERS") == "require" {
		t.Fatalf("TARN_TEST_SERVERS=require: %v", missing)
	}
	update := os.Getenv("UPDATE") != ""
	ran := &record{}
	group := func(name string, files []string, kind serverKind) {
		t.Run(name, func(t *testing.T) { testscript.RunT(recorded{t, name, ran}, params(t, files, kind, update)) })
	}
	group("without a server", without, nil)
	if missing == nil {
		group("LXD", withServer, realServers{})
	}
	if missing != nil || !update { // one of them writes
		group("simulator", withServer, simulatedServers{})
	}
	fmt.Println(ran.summary(len(scripts)))
}

// startsServer is how the part of a script reads that starts a server.
var startsServer = regexp.MustCompile(`(?m)^(server|cluster)$`)

func params(t *testing.T, files []string, kind serverKind, update bool) testscript.Params {
	examples, err := filepath.Abs("examples")
	if err != nil {
		t.Fatal(err)
	}
	_, simulated := kind.(simulatedServers)
	programs := ""
	if simulated {
		programs = t.TempDir()
		itself, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(itself, filepath.Join(programs, "lxc")); err != nil {
			t.Fatal(err)
		}
	}
	return testscript.Params{
		Files:               files,
		UpdateScripts:       update,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LXD_SOCKET", "lxd.sock")
			env.Setenv("SOURCE_DATE_EPOCH", "1795669200") // what plans say that they were made at
			env.Setenv("EXAMPLES", examples)
			if simulated {
				env.Setenv("PATH", programs+string(filepath.ListSeparator)+env.Getenv("PATH"))
			}
			env.Values[serversKey{}] = &scriptServers{kind: kind, byName: map[string]scriptServer{}}
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "simulated" {
				return false, errors.New("unknown condition")
			}
			return simulated, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"server":   startServer,
			"cluster":  startCluster,
			"remote":   startRemote,
			"code":     expectCode,
			"put":      putFile,
			"has":      hasFile,
			"fill":     fillVolume,
			"instance": makeInstance,
			"lose":     loseMember,
			"fault":    injectFault,
		},
	}
}

// record is which scripts ran where, and which were left out for what reason.
type record struct {
	mu      sync.Mutex
	ran     map[string]map[string]bool // by group and script
	skipped []string
}

func (r *record) started(group, script string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ran == nil {
		r.ran = map[string]map[string]bool{}
	}
	if r.ran[group] == nil {
		r.ran[group] = map[string]bool{}
	}
	r.ran[group][script] = true
}

func (r *record) skip(group, script, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ran[group], script)
	r.skipped = append(r.skipped, fmt.Sprintf("%s (%s: %s)", script, group, reason))
}

// summary is one line.
func (r *record) summary(all int) string {
	scripts := map[string]bool{}
	var groups []string
	for _, group := range []string{"without a server", "LXD", "simulator"} {
		for script := range r.ran[group] {
			scripts[script] = true
		}
		groups = append(groups, fmt.Sprintf("%s %d", group, len(r.ran[group])))
	}
	text := fmt.Sprintf("scripts: %d of %d run; %s", len(scripts), all, strings.Join(groups, ", "))
	if len(r.skipped) > 0 {
		slices.Sort(r.skipped)
		text += "; left out: " + strings.Join(r.skipped, ", ")
	}
	return text
}

// recorded is a test whose scripts are recorded.
type recorded struct {
	*testing.T
	group string
	to    *record
}

func (r recorded) Run(script string, f func(testscript.T)) {
	r.T.Run(script, func(t *testing.T) {
		r.to.started(r.group, script)
		f(recordedScript{t, r.group, script, r.to})
	})
}

func (r recorded) Verbose() bool { return testing.Verbose() }

// recordedScript is one of them.
type recordedScript struct {
	*testing.T
	group, script string
	to            *record
}

func (r recordedScript) Skip(args ...any) {
	r.to.skip(r.group, r.script, fmt.Sprint(args...))
	r.T.Skip(args...)
}

func (r recordedScript) Run(name string, f func(testscript.T)) {
	r.T.Run(name, func(t *testing.T) { f(recordedScript{t, r.group, r.script, r.to}) })
}

func (r recordedScript) Verbose() bool { return testing.Verbose() }
