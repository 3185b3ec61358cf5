package spec

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// Volume is one custom volume.
type Volume struct {
	Address       string // pool.fast.volume.pgdata, pool.fast.volume.shard["00"]
	Name          string
	Description   *string // nil when the spec is silent; then the live one is kept
	ContentType   string  // "filesystem", "block", "iso", or "" when the spec is silent
	Config        Config
	Project       string     // "" when not given: the command's project
	Target        string     // cluster member that holds it, "" when not given
	RenamedFrom   *VolumeRef // what it was called before, nil when it was always called so
	CopyOf        *VolumeRef // what it is created as a copy of, nil for an empty volume; of no meaning once it is there
	Existing      bool       // it must be there, and is never created
	Absent        bool
	PreventDelete bool
	IgnoreConfig  []string // the volume's own, the pool's and the tarn block's
	Ranges        *Ranges  // what like volumes of a block share, so that nobody changes it; without places when nil, as Load never gives it

	// Unset are config keys that the volume shall not have, whatever default of its pool says so, with the places of their "".
	Unset map[string]hcl.Range
}

var volumeBlock = &blockType{
	name: "volume", label: "name",
	doc: "A custom volume of the pool around it, or with for_each several.",
	attrs: []attribute{
		forEach,
		attr("name", func(v *Volume) *string { return &v.Name },
			"The volume's name. Without it, the label."),
		attr("content_type", func(v *Volume) *string { return &v.ContentType },
			"\"filesystem\" or \"block\", or for an uploaded image that is existing \"iso\"; filesystem without it."),
		attr("description", func(v *Volume) **string { return &v.Description },
			"Without it the server's description stays; \"\" clears it."),
		attr("project", func(v *Volume) *string { return &v.Project },
			"The project that the volume is in. Without it, that of the tarn block or the command."),
		attr("target", func(v *Volume) *string { return &v.Target },
			"The cluster member that holds the volume."),
		attr("config", func(v *Volume) *Config { return &v.Config },
			"The whole config, { key = value, … }; tarn schema DRIVER lists the keys."),
		attr("renamed_from", func(v *Volume) **VolumeRef { return &v.RenamedFrom },
			"What the volume was called before: [remote:][pool/]name, or an object with name and any of pool, project and remote. It is renamed or moved "+
				"from there, with its data.",
			conflict{"absent", "The volume cannot be absent and have renamed_from: " +
				"what shall be gone needs no data from elsewhere. To delete the old volume, declare it absent under its old name."}),
		attr("copy_of", func(v *Volume) **VolumeRef { return &v.CopyOf },
			"What the volume is created as a copy of: [remote:][pool/]name[@snapshot], or an object with name and any of pool, project, remote and snapshot. "+
				"Once the volume is there it means nothing.",
			conflict{"renamed_from", "The volume cannot have renamed_from and copy_of: it has its data from one place. renamed_from takes the old volume away, copy_of leaves it."},
			conflict{"absent", "The volume cannot be absent and have copy_of."}),
		attr("existing", func(v *Volume) *bool { return &v.Existing },
			"The volume must be there, perhaps under the name that renamed_from says, and is never created. What the spec says of it is kept.",
			conflict{"absent", "The volume cannot be absent and existing."},
			conflict{"copy_of", "The volume cannot be existing and have copy_of, which says how it is created."}),
		attr("absent", func(v *Volume) *bool { return &v.Absent },
			"The volume shall not exist: it is deleted."),
		attr("prevent_delete", func(v *Volume) *bool { return &v.PreventDelete },
			"A plan that would delete the volume is blocked.",
			conflict{"absent", "The volume cannot be absent and have prevent_delete. " +
				"To delete it, take prevent_delete out, apply, and then set absent."}),
		attr("ignore_config", func(v *Volume) *[]string { return &v.IgnoreConfig },
			"Patterns of config keys that are never compared, besides those of the pool and the tarn block."),
	},
}

// newVolume evaluates a volume block for one element of its for_each.
func (l *loader) newVolume(d *declaration, e element, p *Pool) *Volume {
	v := &Volume{Address: e.address, Name: d.label, IgnoreConfig: p.IgnoreConfig}
	r := &reader{l: l, ctx: e.ctx, attrs: d.attrs, config: d.config, ranges: Ranges{Block: d.at, Attrs: d.shared.places()}}
	r.read(volumeBlock, v)
	v.Unset = r.unset
	v.Ranges, v.Config = d.shared.share(r.ranges, v.Config)
	r.checkNameNotEmpty(v.Name, d.label)
	r.checkPatterns("ignore_config", patternScope{driver: p.Driver, volume: true})
	l.checkVolume(v, p, d, e.ctx)
	return v
}

// checkVolume reports what is wrong with a volume by itself and in its pool.
func (l *loader) checkVolume(v *Volume, p *Pool, d *declaration, ctx *hcl.EvalContext) {
	if v.Name != "" {
		// The folder of a volume is called after its project too. Which one that is the planner knows, when the block does not say.
		const shortest = "p"
		l.checkName("volume", p.Name, v.Name, schema.CheckVolumeName(cmp.Or(v.Project, shortest), v.Name), v.Ranges.Of("name"), !v.Absent && !v.Existing && !v.Ranges.AnyUnknown("absent", "existing"))
	}
	l.checkConflicts(volumeBlock, v, v.Ranges)
	if p.Absent && !v.Absent && !v.Ranges.Unknown["absent"] {
		l.errorOnce(v.Ranges.Block, "Volume in an absent pool", "The pool %q is absent, so it cannot hold the volume %q. "+
			"Move the block to another pool with renamed_from to keep the data, or set absent = true here, too.", p.Name, v.Name)
	}
	l.checkRenamedFromItself(v, p)
	l.checkCopyOfItself(v, p)
	l.checkContentType(v, p)
	l.checkVolumeConfig(v, p, d, ctx)
}

func (l *loader) checkRenamedFromItself(v *Volume, p *Pool) {
	from := v.RenamedFrom
	if from == nil || v.Name == "" || from.Remote != "" || from.Pool != "" && from.Pool != p.Name || from.Name != v.Name ||
		from.Project != "" && from.Project != v.Project || v.Target != "" || v.Ranges.Unknown["target"] {
		return // with target it goes to that member
	}
	l.errorf(v.Ranges.Of("renamed_from"), "Renamed from itself", "The volume %q in pool %q is called so already: "+
		"renamed_from says what it was called before. To bring it to another cluster member, say target, too.", v.Name, p.Name)
}

func (l *loader) checkCopyOfItself(v *Volume, p *Pool) {
	from := v.CopyOf
	if from == nil || v.Name == "" || from.Remote != "" || from.Pool != "" && from.Pool != p.Name || from.Name != v.Name || from.Project != "" && from.Project != v.Project {
		return
	}
	l.errorf(v.Ranges.Of("copy_of"), "Copy of itself", "The volume %q in pool %q cannot be a copy of itself.", v.Name, p.Name)
}

func (l *loader) checkContentType(v *Volume, p *Pool) {
	const summary = "Invalid content type"
	at := v.Ranges.Of("content_type")
	if v.Ranges.AnyUnknown("content_type", "existing", "absent") {
		return
	}
	switch v.ContentType {
	case "", schema.Filesystem, schema.Block:
	case schema.ISO:
		if !v.Existing && !v.Absent {
			l.errorf(at, summary, "A volume of content type iso is made by uploading an image and cannot be created from a spec. "+
				"Upload it with storage volume import of lxc or incus, and declare it with existing = true.")
		}
		return
	default:
		meant := "\"filesystem\" or \"block\""
		if word, ok := contentTypeMeant(v.ContentType); ok {
			meant = strconv.Quote(word)
		}
		l.errorf(at, summary, "%q is not a content type: write %s.", v.ContentType, meant)
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
	l.errorf(at, summary, "A pool with the driver %s holds custom volumes of content type %s only.",
		driver.Name, schema.QuotedList(driver.Contents, "and"))
}

// otherContentTypes are words for content types.
var otherContentTypes = map[string]string{
	"fs": schema.Filesystem, "dir": schema.Filesystem, "directory": schema.Filesystem, "ext4": schema.Filesystem, "xfs": schema.Filesystem, "file": schema.Filesystem,
	"raw": schema.Block, "disk": schema.Block, "image": schema.Block, "vm": schema.Block, "device": schema.Block, "blockdevice": schema.Block,
}

// contentTypeMeant is the content type that a word probably means.
func contentTypeMeant(word string) (string, bool) {
	if meant, ok := otherContentTypes[strings.ToLower(word)]; ok {
		return meant, true
	}
	near := schema.Suggest(word, []string{schema.Filesystem, schema.Block})
	if len(near) != 1 {
		return "", false
	}
	return near[0], true
}
