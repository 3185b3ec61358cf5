package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// VolumeRef names a volume: as lxc writes it, [remote:][pool/]name, or in parts.
type VolumeRef struct {
	Remote  string // "" for the same server
	Project string // "" for the same project
	Pool    string // "" for the same pool
	Name    string

	Snapshot string // of the volume, "" for itself; only what is copied may be one
}

// String is the name as lxc writes it, and the project where it is another one.
func (ref VolumeRef) String() string {
	text := ref.Name
	if ref.Snapshot != "" {
		text += "@" + ref.Snapshot
	}
	if ref.Pool != "" {
		text = ref.Pool + "/" + text
	}
	if ref.Remote != "" {
		text = ref.Remote + ":" + text
	}
	if ref.Project != "" {
		text += " in project " + ref.Project
	}
	return text
}

// copyOf is the attribute that names what a volume is copied from.
const copyOf = "copy_of"

// volumeRef reads the name of another volume, which is text or an object; nil when it has a mistake.
func (l *loader) volumeRef(attribute string, v cty.Value, at hcl.Range) *VolumeRef {
	if v.Type() == cty.String {
		text, snapshot := textOf(v), ""
		if i := strings.LastIndex(text, "@"); attribute == copyOf && i >= 0 {
			if text, snapshot = text[:i], text[i+1:]; snapshot == "" {
				l.errorf(at, "Invalid "+attribute, "There is nothing behind the @, where the snapshot stands.")
				return nil
			}
		}
		ref := l.parseVolumeRef(attribute, text, at)
		if ref != nil {
			ref.Snapshot = snapshot
		}
		return l.localSnapshot(ref, at)
	}
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		l.errorf(at, "Wrong type", "%q must be text, or an object { name = …, pool = …, project = …, remote = … }, and this is %s.", attribute, kindOf(v))
		return nil
	}
	var ref VolumeRef
	fields := map[string]*string{"name": &ref.Name, "pool": &ref.Pool, "project": &ref.Project, "remote": &ref.Remote}
	if attribute == copyOf {
		fields["snapshot"] = &ref.Snapshot
	}
	for it := v.ElementIterator(); it.Next(); {
		key, value := it.Element()
		field := fields[key.AsString()]
		if field == nil {
			l.errorf(at, "Unsupported attribute", "%s", schema.NoSuchSentence(
				fmt.Sprintf("%s has no part %q", attribute, key.AsString()), key.AsString(), sortedKeys(fields)))
			return nil
		}
		if value.IsNull() {
			continue
		}
		text, ok := l.convert(attribute+"."+key.AsString(), value, cty.String, at)
		if !ok {
			return nil
		}
		if *field = textOf(text); *field == "" {
			l.errorf(at, "Invalid "+attribute, "%q is empty: leave it out, or say what it is.", key.AsString())
			return nil
		}
	}
	if ref.Name == "" {
		l.errorf(at, "Invalid "+attribute, "The name of the volume is missing: { name = … }.")
		return nil
	}
	if strings.Contains(ref.Name, "/") {
		l.errorf(at, "Invalid "+attribute, "%q has a slash, which no name of a volume has. The pool is a part of its own: { name = …, pool = … }.", ref.Name)
		return nil
	}
	return l.localSnapshot(&ref, at)
}

// localSnapshot reports a snapshot of another server, which no server copies.
func (l *loader) localSnapshot(ref *VolumeRef, at hcl.Range) *VolumeRef {
	if ref != nil && ref.Snapshot != "" && ref.Remote != "" {
		l.errorf(at, "Invalid "+copyOf, "A snapshot cannot be copied from another server. Make a volume of it there with storage volume copy of lxc or incus, and name that.")
		return nil
	}
	return ref
}

// parseVolumeRef reads the text of an attribute that names a volume, nil when it has a mistake. Like lxc it takes what stands
// before the first colon for a remote.
func (l *loader) parseVolumeRef(attribute, text string, at hcl.Range) *VolumeRef {
	fail := func(why string) *VolumeRef {
		l.errorf(at, "Invalid "+attribute, "%q does not name a volume: %s. Write \"name\" for a volume of the same pool, "+
			"\"pool/name\" or \"remote:pool/name\"; an object { name = …, pool = …, project = … } for another project, or a name with a colon.", text, why)
		return nil
	}
	var ref VolumeRef
	rest := text
	if remote, after, ok := strings.Cut(rest, ":"); ok {
		ref.Remote, rest = remote, after
		if remote == "" {
			return fail("there is nothing before the colon, where the remote stands")
		}
	}
	parts := strings.Split(rest, "/")
	switch len(parts) {
	case 1:
		ref.Name = parts[0]
	case 2:
		ref.Pool, ref.Name = parts[0], parts[1]
		if ref.Pool == "" {
			return fail("there is nothing before the slash, where the pool stands")
		}
	default:
		if len(parts) == 3 && parts[1] == "custom" {
			l.errorf(at, "Invalid "+attribute, "%q has the kind of the volume in it. All volumes in a spec are custom ones: write %q.",
				text, strings.TrimSuffix(text, rest)+parts[0]+"/"+parts[2])
			return nil
		}
		if attribute == copyOf {
			return fail("it has more than one slash; a snapshot goes behind an @, as in \"pool/name@snapshot\"")
		}
		return fail("it has more than one slash; a snapshot cannot be renamed to a volume")
	}
	if ref.Name == "" {
		return fail("the name of the volume is missing")
	}
	l.doubtRef(&ref, text, at)
	return &ref
}
