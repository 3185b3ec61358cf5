package planner_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/planner"
	"tarn/spec"
)

// world is a random spec with a random server, few enough names that they meet.
type world struct {
	want *spec.Spec
	live *lxd.State
}

var (
	poolNames   = []string{"p0", "p1", "p2"}
	volumeNames = []string{"v0", "v1", "v2", "v3", "v4"}
	sizes       = []string{"1GiB", "1024MiB", "2GiB", "2147483648"}
)

func worlds(t *rapid.T) world {
	w := world{want: &spec.Spec{}, live: newState()}
	for _, name := range poolNames {
		if rapid.Bool().Draw(t, name+" live") {
			w.live.Pools[name] = livePool(t, name)
			for _, volume := range volumeNames {
				if rapid.Bool().Draw(t, name+"/"+volume+" live") {
					v := &lxd.Volume{Pool: name, Name: volume, Type: lxd.TypeCustom, ContentType: "filesystem", Project: "default",
						Config: config(t, name+"/"+volume+" live", "size", "snapshots.expiry", "user.a")}
					w.live.Volumes[v.ID()] = v
				}
			}
		}
	}
	w.refresh()
	if rapid.Bool().Draw(t, "owner") {
		w.want.Settings.Owner = "us"
	}
	taken := map[string]bool{} // sources that a volume is renamed from already
	for _, name := range poolNames {
		kind := rapid.SampledFrom([]string{"none", "present", "present", "present", "absent"}).Draw(t, name)
		if kind == "none" {
			continue
		}
		pool := &spec.Pool{Name: name, Address: "pool." + name}
		w.want.Pools = append(w.want.Pools, pool)
		pool.Absent = kind == "absent"
		if !pool.Absent {
			pool.Driver = "btrfs"
			pool.Config = wanted(config(t, name, "volume.size", "user.a"))
		}
		for _, volume := range volumeNames {
			kind := rapid.SampledFrom([]string{"none", "present", "present", "renamed", "absent"}).Draw(t, name+"/"+volume)
			if kind == "none" || pool.Absent && kind != "absent" {
				continue
			}
			v := &spec.Volume{Name: volume, Address: pool.Address + ".volume." + volume, Absent: kind == "absent"}
			pool.Volumes = append(pool.Volumes, v)
			if v.Absent {
				continue
			}
			v.Config = wanted(config(t, name+"/"+volume, "size", "snapshots.expiry", "user.a"))
			if rapid.IntRange(0, 5).Draw(t, "described") == 0 {
				text := "text"
				v.Description = &text
			}
			if kind == "renamed" {
				from := spec.Source{Pool: rapid.SampledFrom(poolNames).Draw(t, "from pool"), Name: rapid.SampledFrom(volumeNames).Draw(t, "from")}
				if !taken[from.String()] && (from.Pool != name || from.Name != volume) {
					taken[from.String()] = true
					v.RenamedFrom = &from
				}
			}
		}
	}
	return w
}

func livePool(t *rapid.T, name string) *lxd.Pool {
	c := config(t, name+" live", "volume.size", "user.a")
	c["source"], c["size"] = "/disks/"+name+".img", "30GiB"
	return &lxd.Pool{Name: name, Driver: "btrfs", Status: lxd.StatusCreated, Config: c}
}

func config(t *rapid.T, label string, keys ...string) map[string]string {
	c := map[string]string{}
	for _, key := range keys {
		if rapid.IntRange(0, 2).Draw(t, label+" "+key) == 0 {
			switch key {
			case "snapshots.expiry":
				c[key] = "3d"
			case "user.a":
				c[key] = strconv.Itoa(rapid.IntRange(0, 1).Draw(t, label+" user.a value"))
			default:
				c[key] = rapid.SampledFrom(sizes).Draw(t, label+" "+key+" value")
			}
		}
	}
	return c
}

func wanted(c map[string]string) spec.Config {
	values := spec.Config{}
	for key, text := range c {
		values[key] = spec.Value{Text: text}
	}
	return values
}

// refresh makes what the pools say they hold true again.
func (w world) refresh() {
	clear(w.live.Held)
	for _, pool := range w.live.Pools {
		pool.UsedBy = nil
	}
	for id := range w.live.Volumes {
		w.live.Held[id] = true
		pool := w.live.Pools[id.Pool]
		pool.UsedBy = append(pool.UsedBy, "/1.0/storage-pools/"+id.Pool+"/volumes/custom/"+id.Name)
	}
}

// do carries out a step as LXD would; it refuses what LXD would.
func (w world) do(step planner.Step) error {
	live := w.live
	switch a := step.Action.(type) {
	case planner.CreatePool:
		if live.Pools[a.Pool] != nil {
			return fmt.Errorf("pool exists")
		}
		c := maps.Clone(a.Config)
		c["source"], c["size"] = "/disks/"+a.Pool+".img", "30GiB"
		live.Pools[a.Pool] = &lxd.Pool{Name: a.Pool, Driver: a.Driver, Description: a.Description, Status: lxd.StatusCreated, Config: c}
	case planner.PatchPool:
		pool := live.Pools[a.Pool]
		return patch(a.Changes, &pool.Description, pool.Config)
	case planner.DeletePool:
		for id := range live.Volumes {
			if id.Pool == a.Pool {
				return fmt.Errorf("pool in use")
			}
		}
		delete(live.Pools, a.Pool)
	case planner.CreateVolume:
		if live.Pools[a.Volume.Pool] == nil || live.Volumes[a.Volume] != nil {
			return fmt.Errorf("no pool, or volume exists")
		}
		v := &lxd.Volume{Pool: a.Volume.Pool, Name: a.Volume.Name, Type: a.Volume.Type, Project: a.Volume.Project,
			ContentType: "filesystem", Description: a.Description, Config: maps.Clone(a.Config)}
		w.inherit(v)
		live.Volumes[a.Volume] = v
	case planner.PatchVolume:
		v := live.Volumes[a.Volume]
		if v == nil {
			return fmt.Errorf("no volume")
		}
		if a.Moved {
			for i := range a.Changes {
				a.Changes[i].From = current(a.Changes[i], v)
			}
		}
		return patch(a.Changes, &v.Description, v.Config)
	case planner.RenameVolume:
		return w.relocate(a.Volume, a.To())
	case planner.MoveVolume:
		return w.relocate(a.Volume, a.To)
	case planner.DeleteVolume:
		if live.Volumes[a.Volume] == nil {
			return fmt.Errorf("no volume")
		}
		delete(live.Volumes, a.Volume)
	}
	return nil
}

func (w world) relocate(from, to lxd.VolumeID) error {
	v := w.live.Volumes[from]
	if v == nil || w.live.Volumes[to] != nil || w.live.Pools[to.Pool] == nil {
		return fmt.Errorf("%s → %s: no source, target exists, or no pool", from, to)
	}
	delete(w.live.Volumes, from)
	v.Pool, v.Name = to.Pool, to.Name
	if from.Pool != to.Pool {
		w.inherit(v)
	}
	w.live.Volumes[to] = v
	return nil
}

func (w world) inherit(v *lxd.Volume) {
	if size := w.live.Pools[v.Pool].Config["volume.size"]; size != "" && v.Config["size"] == "" {
		v.Config["size"] = size
	}
}

func current(change planner.Change, v *lxd.Volume) *string {
	if change.Attr == "description" {
		return &v.Description
	}
	if value, ok := v.Config[change.Attr[len("config."):]]; ok {
		return &value
	}
	return nil
}

// patch changes what the plan says, and fails when it is not as the plan saw it.
func patch(changes []planner.Change, description *string, c map[string]string) error {
	for _, change := range changes {
		if change.Attr == "description" {
			if *description != *change.From {
				return fmt.Errorf("description is not %q", *change.From)
			}
			*description = *change.To
			continue
		}
		key := change.Attr[len("config."):]
		if value, ok := c[key]; ok != (change.From != nil) || ok && value != *change.From {
			return fmt.Errorf("%s is not as the plan saw it", key)
		}
		if change.To == nil {
			delete(c, key)
		} else {
			c[key] = *change.To
		}
	}
	return nil
}

func (w world) plan(t *rapid.T) *planner.Plan {
	w.refresh()
	plan, diags := planner.New(w.want, w.live, planner.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return plan
}

func text(t *rapid.T, plan *planner.Plan) string {
	var b bytes.Buffer
	if err := plan.WriteText(&b, planner.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Applying a plan, wholly or a part of it, and planning again leads to the wanted state, and then there is nothing to do.
func TestPlanConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		plan := w.plan(t)
		if len(plan.Blockers) > 0 {
			t.Skip("blocked")
		}
		before := text(t, plan)
		if n := len(plan.Steps); n > 0 {
			for _, step := range plan.Steps[:rapid.IntRange(0, n).Draw(t, "steps before the run ends")] {
				if err := w.do(step); err != nil {
					t.Fatalf("step %d: %v\n%s", step.Number, err, before)
				}
			}
		}
		second := w.plan(t)
		if len(second.Blockers) > 0 {
			t.Fatalf("blocked half way\n%s\n%s", before, text(t, second))
		}
		for _, step := range second.Steps {
			if err := w.do(step); err != nil {
				t.Fatalf("step %d after a fresh plan: %v\n%s\n%s", step.Number, err, before, text(t, second))
			}
		}
		if rest := w.plan(t); !rest.Empty() {
			t.Fatalf("not converged\n%s\n%s\n%s", before, text(t, second), text(t, rest))
		}
	})
}

// The order in which things are declared does not show in the plan.
func TestPlanIsDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		first := text(t, w.plan(t))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		w.want.Pools = slices.Clone(w.want.Pools)
		r.Shuffle(len(w.want.Pools), func(i, j int) { w.want.Pools[i], w.want.Pools[j] = w.want.Pools[j], w.want.Pools[i] })
		for _, pool := range w.want.Pools {
			r.Shuffle(len(pool.Volumes), func(i, j int) { pool.Volumes[i], pool.Volumes[j] = pool.Volumes[j], pool.Volumes[i] })
		}
		if second := text(t, w.plan(t)); first != second {
			t.Fatalf("shuffled:\n%s\n%s", first, second)
		}
	})
}

// Nothing is deleted that the spec does not declare absent, and every step needs only steps before it.
func TestPlanDeletesOnlyWhatIsAbsent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		absent := map[string]bool{}
		for _, pool := range w.want.Pools {
			absent["pool "+pool.Name] = pool.Absent
			for _, volume := range pool.Volumes {
				absent["volume "+pool.Name+"/"+volume.Name] = volume.Absent
			}
		}
		plan := w.plan(t)
		for i, step := range plan.Steps {
			if step.Number != i+1 {
				t.Fatalf("step %d has number %d", i+1, step.Number)
			}
			for _, need := range step.Needs {
				if need >= step.Number {
					t.Fatalf("step %d needs step %d", step.Number, need)
				}
			}
			switch step.Action.(type) {
			case planner.DeletePool, planner.DeleteVolume:
				if object := step.Action.Object().String(); !absent[object] {
					t.Fatalf("%s is deleted\n%s", object, text(t, plan))
				}
			}
		}
	})
}
