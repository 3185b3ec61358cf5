package live

import "testing"

// The bound that was measured: a few hundred names pay at any size, most of a pool never does.
func TestFilterPays(t *testing.T) {
	for _, c := range []struct {
		names, held int
		pays        bool
	}{
		{0, 0, true}, {0, 5000, true}, {1, 1, false}, {1, 2, true}, {10, 20, true}, {18, 20, false}, {10, 5000, true}, {250, 5000, true}, {250, 100_000, true},
		{500, 5000, false}, {2500, 2500, false}, {2500, 5000, false}, {300, 600, false},
	} {
		if got := filterIsCheaper(c.names, c.held); got != c.pays {
			t.Errorf("%d of %d: %v", c.names, c.held, got)
		}
	}
}
