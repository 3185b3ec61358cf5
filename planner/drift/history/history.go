// Package history keeps what checks for drift have found, a JSON line for each check of each run, and tells from that how long something
// stands, how often it came back, and how full pools were.
//
// A run goes in; ages, curves and when a server was last reached come out, written into the run, and the file has its lines. A run in which a
// server was not reached, or in which there is no plan for another reason, neither ends nor renews a finding. The lines hold no values of
// attributes, which may be secret.
//
// The file is read from its beginning to its end. Memory is bounded by what the checks of this one run have ever found; time grows with the
// file, by some 30 ms for each MiB. So runs of the past that found the same are joined when the file grows, see [File.Add].
//
// line.go says what a line is; past.go what lines come to, which knows no files; curve.go thins levels; file.go reads, locks and appends;
// join.go and sum.go make a large file small.
package history

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tarn/planner/drift"
)

// File is a history in a file.
type File struct {
	path string
	wait time.Duration // for another process that writes to it
}

// At is the history in a file, which need not be there. Nothing is opened.
func At(path string) *File { return &File{path: path, wait: 30 * time.Second} }

// Add says of a run how long everything stands, and appends it. Both happen while no other process appends. When there is an error the file holds
// what it held before, and the run says how long everything stands as far as the file could be read.
//
// When more than [sumFrom] bytes are of runs older than a week, and that is more than half of the file, those of each check are summed up in one line: since when and
// how often what they found stood, and how full pools were, thinned. No age of what stands changes by that; what was gone for more than a year, or is not
// among the last 10,000 of its check that went, counts as new when it comes back.
//
// Several processes may add runs at once. What another program has written is refused, and nothing is appended to it. When half of the file is
// about runs that could be joined, they are: a line then stands for several runs of a check, older than a week and of one day, that found the same. No
// age and no count changes by that; of how full pools were it keeps the highest level of each day.
func (f *File) Add(ctx context.Context, run *drift.Run) error {
	lines := linesOf(run, newID(), f.placeOf)
	text, err := encode(lines)
	if err != nil {
		return err
	}
	past := newPast(lines)
	open, err := f.open(ctx)
	if err != nil {
		// Who may not write to it may be let read it.
		if readErr := f.readOnly(run.Made.At, past); readErr == nil {
			past.annotate(run, lines)
		}
		return err
	}
	defer open.close()
	size, err := open.read(run.Made.At, past.add)
	if err != nil {
		return err
	}
	past.annotate(run, lines)
	if err := open.append(text); err != nil {
		return err
	}
	if size.worthJoining() {
		if done, err := open.shorten(run.Made.At, joined); done || err != nil {
			return err
		}
	}
	if size.worthSumming() {
		_, err = open.shorten(run.Made.At, summedUp)
	}
	return err
}

// placeOf is the spec of a check as the history knows it: where it is, seen from the folder that the history is in. So it is the same from whatever
// folder the program runs, and in another copy of a folder that holds both.
func (f *File) placeOf(check *drift.Check) string {
	if len(check.Paths) == 0 {
		return f.relative(check.Spec)
	}
	var places []string
	for _, path := range check.Paths {
		places = append(places, f.relative(path))
	}
	slices.Sort(places)
	return strings.Join(slices.Compact(places), " ")
}

func (f *File) relative(path string) string {
	from, err := filepath.Abs(filepath.Dir(f.path))
	if err != nil {
		return path
	}
	at, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(from, at)
	if err != nil { // on another drive
		return at
	}
	return filepath.ToSlash(relative)
}

// newID is a name for a run.
func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // which never fails
	return hex.EncodeToString(id[:])
}

// cause is an error of the file system without the operation and the path, which the user has given.
func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
