package history

import "testing"

// SumFrom has old runs summed up from fewer bytes on.
func SumFrom(t *testing.T, bytes int64) {
	before := sumFrom
	sumFrom = bytes
	t.Cleanup(func() { sumFrom = before })
}
