// Package spec turns HCL files into the desired state of a server's storage.
//
// Files and directories go in; pools and volumes come out, every name, config value and attribute with its place in the
// source, together with diagnostics for all that can be judged without a server. It never talks to a server and never
// looks at live state.
package spec

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Spec is the desired state that a set of files declares, with for_each expanded and every expression evaluated.
type Spec struct {
	Settings Settings
	Pools    []*Pool // in order of declaration

	// Files are the parsed files by name, for the excerpts of diagnostics. They are there even when loading failed.
	Files map[string]*hcl.File
}

// Settings is the tarn block. The zero value is a spec without one.
type Settings struct {
	Owner        string   // the mark put on what the spec manages, "" for none
	Remote       string   // name of the server as in lxc's configuration, "" for the default
	Project      string   // "" when not given
	IgnoreConfig []string // globs of config keys that are never compared
	MaxDeletes   *int     // nil for no limit
	Ranges       Ranges
}

// Pool is one storage pool.
type Pool struct {
	Address       string // as written in messages and for --only: pool.fast, pool.shard["a"]
	Name          string
	Driver        string  // "" only when Existing or Absent
	Description   *string // nil when the spec is silent; then the live one is kept
	Config        Config
	Members       []*Member // member-specific config, clusters only
	Existing      bool      // somebody else's pool: must exist, is never changed
	Absent        bool
	PreventDelete bool
	Exclusive     bool
	IgnoreConfig  []string // the pool's own and the tarn block's
	Volumes       []*Volume
	Ranges        Ranges
}

// Member is the config of one pool that differs between cluster members.
type Member struct {
	Name   string
	Config Config
	Ranges Ranges
}

// Volume is one custom volume.
type Volume struct {
	Address       string // pool.fast.volume.pgdata, pool.fast.volume.shard["00"]
	Name          string
	Description   *string // nil when the spec is silent; then the live one is kept
	ContentType   string  // "filesystem", "block", or "" when the spec is silent
	Config        Config
	Project       string  // "" when not given: the command's project
	Target        string  // cluster member that holds it, "" when not given
	RenamedFrom   *Source // nil when it was always called so
	Absent        bool
	PreventDelete bool
	IgnoreConfig  []string // the volume's own, the pool's and the tarn block's
	Ranges        Ranges
}

// Source is what a volume was called before, as renamed_from writes it: [remote:][pool/]name.
type Source struct {
	Remote string // "" for the same server
	Pool   string // "" for the same pool
	Name   string
}

// String is the source as lxc writes it.
func (s Source) String() string {
	text := s.Name
	if s.Pool != "" {
		text = s.Pool + "/" + text
	}
	if s.Remote != "" {
		text = s.Remote + ":" + text
	}
	return text
}

// Value is one config value, as the string that LXD stores. Text keeps the author's spelling ("10GiB"), so that messages
// echo the file; a number or a boolean has its canonical text.
type Value struct {
	Text      string
	Sensitive bool // comes from a sensitive variable: never printed
	Range     hcl.Range
}

// Config holds config values by key. A key that the spec sets to null is not in it.
type Config map[string]Value

// Keys are the keys in sorted order.
func (c Config) Keys() []string { return slices.Sorted(maps.Keys(c)) }

// Ranges tell where a block and its attributes stand in the files.
type Ranges struct {
	Block hcl.Range            // the block's header
	Attrs map[string]hcl.Range // value expressions of the attributes that the file gives
}

// Of is the range of an attribute, or of the block when the file does not give the attribute.
func (r Ranges) Of(attr string) hcl.Range {
	if rng, ok := r.Attrs[attr]; ok {
		return rng
	}
	return r.Block
}

// Given tells whether the file gives the attribute.
func (r Ranges) Given(attr string) bool {
	_, ok := r.Attrs[attr]
	return ok
}
