// Package trials judges from outside whether moves and migrations lose anything: whole tarn processes work on real
// servers, several at a time, are killed and have servers killed under them, and what is on the disks afterwards is compared
// with what was there before. It knows nothing of how tarn does it, and asks the servers by lxc and incus only.
//
// By default it is small, to be run with the other tests. The environment makes it larger, or has it judge another tarn:
//
//	TARN_TRIALS=full           every kind of trial, with sizes for a night
//	TARN_TRIALS_BINARY=PATH    the tarn to judge; by default it is built from this module
//	TARN_TRIALS_ROUNDS=N       each kind N times
//	TARN_TRIALS_VOLUMES=N      volumes of a trial without kills
//	TARN_TRIALS_MB=N           size of a volume that is slow to move, at 10 MB a second
//	TARN_TRIALS_SEED=N         when the kills come, and what is in the files; every line says its seed
//
// Each trial writes one line, which go test -v shows.
package trials

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// full says that this is a long run.
var full = os.Getenv("TARN_TRIALS") == "full"

// setting is a number from the environment, or else one of two defaults.
func setting(t *testing.T, name string, small, large int) int {
	t.Helper()
	text := os.Getenv("TARN_TRIALS_" + name)
	switch {
	case text != "":
	case full:
		return large
	default:
		return small
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("TARN_TRIALS_%s=%s: want a number from 1 up", name, text)
	}
	return n
}

// rounds runs a trial again and again, each time with servers and a seed of its own. Those that are not inSmall are run only
// in a long run.
func rounds(t *testing.T, name string, inSmall bool, trial func(t *testing.T, chance *chance)) {
	t.Helper()
	if !full && !inSmall {
		return
	}
	t.Run(name, func(t *testing.T) {
		for i := range setting(t, "ROUNDS", 1, 5) {
			t.Run(strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				trial(t, newChance(t))
			})
		}
	})
}

// chance is where a trial has its random numbers from.
type chance struct {
	*rand.Rand
	source *rand.ChaCha8
	seed   uint64
}

var startedAt = uint64(time.Now().UnixNano())

func newChance(t *testing.T) *chance {
	t.Helper()
	seed := uint64(setting(t, "SEED", 1, int(startedAt%1_000_000)+1))
	name := fnv.New64a()
	fmt.Fprint(name, t.Name())
	var key [32]byte
	for i, n := range []uint64{seed, name.Sum64()} {
		for j := range 8 {
			key[8*i+j] = byte(n >> (8 * j))
		}
	}
	source := rand.NewChaCha8(key)
	return &chance{Rand: rand.New(source), source: source, seed: seed}
}

// bytes are n random ones, so that no two files are equal.
func (c *chance) bytes(n int) []byte {
	data := make([]byte, n)
	_, _ = c.source.Read(data) // it never fails
	return data
}

// below is a duration from nothing up to limit.
func (c *chance) below(limit time.Duration) time.Duration {
	return time.Duration(c.Int64N(int64(limit) + 1))
}

// built is where TestMain has room for a tarn that is built here.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tarn-trials-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built = filepath.Join(dir, "tarn")
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// binary is the tarn that is judged.
func binary(t *testing.T) string {
	t.Helper()
	path, err := findBinary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var findBinary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TARN_TRIALS_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	if out, err := exec.Command("go", "build", "-o", built, "tarn").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build tarn: %w\n%s", err, out)
	}
	return built, nil
})
