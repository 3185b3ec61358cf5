package trials

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server goes down in the middle of an apply and stays down. tarn gives up after a while, once for all of its steps.
func TestServerDown(t *testing.T) {
	t.Parallel()
	if !full {
		t.Skip("it takes half a minute and more: only with TARN_TRIALS=full")
	}
	const steps, limit = 64, 40 * time.Second
	for _, kind := range []product{lxd, incus} {
		rounds(t, kind.name, true, func(t *testing.T, chance *chance) {
			s := kind.start(t)
			w := &world{t: t, chance: chance, env: s.Environ()}
			w.create(s, "p", dir)
			var spec strings.Builder
			spec.WriteString("pool \"p\" {\n  existing = true\n")
			for i := range steps {
				fmt.Fprintf(&spec, "  volume \"v%d\" {}\n", i)
			}
			spec.WriteString("}\n")
			path := filepath.Join(t.TempDir(), "storage.hcl")
			if err := os.WriteFile(path, []byte(spec.String()), 0o600); err != nil {
				t.Fatal(err)
			}

			p := start(t, w.env, "apply", "--auto-approve", path)
			after := 1 + chance.IntN(steps/4)
			for !p.ended() && strings.Count(p.output(), ": done") < after {
				time.Sleep(5 * time.Millisecond)
			}
			if p.ended() {
				t.Fatalf("it ended before the kill: %s", p.said())
			}
			if err := s.Kill(); err != nil {
				t.Fatal(err)
			}
			killed := time.Now()
			p.wait(limit)
			p.signal(os.Kill)
			<-p.done
			t.Logf("TRIAL %s down: steps %d, killed after %d, ended %.1f s later, exit code %s, seed %d",
				kind.name, steps, after, time.Since(killed).Seconds(), p.word(), chance.seed)
			if p.code != 1 {
				t.Errorf("want it to end by itself within %s, with exit code 1: %s", limit, p.said())
			}
		})
	}
}
