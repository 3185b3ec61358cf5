package plan

import (
	"cmp"
	"slices"
	"strings"

	"tarn/lxd"
)

// User is something that uses a pool or a volume.
type User struct {
	Kind    string // instance, profile, image, network, bucket …, as the server has it; volume or snapshot of a pool; server for the server itself
	Project string
	Name    string
	Volume  lxd.VolumeID // of a volume or a snapshot, which have no name besides

	// Status is that of an instance, in the server's word (Running, Frozen, Error), where somebody has looked and it may be
	// writing.
	Status string

	// Of is an instance that has a profile, where that is what matters.
	Of lxd.InstanceID
}

// UserOf is the user in an entry of a used_by list.
func UserOf(use lxd.Use) User {
	switch use.Kind {
	case "":
		return User{Kind: "other", Name: use.String()}
	case lxd.UsedByServer:
		return User{Kind: use.Kind}
	}
	return User{Kind: use.Kind, Project: use.Project, Name: use.Name, Volume: use.Volume}
}

// UsersOf are the users in a used_by list, in order, each once.
func UsersOf(uses []lxd.Use) []User {
	users := make([]User, 0, len(uses))
	for _, use := range uses {
		users = append(users, UserOf(use))
	}
	return SortUsers(users)
}

// SortUsers sorts users, and leaves each once.
func SortUsers(users []User) []User {
	slices.SortFunc(users, User.Compare)
	return slices.Compact(users)
}

// Compare orders by kind, name and project.
func (u User) Compare(other User) int {
	return cmp.Or(
		strings.Compare(u.Kind, other.Kind), strings.Compare(u.Name, other.Name), strings.Compare(u.Project, other.Project),
		u.Volume.Compare(other.Volume), strings.Compare(u.Status, other.Status),
		strings.Compare(u.Of.Name, other.Of.Name), strings.Compare(u.Of.Project, other.Of.Project),
	)
}

// String is the user for people: instance web1 (running).
func (u User) String() string {
	text := u.Kind + " " + inProject(u.Name, u.Project)
	switch u.Kind {
	case lxd.UsedByServer:
		text = "the server itself"
	case lxd.UsedByVolume:
		text = "volume " + VolumeName(u.Volume)
	case lxd.UsedBySnapshot:
		text = "a snapshot of volume " + VolumeName(u.Volume)
	case "other":
		text = Plain(u.Name)
	}
	switch u.Status {
	case "":
	case lxd.StatusError:
		text += " (nobody knows whether it runs)"
	default:
		text += " (" + Plain(strings.ToLower(u.Status)) + ")"
	}
	if u.Of != (lxd.InstanceID{}) {
		text += " of instance " + inProject(u.Of.Name, u.Of.Project)
	}
	return text
}

func inProject(name, project string) string {
	if project == "" || project == lxd.DefaultProject {
		return Plain(name)
	}
	return Plain(name) + " in project " + Plain(project)
}

// ListUsers words some users for a sentence.
func ListUsers(users []User) string {
	words := make([]string, len(users))
	for i, user := range users {
		words[i] = user.String()
	}
	return List(words)
}
