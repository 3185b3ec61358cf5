package schema

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Driver is a storage driver and the config keys of its pools and custom volumes.
type Driver struct {
	Name      string
	Remote    bool     // every member of a cluster sees the same volumes
	Contents  []string // content types of its custom volumes, empty when it has none
	Product   string   // "" when both have it, LXD or Incus when only that one does
	Extension string   // first API extension that knows it, "" for every server
	Note      string   // what else an author should know
	KnownFrom string   // "seen on LXD 5.0.2", or which documentation says so

	// blockBacked drivers keep a volume on a block device and put a file system on it for content type filesystem.
	blockBacked bool

	pool   []Key // in the tables without the keys of all drivers and without volume.*; complete puts both in
	volume []Key // in the tables without the keys of all drivers; complete puts them in
}

// Drivers lists the names of the drivers that the schema knows, sorted.
func Drivers() []string { return slices.Sorted(maps.Keys(drivers())) }

// Lookup finds a driver by name.
func Lookup(name string) (*Driver, bool) {
	completed, ok := drivers()[name]
	if !ok {
		return nil, false
	}
	return completed(), true
}

// tables are the drivers with their own rows alone. They are made when somebody asks: a command such as version never does.
var tables = sync.OnceValue(func() []*Driver {
	return slices.Concat(localDrivers(), cephDrivers(), arrayDrivers(), incusDrivers())
})

// drivers by name. Each is completed when somebody asks for it: a spec has one or two of them.
var drivers = sync.OnceValue(func() map[string]func() *Driver {
	all := map[string]func() *Driver{}
	for _, d := range tables() {
		all[d.Name] = sync.OnceValue(d.complete)
	}
	return all
})

// complete is the driver with what follows from its own rows: the keys that every driver has, and the pool's defaults.
func (d *Driver) complete() *Driver {
	c := *d
	c.volume = slices.DeleteFunc(withCommon(volumeCommon(), d.volume), func(k Key) bool {
		return k.Content != "" && !c.Supports(k.Content)
	})
	c.pool = withCommon(poolCommon(), d.pool)
	for _, key := range c.volume {
		if def, ok := volumeDefault(key); ok {
			c.pool = append(c.pool, def)
		}
	}
	sortKeys(c.pool)
	sortKeys(c.volume)
	c.setMeanings()
	return &c
}

// withCommon adds the common rows to a driver's own ones, which replace those of the same name.
func withCommon(common, own []Key) []Key {
	keys := slices.Clone(own)
	for _, key := range common {
		if !slices.ContainsFunc(own, func(k Key) bool { return k.Name == key.Name }) {
			keys = append(keys, key)
		}
	}
	return keys
}

func sortKeys(keys []Key) {
	slices.SortFunc(keys, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
}

// unknownDriver stands for a driver that the schema does not know: it has the keys that every driver has.
var unknownDriver = sync.OnceValue(func() *Driver { return (&Driver{Contents: []string{Filesystem, Block}}).complete() })

// lookupOrUnknown is Lookup with unknownDriver for a driver that the schema does not know.
func lookupOrUnknown(name string) *Driver {
	if d, ok := Lookup(name); ok {
		return d
	}
	return unknownDriver()
}

// PoolKey finds a config key of pools of a driver by name; of a driver that the schema does not know, the keys that every
// driver has.
func PoolKey(driver, key string) (Key, bool) { return lookupOrUnknown(driver).PoolKey(key) }

// VolumeKey finds a config key of custom volumes, see Driver.VolumeKey; of a driver that the schema does not know, the keys
// that every driver has.
func VolumeKey(driver, contentType, key string) (Key, bool) {
	return lookupOrUnknown(driver).VolumeKey(contentType, key)
}

// Supports reports whether the driver can hold custom volumes of a content type. "" is the server's default, filesystem.
func (d *Driver) Supports(contentType string) bool {
	if contentType == "" {
		contentType = Filesystem
	}
	return slices.Contains(d.Contents, contentType)
}

// PoolKey finds a config key of the driver's pools by name, volume.* and user.* included.
func (d *Driver) PoolKey(key string) (Key, bool) { return findKey(d.pool, "", key) }

// PoolKeys lists the config keys of the driver's pools by name, volume.* included; user.* is one row.
func (d *Driver) PoolKeys() []Key { return slices.Clone(d.pool) }

// VolumeKey finds a config key of the driver's custom volumes by name, user.* included. An empty content type is one that
// is not known: a key of any content type is found.
func (d *Driver) VolumeKey(contentType, key string) (Key, bool) {
	return findKey(d.volume, contentType, key)
}

// VolumeKeys lists the config keys of the driver's custom volumes of a content type ("" for any) by name; user.* is one row.
func (d *Driver) VolumeKeys(contentType string) []Key {
	return slices.DeleteFunc(slices.Clone(d.volume), func(k Key) bool { return !k.appliesTo(contentType) })
}
