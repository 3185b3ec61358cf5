// Package state is what a simulated server holds, and the file in which it keeps that.
//
// [State] is a plain value, in the form of its file: pools with their volumes, projects, profiles, instances, the members of
// a cluster. What may be written by hand is checked when it is read ([Open]) and made complete ([State.Complete]); what a
// server decides about it, such as the source of a pool, is not known here but in package sim. A [File] holds its state for
// one server at a time, and a reader of it never sees half of it: see there.
//
// The files, in the order to read them: state.go has the types, key.go how volumes and others are named, check.go what holds
// for every state; entry.go what a request has changed, file.go how that is kept, journal.go how it is kept beside a large
// file. replace.go writes a file and lock.go makes sure that it has one writer.
package state

import (
	"cmp"
	"maps"
	"time"
)

// State is all that a simulated server holds. The zero value is an LXD 5.0.2 that has nothing; [State.Complete] makes one
// that can be used of it.
type State struct {
	Format     int                 `json:"format"`
	Serial     int64               `json:"serial"`               // of the volume that was created last
	Product    string              `json:"product,omitempty"`    // as package product has it, "" for LXD 5.0.2
	Drivers    []string            `json:"drivers"`              // that pools can be created with; nil for all that are simulated
	Extensions []string            `json:"extensions,omitempty"` // of the API; nil for those of the product
	Config     map[string]string   `json:"config,omitempty"`     // the server's own, as far as it is about storage; in a cluster members have it
	Members    map[string]*Member  `json:"members,omitempty"`    // of a cluster, by name; nil for a server of its own
	Pools      map[string]*Pool    `json:"pools"`
	Projects   map[string]*Project `json:"projects"`
	Profiles   map[Key]*Profile    `json:"profiles"`
	Instances  map[Key]*Instance   `json:"instances"`
}

// Member is a server of a cluster.
type Member struct {
	Offline bool   `json:"offline,omitempty"`
	Refuses string `json:"refuses,omitempty"` // the error with which it creates no pool, "" when it does

	Config map[string]string `json:"config,omitempty"` // its own, as of a server
}

// Pool is a storage pool.
type Pool struct {
	Driver      string                 `json:"driver"`
	Description string                 `json:"description"`
	Config      map[string]string      `json:"config"`
	Status      string                 `json:"status,omitempty"`  // Pending or Errored, "" is Created
	Members     map[string]*MemberPool `json:"members,omitempty"` // what each member of a cluster has of it
	Quotas      bool                   `json:"quotas,omitempty"`  // btrfs accounts for what its volumes hold
	Volumes     map[Key]*Volume        `json:"volumes"`
}

// MemberPool is what a member of a cluster has of a pool.
type MemberPool struct {
	Status string            `json:"status,omitempty"` // Pending, "" is Created
	Config map[string]string `json:"config"`           // its own keys
	Quotas bool              `json:"quotas,omitempty"` // as of a pool
}

// Text is what a volume says that is no config. It goes where the volume goes, and a change says it anew.
type Text struct {
	Description string `json:"description"`
}

// Or is the text with what the other one says where this one says nothing.
func (t Text) Or(other Text) Text {
	return Text{Description: cmp.Or(t.Description, other.Description)}
}

// Volume is a volume of any type. Its key is project/type/name, and in a cluster, unless all members share the pool,
// project/type/name/member.
type Volume struct {
	Serial      int64  `json:"serial"` // the order of creation
	ContentType string `json:"content_type"`
	Text
	Config    map[string]string `json:"config"`
	Bytes     int64             `json:"bytes,omitempty"`   // size of a block volume's device
	Used      int64             `json:"used,omitempty"`    // bytes that it holds
	Content   string            `json:"content,omitempty"` // stands for its data: nothing but the state file sets it, and it goes where data go
	Snapshots []*Snapshot       `json:"snapshots,omitempty"`
	Backups   []*Backup         `json:"backups,omitempty"`
	CreatedAt time.Time         `json:"created_at,omitzero"` // LXD 5.0.2 does not show it
}

// Backup is a file that was made of a volume. It holds nothing.
type Backup struct {
	Name       string     `json:"name"`
	ExpiresAt  *time.Time `json:"expires_at"` // nil for never
	VolumeOnly bool       `json:"volume_only,omitempty"`
	Optimized  bool       `json:"optimized,omitempty"` // in the driver's own form
	CreatedAt  time.Time  `json:"created_at,omitzero"`
}

// Snapshot is a volume as it was.
type Snapshot struct {
	Name        string            `json:"name"`
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
	ExpiresAt   *time.Time        `json:"expires_at"`          // nil for never
	Content     string            `json:"content,omitempty"`   // of the volume when the snapshot was made
	CreatedAt   time.Time         `json:"created_at,omitzero"` // LXD 5.0.2 does not show it
}

// Project is a namespace.
type Project struct {
	Description string            `json:"description"`
	Config      map[string]string `json:"config"`
}

// Profile is a profile of instances. Its key is project/name.
type Profile struct {
	Description string                       `json:"description"`
	Config      map[string]string            `json:"config"`
	Devices     map[string]map[string]string `json:"devices"`
}

// Instance is an instance, as far as it uses volumes. Its key is project/name.
type Instance struct {
	Running  bool                         `json:"running"`
	Profiles []string                     `json:"profiles,omitempty"`
	Devices  map[string]map[string]string `json:"devices"` // its own
}

// ConfigOf is the config of a member of a cluster, or of the server itself; not to be changed.
func (s *State) ConfigOf(member string) map[string]string {
	if own := s.Members[member]; own != nil {
		return own.Config
	}
	return s.Config
}

// SetConfigOf replaces what [State.ConfigOf] gives.
func (s *State) SetConfigOf(member string, config map[string]string) {
	if own := s.Members[member]; own != nil {
		own.Config = config
		return
	}
	s.Config = config
}

// ConfigOn is a copy of the config that a pool has on a member of a cluster; for "" all that it has without one.
func (p *Pool) ConfigOn(member string) map[string]string {
	config := nonNil(maps.Clone(p.Config))
	if own := p.Members[member]; own != nil {
		maps.Copy(config, own.Config)
	}
	return config
}

// QuotasOn is where the pool has its Quotas for a member of a cluster, or for the server itself.
func (p *Pool) QuotasOn(member string) *bool {
	if own := p.Members[member]; own != nil {
		return &own.Quotas
	}
	return &p.Quotas
}
