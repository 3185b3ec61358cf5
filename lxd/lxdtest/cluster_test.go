package lxdtest

import (
	"strings"
	"testing"
)

func TestCluster(t *testing.T) {
	t.Parallel()
	members := NewCluster(t, 2)
	for _, s := range members {
		if got := s.Run(t, "cluster", "list", "--format", "csv"); strings.Count(got, "ONLINE") != 2 {
			t.Errorf("%s sees\n%s", s.Name, got)
		}
	}
	n1, n2 := members[0], members[1]
	for _, s := range members {
		n1.Run(t, "storage", "create", "loop", "btrfs", "size=150MiB", "--target", s.Name)
	}
	n1.Run(t, "storage", "create", "loop", "btrfs")
	n1.Run(t, "storage", "volume", "create", "loop", "v", "--target", "n2")
	if got := n2.Run(t, "storage", "volume", "list", "loop", "--format", "csv"); !strings.Contains(got, ",n2") {
		t.Errorf("volumes seen on n2:\n%s", got)
	}

	if err := n2.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := n2.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	n1.Run(t, "storage", "volume", "show", "loop", "v", "--target", "n2")

	if err := stopAll(members); err != nil {
		t.Fatal(err)
	}
	for _, s := range members {
		assertNothingLeft(t, s)
	}
}
