package planner

import (
	"maps"

	"tarn/lxd/live"
	"tarn/planner/plan"
	"tarn/spec"
)

// preventDeleteKey marks an object that must not be deleted, so that the protection outlives its block in the spec.
const preventDeleteKey = "user.tarn.prevent_delete"

func isMark(key string) bool { return key == live.OwnerKey || key == preventDeleteKey }

// marked is the config that the spec asks for with tarn's own marks added.
func (b *builder) marked(config spec.Config, prevent bool) spec.Config {
	owner := b.want.Settings.Owner
	if owner == "" && !prevent {
		return config
	}
	config = maps.Clone(config)
	if config == nil {
		config = spec.Config{}
	}
	if owner != "" {
		config[live.OwnerKey] = spec.Value{Text: owner, Range: b.want.Settings.Ranges.Of("owner")}
	}
	if prevent {
		config[preventDeleteKey] = spec.Value{Text: "true"}
	}
	return config
}

// ownedByOther blocks an object that is marked as somebody else's, and tells whether it did.
func (b *builder) ownedByOther(object plan.Object, config map[string]string) bool {
	owner := config[live.OwnerKey]
	if owner == "" || owner == b.want.Settings.Owner || b.opts.Adopt {
		return false
	}
	if b.want.Settings.Owner == "" {
		b.block(plan.OtherOwner, object, "set owner in the tarn block, or take it over with --adopt", "it belongs to the owner %q, and this spec names none", owner)
	} else {
		b.block(plan.OtherOwner, object, "take it over with --adopt", "it belongs to the owner %q", owner)
	}
	return true
}
