package planner

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// checkSupported reports what the spec asks for and this server cannot do: drivers, config keys, members and names that it does
// not have or take. An apply would find that out only after the steps before. What the spec does not say and only the server knows,
// the driver of an existing pool, is taken into account here, too.
func (b *builder) checkSupported() {
	for _, pool := range b.sortedPools() {
		if pool.want.Absent || pool.want.Existing || pool.otherDriver() {
			continue
		}
		b.checkClustered(pool)
		for _, member := range pool.members {
			b.guardMember(plan.PoolObject(pool.want.Name), member.Name)
		}
		if pool.live != nil {
			b.checkKeys(pool.want.Config, pool.live.Config, "", poolKeys(pool.driver))
			for _, member := range pool.members {
				if own := b.live.MemberPools[lxd.PoolID{Name: pool.want.Name, Member: member.Name}]; own != nil { // it has been asked by now
					b.checkKeys(member.Config, own.Config, "", poolKeys(pool.driver))
				}
			}
			continue
		}
		b.checkName("pool", pool.want.Name, b.nameRules().CheckPool, pool.want.Ranges.Of("name"))
		if b.checkDriver(pool) {
			b.checkKeys(pool.want.Config, nil, "", poolKeys(pool.driver))
			for _, member := range pool.members {
				b.checkKeys(member.Config, nil, "", poolKeys(pool.driver))
			}
		}
	}
	for _, v := range b.sortedVolumes() {
		if v.want.Absent || v.unclear || v.pool.otherDriver() {
			continue
		}
		if v.want.Target != "" {
			b.guardMember(plan.VolumeObject(v.final()), v.want.Target)
		}
		if v.live == nil || b.leaving[v.id()] != nil {
			b.checkName("volume", v.final().Name, func(name string) error {
				return cmp.Or(schema.CheckVolumeName(v.final().Project, name), b.nameRules().CheckVolume(name))
			}, v.want.Ranges.Of("name"))
		}
		live := v.live
		switch {
		case v.renamed:
			live = b.live.Volumes.Get(v.from)
		case v.source != nil:
			live = v.source
		}
		b.checkVolume(v, live)
		if v.source != nil && !v.finish {
			b.checkSource(v)
		}
	}
	b.diags = once(b.diags)
}

// once leaves out diagnostics that were given before: a mistake in a block with for_each comes up for each of its volumes.
func once(diags hcl.Diagnostics) hcl.Diagnostics {
	type problem struct {
		at              hcl.Range
		summary, detail string
	}
	seen := map[problem]bool{}
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		p := problem{*d.Subject, d.Summary, d.Detail}
		defer func() { seen[p] = true }()
		return seen[p]
	})
}

// guardMember blocks what names a cluster member that is not there.
func (b *builder) guardMember(object plan.Object, name string) {
	if !b.memberGone(name) {
		return
	}
	names := make([]string, len(b.live.Members))
	for i, member := range b.live.Members {
		names[i] = member.Name
	}
	slices.Sort(names)
	b.notThere(object, name, names, "bring that member in, or name another one", "the cluster of %s has no member %s", b.live.Address, schema.Quoted(name))
}

// checkName reports a name that the server does not take for something new, whether it is created, renamed or comes from elsewhere.
func (b *builder) checkName(kind, name string, check func(string) error, at hcl.Range) {
	if err := check(name); err != nil {
		b.errorf(at, fmt.Sprintf("Invalid %s name", kind), "%s at %s does not take this name: %s.", b.live.Server, b.live.Address, err)
	}
}

// nameRules are those of the server. Of versions between those that are known the older rules are taken, so that no name is
// reported which the server takes.
func (b *builder) nameRules() schema.NameRules {
	switch server := b.live.Server; {
	case server.IsIncusSince(7):
		return schema.NamesIncus7
	case server.IsLXDSince(6, 9):
		return schema.NamesLXD6
	case server.IsLXDSince(5, 21, 7) && server.IsLXDBefore(6):
		return schema.NamesLXD521
	}
	return schema.NamesLXD50
}

// checkSource reports a volume that cannot come from where it is.
func (b *builder) checkSource(v *volumePlan) {
	remote := v.want.RenamedFrom.Remote
	if there := b.opts.Remotes[remote].Server; !there.SendsVolumesTo(b.live.Server) {
		b.errorf(v.want.Ranges.Of("renamed_from"), "Volume cannot come from there",
			"The remote %q is %s, which sends no volumes to %s at %s. Take renamed_from out, and copy the files into the new volume.",
			remote, there, b.live.Server, b.live.Address)
	}
}

// checkDriver reports a driver that no server of this kind can use, and blocks one whose programs are missing.
func (b *builder) checkDriver(pool *poolPlan) bool {
	drivers := b.live.Server.Drivers
	if len(drivers) == 0 || slices.Contains(drivers, pool.driver) {
		return true
	}
	why := ""
	if driver, known := schema.Lookup(pool.driver); known {
		why = b.unknownHere(driver.Product, driver.Extension, "")
	}
	if why == "" { // it may have had them before
		b.block(plan.NotThere, plan.PoolObject(pool.want.Name), "install them there, or write a driver that it can use",
			"%s cannot use the driver %s, whose programs or kernel modules are missing there; it can use %s", b.there(), pool.driver, plan.List(drivers))
		return true
	}
	b.errorf(pool.want.Ranges.Of("driver"), "Driver not available", "%s at %s cannot use the driver %q: %s. It can use %s.",
		b.live.Server, b.live.Address, pool.driver, why, strings.Join(drivers, ", "))
	return false
}

// checkVolume reports config and a content type that the server does not take in the volume's pool.
func (b *builder) checkVolume(v *volumePlan, live *lxd.Volume) {
	driver, known := schema.Lookup(v.pool.driver)
	if !known {
		return
	}
	var config map[string]string
	content := cmp.Or(v.want.ContentType, lxd.ContentFilesystem)
	if live != nil {
		config, content = live.Config, live.ContentType
	}
	if v.source != nil && !v.finish {
		config = nil // this server drops what it does not know of another one's
	}
	if v.pool.want.Driver == "" || content != cmp.Or(v.want.ContentType, lxd.ContentFilesystem) { // otherwise the spec was judged by it
		if !driver.Supports(content) && content != schema.ISO {
			at := v.want.Ranges.Of("content_type")
			if live != nil {
				at = v.want.Ranges.Of("renamed_from")
			}
			b.errorf(at, "Unsupported content type",
				"Pool %q has the driver %s, whose volumes cannot have the content type %s.", v.id().Pool, driver.Name, content)
			return
		}
		b.checkKeysOfDriver(v, driver, content)
		own := func(name string) string {
			return cmp.Or(v.want.Config[name].Text, config[name], v.pool.config["volume."+name])
		}
		size := v.want.Config["size"]
		filesystem := schema.FilesystemOf(driver.Name, own("block.filesystem"), own("zfs.block_mode"))
		if err := schema.CheckVolumeSize(driver.Name, content, filesystem, size.Text); err != nil && config["size"] != size.Text {
			b.errorf(size.Range, "Size too small", "Pool %q has the driver %s: the size %s.", v.id().Pool, driver.Name, size.Why(err))
		}
	}
	b.checkKeys(v.want.Config, config, content, v.keys(content))
}

// checkNeeds reports keys of a new volume that go only with another one, which neither the volume nor its pool's default sets.
func (b *builder) checkNeeds(v *volumePlan) {
	known := v.keys(v.want.ContentType)
	for _, name := range v.want.Config.Keys() {
		key, _ := known(name)
		value := v.want.Config[name]
		if key.Needs == "" || value.Text == "" || !key.Known(b.product(), b.live.Server.Has) {
			continue
		}
		needed := cmp.Or(v.want.Config[key.Needs].Text, v.pool.config["volume."+key.Needs])
		if is, err := schema.ParseBool(needed); err == nil && is {
			continue
		}
		b.errorf(value.Range, "Config key needs another one", "%s at %s takes %q only for volumes that have %s = true, and %s would not have it. "+
			"Set that too, or take this out.", b.live.Server, b.live.Address, name, key.Needs, plan.VolumeName(v.final()))
	}
}

// checkKeysOfDriver judges the config of a volume by the driver that its pool turned out to have.
func (b *builder) checkKeysOfDriver(v *volumePlan, driver *schema.Driver, content string) {
	for _, name := range v.want.Config.Keys() {
		value := v.want.Config[name]
		key, ok := driver.VolumeKey(content, name)
		if !ok {
			b.errorf(value.Range, "Unsupported config key", "%s", schema.NoSuchKey(fmt.Sprintf(
				"Pool %q has the driver %s, and there is no config key %q of its %s volumes", v.id().Pool, driver.Name, name, content),
				name, driver.VolumeKeys(content)))
			continue
		}
		if err := key.CheckAnywhere(value.Text); err != nil {
			if value.Sensitive {
				err = hiddenValue(key)
			}
			b.errorf(value.Range, "Invalid config value", "Pool %q has the driver %s, for which the value of %q is wrong: %s.",
				v.id().Pool, driver.Name, name, err)
		}
	}
}

// checkKeys reports keys that another product or version has and this server does not, and values that it does not take. What
// is there already does no harm. content is of a volume, "" for pools.
func (b *builder) checkKeys(want spec.Config, live map[string]string, content string, known func(string) (schema.Key, bool)) {
	const summary = "Config key not known to the server"
	if asWritten(want, live) {
		return
	}
	for _, name := range want.Keys() {
		key, ok := known(name)
		value := want[name]
		actual, there := live[name]
		if !ok || there && actual == value.Text {
			continue
		}
		own := b.own(key)
		switch {
		case !there && !key.Known(b.product(), b.live.Server.Has):
			b.errorf(value.Range, summary, "%s at %s does not know the config key %q: %s. Take it out.",
				b.live.Server, b.live.Address, name, b.unknownHere(key.Product, key.Extension, key.Dropped))
		case !there && content != "" && own.Content != "" && own.Content != content:
			b.errorf(value.Range, summary, "%s at %s knows the config key %q for %s volumes only. Take it out.",
				b.live.Server, b.live.Address, name, own.Content)
		case key.CheckAnywhere(value.Text) == nil && own.Check(value.Text) != nil: // the others were reported without the server
			err := own.Check(value.Text)
			if value.Sensitive {
				err = hiddenValue(own)
			}
			b.errorf(value.Range, "Invalid config value", "%s at %s does not take the value of %q: %s.", b.live.Server, b.live.Address, name, err)
		}
	}
}

// asWritten tells that all of a config is live already, text for text.
func asWritten(want spec.Config, live map[string]string) bool {
	for name, value := range want {
		if actual, there := live[name]; !there || actual != value.Text {
			return false
		}
	}
	return true
}

// own is a config key as the server has it.
func (b *builder) own(key schema.Key) schema.Key { return key.On(b.product(), b.live.Server.Has) }

// product is the server's product as the schema names it.
func (b *builder) product() string { return strings.ToLower(b.live.Server.Product) }

// hiddenValue is what is wrong with a value that must not be shown.
func hiddenValue(key schema.Key) error {
	return fmt.Errorf("it is no %s that LXD takes; it is sensitive and not shown", key.Kind)
}

// unknownHere says why this server does not have a key or a driver, "" when it has.
func (b *builder) unknownHere(product, extension, dropped string) string {
	server := b.live.Server
	switch {
	case product != "" && !strings.EqualFold(product, server.Product):
		return fmt.Sprintf("only %s has it", map[string]string{schema.LXD: "LXD", schema.Incus: "Incus"}[product])
	case extension != "" && !server.Has(extension):
		return fmt.Sprintf("it needs the API extension %q, which newer servers have", extension)
	case dropped != "" && server.Has(dropped):
		return fmt.Sprintf("servers with the API extension %q no longer have it", dropped)
	}
	return ""
}
