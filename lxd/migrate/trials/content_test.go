package trials

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// holds tells whether a file has the content. One that cannot be read has not.
func holds(file string, size int, sum [sha256.Size]byte) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	// A file that is arriving mostly has another size, which is cheaper to see.
	if info, err := f.Stat(); err != nil || info.Size() != int64(size) {
		return false
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return false
	}
	return [sha256.Size]byte(hash.Sum(nil)) == sum
}

// completeAt tells whether all of a volume is at a place, as the file system there shows it.
func (c *cargo) completeAt(p place) bool {
	return c.complete(p.file(), p.snapshotFile())
}

func (c *cargo) complete(file, snapshotFile string) bool {
	return holds(file, c.size, c.sum) && (!c.snapshot || holds(snapshotFile, c.firstSize(), c.first))
}

// somewhere tells whether all of a volume is at some place, whatever it is called there.
func (w *world) somewhere(c *cargo) bool {
	// The source first: when it goes while we look, what is looked at after it must be complete.
	if c.completeAt(c.from) || c.completeAt(c.to) {
		return true
	}
	for _, s := range w.servers {
		pools := s.Path("storage-pools")
		files, _ := filepath.Glob(filepath.Join(pools, "*", "custom", "*", fileName)) // the pattern is a good one
		for _, file := range files {
			volume := filepath.Dir(file)
			pool := filepath.Dir(filepath.Dir(volume))
			if c.complete(file, filepath.Join(pool, "custom-snapshots", filepath.Base(volume), snapshotName, fileName)) {
				return true
			}
		}
	}
	return false
}

// nothingLost looks for what is nowhere. Somebody may rename volumes while it looks, so it looks again before it says so.
func (w *world) nothingLost(when string) {
	for _, c := range w.cargoes {
		for try := 0; !w.somewhere(c); try++ {
			if try == 3 {
				w.losses = append(w.losses, fmt.Sprintf("%s: %s is nowhere complete", when, c.from))
				c.lost = true
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// believe checks a process that has ended and says that all is well. Each command that is run here does so by exit code 0.
func (w *world) believe(p *process) {
	if p.code != 0 && !strings.Contains(p.output(), `"converged":true`) {
		return
	}
	var missing []string
	for _, c := range w.cargoes {
		if !c.completeAt(c.to) {
			missing = append(missing, c.to.String())
		}
	}
	if missing != nil {
		w.falseClaims = append(w.falseClaims, fmt.Sprintf("tarn %s ended well, and this is not complete: %s",
			p.cmd.Args[1], strings.Join(missing, ", ")))
	}
}
