package edit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/spec"
)

// maxLoads is how many times the files are loaded at most. What is still left then is told.
const maxLoads = 5000

// search makes wishes come true one after the other.
type search struct {
	ctx    context.Context
	paths  []string
	opts   spec.Options
	wishes []Wish
	loads  int

	// The files as they are by now.
	tree    *tree
	spec    *spec.Spec
	origins *spec.Origins
	facts   facts
	keys    map[string]key    // by address
	members map[string]string // names of members by address

	taken    map[int]string
	reasons  map[int]Left
	rejected map[string]bool // candidates, by wish and text, that do something else than is wished
}

// start loads the files as they are.
func (s *search) start(files Files) error {
	s.taken = map[int]string{}
	why, err := s.become(files)
	if err == nil && why != "" {
		err = fmt.Errorf("the spec cannot be read again: %s", why)
	}
	return err
}

// loaded are files that were loaded as a spec.
type loaded struct {
	spec    *spec.Spec
	origins *spec.Origins
	why     string // there is no spec
}

// load loads files as the spec.
func (s *search) load(files Files) (loaded, error) {
	if err := context.Cause(s.ctx); err != nil {
		return loaded{}, err
	}
	s.loads++
	opts := s.opts
	opts.Inputs, opts.Origins = files, new(spec.Origins)
	result, diags := spec.Load(s.paths, opts)
	l := loaded{spec: result, origins: opts.Origins}
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			l.why = strings.TrimSuffix(d.Summary+": "+d.Detail, ".")
			break
		}
	}
	return l, nil
}

// become takes files for what the spec is from now on.
func (s *search) become(files Files) (why string, err error) {
	l, err := s.load(files)
	if err != nil || l.why != "" {
		return l.why, err
	}
	tree, err := parseTree(files)
	if err != nil {
		return "", err
	}
	s.tree, s.spec, s.origins = tree, l.spec, l.origins
	s.facts, s.keys, _ = factsOf(l.spec)
	s.members = map[string]string{}
	for _, pool := range l.spec.Pools {
		for _, member := range pool.Members {
			s.members[spec.MemberAddress(pool, member)] = member.Name
		}
	}
	return "", nil
}

// files are the texts as they are by now.
func (s *search) files() Files {
	files := Files{}
	for _, src := range s.tree.sources {
		files[src.name] = src.text
	}
	return files
}

// attempt is a candidate, and the wishes that it is for.
type attempt struct {
	changes candidate
	wishes  []int
}

// run makes wishes come true that do not depend on each other, as many at a time as work out.
func (s *search) run(pending []int) error {
	for len(pending) > 0 {
		attempts := s.attempts(pending)
		if len(attempts) == 0 {
			return nil
		}
		accepted, err := s.try(attempts)
		if err != nil {
			return err
		}
		if len(accepted) > 0 {
			if err := s.take(accepted); err != nil {
				return err
			}
		}
		pending = slices.DeleteFunc(pending, func(i int) bool { _, done := s.taken[i]; return done })
	}
	return nil
}

// attempts give each wish its first candidate that was not rejected, as far as they do not get into each other's way. Wishes with the same
// one share it: what they have in common has one place.
func (s *search) attempts(pending []int) []attempt {
	var all []attempt
	for _, i := range pending {
		found, dead := s.candidates(s.wishes[i])
		if len(dead) > 0 && s.reasons[i].Why == "" {
			s.reasons[i] = dead[0]
		}
		for _, c := range found {
			if s.rejected[rejection(i, c)] {
				continue
			}
			at := slices.IndexFunc(all, func(a attempt) bool { return slices.Equal(a.changes, c) })
			switch {
			case at >= 0:
				all[at].wishes = append(all[at].wishes, i)
			case !slices.ContainsFunc(all, func(a attempt) bool { return overlaps(a.changes, c) }):
				all = append(all, attempt{c, []int{i}})
			}
			break
		}
	}
	return all
}

// rejection names a candidate of a wish by what it does, wherever that has moved to meanwhile.
func rejection(wish int, c candidate) string {
	var b strings.Builder
	fmt.Fprint(&b, wish)
	for _, change := range c {
		fmt.Fprintf(&b, "|%s:%d:%q>%q", change.src.name, change.src.line(change.start), change.src.text[change.start:change.end], change.text)
	}
	return b.String()
}

// overlaps tells whether two candidates change the same part of a file.
func overlaps(a, b candidate) bool {
	for _, x := range a {
		for _, y := range b {
			if x.src == y.src && x.start <= y.end && y.start <= x.end && !(x.start == y.start && x.joins() && y.joins()) {
				return true
			}
		}
	}
	return false
}

// try gives those attempts that do just what is wished: all at once, or those in each half that do.
func (s *search) try(attempts []attempt) ([]attempt, error) {
	if len(attempts) == 0 || s.loads > maxLoads {
		return nil, nil
	}
	left, err := s.fits(attempts)
	if err != nil {
		return nil, err
	}
	if left.Why == "" {
		return attempts, nil
	}
	if len(attempts) == 1 {
		for _, i := range attempts[0].wishes {
			s.rejected[rejection(i, attempts[0].changes)] = true
			if s.reasons[i].Why == "" {
				s.reasons[i] = left
			}
		}
		return nil, nil
	}
	half := len(attempts) / 2
	accepted, err := s.try(attempts[:half])
	if err != nil {
		return nil, err
	}
	second, err := s.try(attempts[half:])
	if err != nil {
		return nil, err
	}
	both := slices.Concat(accepted, second)
	if len(accepted) == 0 || len(second) == 0 {
		return both, nil
	}
	if left, err := s.fits(both); err != nil || left.Why == "" {
		return both, err
	}
	return accepted, nil // the others are tried again after these
}

// fits tells why attempts together do something else than is wished. Why is "" when they do just that.
func (s *search) fits(attempts []attempt) (Left, error) {
	want := s.facts.clone()
	var changes []change
	for _, a := range attempts {
		for _, i := range a.wishes {
			if !want.wish(s.wishes[i], s.keys, s.members) {
				return Left{Why: "the spec has something else of that name"}, nil
			}
		}
		changes = append(changes, a.changes...)
	}
	place := lineOf(attempts[0].changes[0].src, attempts[0].changes[0].start)
	l, err := s.load(s.changed(changes))
	if err != nil {
		return Left{}, err
	}
	if l.why != "" {
		return Left{Place: place, Why: "with the server's value the spec would be wrong: " + l.why}, nil
	}
	got, _, ok := factsOf(l.spec)
	if !ok {
		return Left{Place: place, Why: "two objects would have one name"}, nil
	}
	differing := want.differences(got)
	if len(differing) == 0 {
		return Left{}, nil
	}
	return Left{Place: place, Why: s.because(attempts[0], differing)}, nil
}

// because says what a change would do besides.
func (s *search) because(a attempt, differing []key) string {
	own := map[key]bool{}
	for _, i := range a.wishes {
		own[s.keys[s.wishes[i].Address]] = true
	}
	var others []string
	for _, k := range differing {
		if !own[k] && k != (key{}) {
			others = append(others, k.String())
		}
	}
	switch n := len(others); {
	case n == 0:
		return "a change of the value there would not give it the server's"
	case n == 1:
		return "what stands there is also for " + others[0]
	case n <= 3:
		return "what stands there is also for " + strings.Join(others[:n-1], ", ") + " and " + others[n-1]
	}
	return fmt.Sprintf("what stands there is also for %s, %s and %d others", others[0], others[1], len(others)-2)
}

// changed are the files with some changes, which do not overlap.
func (s *search) changed(changes []change) Files {
	files := s.files()
	bySource := map[*source][]change{}
	for _, c := range changes {
		bySource[c.src] = append(bySource[c.src], c)
	}
	for src, own := range bySource {
		files[src.name] = []byte(applied(src, 0, len(src.text), own))
	}
	return files
}

// take makes the changes of attempts, which were tried.
func (s *search) take(attempts []attempt) error {
	var changes []change
	for _, a := range attempts {
		changes = append(changes, a.changes...)
		for _, i := range a.wishes {
			s.taken[i] = lineOf(a.changes[0].src, a.changes[0].start)
			delete(s.reasons, i)
		}
	}
	why, err := s.become(s.changed(changes))
	if err == nil && why != "" {
		err = fmt.Errorf("the changed spec cannot be read: %s", why)
	}
	return err
}
