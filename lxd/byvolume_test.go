package lxd

import (
	"maps"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// A ByVolume is a map of VolumeID, whatever is done with it.
func TestByVolume(t *testing.T) {
	names := rapid.SampledFrom([]string{"", "a", "b", "a/b"})
	ids := rapid.Custom(func(t *rapid.T) VolumeID {
		return VolumeID{Project: names.Draw(t, "project"), Pool: names.Draw(t, "pool"), Type: names.Draw(t, "type"), Name: names.Draw(t, "name"), Member: names.Draw(t, "member")}
	})
	rapid.Check(t, func(t *rapid.T) {
		var is ByVolume[int]
		want := map[VolumeID]int{}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				id, value := ids.Draw(t, "id"), rapid.IntRange(0, 3).Draw(t, "value")
				is.Set(id, value)
				want[id] = value
			},
			"delete": func(t *rapid.T) {
				id := ids.Draw(t, "id")
				is.Delete(id)
				delete(want, id)
			},
			"delete some in a loop": func(t *rapid.T) {
				value := rapid.IntRange(0, 3).Draw(t, "value")
				for id, its := range is.All() {
					if its == value {
						is.Delete(id)
					}
				}
				maps.DeleteFunc(want, func(_ VolumeID, its int) bool { return its == value })
			},
			"": func(t *rapid.T) {
				all := map[VolumeID]int{}
				for id, value := range is.All() {
					if _, twice := all[id]; twice {
						t.Fatalf("%v twice", id)
					}
					all[id] = value
				}
				if !maps.Equal(all, want) || is.Len() != len(want) {
					t.Fatalf("%d: %v, want %v", is.Len(), all, want)
				}
				id := ids.Draw(t, "id")
				if value, has := want[id]; is.Get(id) != value || is.Has(id) != has {
					t.Fatalf("%v: %v %v, want %v %v", id, is.Get(id), is.Has(id), value, has)
				}
				for range is.All() {
					break // an iteration may end early
				}
			},
		})
	})
}

func BenchmarkByVolume(b *testing.B) {
	const count = 100_000
	ids := make([]VolumeID, count)
	for i := range ids {
		ids[i] = VolumeID{Project: DefaultProject, Pool: []string{"a", "b"}[i%2], Type: TypeCustom, Name: "vol-" + string(rune('a'+i%26)) + string(rune(0x4e00+i/26))}
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	b.ReportAllocs()
	for b.Loop() {
		before := held()
		var set VolumeSet
		for _, id := range ids {
			set.Add(id)
		}
		b.ReportMetric(float64(held()-before)/count, "B-held/volume")
		if set.Len() != count {
			b.Fatal(set.Len())
		}
	}
	runtime.KeepAlive(ids)
}
