package live

import (
	"testing"

	"tarn/lxd"
)

// ChooseWays lets a test decide whether volumes are asked for one by one, and whether the marked ones are asked for first.
func ChooseWays(t testing.TB, each, marked func(lxd.VolumeList, []string) bool) {
	oldEach, oldMarked := cheaperEach, markedFirst
	cheaperEach, markedFirst = each, marked
	t.Cleanup(func() { cheaperEach, markedFirst = oldEach, oldMarked })
}
