package planner

import (
	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// guardSize blocks a size that the server does not give the volume, or that would harm it. It tells whether the volume gets
// smaller, which those that use it notice.
func (b *builder) guardSize(v *volumePlan, object plan.Object, live *lxd.Volume, changes []plan.Change) (shrinks bool) {
	change, ok := sizeChange(changes)
	if !ok {
		return false
	}
	filesystem := b.filesystem(v, live)
	shrinking := schema.ShrinkAlways
	if driver, known := schema.Lookup(v.pool.driver); known {
		shrinking = driver.Shrink(live.ContentType, filesystem)
	} else if live.ContentType == lxd.ContentBlock {
		shrinking = schema.ShrinkNever
	}
	from, fromErr := sizeOf(change.From)
	to, toErr := sizeOf(change.To)
	if fromErr != nil || toErr != nil || to == 0 {
		return false // without a limit, or for a device: as it is
	}
	if b.device(v, live) {
		if from == 0 {
			from = schema.DeviceDefault
		}
		from, to = schema.DeviceBytes(from), schema.DeviceBytes(to)
	}
	if to > from && from > 0 {
		if u := b.uses(live); live.ContentType == lxd.ContentBlock && len(u.running) > 0 {
			b.blockUsed(plan.InUse, object, u.running, hintStop,
				"it is used by %s, and the server does not grow a block volume in use", plan.ListUsers(u.running))
		}
		return false
	}
	if to == from {
		return false
	}
	switch shrinking {
	case schema.ShrinkNever:
		what := "a block volume"
		if live.ContentType != lxd.ContentBlock {
			what = "a volume with the file system " + filesystem
		}
		b.block(plan.CannotShrink, object, "write its size, or copy what is in it to a new volume", "it has %s, and %s cannot get smaller", schema.FormatSize(from), what)
		return true
	case schema.ShrinkUnused:
		if u := b.uses(live); len(u.running) > 0 {
			b.blockUsed(plan.InUse, object, u.running, hintStop,
				"it is used by %s, and the server does not make it smaller in use", plan.ListUsers(u.running))
		}
	}
	// Servers do not look at what is in it: on btrfs the volume is wedged afterwards, and can neither be written to nor
	// grown (seen on LXD 5.0.2).
	b.guardFull(object, live, b.usageOf(v, live), to, b.whereabouts(v, live), "delete data in it first, or give it a larger size", "the new size of %s")
	return true
}

// guardDeviceOnArrival blocks a copy within a pool, into another project for instance, of a device whose config has no size, where the pool
// has a smaller default: the server gives that to the copy, and then refuses to make it smaller (seen on LXD 5.0.2 and Incus 6.0.4 with btrfs;
// with dir they write the default down and leave the device as it is). From another pool, member or server the size comes along.
func (b *builder) guardDeviceOnArrival(v *volumePlan, object plan.Object, source *lxd.Volume, where string) {
	driver, known := schema.Lookup(v.pool.driver)
	from, to := source.ID(), v.final()
	if where != "" || !known || driver.Name == "dir" || from.Pool != to.Pool || to.Member != "" && from.Member != to.Member || source.Config["size"] != "" {
		return
	}
	filesystem := b.filesystem(v, source)
	if !driver.Device(source.ContentType, filesystem) || driver.Shrink(source.ContentType, filesystem) != schema.ShrinkNever {
		return
	}
	text := v.pool.config["volume.size"]
	size, err := sizeOf(&text)
	if err != nil || size == 0 || schema.DeviceBytes(size) >= schema.DeviceDefault {
		return
	}
	b.block(plan.CannotShrink, object, "give it its size where it is now, and apply that first",
		"it has no size, its copy would get the %s that volume.size of its pool says, and cannot get smaller", schema.FormatSize(size))
}

// guardFull blocks a limit below what a volume of files holds; what words the limit.
func (b *builder) guardFull(object plan.Object, live *lxd.Volume, usage *lxd.Usage, limit int64, where, hint, what string) {
	if usage != nil && live.ContentType == lxd.ContentFilesystem && usage.Used > limit {
		b.block(plan.DoesNotFit, object, hint, "%sit holds %s, more than "+what, where, schema.FormatSize(usage.Used), schema.FormatSize(limit))
	}
}

// usageOf is how full a volume is that a declared one is, or becomes, nil when that is not known. The plan asks for it.
func (b *builder) usageOf(v *volumePlan, live *lxd.Volume) *lxd.Usage {
	switch {
	case v.copies(live) && v.want.CopyOf.Snapshot != "":
		return nil // no server tells how much a snapshot holds
	case live == v.source:
		return b.remoteUsage(v.want.RenamedFrom.Remote, live.ID())
	case v.copies(live) && v.copied.remote != "":
		return b.remoteUsage(v.copied.remote, live.ID())
	}
	b.needUsage(live.ID())
	return b.live.Usage[live.ID()]
}

// whereabouts is "on NAME " for a volume that comes from another server, "" for others.
func (b *builder) whereabouts(v *volumePlan, live *lxd.Volume) string {
	switch {
	case live == v.source:
		return "on " + plan.Plain(v.want.RenamedFrom.Remote) + " "
	case v.copies(live) && v.copied.remote != "":
		return "on " + plan.Plain(v.copied.remote) + " "
	}
	return ""
}

func sizeChange(changes []plan.Change) (plan.Change, bool) {
	for _, change := range changes {
		if change.Attr.IsConfig("size") {
			return change, true
		}
	}
	return plan.Change{}, false
}

// sizeOf reads a size; none is 0, as the server takes it.
func sizeOf(text *string) (int64, error) {
	if text == nil || *text == "" {
		return 0, nil
	}
	return schema.ParseSize(*text)
}

// sameDevice tells whether two sizes make the same device. The server writes down that of a block volume as its device has
// it when the volume moves to another pool.
func sameDevice(a, b string) bool {
	x, xErr := schema.ParseSize(a)
	y, yErr := schema.ParseSize(b)
	return xErr == nil && yErr == nil && schema.DeviceBytes(x) == schema.DeviceBytes(y)
}
