// Package edit changes the files of a spec so that it says something else of single objects, and leaves all the rest of the text as it
// is: comments, layout, expressions.
//
// Files and wishes go in; the files' new texts come out, with what was done for each wish, or why nothing was. A value is written where
// the author wrote the old one: in the block, in the element of a for_each, in a local value, in the default of a variable. Where that is
// is not guessed: an edit is tried on the files in memory, the spec is loaded, and the edit is kept only when the objects that it declares
// differ in just what was wished. The package reads and writes no file but what [spec.Load] reads.
package edit

import (
	"context"
	"fmt"
	"slices"

	"tarn/spec"
	"tarn/spec/write"
)

// Wish is something that the spec shall say otherwise of one object. It comes true as a whole or not at all.
type Wish struct {
	Address string // of the object; of a new volume the address of its pool

	Changes []Change      // of attributes
	Into    string        // the address of the pool that the declaration of a volume is to be moved to, "" for none
	Remove  bool          // the object is no longer declared, nor are the volumes of a pool; nothing else is wished then
	Add     *write.Volume // is to be declared in the pool; nothing else is wished then
}

// Change is a new value of one attribute.
type Change struct {
	Attr  string  // of the block: description, name
	Key   string  // where Attr is config, the key
	Value *string // nil to say nothing of it
}

// File is a file of the spec whose text has changed.
type File struct {
	Name          string
	Before, After []byte
}

// Taken is a wish that has come true, and where: "storage.hcl:12".
type Taken struct {
	Wish  int // its index
	Place string
}

// Left is a wish that has not come true, and why.
type Left struct {
	Wish  int
	Place string // where the value stands, "" when that is not known
	Why   string // a sentence without a full stop
}

// Result is what has become of the files.
type Result struct {
	Files []File
	Taken []Taken // in order of the wishes
	Left  []Left

	Spec   *spec.Spec        // that the new files are
	Inputs map[string][]byte // the new texts of all files, by name
}

// Files are the texts of the files of a spec by name.
type Files map[string][]byte

// Take changes the files of a spec so that the wishes come true, as far as they can. The paths and options are those of [spec.Load], and
// the files are what is at these paths. It ends early with ctx.
func Take(ctx context.Context, paths []string, opts spec.Options, files Files, wishes []Wish) (*Result, error) {
	s := &search{ctx: ctx, paths: paths, opts: opts, wishes: wishes, reasons: map[int]Left{}, rejected: map[string]bool{}}
	if err := s.start(files); err != nil {
		return nil, err
	}
	for _, phase := range phases {
		var pending []int
		for i, wish := range wishes {
			if phase(wish) {
				pending = append(pending, i)
			}
		}
		if err := s.run(pending); err != nil {
			return nil, err
		}
	}
	return s.result(files), nil
}

// phases are the kinds of wishes in the order in which they are looked at. What changes the addresses of other objects comes last.
var phases = []func(Wish) bool{
	func(w Wish) bool { return len(w.Changes) > 0 && !w.renames() && w.Into == "" },
	func(w Wish) bool { return w.Add != nil },
	func(w Wish) bool { return w.renames() && w.Into == "" },
	func(w Wish) bool { return w.Into != "" },
	func(w Wish) bool { return w.Remove },
}

func (w Wish) renames() bool {
	return slices.ContainsFunc(w.Changes, func(c Change) bool { return c.Attr == "name" })
}

func (s *search) result(before Files) *Result {
	r := &Result{Spec: s.spec, Inputs: map[string][]byte{}}
	for _, src := range s.tree.sources {
		r.Inputs[src.name] = src.text
		if old := before[src.name]; string(old) != string(src.text) {
			r.Files = append(r.Files, File{src.name, old, src.text})
		}
	}
	slices.SortFunc(r.Files, func(a, b File) int { return compareText(a.Name, b.Name) })
	for i := range s.wishes {
		if place, ok := s.taken[i]; ok {
			r.Taken = append(r.Taken, Taken{i, place})
			continue
		}
		left := s.reasons[i]
		left.Wish = i
		if left.Why == "" {
			left.Why = "nothing in the files says this of it alone"
		}
		r.Left = append(r.Left, left)
	}
	return r
}

func lineOf(src *source, at int) string { return fmt.Sprintf("%s:%d", src.name, src.line(at)) }
