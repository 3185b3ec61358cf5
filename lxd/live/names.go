package live

import "slices"

// Of pools with many volumes the names that are asked for, those that are held and those that have come are compared again and again. They
// are held in order and looked through side by side: sets of them would take more memory than the volumes.

// inOrder gives names in order. Mostly they are, and are not copied.
func inOrder(names []string) []string {
	if slices.IsSorted(names) {
		return names
	}
	return slices.Sorted(slices.Values(names))
}

// among tells of names whether they are among others. It is quick when they come in order.
type among struct {
	names []string // in order
	next  int      // the first that is not before the name that was looked for last
}

func newAmong(names []string) *among { return &among{names: inOrder(names)} }

func (a *among) has(name string) bool {
	if a.next > 0 && name <= a.names[a.next-1] {
		a.next, _ = slices.BinarySearch(a.names, name)
	}
	for a.next < len(a.names) && a.names[a.next] < name {
		a.next++
	}
	return a.next < len(a.names) && a.names[a.next] == name
}
