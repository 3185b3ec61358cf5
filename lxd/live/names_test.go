package live

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
)

// What is looked for in order, out of order, twice or not there is found as in a set.
func TestAmong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-c]{0,3}`)
		names, asked := rapid.SliceOf(name).Draw(t, "names"), rapid.SliceOf(name).Draw(t, "asked")
		if rapid.Bool().Draw(t, "in order") {
			slices.Sort(asked)
		}
		a := newAmong(slices.Clone(names))
		for _, name := range asked {
			if got, want := a.has(name), slices.Contains(names, name); got != want {
				t.Fatalf("%q among %q: %t", name, names, got)
			}
		}
	})
}

// What is wanted of many volumes is what is held when all is, and is not copied.
func TestWantedOfAll(t *testing.T) {
	const n = 10_000
	held := make([]string, n)
	for i := range held {
		held[i] = string(rune('a'+i/1000)) + string(rune('a'+i/100%10)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10))
	}
	list := lxd.VolumeList{Names: slices.Clone(held), Held: held}
	if allocs := testing.AllocsPerRun(10, func() { wanted(list) }); allocs > 2 {
		t.Errorf("%v allocations", allocs)
	}
	list.Names = append(list.Names[:n/2:n/2], list.Names[n/2+1:]...)
	want := slices.Delete(slices.Clone(held), n/2, n/2+1)
	if got := wanted(list); !slices.Equal(got, want) {
		t.Errorf("%d are wanted, not %d", len(got), len(want))
	}
}
