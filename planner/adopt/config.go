package adopt

import (
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec/write"
)

// ownMarks begins the keys that no spec can have.
const ownMarks = "user.tarn."

// poolConfig is what an author would have written of a pool's config: in a cluster of the keys that all members have in common, or of
// those that each has for itself. ignored are patterns of keys that a spec cannot have and that have to be left as they are.
func (a *adoption) poolConfig(pool *lxd.Pool, live map[string]string, ofMember bool) (config write.Config, ignored []string) {
	config = write.Config{}
	object := plan.PoolObject(pool.Name)
	for _, name := range slices.Sorted(maps.Keys(live)) {
		value := live[name]
		key, known := schema.PoolKey(pool.Driver, name)
		key = key.On(a.product(), a.Server.Has)
		switch {
		case known && a.Server.Clustered && key.Member != ofMember || !a.isWish(object, name, value, key, known, &ignored):
			continue
		case name == "source":
			if value = sourceGiven(pool, live); value == "" {
				continue
			}
		case key.Filled && filled(pool, live, key, value):
			continue
		}
		a.put(object, config, &ignored, key, value)
	}
	a.withoutContradictions(config, &ignored, "volume.")
	if is, err := schema.ParseBool(config["lvm.use_thinpool"].Text); err == nil && !is {
		delete(config, "lvm.thinpool_name")
		delete(config, "lvm.thinpool_metadata_size")
	}
	if size := config["size"]; config["source"].Text == "" && schema.CheckPoolSize(pool.Driver, size.Text) != nil {
		delete(config, "size")
	}
	filesystem := schema.FilesystemOf(pool.Driver, live["volume.block.filesystem"], live["volume.zfs.block_mode"])
	if size := config["volume.size"]; schema.CheckVolumeSize(pool.Driver, schema.Filesystem, filesystem, size.Text) != nil {
		delete(config, "volume.size")
		ignored = append(ignored, "volume.size")
	}
	return config, ignored
}

// sourceGiven is the source that a pool was created with, "" where the server has chosen it.
func sourceGiven(pool *lxd.Pool, config map[string]string) string {
	source := config["source"]
	if given := config["volatile.initial_source"]; given != "" {
		return given
	}
	switch pool.Driver {
	case "dir":
		if strings.HasSuffix(source, "/storage-pools/"+pool.Name) {
			return ""
		}
	case "btrfs", "lvm", "zfs":
		if strings.HasSuffix(source, "/disks/"+pool.Name+".img") {
			return ""
		}
	case "ceph":
		if source == config["ceph.osd.pool_name"] { // which says the same
			return ""
		}
	}
	return source
}

// filled tells whether a value is the one that the server writes when nobody has given any. It cannot be told of the size of the
// file behind a pool, which counts as given: what says it keeps it.
func filled(pool *lxd.Pool, config map[string]string, key schema.Key, value string) bool {
	switch key.Name {
	case "ceph.osd.pool_size", "cephfs.osd_pool_size":
		return value == "3"
	case "size":
		return false
	}
	return key.Equal(value, key.Default) || value == pool.Name || value == sourceGiven(pool, config) // which the server takes for it too
}

// members are what single members of a cluster have of a pool for themselves: once for all where they all have the same.
func (a *adoption) members(pool *lxd.Pool, declared *write.Pool) []write.Member {
	if !a.Server.Clustered {
		return nil
	}
	sides := map[string]write.Config{}
	everywhere := true // that all members have it, and have said so
	for _, member := range a.Members {
		side := a.MemberPools[lxd.PoolID{Name: pool.Name, Member: member.Name}]
		if side == nil {
			everywhere = false
			continue
		}
		config, ignored := a.poolConfig(pool, side.Config, true)
		sides[member.Name] = config
		for _, pattern := range ignored {
			if !slices.Contains(declared.IgnoreConfig, pattern) {
				declared.IgnoreConfig = append(declared.IgnoreConfig, pattern)
			}
		}
	}
	var members []write.Member
	names := slices.Sorted(maps.Keys(sides))
	if everywhere && len(names) > 1 {
		common := maps.Clone(sides[names[0]])
		for _, name := range names[1:] {
			maps.DeleteFunc(common, func(key string, value write.Value) bool { return sides[name][key] != value })
		}
		for _, name := range names {
			maps.DeleteFunc(sides[name], func(key string, _ write.Value) bool { _, is := common[key]; return is })
		}
		if len(common) > 0 {
			members = append(members, write.Member{Name: "*", Config: common})
		}
	}
	for _, name := range names {
		if len(sides[name]) > 0 {
			members = append(members, write.Member{Name: name, Config: sides[name]})
		}
	}
	return members
}

// volumeConfig is what an author would have written of a volume's config.
func (a *adoption) volumeConfig(volume *lxd.Volume, pool *lxd.Pool) (config write.Config, ignored []string) {
	config = write.Config{}
	content, object := volume.ContentType, plan.VolumeObject(volume.ID())
	for _, name := range slices.Sorted(maps.Keys(volume.Config)) {
		value := volume.Config[name]
		key, known := schema.VolumeKey(pool.Driver, content, name)
		key = key.On(a.product(), a.Server.Has)
		if !a.isWish(object, name, value, key, known, &ignored) {
			continue
		}
		if poolKey, inherits := schema.Inherited(pool.Driver, content, name); inherits && pool.Config[poolKey] != "" {
			if key.Equal(pool.Config[poolKey], value) {
				continue
			}
		} else if key.Filled && key.Equal(value, key.Default) {
			continue
		}
		a.put(object, config, &ignored, key, value)
	}
	a.withoutContradictions(config, &ignored, "")
	own := func(name string) string {
		if value := volume.Config[name]; value != "" {
			return value
		}
		return pool.Config["volume."+name]
	}
	filesystem := schema.FilesystemOf(pool.Driver, own("block.filesystem"), own("zfs.block_mode"))
	if size := config["size"]; schema.CheckVolumeSize(pool.Driver, content, filesystem, size.Text) != nil {
		delete(config, "size")
		ignored = append(ignored, "size")
	}
	return config, ignored
}

// isWish tells whether a value may be an author's: it is none when it is empty, of tarn's own or of the server's, or unknown. What a spec cannot
// have, and has to be left as it is, is put among what is ignored.
func (a *adoption) isWish(object plan.Object, name, value string, key schema.Key, known bool, ignored *[]string) bool {
	switch {
	case value == "" || isMark(name):
		return false
	case !known:
		a.leaveOutKey(object, name, "tarn does not know it, and leaves it as it is")
		return false
	case strings.HasPrefix(name, ownMarks):
		*ignored = append(*ignored, schema.PatternOf(name))
		return false
	}
	return !key.ServerOnly && !key.Transient
}

// put puts a value in, or where no spec can have it, and the server keeps it all the same, its key among those that are ignored.
func (a *adoption) put(object plan.Object, config write.Config, ignored *[]string, key schema.Key, value string) {
	if key.CheckAnywhere(value) != nil || key.CheckUse(value) != nil {
		a.leaveOutKey(object, key.Name, "no spec may have its value, which stays as it is")
		if !key.Filled && !key.Immutable && !key.CreateOnly { // the planner takes silence for these
			*ignored = append(*ignored, schema.PatternOf(key.Name))
		}
		return
	}
	config[key.Name] = a.value(key, value)
}

// leaveOutKey says of a key that it is not declared.
func (a *adoption) leaveOutKey(object plan.Object, key, why string) {
	a.keys[LeftOut{Object: object, Part: "config." + plan.Plain(key), Why: why}] = true
}

// withoutContradictions leaves out one of two keys that the server has both, and that exclude each other.
func (a *adoption) withoutContradictions(config write.Config, ignored *[]string, prefix string) {
	const shifted, unmapped = "security.shifted", "security.unmapped"
	for _, name := range []string{shifted, unmapped} {
		if is, err := schema.ParseBool(config[prefix+name].Text); err != nil || !is {
			return
		}
	}
	delete(config, prefix+unmapped)
	*ignored = append(*ignored, prefix+unmapped)
}

// value is a value as an author would write it: 10GiB for a number of bytes, true for yes; and what is secret as a variable.
func (a *adoption) value(key schema.Key, text string) write.Value {
	if key.Secret || a.opts.IsSecret(key.Name) || a.secret.Hide(text) != text {
		return write.Value{Text: text, Variable: a.variable(key.Name, text)}
	}
	text, isBool := Spelled(key, text)
	return write.Value{Text: text, Bool: isBool}
}

func (a *adoption) product() string { return strings.ToLower(a.Server.Product) }
