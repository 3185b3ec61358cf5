package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// checkPool reports what is wrong with a pool by itself.
func (l *loader) checkPool(p *Pool, d *declaration, members []*memberDeclaration, ctx *hcl.EvalContext) {
	r := p.Ranges
	if p.Name != "" {
		l.checkName("pool", p.Name, schema.CheckPoolName(p.Name), r.Of("name"), !p.Existing && !p.Absent)
	}
	const contradiction = "Contradictory attributes"
	switch {
	case p.Existing && p.Absent:
		l.errorf(r.Of("absent"), contradiction, "The pool cannot be existing and absent at once: "+
			"existing says that it is somebody else's, absent that it shall be deleted.")
	case p.Existing:
		l.checkExisting(p)
	case p.Absent && p.PreventDelete:
		l.errorf(r.Of("prevent_delete"), contradiction, "The pool cannot be absent and have prevent_delete. "+
			"To delete it, take prevent_delete out, apply, and then set absent.")
	}
	if p.Driver != "" {
		if _, ok := schema.Lookup(p.Driver); !ok {
			l.warnf(r.Of("driver"), "Unknown driver", "%s The config keys of this pool and its volumes are not checked.",
				schema.NoSuchSentence(fmt.Sprintf("tarn knows no driver %q", p.Driver), p.Driver, schema.Drivers()))
		}
	}
	l.checkPoolConfig(p, d, members, ctx)
}

// checkExisting refuses what would change somebody else's pool. A driver is no change: it says what the pool is.
func (l *loader) checkExisting(p *Pool) {
	given := []struct {
		attr string
		is   bool
	}{
		{"description", p.Description != nil},
		{"config", p.Ranges.Given("config")},
		{"prevent_delete", p.PreventDelete},
	}
	for _, g := range given {
		if g.is {
			l.existing(p.Ranges.Of(g.attr), fmt.Sprintf("%q", g.attr))
		}
	}
	for _, m := range p.Members {
		l.existing(m.Ranges.Block, "a member block")
	}
}

func (l *loader) existing(at hcl.Range, what string) {
	l.errorf(at, "Contradictory attributes", "An existing pool cannot have %s: tarn never changes an existing pool. "+
		"Take it out, or take existing out to manage the pool.", what)
}

// checkVolume reports what is wrong with a volume by itself and in its pool.
func (l *loader) checkVolume(v *Volume, p *Pool, d *declaration, ctx *hcl.EvalContext) {
	r := v.Ranges
	if v.Name != "" {
		l.checkName("volume", v.Name, schema.CheckVolumeName(v.Project, v.Name), r.Of("name"), !v.Absent)
	}
	const contradiction = "Contradictory attributes"
	if v.Absent && v.PreventDelete {
		l.errorf(r.Of("prevent_delete"), contradiction, "The volume cannot be absent and have prevent_delete. "+
			"To delete it, take prevent_delete out, apply, and then set absent.")
	}
	if v.Absent && v.RenamedFrom != nil {
		l.errorf(r.Of("renamed_from"), contradiction, "The volume cannot be absent and have renamed_from: "+
			"what shall be gone needs no data from elsewhere. To delete the old volume, declare it absent under its old name.")
	}
	if p.Absent && !v.Absent {
		l.errorf(r.Block, "Volume in an absent pool", "The pool %q is absent, so it cannot hold the volume %q. "+
			"Move the block to another pool with renamed_from to keep the data, or set absent = true here, too.", p.Name, v.Name)
	}
	if s := v.RenamedFrom; s != nil && s.Remote == "" && (s.Pool == "" || s.Pool == p.Name) && s.Name == v.Name && v.Name != "" {
		l.errorf(r.Of("renamed_from"), "Renamed from itself", "The volume %q in pool %q is called so already: "+
			"renamed_from says what it was called before.", v.Name, p.Name)
	}
	l.checkContentType(v, p)
	l.checkVolumeConfig(v, p, d, ctx)
}

func (l *loader) checkContentType(v *Volume, p *Pool) {
	const summary = "Invalid content type"
	at := v.Ranges.Of("content_type")
	switch v.ContentType {
	case "", schema.Filesystem, schema.Block:
	case "iso":
		l.errorf(at, summary, "A volume of content type iso is made by uploading an image and cannot be created from a spec. "+
			"Upload it with lxc storage volume import.")
		return
	default:
		l.errorf(at, summary, "%q is not a content type: write \"filesystem\" or \"block\".", v.ContentType)
		return
	}
	driver, ok := schema.Lookup(p.Driver)
	if !ok || v.Absent || driver.Supports(v.ContentType) {
		return
	}
	if len(driver.Contents) == 0 {
		l.errorf(v.Ranges.Block, "Driver without volumes", "A pool with the driver %s holds no custom volumes.", driver.Name)
		return
	}
	l.errorf(at, summary, "A pool with the driver %s holds custom volumes of content type %s only.", driver.Name, schema.QuotedList(driver.Contents, "and"))
}

// volumeID is what two volumes of a spec must not have in common.
type volumeID struct {
	Project, Pool, Target, Name string
}

// check reports what is wrong between objects: names that are taken twice, and renames that contradict.
func (l *loader) check() {
	pools := map[string]*Pool{}
	volumes := map[volumeID]*Volume{}
	for _, p := range l.spec.Pools {
		if p.Name == "" {
			continue
		}
		if first, ok := pools[p.Name]; ok {
			l.errorf(p.Ranges.Of("name"), "Duplicate pool", "%s and %s are both named %q. The other one is declared at %s.",
				p.Address, first.Address, p.Name, at(first.Ranges.Of("name")))
			continue
		}
		pools[p.Name] = p
		for _, v := range p.Volumes {
			if v.Name == "" {
				continue
			}
			id := volumeID{v.Project, p.Name, v.Target, v.Name}
			if first, ok := volumes[id]; ok {
				l.errorf(v.Ranges.Of("name"), "Duplicate volume", "%s and %s are both the volume %q of pool %q. "+
					"The other one is declared at %s.", v.Address, first.Address, v.Name, p.Name, at(first.Ranges.Of("name")))
				continue
			}
			volumes[id] = v
		}
	}
	l.checkRenames(volumes)
}

// checkRenames finds sources that two volumes want, and sources that the spec speaks of besides.
func (l *loader) checkRenames(volumes map[volumeID]*Volume) {
	type sourceID struct {
		remote string
		volumeID
	}
	taken := map[sourceID]*Volume{}
	for _, p := range l.spec.Pools {
		for _, v := range p.Volumes {
			s := v.RenamedFrom
			if s == nil || p.Name == "" || v.Absent {
				continue
			}
			id := volumeID{v.Project, s.Pool, v.Target, s.Name}
			if s.Pool == "" {
				id.Pool = p.Name
			}
			rng := v.Ranges.Of("renamed_from")
			if first, ok := taken[sourceID{s.Remote, id}]; ok {
				l.errorf(rng, "Renamed twice", "%s and %s are both renamed from %q, and only one of them can have its data. "+
					"The other one is declared at %s.", v.Address, first.Address, s, at(first.Ranges.Of("renamed_from")))
				continue
			}
			taken[sourceID{s.Remote, id}] = v
			source, ok := volumes[id]
			switch {
			case s.Remote != "" || !ok || source == v:
			case source.Absent:
				l.errorf(rng, "Contradictory rename", "%s is renamed from %q, which %s at %s declares absent. "+
					"After the rename nothing is left to delete: take that block out.", v.Address, s, source.Address, at(source.Ranges.Block))
			case source.RenamedFrom == nil:
				l.warnf(rng, "Old name is used anew", "%s is renamed from %q, and %s at %s declares a new volume of that name. "+
					"Take out renamed_from when the rename is done: where %q is missing, the new volume would be renamed too.",
					v.Address, s, source.Address, at(source.Ranges.Block), v.Name)
			}
		}
	}
}
