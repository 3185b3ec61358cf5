package planner

import (
	"fmt"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// An ISO volume is an uploaded image. Servers take no change of its config (seen on LXD 5.21.7, 6.9 and Incus 7.3), so that it carries
// no marks: neither an owner's nor those without which a move is not safe.

// isISO tells whether a declared volume is one, as far as the spec or the server say.
func (v *volumePlan) isISO() bool {
	return v.want.ContentType == schema.ISO || v.live != nil && v.live.ContentType == schema.ISO
}

// checkISO reports what cannot be done with an ISO volume that is renamed, moved or copied to another name, and tells whether that is
// so. attribute says so in the spec.
func (b *builder) checkISO(v *volumePlan, source *lxd.Volume, to lxd.VolumeID, attribute string) bool {
	if source.ContentType != schema.ISO {
		return false
	}
	from, at := source.ID(), v.want.Ranges.Of(attribute)
	renamed := attribute == "renamed_from" && source != v.source && from.Pool == to.Pool && from.Project == to.Project && from.Member == to.Member
	switch {
	case !renamed:
		b.errorf(at, "ISO volume cannot come here", "%s is an uploaded image. Servers take no marks on such a volume, and without them tarn moves and copies nothing. "+
			"Move it with %s storage volume move, or upload it anew.", plan.Capital(plan.VolumeObject(from).String()), b.live.Server.Program())
	case b.live.Server.Product == "LXD":
		b.errorf(at, "ISO volume cannot be renamed", "%s is an uploaded image, and %s does not find its data any more under another name. Leave it as it is called, "+
			"or upload it anew.", plan.Capital(plan.VolumeObject(from).String()), b.live.Server)
	default:
		return false
	}
	return true
}

// noticeNoMark tells of protection that ends with the spec, as the server has no mark of it.
func (b *builder) noticeNoMark(v *volumePlan) {
	if v.want.PreventDelete {
		b.notice(plan.NoMark, plan.VolumeObject(v.final()), "%s is an uploaded image, on which servers take no mark: prevent_delete protects it only as long as the spec says so.",
			plan.Capital(plan.VolumeObject(v.final()).String()))
	}
}

// guardISOConfig blocks a wish for other config of an ISO volume, and tells whether there is one.
func (b *builder) guardISOConfig(object plan.Object, changes []plan.Change) (blocked bool) {
	for _, change := range changes {
		if name, isConfig := change.Attr.ConfigKey(); isConfig {
			blocked = true
			b.block(plan.CannotChange, object, fmt.Sprintf("take %s out of the spec, or upload it anew", plan.Plain(name)),
				"it is an uploaded image with %s = %s, the spec wants %s, and servers take no change of its config",
				plan.Plain(name), plan.Shown(change.From, change.Secret), plan.Shown(change.To, change.Secret))
		}
	}
	return blocked
}
