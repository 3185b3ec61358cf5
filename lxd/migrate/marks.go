package migrate

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"tarn/cli/lazyregexp"
	"tarn/lxd"
	"tarn/lxd/schema"
)

// Keys of the marks.
const (
	MovingKey    = "user.tarn.moving"
	MigratingKey = "user.tarn.migrating"
	ArrivedKey   = "user.tarn.arrived"
)

// IsMark tells whether a config key is one of the marks.
func IsMark(key string) bool { return key == MovingKey || key == MigratingKey || key == ArrivedKey }

// Names of volumes that belong to one run begin so. They are valid on every server.
const (
	Prefix         = "tarn-"
	arrivingPrefix = Prefix + "arriving-"
	leavingPrefix  = Prefix + "leaving-"
)

var ofRun = lazyregexp.New(`^tarn-(arriving|leaving-[0-9a-f]{8})-[0-9a-f]{12}$`)

// OfRun tells whether a volume's name is one that a run has given it: of data that arrives or of what is about to go.
func OfRun(name string) bool { return ofRun().MatchString(name) }

// leavingName is a new name for a volume that is to go. It tells what the volume was called, for those who find it after a
// run has died that took a wrong one away.
func leavingName(id lxd.VolumeID) string { return leavingFrom(id) + newRun() }

// leavingFrom is what the names of volumes begin with that were called so before they were to go.
func leavingFrom(id lxd.VolumeID) string {
	sum := sha256.Sum256([]byte(TargetText(id)))
	return leavingPrefix + hex.EncodeToString(sum[:4]) + "-"
}

// WasCalled tells whether a run has taken a volume of this name away, to delete it, and it is the one here.
func WasCalled(volume *lxd.Volume, id lxd.VolumeID) bool {
	return strings.HasPrefix(volume.Name, leavingFrom(id)) && OfRun(volume.Name)
}

// TargetText is how marks name a target. The member is not in it: a target that a cluster chooses the member for is the same
// one before and after that.
func TargetText(target lxd.VolumeID) string {
	text := target.Pool + "/" + target.Name
	if target.Project != "" && target.Project != lxd.DefaultProject {
		text += " in project " + target.Project
	}
	return text
}

// newRun is a name that no other run has.
func newRun() string {
	var b [6]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// nameOf is the name in a mark.
func nameOf(value string) string {
	name, _, _ := strings.Cut(value, " to ")
	return name
}

// marks tells whether a mark names a target.
func marks(value string, target lxd.VolumeID) bool {
	_, text, ok := strings.Cut(value, " to ")
	return ok && (text == TargetText(target) || target.Member != "" && text == textOnMember(target))
}

// textOnMember is how marks name a target that is called like its source and is on another member: else the mark would say that the
// source is on its way to where it is.
func textOnMember(target lxd.VolumeID) string { return TargetText(target) + " on " + target.Member }

// mark is a mark of this run's: a name and what the target is called. The name of an arriving volume is its run, that of a source a
// new one. A target that has arrived has both: another volume that gets the source's name afterwards is not taken for it then, and two
// arrivals of one source are told apart.
func (r *run) mark(name string) string {
	if r.from == r.to && r.source.Member != "" && r.target.Member != "" && r.source.Member != r.target.Member && TargetText(r.source) == TargetText(r.target) {
		return name + " to " + textOnMember(r.target)
	}
	return name + " to " + TargetText(r.target)
}

// Pair tells whether a target that has arrived was compared with this source.
func Pair(source, target *lxd.Volume) bool {
	of, _, _ := strings.Cut(nameOf(target.Config[ArrivedKey]), " ")
	return nameOf(source.Config[MovingKey]) == of
}

// sameMarks tells whether a volume has the same marks in two readings; nil is one that is not there.
func sameMarks(a, b *lxd.Volume) bool {
	if a == nil || b == nil {
		return a == b
	}
	for _, key := range []string{MovingKey, MigratingKey, ArrivedKey} {
		if a.Config[key] != b.Config[key] {
			return false
		}
	}
	return true
}

// State is what a volume is to the way to a target, as far as its marks say.
type State int8

// States of a volume.
const (
	Absent    State = iota
	Plain           // no mark for this target
	Moving          // user.tarn.moving
	Migrating       // user.tarn.migrating
	Arrived         // user.tarn.arrived
)

func (s State) String() string {
	return [...]string{"absent", "unmarked", "moving", "migrating", "arrived"}[s]
}

// StateOf reads the marks of a volume; nil is one that is not there.
func StateOf(volume *lxd.Volume, target lxd.VolumeID) State {
	if volume == nil {
		return Absent
	}
	migrating := volume.Config[MigratingKey]
	switch {
	case marks(volume.Config[ArrivedKey], target):
		return Arrived
	case marks(migrating, target):
		return Migrating
	case migrating != "" && !strings.Contains(migrating, " to ") && volume.Name == target.Name:
		return Migrating // of a tarn that knew no runs, which received volumes under the target's name
	case migrating != "" && WasCalled(volume, target):
		return Migrating // whatever it is the mark of: not whole
	case marks(volume.Config[MovingKey], target):
		return Moving
	}
	return Plain
}

// unmarked is config without what belongs to the server and without marks of a move.
func unmarked(config map[string]string) map[string]string {
	rest := map[string]string{}
	for key, value := range config {
		if !schema.OfServer(key) && !IsMark(key) {
			rest[key] = value
		}
	}
	return rest
}
