package lxc_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/lxdtest/lxc"
	"tarn/lxd/sim"
)

// commands are what scripts ask of lxc, and what can go wrong with it.
var commands = []string{
	"storage create fast btrfs size=1GiB volume.size=16MiB",
	"storage create fast dir",
	"storage create slow dir user.tier=2",
	"storage show slow",
	"storage show nope",
	"storage volume create fast v size=1073741824 security.shifted=yes snapshots.schedule=@DAILY user.a=true user.b=null user.c=1.5 user.d=/x user.e=a:b user.f=%x",
	"storage volume create fast v",
	"storage volume create fast disk --type=block size=16MiB",
	"storage volume create nope v",
	"storage volume create fast v bad",
	"storage volume show fast v",
	"storage volume show fast nope",
	"storage volume get fast v snapshots.schedule",
	"storage volume get fast v nope",
	"storage volume set fast v size 2GiB",
	"storage volume set fast v user.a=3 user.b=",
	"storage volume set fast v nope=1",
	"storage volume set fast nope user.a=1",
	"storage volume snapshot fast v",
	"storage volume snapshot fast v monday",
	"storage volume snapshot fast v monday",
	"storage volume show fast v/monday",
	"storage volume show fast v/nope",
	"storage volume list fast --format csv",
	"storage volume list nope --format csv",
	"query -X PATCH -d {\"description\":\"by_hand\"} /1.0/storage-pools/slow",
	"query /1.0/storage-pools/slow",
	"query /1.0/storage-pools",
	"query /1.0/nope",
	"project create own -c features.images=false -c features.profiles=false",
	"project create own",
	"storage volume create slow theirs --project own",
	"storage volume list slow --project own --format csv",
	"storage volume show slow theirs --project own",
	"profile create db",
	"profile create db",
	"profile device add db d disk pool=fast source=v path=/d",
	"profile device add db d disk pool=fast source=v path=/d",
	"profile device add nope d disk pool=fast source=v path=/d",
	"profile device get db d source",
	"profile device get db nope source",
	"profile device add db e disk pool=slow source=theirs path=/e --project own",
	"init --empty web1 --storage slow",
	"init --empty web1 --storage slow",
	"config device add web1 d disk pool=fast source=v path=/d",
	"config device get web1 d source",
	"profile add web1 nope",
	"profile remove web1 default",
	"storage volume show fast v",
	"storage show fast",
	"storage volume copy fast/v slow/copied",
	"storage volume copy fast/nope slow/none",
	"storage volume rename slow copied called",
	"storage volume rename slow nope none",
	"storage volume show slow called",
	"project create passing -c features.images=false -c features.profiles=false",
	"project delete passing",
	"project delete nope",
	"storage volume delete fast v",
	"storage volume delete fast disk",
	"storage volume delete fast nope",
}

// On the same simulator the real lxc prints the same, and what is there then is the same.
func TestBesideLXC(t *testing.T) {
	real, err := exec.LookPath("lxc")
	if err != nil {
		t.Skip("needs lxc")
	}
	if target, err := filepath.EvalSymlinks(real); err == nil && strings.HasPrefix(target, "/snap/") {
		t.Skip("the snap's lxc cannot see the simulator")
	}
	t.Run("server", func(t *testing.T) { beside(t, real, &sim.State{}, &sim.State{}, commands) })
	t.Run("cluster", func(t *testing.T) {
		cluster := func() *sim.State { return &sim.State{Members: map[string]*sim.Member{"n1": {}, "n2": {}}} }
		beside(t, real, cluster(), cluster(), []string{
			"storage create --target n1 half dir", "storage create --target n2 half dir", "storage create half dir", "storage show half", "storage show half --target n2",
			"storage volume create half v --target n2 user.a=1", "storage volume create half v", "storage volume list half --format csv",
		})
	})
}

func beside(t *testing.T, real string, theirs, ours *sim.State, commands []string) {
	theirSocket, ourSocket := serve(t, theirs), serve(t, ours)
	for _, line := range commands {
		args := strings.Fields(line)
		cmd := exec.CommandContext(t.Context(), real, args...)
		cmd.Env = append(os.Environ(), environ(theirSocket)...)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		want := printed(cmd.ProcessState.ExitCode(), stdout.String(), stderr.String())

		for _, entry := range environ(ourSocket) {
			name, value, _ := strings.Cut(entry, "=")
			t.Setenv(name, value)
		}
		stdout.Reset()
		stderr.Reset()
		code := lxc.Run(t.Context(), args, &stdout, &stderr)
		if diff := cmp.Diff(want, printed(code, stdout.String(), stderr.String())); diff != "" {
			t.Errorf("lxc %s\nlxc - ours +\n%s", line, diff)
		}
	}
}

var times = regexp.MustCompile(`20\d\d-\d\d-\d\dT[0-9:.]+Z`)

// noNetwork is the advice that lxc gives about an instance without a network.
var noNetwork = regexp.MustCompile(`(?s)^\nThe instance you are starting.*$`)

// printed is what a command has printed, without times.
func printed(code int, stdout, stderr string) string {
	stderr = noNetwork.ReplaceAllString(stderr, "")
	return times.ReplaceAllString(fmt.Sprintf("exit code %d\n%s\n%s", code, stdout, stderr), "TIME")
}

// serve serves a simulator until the end.
func serve(t *testing.T, state *sim.State) (socket string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "tarn-lxc-") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "config.yml"), []byte("remotes: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := sim.New(state)
	t.Cleanup(func() { server.Close() })
	socket = filepath.Join(dir, "unix.socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go server.Serve(listener)
	return socket
}

func environ(socket string) []string {
	dir := filepath.Dir(socket)
	return []string{"LXD_DIR=" + dir, "LXD_SOCKET=" + socket, "LXD_CONF=" + dir, "LXD_GLOBAL_CONF=" + dir}
}

// What it does not know it refuses, so that no script passes by a command that does nothing.
func TestUnknown(t *testing.T) {
	for _, line := range []string{"", "network list", "storage", "storage info p", "storage volume rename p v w", "profile device list p", "storage volume list p", "storage create p dir --nope", "init web1"} {
		var out bytes.Buffer
		if code := lxc.Run(t.Context(), strings.Fields(line), &out, &out); code == 0 || !strings.HasPrefix(out.String(), "Error: ") {
			t.Errorf("lxc %s: exit code %d, %q", line, code, &out)
		}
	}
}
