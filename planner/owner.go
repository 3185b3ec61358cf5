package planner

import (
	"maps"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/live"
	"tarn/lxd/schema"
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

// checkRefused reports config that the server cannot take over into an existing object.
func (b *builder) checkRefused(what string, changes []plan.Change, config spec.Config, fallback hcl.Range, key func(string) (schema.Key, bool)) {
	for _, change := range changes {
		name, isConfig := change.Attr.ConfigKey()
		if !isConfig {
			continue
		}
		at := fallback
		if value, ok := config[name]; ok && value.Range != (hcl.Range{}) {
			at = value.Range
		}
		known, _ := key(name)
		switch {
		case known.Immutable && change.To != nil:
			b.errorf(at, "Config key cannot be changed",
				"%s has %s = %s, and the server cannot change it after creation. Write what it has, or declare another one "+
					"with the new value and move the data there with renamed_from.",
				plan.Capital(what), name, plan.Shown(change.From, change.Secret))
		case known.ChangeExtension != "" && !b.live.Server.Has(known.ChangeExtension) && change.From != nil:
			b.errorf(at, "Config key cannot be changed on this server",
				"%s has %s = %s. %s would store a new value and do nothing else. Write what it has.",
				plan.Capital(what), name, plan.Shown(change.From, change.Secret), b.live.Server)
		}
	}
}
