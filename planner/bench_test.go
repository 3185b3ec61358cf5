package planner_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/lxdtest"
	"tarn/planner"
	"tarn/spec"
)

// large is a spec and a server with n volumes in ten pools, of which the spec changes every nth/100, by turns in its
// config, its name, its pool and its existence. In a cluster each member has half of them.
func large(n int, cluster bool) (*spec.Spec, *live.State) {
	want, live := &spec.Spec{}, newState()
	for p := range 10 {
		name := "p" + strconv.Itoa(p)
		want.Pools = append(want.Pools, &spec.Pool{Name: name, Driver: "btrfs", Config: spec.Config{"volume.size": {Text: "1GiB"}}})
		live.Pools[name] = &lxd.Pool{Name: name, Driver: "btrfs", Status: lxd.StatusCreated, Config: map[string]string{"volume.size": "1GiB", "source": "/" + name}}
	}
	for i := range n {
		pool := want.Pools[i%10]
		name := fmt.Sprintf("v%06d", i)
		declared := &spec.Volume{Name: name, Config: spec.Config{"size": {Text: "2GiB"}, "snapshots.schedule": {Text: "@daily"}}}
		there := &lxd.Volume{Pool: pool.Name, Name: name, Type: lxd.TypeCustom, ContentType: "filesystem", Project: "default",
			Config: map[string]string{"size": "2147483648", "snapshots.schedule": "@daily"}}
		if cluster {
			there.Location = "n" + strconv.Itoa(i%2+1)
		}
		if step := n / 100; i%step == 0 {
			switch i / step % 4 {
			case 0:
				declared.Config["size"] = spec.Value{Text: "3GiB"}
			case 1:
				declared.Name, declared.RenamedFrom = name+"-new", &spec.VolumeRef{Name: name}
			case 2:
				declared.RenamedFrom = &spec.VolumeRef{Pool: pool.Name, Name: name}
				pool = want.Pools[(i+1)%10]
			case 3:
				declared.Absent, declared.Config = true, nil
			}
		}
		pool.Volumes = append(pool.Volumes, declared)
		live.Volumes.Set(there.ID(), there)
		live.VolumeIDs.Add(there.ID())
	}
	live.Server.Clustered = cluster
	return want, live
}

// BenchmarkPlan plans 100 changes among many volumes. input-B/object is what the spec and the live state hold, held what
// the plan holds afterwards and used all that planning allocates, both relative to the input.
func BenchmarkPlan(b *testing.B) {
	for i, n := range []int{1000, 10000, 100000, 1000, 10000, 100000} {
		cluster := i >= 3
		b.Run(fmt.Sprintf("%d/cluster=%t", n, cluster), func(b *testing.B) {
			m := measure(b, n, cluster)
			want, live := large(n, cluster)
			b.ReportAllocs()
			for b.Loop() {
				planner.New(want, live, planner.Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/object")
			b.ReportMetric(m.input/float64(n), "input-B/object")
			b.ReportMetric(m.held/m.input, "held/input")
			b.ReportMetric(m.used/m.input, "used/input")
		})
	}
}

// measured are bytes.
type measured struct{ input, held, used float64 }

func measure(t testing.TB, n int, cluster bool) measured {
	t.Helper()
	var empty, before, after, kept runtime.MemStats
	read := func(stats *runtime.MemStats) {
		runtime.GC()
		runtime.GC() // what finalizers held
		runtime.ReadMemStats(stats)
	}
	read(&empty)
	want, live := large(n, cluster)
	read(&before)
	plan, diags := planner.New(want, live, planner.Options{})
	runtime.ReadMemStats(&after)
	if diags.HasErrors() || len(plan.Steps) < 100 {
		t.Fatalf("%d steps, %v", len(plan.Steps), diags)
	}
	read(&kept)
	m := measured{
		input: float64(before.HeapAlloc) - float64(empty.HeapAlloc),
		held:  float64(kept.HeapAlloc) - float64(before.HeapAlloc),
		used:  float64(after.TotalAlloc - before.TotalAlloc),
	}
	runtime.KeepAlive(want)
	runtime.KeepAlive(live)
	runtime.KeepAlive(plan)
	return m
}

// What planning takes grows with what it is given and no faster: ten times the volumes are ten times the memory, and that
// is a few times the memory of the spec and the live state.
func TestPlanGrowsWithItsInput(t *testing.T) {
	n := 1000
	if lxdtest.Full() {
		n = 3000
	}
	small, large := measure(t, n, false), measure(t, 10*n, false)
	t.Logf("for %d volumes %+v, for %d %+v", n, small, 10*n, large)
	if large.used > 12*small.used {
		t.Errorf("planning %d volumes takes %.0f bytes, %d %.0f", n, small.used, 10*n, large.used)
	}
	if large.used > 4*large.input {
		t.Errorf("planning takes %.0f bytes for an input of %.0f", large.used, large.input)
	}
	if large.held > large.input/2 {
		t.Errorf("a plan of 100 changes holds %.0f bytes, and its input %.0f", large.held, large.input)
	}
}
