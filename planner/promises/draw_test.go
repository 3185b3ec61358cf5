package promises

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// draw makes the random choices of one case. rapid's own numbers lean towards small ones, these do not; they shrink
// towards no and towards what comes first.
type draw struct {
	*rapid.T
	small bool // volumes have to fit on a disk that there is
}

var even = rapid.Custom(func(t *rapid.T) int {
	n := 0
	for range 7 {
		n <<= 1
		if rapid.Bool().Draw(t, "bit") {
			n++
		}
	}
	return n
})

// chance is true in so many of a hundred cases.
func (d draw) chance(percent int, what string) bool {
	return even.Draw(d.T, what)*100/128 >= 100-percent
}

// one picks one of some things.
func one[T any](d draw, what string, things ...T) T {
	return things[even.Draw(d.T, what)*len(things)/128]
}

// world is what a case is made of: a server that can do certain things, and a few names that meet each other often.
type world struct {
	server   *lxd.Server
	names    []string                     // of volumes
	drivers  map[string]string            // of pools by name
	given    map[string]map[string]string // config of pools that cannot be changed afterwards, by name
	projects []string                     // with volumes of their own
	shared   []string                     // whose volumes live in the default project
	members  []string                     // of a cluster, the one that is talked to first; nil without one
}

var sizes = []string{"64MiB", "128MiB", "1GiB", "2GiB", "3GB"}

// namesOf are the names of volumes that a server takes.
func namesOf(server *lxd.Server) []string {
	names := []string{"v0", "v1", "v2", "v3", "v 4", "é%5"}
	if !server.IsLXDBefore(5, 0, 3) {
		names[4] = "v-4"
	}
	if server.IsIncusSince(0) {
		names[5] = "e%5"
	}
	return names
}

// world draws one for a server with some drivers. Pools on devices and in folders of the host's are made only where the
// server is simulated.
func (d draw) world(server *lxd.Server, members []string, host bool) world {
	drivers := withoutArrays(server.Drivers)
	if !host {
		drivers = anywhere(drivers)
	}
	w := world{server: server, names: namesOf(server), drivers: map[string]string{}, given: map[string]map[string]string{}, members: members}
	for i := range 4 {
		name := "p" + strconv.Itoa(i)
		w.drivers[name] = one(d, "driver", drivers...)
		w.given[name] = d.given(server, name, w.drivers[name], host)
	}
	w.projects = []string{lxd.DefaultProject}
	if d.chance(40, "a project of its own") {
		w.projects = append(w.projects, "own")
	}
	if d.chance(20, "another project of its own") {
		w.projects = append(w.projects, "second")
	}
	if d.chance(20, "a project that shares") {
		w.shared = append(w.shared, "shared")
	}
	return w
}

// withoutArrays are the drivers but for those of storage arrays, of which there is none here.
func withoutArrays(drivers []string) []string {
	return slices.DeleteFunc(slices.Clone(drivers), func(name string) bool {
		return slices.Contains([]string{"alletra", "powerflex", "powerstore", "pure"}, name)
	})
}

// anywhere are the drivers that need nothing of the machine but a file.
func anywhere(drivers []string) []string {
	return slices.DeleteFunc(slices.Clone(drivers), func(name string) bool { return name != "btrfs" && name != "dir" })
}

// pools are the names of the pools, in order.
func (w world) pools() []string { return slices.Sorted(maps.Keys(w.drivers)) }

// places are the members that volumes of a pool can be on, "" for where there is no choice.
func (w world) places(pool string) []string {
	if driver, _ := schema.Lookup(w.drivers[pool]); len(w.members) == 0 || driver.Remote {
		return []string{""}
	}
	return w.members
}

// given draws what a pool keeps from its creation on.
func (d draw) given(server *lxd.Server, name, driver string, host bool) map[string]string {
	config := map[string]string{}
	set := func(percent int, key string, values ...string) {
		if d.chance(percent, key) {
			config[key] = one(d, key, values...)
		}
	}
	switch driver {
	case "dir":
		if host {
			set(30, "source", "/srv/"+name)
		}
	case "btrfs", "zfs", "lvm":
		if host {
			set(20, "source", "/dev/"+name, "tank/"+name)
		}
		if driver == "btrfs" && strings.HasPrefix(config["source"], "tank") {
			config["source"] = "/srv/" + name
		}
		switch {
		case !host:
			config["size"] = "1GiB"
		case config["source"] == "":
			set(50, "size", "1GiB", "5GiB")
			if driver == "zfs" {
				set(20, "zfs.pool_name", "z"+name)
			}
			if driver == "lvm" {
				set(20, "lvm.vg_name", "vg"+name)
			}
		}
	case "ceph":
		set(30, "ceph.osd.pool_name", "rbd-"+name)
	case "cephfs":
		config[cephfsKey(server)] = "fs/" + name
	}
	return config
}

// noRemoteSource is the API extension from which on pools that are not local have no source.
const noRemoteSource = "storage_remote_drop_source"

// cephfsKey is where a cephfs pool has its file system.
func cephfsKey(server *lxd.Server) string {
	if server.Has(noRemoteSource) {
		return "cephfs.path"
	}
	return "source"
}

// keys are the config keys that a case plays with: those that the server knows, the author may set and that can be
// changed. content is of a volume, "" for pools. Of keys that exclude each other there is one.
func (w world) keys(content string, all []schema.Key) []schema.Key {
	product := strings.ToLower(w.server.Product)
	var keys []schema.Key
	for _, key := range all {
		key = key.On(product, w.server.Has)
		switch {
		case !key.Known(product, w.server.Has), content != "" && key.Content != "" && key.Content != content, key.Needs != "":
		case key.ServerOnly, key.Immutable, key.CreateOnly, key.Member, key.ChangeExtension != "":
		case strings.HasPrefix(key.Name, "ceph") && key.Filled:
		case strings.HasPrefix(key.Name, "volume.lvm."), strings.HasPrefix(key.Name, "lvm."):
		case key.Name == "user.*":
			for _, name := range []string{"user.a", "user.b"} {
				key.Name = name
				keys = append(keys, key)
			}
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

func (w world) poolKeys(driver string) []schema.Key {
	d, _ := schema.Lookup(driver)
	return w.keys("", d.PoolKeys())
}

func (w world) volumeKeys(driver, content string) []schema.Key {
	d, _ := schema.Lookup(driver)
	return w.keys(content, d.VolumeKeys(content))
}

// config draws values for some of the keys. now is what is there already, in the server's spelling: much of it is taken
// over, in one spelling or another.
func (d draw) config(keys []schema.Key, now map[string]string) map[string]string {
	config := map[string]string{}
	likely := 25
	if len(keys) > 8 {
		likely = 200 / len(keys)
	}
	for _, key := range keys {
		value := now[key.Name]
		switch {
		case value != "" && d.chance(80, "keep "+key.Name):
			config[key.Name] = d.spelled(key, value)
		case value != "" && d.chance(50, "drop "+key.Name):
		case value != "" || d.chance(likely, key.Name):
			config[key.Name] = d.value(key)
		}
	}
	for _, prefix := range []string{"", "volume."} {
		if yes, _ := schema.ParseBool(config[prefix+"security.shifted"]); yes {
			delete(config, prefix+"security.unmapped")
		}
	}
	return config
}

// sized gives a new block volume a size where the 10GiB that it has otherwise would be too much: a move between members
// writes all of them.
func (d draw) sized(content string, config map[string]string) {
	if d.small && content == lxd.ContentBlock && config["size"] == "" {
		config["size"] = "16MiB"
	}
}

// value draws a value that a key takes.
func (d draw) value(key schema.Key) string {
	pick := func(values ...string) string { return one(d, key.Name, values...) }
	switch key.Kind {
	case schema.Bool:
		return pick(append([]string{"true", "false", "yes", "no", "1", "off", "TRUE"}, key.Values...)...)
	case schema.Size:
		if strings.HasSuffix(key.Name, "bwlimit") {
			return pick("1MB", "2MiB", "0")
		}
		if d.small {
			return d.spelled(key, pick("16MiB", "32MiB", "48MiB", "67108864"))
		}
		return d.spelled(key, pick(sizes...))
	case schema.Blocksize:
		return pick("4KiB", "8192", "16KiB")
	case schema.Int:
		return strconv.FormatInt(key.Min+int64(even.Draw(d.T, key.Name))%(max(key.Max-key.Min, 4)), 10)
	case schema.Expiry:
		return pick("1d", "3d 1H", "1w")
	case schema.Schedule, schema.Cron:
		return pick("@daily", "@hourly", "0 6 * * *")
	case schema.Enum:
		return pick(key.Values...)
	case schema.Mode:
		return pick("0711", "0700")
	case schema.MountOptions:
		return pick("user_subvol_rm_allowed", "user_subvol_rm_allowed,noatime")
	}
	switch _, name, _ := strings.Cut(key.Name, "."); name {
	case "pattern", "snapshots.pattern":
		return pick("snap%d", "daily-%d")
	case "rbd.features":
		return pick("layering", "layering,striping")
	}
	return pick("1", "true", "a <&> b", `"q" \ é`)
}

// spelled writes a value, sometimes in another way that means the same.
func (d draw) spelled(key schema.Key, value string) string {
	if !d.chance(40, "spell "+key.Name) {
		return value
	}
	switch key.Kind {
	case schema.Bool:
		yes, err := schema.ParseBool(value)
		switch {
		case err != nil:
		case yes:
			return one(d, key.Name, "true", "yes", "1", "on", "True")
		default:
			return one(d, key.Name, "false", "no", "0", "OFF")
		}
	case schema.Size, schema.Blocksize:
		bytes, err := schema.ParseSize(value)
		switch {
		case err != nil:
		case bytes%(1<<30) == 0 && d.chance(40, "GiB"):
			return fmt.Sprintf("%dGiB", bytes>>30)
		case bytes%(1<<20) == 0 && d.chance(60, "MiB"):
			return fmt.Sprintf("%dMiB", bytes>>20)
		default:
			return strconv.FormatInt(bytes, 10)
		}
	case schema.Schedule:
		return strings.ToUpper(value[:2]) + value[2:]
	}
	return value
}
