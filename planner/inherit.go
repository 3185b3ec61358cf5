package planner

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// inheriting is the config of a volume that comes into its pool: with the defaults that the server copies into it.
func (v *volumePlan) inheriting(contentType string, config map[string]string) map[string]string {
	config = patched(config, nil)
	for poolKey, value := range v.pool.config {
		name, ok := strings.CutPrefix(poolKey, "volume.")
		if _, inherited := schema.Inherited(v.pool.driver, contentType, name); ok && inherited && config[name] == "" {
			config[name] = value
		}
	}
	return config
}

// unwanted are the defaults of its pool that a volume gets when it comes there with some config, and that its spec unsets.
func (v *volumePlan) unwanted(contentType string, config map[string]string) map[string]string {
	unwanted := map[string]string{}
	for name, value := range v.inheriting(contentType, config) {
		if _, unset := v.want.Unset[name]; unset && config[name] == "" {
			unwanted[name] = value
		}
	}
	return unwanted
}

// unsetDefaults takes away from a new volume what the server copies into it though the spec unsets it: a creation that gives such a key
// as "" gets the default all the same (seen on LXD 5.0.2 and Incus 6.0.4).
func (b *builder) unsetDefaults(v *volumePlan, action plan.CreateVolume) {
	content := cmp.Or(action.ContentType, lxd.ContentFilesystem)
	gets, key := v.unwanted(content, action.Config), v.keys(content)
	made := &lxd.Volume{Pool: v.final().Pool, ContentType: content, Config: v.inheriting(content, action.Config)}
	var changes []plan.Change
	for _, name := range slices.Sorted(maps.Keys(gets)) {
		known, _ := key(name)
		switch value := gets[name]; {
		case known.Immutable || known.CreateOnly:
			b.block(plan.CannotChange, plan.VolumeObject(v.final()), "leave the key out, or write the value that it shall have",
				"it would get %s = %s from a default of its pool, the spec wants none, and the server cannot take it away afterwards",
				name, plan.Shown(&value, known.Secret || b.secrets.hides(name, value)))
		case name == "size" && b.device(v, made): // it has one anyway
		default:
			changes = append(changes, plan.Change{Attr: plan.ConfigAttr(name), From: &value, Secret: known.Secret || b.secrets.hides(name, value)})
		}
	}
	if len(changes) > 0 {
		b.add(plan.PatchVolume{Volume: v.final(), Changes: changes}, "new volumes get the pool's defaults")
	}
}

// arriving is the config of a volume that comes from another pool, with what it gets from the defaults of its new one and
// cannot be given afterwards. ok is false when that is another value than it shall have, which blocks.
func (b *builder) arriving(v *volumePlan, live *lxd.Volume) (config map[string]string, ok bool) {
	config, ok = patched(live.Config, nil), true
	gets, key := v.inheriting(live.ContentType, live.Config), v.keys(live.ContentType)
	for _, name := range slices.Sorted(maps.Keys(gets)) {
		known, _ := key(name)
		if !known.Immutable || live.Config[name] != "" {
			continue
		}
		config[name] = gets[name]
		if value, set := v.want.Config[name]; set && !known.Equal(value.Text, gets[name]) {
			got, hidden := gets[name], known.Secret || value.Sensitive || b.secrets.hides(name, gets[name])
			b.block(plan.CannotChange, plan.VolumeObject(v.final()), "write what it gets, or another default for the pool",
				"it would get %s = %s when it moves, from a default of its new pool, the spec wants %s, and the server cannot change it then",
				name, plan.Shown(&got, hidden), plan.Shown(&value.Text, hidden))
			ok = false
		}
	}
	return config, ok
}

// The keys by which a volume has its IDs shifted, and not mapped.
const shifted, unmapped = "security.shifted", "security.unmapped"

// shiftsTwice tells whether a volume's config has both.
func shiftsTwice(config map[string]string) bool {
	for _, name := range []string{shifted, unmapped} {
		if is, err := schema.ParseBool(config[name]); err != nil || !is {
			return false
		}
	}
	return true
}

// guardShiftedTwice blocks a change of a volume that somebody has made with both, one of them from its pool's default, and that keeps them: its
// server refuses every change of it. It tells whether that is so.
func (b *builder) guardShiftedTwice(v *volumePlan, live *lxd.Volume, after map[string]string) bool {
	if !shiftsTwice(live.Config) || !shiftsTwice(after) {
		return false
	}
	b.block(plan.PoolDefault, plan.VolumeObject(v.final()), "write the one that it shall not have as false",
		"it has both %s and %s, one of them from a default of its pool, and the server takes only one at a time and no change as long as it has both", shifted, unmapped)
	return true
}

// checkShifting reports, or where the pool is not the spec's blocks, a volume that would have IDs both shifted and unmapped, one of them through its pool's defaults.
// LXD 5.0.2 overlooks that at creation, and then refuses every change of the volume.
func (b *builder) checkShifting(v *volumePlan, config map[string]string, when string) {
	if v.shiftReported || !shiftsTwice(config) {
		return
	}
	v.shiftReported = true
	if v.pool.want.Existing {
		b.block(plan.PoolDefault, plan.VolumeObject(v.final()), "take that default away, or write the one that it shall not have as false"+when,
			"it would have both %s and %s, one of them from a default of its pool, and the server takes only one at a time", shifted, unmapped)
		return
	}
	b.errorf(v.want.Ranges.Of("config"), "Contradictory config keys",
		"Volume %s would have both %s and %s, of which the server takes only one at a time. What is not the volume's own is a "+
			"default of pool %q, which the server copies into volumes. Write the one that it shall not have as false%s.",
		plan.VolumeName(v.final()), shifted, unmapped, v.final().Pool, when)
}

// checkBlockDefaults reports, or where the pool is not the spec's blocks, a new block volume that Incus refuses because of a default of its pool: it copies initial.* into
// volumes of any content type, and then does not know it of those without files (seen on Incus 7.3).
func (b *builder) checkBlockDefaults(v *volumePlan) {
	if b.live.Server.Product != "Incus" || v.want.ContentType != lxd.ContentBlock {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(v.pool.config)) {
		if strings.HasPrefix(name, "volume.initial.") && v.pool.config[name] != "" {
			if v.pool.want.Existing {
				b.block(plan.PoolDefault, plan.VolumeObject(v.final()), "take that default away, or declare the volume in another pool",
					"its pool has %s, which %s copies into the block volume too and then refuses", name, b.live.Server)
				return
			}
			b.errorf(v.want.Ranges.Of("content_type"), "Pool has a default that block volumes do not take",
				"Pool %q has %s, which %s copies into the block volume %s too and then refuses. Take it out of the pool's config and write "+
					"it in the volumes that have files, or declare the volume in another pool.",
				v.final().Pool, name, b.live.Server, plan.VolumeName(v.final()))
			return
		}
	}
}

// checkArrival is checkShifting of a volume that moves, which ends with a change of its marks.
func (b *builder) checkArrival(v *volumePlan, source *lxd.Volume) {
	b.checkShifting(v, v.inheriting(source.ContentType, source.Config), ", and apply that before the volume comes here")
}
