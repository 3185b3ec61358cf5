package lxd_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
)

// lxcCommands are what lxc is asked, right and wrong, one after the other. What follows " < " is its standard input.
const lxcCommands = `
storage list
storage create a dir
storage create a dir
storage create b btrfs size=1GiB volume.size=16MiB
storage create bad dir nope=1
storage create bad tape
storage create bad
storage create "x y" dir
storage list
storage list --format csv
storage list --format json
storage list --format yaml
storage show a
storage show nope
storage get a source
storage get a nope
storage set a user.x 1
storage set a user.x=2 user.y=3
storage set a nope=1
storage set a rsync.bwlimit
storage set nope user.x=1
storage get a user.x
storage unset a user.x
storage unset a user.x
storage edit a < {"config":{"source":"LXD_DIR/storage-pools/a","user.e":"1"},"description":"edited"}
storage edit a < {"config":{"user.e":"1"}}
storage edit a < {
storage edit nope < {"config":{}}
storage show a
storage info nope
storage delete nope
storage volume list a
storage volume list nope
storage volume create a v1 size=32MiB user.a=1
storage volume create a v1
storage volume create a v2 nope=1
storage volume create nope v2
storage volume create a blk --type block size=8MiB
storage volume create a bad --type tape
storage volume create a image/v3
storage volume create a "v 3"
storage volume create b v1
storage volume create b small size=1
storage volume list a
storage volume list a --format csv
storage volume list a --format json
storage volume list b --format yaml
storage volume list a name=v1
storage volume list a user.a=1
storage volume list a type=custom content_type=block
storage volume list a bogus
storage volume show a v1
storage volume show a nope
storage volume show a image/v1
storage volume show a bogus/v1
storage volume get a v1 size
storage volume get a nope size
storage volume set a v1 size 16MiB
storage volume set a v1 user.b=2 snapshots.expiry=1d
storage volume set a v1 size=x
storage volume set a nope size=1GiB
storage volume set a blk size=4MiB
storage volume set a blk size=16MiB
storage volume unset a v1 user.b
storage volume edit a v1 < {"config":{"size":"64MiB"},"description":"mine"}
storage volume edit a v1 < {"config":{"nope":"1"}}
storage volume edit a nope < {"config":{}}
storage volume show a v1
storage volume info a nope
storage volume snapshot a v1
storage volume snapshot a v1 s1
storage volume snapshot a v1 s1
storage volume snapshot a nope s1
storage volume snapshot a v1 bad/name
storage volume show a v1/s1
storage volume show a v1/nope
storage volume edit a v1/s1 < {"description":"snapshot","expires_at":"2040-01-01T00:00:00Z"}
storage volume list a
storage volume rename a v1/snap0 v1/first
storage volume rename a v1/nope v1/x
storage volume restore a v1 s1
storage volume restore a v1 nope
storage volume restore a nope s1
storage volume copy a/v1 b/copy
storage volume copy a/v1 a/copy --volume-only
storage volume copy a/v1/s1 a/from-s1
storage volume copy a/nope a/x
storage volume copy a/v1 nope/x
storage volume copy a/v1 a/copy
storage volume copy a/v1 a/copy --refresh
storage volume copy a/blk b/blk
storage volume show b/blk
storage volume show b blk
storage volume show b copy
storage volume move a/copy b/moved
storage volume move a/nope b/moved
storage volume move b/moved b/moved2
storage volume rename b moved2 moved
storage volume rename b nope moved
storage volume rename b moved copy
storage volume list b --format csv
project list
project create own -c features.images=false -c features.profiles=false
project create own
project create bad -c nope=1
project create "x y"
project list --format csv
project show own
project get own features.images
project set own user.a=1
project show own
project set own features.storage.volumes=maybe
storage volume create a v1 --project own
storage volume list a --project own
storage volume list a --all-projects
storage volume move a/from-s1 a/arrived --target-project own
storage volume copy a/v1 a/again --target-project own
storage volume list a --project own --format csv
project delete own
project create limited -c limits.disk=20MiB
storage volume create a big size=1GiB --project limited
storage volume create a none --project limited
storage volume create a fits size=16MiB --project limited
project show limited
project info limited
project rename limited bounded
project delete nope
project delete default
profile list
profile list --format csv
profile create p
profile create p
profile device add p d disk pool=a source=v1 path=/mnt
profile device add p d disk pool=a source=v1 path=/mnt
profile device add p e disk pool=a
profile device add p e bogus
profile device list p
profile device show p
profile device get p d source
profile device set p d source=v2
profile device set p d source v1
profile show p
profile set p user.a=1
profile set p bogus=1
profile get p user.a
storage volume show a v1
storage volume delete a v1
storage volume rename a v1 renamed
profile device get p d source
profile device remove p d
profile device remove p d
profile copy p q
profile rename q r
profile rename r default
profile edit r < {"config":{"user.z":"1"},"description":"edited","devices":{}}
profile show r
profile delete r
profile delete nope
profile delete default
storage volume attach-profile a renamed p data /data
storage volume detach-profile a renamed p
query --wait -X POST -d {"name":"i1","source":{"type":"none"}} /1.0/instances
query --wait -X POST -d {"name":"i_1","source":{"type":"none"}} /1.0/instances
query --wait -X POST -d {"name":"i1","source":{"type":"none"},"profiles":["nope"]} /1.0/instances
query --wait -X POST -d {"name":"i1","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"nope"}}} /1.0/instances
query --wait -X POST -d {"name":"i1","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"a"},"d":{"type":"disk","path":"/d","pool":"a","source":"nope"}}} /1.0/instances
query --wait -X POST -d {"name":"i1","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"a"},"d":{"type":"disk","path":"/d","pool":"a","source":"renamed"}}} /1.0/instances
query --wait -X POST -d {"name":"i1","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"a"}}} /1.0/instances
init --empty i2 --storage a
query --wait -X POST -d {"name":"i3","source":{"type":"none"},"profiles":["default","default"],"devices":{"root":{"type":"disk","path":"/","pool":"a"}}} /1.0/instances
config device get i1 d source
config device add i1 e disk pool=a source=nope path=/e
config device add i1 e disk pool=a source=blk path=/e
config device add nope e disk pool=a source=blk path=/e
config device show i1
profile device add p f disk pool=a source=blk path=/f
profile add i1 p
profile device remove p f
storage volume create a files
profile device add p f disk pool=a source=files path=/f
profile add i1 p
profile add i1 p
profile add i1 nope
profile add nope p
query -X PATCH -d {"profiles":["default","nope"]} /1.0/instances/i1
query -X PATCH -d {"devices":{"g":{"type":"disk","path":"/g","pool":"a","source":"nope"}}} /1.0/instances/i1
query -X PATCH -d {"profiles":[]} /1.0/instances/i1
query -X PATCH -d {"profiles":["default","p"]} /1.0/instances/i1
query /1.0/instances
query /1.0/storage-pools/a/volumes
storage volume delete a renamed
storage volume rename a renamed also
storage volume rename a also renamed
config device get i1 d source
profile delete p
profile remove i1 p
profile device remove p f
delete i1
delete i1
query --wait -X DELETE /1.0/instances/i2
query --wait -X DELETE /1.0/instances/nope
query /1.0/instances
profile delete p
storage volume delete a renamed/s1
storage volume delete a renamed/nope
storage volume delete a renamed
storage volume delete a nope
storage delete a
query /1.0/storage-pools
query /1.0/storage-pools/a/volumes/custom?recursion=1
query /1.0/storage-pools/nope
query -X PATCH -d {"description":"q"} /1.0/storage-pools/a
query -X POST -d {"name":"q","type":"custom"} /1.0/storage-pools/a/volumes
query -X DELETE /1.0/storage-pools/a/volumes/custom/nope
query --wait -X POST -d {"name":"s"} /1.0/storage-pools/a/volumes/custom/q/snapshots
query /1.0/nope
`

// TestLXC runs lxc with LXD 5.0.2 and with the simulator, and compares what it says.
func TestLXC(t *testing.T) {
	lxdtest.Nightly(t)
	t.Parallel()
	server := lxdtest.New(t)
	lxc, err := exec.LookPath("lxc")
	if err != nil {
		t.Fatal(err)
	}
	socket := simulate(t, &sim.State{Drivers: []string{"btrfs", "dir"}})
	config := t.TempDir()
	if err := os.WriteFile(filepath.Join(config, "config.yml"), []byte("remotes: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	simulated := append(server.Environ(), "LXD_DIR="+filepath.Dir(socket), "LXD_SOCKET="+socket, "LXD_CONF="+config)
	compared := 0
	for _, line := range strings.Split(strings.TrimSpace(lxcCommands), "\n") {
		want := runLXC(t, lxc, server.Environ(), server.Dir, line)
		got := runLXC(t, lxc, simulated, "/var/lib/lxd", line)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lxc %s\nLXD - simulator +\n%s", line, diff)
		}
		compared++
	}
	fmt.Printf("lxc with the simulator and with LXD 5.0.2: %d commands\n", compared)
}

var (
	lxcWords = regexp.MustCompile(`"[^"]*"|\S+`)
	// What two servers cannot have in common; columns are as wide as the paths in them.
	lxcOwn = []struct {
		pattern *regexp.Regexp
		text    string
	}{
		{regexp.MustCompile(`20[0-3]\d[-/]\d\d[-/]\d\d[ T][0-9:.]+( ?(UTC|Z))?`), "TIME"},
		{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "UUID"},
		{regexp.MustCompile(` 0/\d+ `), " GROUP "},
		{regexp.MustCompile(`[-+]{4,}`), "----"},
		{regexp.MustCompile(` {2,}`), " "},
	}
)

// runLXC gives what a command prints, without what two servers cannot have in common.
func runLXC(t *testing.T, lxc string, environ []string, dir, line string) string {
	t.Helper()
	line, input, _ := strings.Cut(line, " < ")
	var args []string
	if before, body, found := strings.Cut(line, " -d "); found { // JSON has quotes of its own
		body, path, _ := strings.Cut(body, " /")
		args = append(strings.Fields(before), "-d", body, "/"+path)
	} else {
		for _, word := range lxcWords.FindAllString(line, -1) {
			args = append(args, strings.Trim(word, `"`))
		}
	}
	cmd := exec.CommandContext(t.Context(), lxc, args...)
	cmd.Env = environ
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(input, "LXD_DIR", dir))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(out.String(), dir, "LXD_DIR")
	for _, own := range lxcOwn {
		text = own.pattern.ReplaceAllString(text, own.text)
	}
	return fmt.Sprintf("exit code %d\n%s", cmd.ProcessState.ExitCode(), text)
}
