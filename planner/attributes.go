package planner

import (
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// wanted are the attributes that a spec asks for. A new one that is no config key is a line in [builder.wantPool] or [builder.wantVolume].
type wanted struct {
	fields []wantedField
	config spec.Config // with tarn's own marks
}

// wantedField is an attribute that is no config key, and of which the spec says something: where it is silent, what is there stays.
type wantedField struct {
	attr  plan.Attr
	value string
}

func wantedFields(description *string) []wantedField {
	if description == nil {
		return nil
	}
	return []wantedField{{plan.Description, *description}}
}

func (b *builder) wantPool(want *spec.Pool) wanted {
	return wanted{
		fields: wantedFields(want.Description),
		config: b.marked(want.Config, want.PreventDelete, nil),
	}
}

func (b *builder) wantVolume(v *volumePlan) wanted {
	want := v.want
	if v.isISO() {
		return wanted{fields: wantedFields(want.Description), config: want.Config}
	}
	return wanted{
		fields: wantedFields(want.Description),
		config: b.marked(want.Config, want.PreventDelete, v),
	}
}

// isWritten tells that a volume has each of the attributes of [builder.wantVolume] as they are written, and no others, so that nothing is to be compared.
// Nothing is made for it: of most volumes that is all that there is to know.
func (b *builder) isWritten(v *volumePlan, has plan.Attributes) bool {
	n, owner, prevent := len(v.want.Config), b.want.Settings.Owner, v.want.PreventDelete
	if (owner != "" || prevent) && !v.isISO() {
		n++
		if has.Config[markedKey] != v.markText() {
			return false
		}
		if owner != "" {
			n++
			if has.Config[live.OwnerKey] != owner {
				return false
			}
		}
		if prevent {
			n++
			if has.Config[preventDeleteKey] != "true" {
				return false
			}
		}
	}
	if n != len(has.Config) || !asWritten(v.want.Config, has.Config) {
		return false
	}
	for _, field := range wantedFields(v.want.Description) {
		if text, _ := has.Get(field.attr); text != field.value {
			return false
		}
	}
	return true
}

// attributes are those of an object that is created so.
func (w wanted) attributes(key func(string) (schema.Key, bool), secrets secrecy) plan.Attributes {
	attributes := plan.Attributes{Config: make(map[string]string, len(w.config))}
	for _, field := range w.fields {
		attributes.Set(field.attr, plan.Value{Text: field.value})
	}
	for name, value := range w.config {
		known, _ := key(name)
		attributes.Set(plan.ConfigAttr(name), plan.Value{Text: value.Text, Secret: known.Secret || value.Sensitive || secrets.key(name)})
	}
	return attributes
}
