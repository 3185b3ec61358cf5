package schema

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// longestName is the limit of a file name in bytes: every pool, volume and snapshot is a folder on the server.
const longestName = 255

// CheckPoolName is nil when LXD 5.0.2 takes the name for a pool: anything without slashes and white space that a folder
// can be called.
func CheckPoolName(name string) error { return checkFolder(name) }

// CheckSnapshotName is nil when LXD 5.0.2 takes the name for a snapshot, as for pools. Two dots are refused here although
// the server takes them: deleting that snapshot deletes the snapshots of every custom volume in the pool (seen on LXD 5.0.2,
// driver dir).
func CheckSnapshotName(name string) error { return checkFolder(name) }

// CheckVolumeName is nil when LXD 5.0.2 takes the name for a custom volume of a project ("" for default): anything
// without slashes, as long as <project>_<name> can be a folder.
func CheckVolumeName(project, name string) error {
	if project == "" {
		project = "default"
	}
	return checkText(name, longestName-len(project+"_"))
}

// CheckMemberName is nil when a member of a cluster can have the name. LXD 5.0.2 takes any when a cluster is made, but one
// with a slash cannot be addressed afterwards.
func CheckMemberName(name string) error { return checkText(name, longestName) }

func checkFolder(name string) error {
	if err := checkText(name, longestName); err != nil {
		return err
	}
	if name == "." || name == ".." {
		return fmt.Errorf("%q means a folder: write another name", name)
	}
	if strings.ContainsFunc(name, unicode.IsSpace) {
		return fmt.Errorf("%q has white space: write it without", name)
	}
	return nil
}

func checkText(name string, longest int) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case strings.Contains(name, "/"):
		return fmt.Errorf("%q has a slash: write it without", name)
	case len(name) > longest:
		return fmt.Errorf("the name is %d bytes long: write %d at most", len(name), longest)
	}
	return nil
}

// CheckPortable is nil when LXD 5.0, newer LXD and Incus all take the name, for pools, volumes and snapshots alike. A
// name that fails may still be right for the server at hand.
func CheckPortable(name string) error {
	// Incus wants 64 characters at most, and a letter or digit at both ends; newer LXD wants ASCII.
	const lettersAndDigits, others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "._-"
	if name != "" && len(name) <= 64 && strings.Trim(name, lettersAndDigits+others) == "" && strings.Trim(name, others) == name {
		return nil
	}
	return fmt.Errorf("%q is not a name that LXD and Incus all take: use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit at both ends", name)
}
