package lxd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// What an answer says it is about is compared with what was asked for: a value that nobody asked for would be planned with, and
// changed, under the name of another. Every server that was recorded says the names that it is asked for (LXD 5.0.2, 5.21, 6.9, Incus
// 6.0, 7.3).

// nameLimit is how long a name may be, in bytes. Volumes and pools have 255 at most where they are kept as files; a profile of 10,000
// was made on LXD 5.0.2.
const nameLimit = 64 << 10

// misnamed says what is wrong with the name of an object of a list, nil when nothing is.
func misnamed(kind, name string) error {
	switch {
	case name == "":
		return badAnswer("its list has a %s without a name", kind)
	case len(name) > nameLimit:
		return badAnswer("its list has a %s with a name of %d bytes", kind, len(name))
	}
	return nil
}

// isAbout says that an answer is about something else than was asked for, nil when it is about that.
func isAbout(field, is, asked string) error {
	if is == asked {
		return nil
	}
	return badAnswer("its answer has the %s %s, and %s was asked for", field, brief(is), brief(asked))
}

// brief is a text of a server, quoted, and no longer than a line has room for.
func brief(text string) string {
	const most = 100
	if len(text) > most {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(text[:most], ""))
	}
	return fmt.Sprintf("%q", text)
}

// is says that a volume is not the one that was asked for, or not of what was asked for where that is "".
func (v *Volume) is(id VolumeID) error {
	if v.Name != id.Name {
		return isAbout("name", v.Name, id.Name)
	}
	return v.isOf(id)
}

// isOf says that a volume is not of the pool, project, type or member that was asked for.
func (v *Volume) isOf(id VolumeID) error {
	switch {
	case v.Type == "":
		return badAnswer("volume %s has no type in its answer", brief(v.Name))
	case id.Type != "" && v.Type != id.Type:
		return isAbout("type", v.Type, id.Type)
	case v.Pool != "" && v.Pool != id.Pool:
		return isAbout("pool", v.Pool, id.Pool)
	case id.Member != "" && v.ID().Member != "" && v.Location != id.Member:
		return isAbout("location", v.Location, id.Member)
	}
	// A project without volumes of its own has those of the default one.
	if id.Project != AllProjects && v.Project != "" && v.Project != DefaultProject && v.Project != id.Project {
		return isAbout("project", v.Project, cmp.Or(id.Project, DefaultProject))
	}
	return nil
}

// snapshotName is the name of a snapshot of a volume, as servers say it alone or behind the volume's.
func snapshotName(text, volume string) (string, error) {
	of, name, both := strings.Cut(text, "/")
	if !both {
		return text, misnamed("snapshot", text)
	}
	if of != volume {
		return "", isAbout("name", text, volume+"/…")
	}
	return name, misnamed("snapshot", name)
}

// is says that what is said of an operation is not about that at a path, or says nothing of how far it is.
func (i OperationInfo) is(path string) error {
	if i.StatusCode < statusCreated {
		return badAnswer("its operation has the status %d, which none has", i.StatusCode)
	}
	return isAbout("id", i.ID, strings.TrimPrefix(path, "/1.0/operations/"))
}

// about is the error for an answer to a GET that is not about what was asked for.
func (c *Client) about(path string, wrong error) error {
	return c.noAnswer(fmt.Errorf("GET %s: %w", path, wrong))
}

// noTwins is an error when two objects of a list are the same by their order.
func noTwins[T any](c *Client, all []*T, compare func(x, y *T) int, name func(*T) string) error {
	inOrder := true // as servers list them, each before the next
	for i := 1; i < len(all) && inOrder; i++ {
		inOrder = compare(all[i-1], all[i]) < 0
	}
	if inOrder {
		return nil
	}
	sorted := slices.SortedFunc(slices.Values(all), compare)
	for i := range sorted {
		if i > 0 && compare(sorted[i-1], sorted[i]) == 0 {
			return c.noAnswer(badAnswer("its list has %s twice", brief(name(sorted[i]))))
		}
	}
	return nil
}
