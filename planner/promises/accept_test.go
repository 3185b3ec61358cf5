package promises

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/planner"
	"tarn/planner/accept"
	"tarn/planner/adopt"
	"tarn/planner/plan"
	"tarn/spec"
	"tarn/spec/edit"
)

// TestAccept changes random servers by hand and takes that into random specs: those that import writes, with for_each, and others, with values in
// locals and variables, and comments everywhere. A plan for the new files has nothing to do, but for what was named and for marks; no
// comment is lost where nothing went; and the blocks of objects that do not differ are the same, byte for byte.
func TestAccept(t *testing.T) {
	checks(t, 50)
	s := newSimulated(t)
	counted := map[string]int{}
	t.Cleanup(func() { fmt.Fprintf(os.Stdout, "accepted, simulator: %v\n", counted) })
	file := filepath.Join(t.TempDir(), "spec.hcl")
	rapid.Check(t, func(t *rapid.T) {
		d := draw{T: t}
		s.kind = sim.State{Product: one(d, "product", products...)}
		if d.chance(35, "cluster") {
			s.kind.Members = map[string]*sim.Member{"n1": {}, "n2": {}}
		}
		c := &acceptCase{importCase: &importCase{T: t, server: s, simulated: s, file: file, counted: counted}}
		c.run(d)
	})
}

// TestAcceptOnCluster does so on a private LXD cluster of two.
func TestAcceptOnCluster(t *testing.T) { acceptOnReal(t, "LXD cluster", lxdtest.NewCluster(t, 2)...) }

// TestAcceptOnIncus does so on a private Incus.
func TestAcceptOnIncus(t *testing.T) { acceptOnReal(t, "Incus", lxdtest.NewIncus(t)) }

func acceptOnReal(t *testing.T, where string, servers ...*lxdtest.Server) {
	n := 3
	if lxdtest.Full() {
		n = 30
	}
	checks(t, n)
	r := newReal(t, servers...)
	counted := map[string]int{}
	t.Cleanup(func() { fmt.Fprintf(os.Stdout, "accepted, %s: %v\n", where, counted) })
	file := filepath.Join(t.TempDir(), "spec.hcl")
	rapid.Check(t, func(t *rapid.T) {
		c := &acceptCase{importCase: &importCase{T: t, server: r, file: file, counted: counted}}
		c.run(draw{T: t, small: true})
	})
}

// acceptCase is one server that is changed, and a spec that takes it over.
type acceptCase struct {
	*importCase
	vars []string
	opts planner.Options
}

func (c *acceptCase) run(d draw) {
	about, h := c.begin(d)
	var text string
	if d.chance(60, "imported") {
		adopted := adopt.New(c.read(live.Scope{}), adopt.Options{AllProjects: true, Owner: one(d, "owner", "", "us")})
		text = string(adopted.File.Fold())
		for name, value := range adopted.Secrets {
			c.vars = append(c.vars, name+"="+value)
		}
	} else {
		text = d.document(c.world, c.read(live.Scope{})).String()
	}
	text = decorated(d, text)
	h.drift(c.read(live.Scope{}))
	fmt.Fprintf(&c.told, "%s by hand:\n  %s\n%s", about, strings.Join(h.said, "\n  "), text)
	want := c.load(text)
	if want == nil || len(want.Pools) == 0 {
		c.counted["no spec"]++
		return
	}
	c.counted["specs"]++
	state := c.read(live.Scope{})
	r := c.take(want, state, text)
	after := string(r.Files[c.file])
	fmt.Fprintf(&c.told, "after:\n%s\nleft: %v\n", after, told(r.Left))
	c.counted["taken"] += len(r.Taken)
	c.counted["left"] += len(r.Left)
	c.nothingElse(want, r, state)
	c.keepsComments(r, text, after)
	c.keepsBlocks(want, r, text, after)

	again := c.take(r.Spec, state, after)
	if len(again.Taken) > 0 || string(again.Files[c.file]) != after || len(again.Left) != len(r.Left) {
		c.fail("a second time something else is taken: %v, left %v", again.Taken, told(again.Left))
	}
}

func (c *acceptCase) options(text string) spec.Options {
	return spec.Options{Vars: c.vars, Inputs: map[string][]byte{c.file: []byte(text)}, Shared: true}
}

// load loads a spec, nil when it is none.
func (c *acceptCase) load(text string) *spec.Spec {
	want, diags := spec.Load([]string{c.file}, c.options(text))
	if diags.HasErrors() {
		return nil
	}
	return want
}

func (c *acceptCase) take(want *spec.Spec, state *live.State, text string) *accept.Result {
	c.opts = planner.Options{Project: want.Settings.Project}
	r, diags, err := accept.Take(c.Context(), accept.Input{
		Spec: want, Paths: []string{c.file}, Load: c.options(text), Files: edit.Files{c.file: []byte(text)}, State: state, Options: c.opts,
		Read: func(ctx context.Context, missing live.Details) error {
			return live.ReadDetails(ctx, c.server.client(), state, missing)
		},
	})
	if err != nil || diags.HasErrors() {
		c.fail("accept: %v %v", err, diags)
	}
	return r
}

// nothingElse plans for what was accepted.
func (c *acceptCase) nothingElse(want *spec.Spec, r *accept.Result, state *live.State) {
	left := map[plan.Object]bool{}
	pools := map[string]bool{}
	for _, item := range r.Left {
		left[item.Object] = true
		left[plan.VolumeObject(item.Live)] = true
		if item.Object.IsPool() {
			pools[item.Object.Pool] = true
		}
	}
	p, diags := planner.New(r.Spec, state, c.opts)
	if p != nil && (!p.Missing.None()) {
		if err := live.ReadDetails(c.Context(), c.server.client(), state, p.Missing); err != nil {
			c.fail("%v", err)
		}
		p, diags = planner.New(r.Spec, state, c.opts)
	}
	if p == nil {
		if len(r.Left) == 0 {
			c.counted["no plan"]++
			if _, before := planner.New(want, state, c.opts); !before.HasErrors() {
				c.fail("nothing is left, and there is no plan: %v", diags)
			}
		}
		return
	}
	for i := range p.Steps {
		step := &p.Steps[i]
		object := step.Action.Object()
		switch {
		case onlyMarks(step), left[object], pools[object.Pool]:
		case unfinished(step):
			c.counted["moves under way"]++
		case object.IsPool() && state.Pools[object.Pool] != nil && state.Pools[object.Pool].Status != lxd.StatusCreated:
			c.counted["pools to repair"]++ // which the command names as still to do
		default:
			c.fail("still to do, and not named: %s (%s)", step.Title(), step.Reason)
		}
	}
}

// onlyMarks tells whether a step patches nothing but tarn's marks.
func onlyMarks(step *plan.Step) bool {
	var changes []plan.Change
	switch action := step.Action.(type) {
	case plan.PatchPool:
		changes = action.Changes
	case plan.PatchVolume:
		changes = action.Changes
	default:
		return false
	}
	for _, change := range changes {
		if !strings.HasPrefix(change.Attr.Key, "user.tarn.") {
			return false
		}
	}
	return true
}

// unfinished tells whether a step carries on with what an earlier run has begun.
func unfinished(step *plan.Step) bool {
	switch action := step.Action.(type) {
	case plan.MoveVolume:
		return action.Finish
	case plan.MigrateVolume:
		return action.Finish
	}
	return false
}

var commentWritten = regexp.MustCompile(`# c[0-9]+\b`)

// keepsComments looks for the comments, each of which has its own number.
func (c *acceptCase) keepsComments(r *accept.Result, before, after string) {
	there := map[string]int{}
	for _, comment := range commentWritten.FindAllString(after, -1) {
		there[comment]++
	}
	goes := slices.ContainsFunc(r.Taken, func(item accept.Taken) bool {
		return item.Kind != planner.Changed || item.Server == nil
	})
	for _, comment := range commentWritten.FindAllString(before, -1) {
		if there[comment] > 1 || there[comment] == 0 && !goes {
			c.fail("%s is there %d times", comment, there[comment])
		}
		c.counted["comments"]++
	}
}

// keepsBlocks looks for the blocks of volumes that do not differ.
func (c *acceptCase) keepsBlocks(want *spec.Spec, r *accept.Result, before, after string) {
	changed := map[int]bool{} // by the line of their block
	lines := strings.SplitAfter(before, "\n")
	taken := map[string]bool{}
	for _, item := range r.Taken {
		taken[item.Address] = true
	}
	blocks := map[int]bool{}
	for _, pool := range want.Pools {
		for _, v := range pool.Volumes {
			line := v.Ranges.Block.Start.Line
			blocks[line] = true
			if taken[v.Address] || taken[pool.Address] {
				changed[line] = true
			}
		}
	}
	for line := range blocks {
		if changed[line] {
			continue
		}
		end := line
		if !strings.HasSuffix(withoutComment(lines[line-1]), "}") {
			for !strings.HasPrefix(lines[end], "  }") {
				end++
			}
			end++
		}
		block := strings.Join(lines[line-1:end], "")
		if !strings.Contains(after, block) {
			c.fail("this block does not differ from the server, and is another one now:\n%s", block)
		}
		c.counted["blocks kept"]++
	}
}

func withoutComment(line string) string {
	text, _, _ := strings.Cut(line, " # c")
	return strings.TrimSpace(text)
}

var configLine = regexp.MustCompile(`^(\s+)("[^"]+"|[a-z]+)(\s*)= ("[^"$%\\]*")(,?)$`)

// decorated is a spec with comments, and with some values in locals and variables.
func decorated(d draw, text string) string {
	var out, top strings.Builder
	n, depth := 0, 0
	values := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		inConfig := depth > 0
		if strings.HasSuffix(line, "config = {") {
			depth++
		} else if strings.TrimSpace(line) == "}" && depth > 0 {
			depth--
		}
		if m := configLine.FindStringSubmatch(line); m != nil && inConfig && d.chance(30, "elsewhere") {
			name := fmt.Sprintf("v%d", n)
			if old, known := values[m[4]]; known && d.chance(50, "shared") {
				name = old
			} else {
				values[m[4]] = name
				if d.chance(50, "variable") {
					fmt.Fprintf(&top, "variable %q {\n  default = %s # c%d\n}\n", name, m[4], 10000+n)
					values[m[4]] = "var." + name
				} else {
					fmt.Fprintf(&top, "locals {\n  %s = %s # c%d\n}\n", name, m[4], 10000+n)
					values[m[4]] = "local." + name
				}
				name = values[m[4]]
			}
			line = m[1] + m[2] + m[3] + "= " + name + m[5]
			if d.chance(30, "in quotes") {
				line = m[1] + m[2] + m[3] + `= "${` + name + `}"` + m[5]
			}
		}
		if line != "" && d.chance(25, "comment") && !strings.HasSuffix(line, "EOT") {
			line += fmt.Sprintf(" # c%d", n)
		}
		n++
		out.WriteString(line + "\n")
	}
	if d.chance(20, "carriage returns") {
		return strings.ReplaceAll(top.String()+out.String(), "\n", "\r\n")
	}
	return top.String() + out.String()
}

func told(left []accept.Left) []string {
	var all []string
	for _, item := range left {
		all = append(all, item.Text()+": "+item.Place+" "+item.Why)
	}
	return all
}
