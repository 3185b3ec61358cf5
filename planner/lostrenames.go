package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/planner/plan"
)

// A block that gets another name without a renamed_from, or loses the one that it had, plans a new volume that is empty, while the
// data stays under a name that the spec no longer has. Nobody can know that; what looks like it is told.

const (
	// mostRead is how many undeclared volumes of one place are read for that. LXD 5.0.2 takes some 2 ms for each.
	mostRead = 1000

	// mostTold is how many notices there are at most; one more sums up the rest.
	mostTold = 10
)

// likeness is why an undeclared volume may be a declared one under another name, the best reason first.
type likeness int

const (
	sameName   likeness = iota + 1 // in another pool or project
	sameOwner                      // it carries this spec's mark
	sameConfig                     // and pool
)

func (l likeness) String() string {
	return [...]string{"", "same name", "this spec's mark", "same content type and config"}[l]
}

// candidate is a live volume that may be a declared one under another name.
type candidate struct {
	live *lxd.Volume
	like likeness
}

// lostRename is some new volumes that the same live ones may be.
type lostRename struct {
	created    []*volumePlan
	candidates []candidate // of the first one, the best first
	unread     int         // volumes of the pool that nobody looked at
}

// tellLostRenames names new volumes that undeclared ones may be, with the renamed_from that would keep the data.
func (b *builder) tellLostRenames() {
	created := map[lxd.VolumeID]bool{}
	for _, s := range b.steps {
		if action, ok := s.Action.(plan.CreateVolume); ok {
			created[action.Volume] = true
		}
	}
	if len(created) == 0 {
		return
	}
	near, namesakes := b.undeclared()
	var all []*lostRename
	groups := map[string]*lostRename{}
	nearby := map[string]nearby{}
	for _, v := range b.sortedVolumes() {
		if !created[v.final()] || b.blockedByNamesake(v) {
			continue
		}
		key := v.final().Project + " " + b.wantedText(v)
		beside, known := nearby[key]
		if !known {
			beside = b.nearby(v, near[placeOf(v.final())])
			nearby[key] = beside
		}
		elsewhere := b.elsewhere(v, namesakes[v.final().Name])
		if len(elsewhere)+len(beside.candidates)+beside.unread == 0 {
			continue
		}
		group := v.final().Project + " " + v.final().Pool + " " + beside.key
		for _, c := range elsewhere { // each new volume has its own
			group += fmt.Sprintf(" %q %q %q", c.live.ID().Project, c.live.Pool, c.live.Location)
		}
		if groups[group] == nil {
			groups[group] = &lostRename{candidates: append(elsewhere, beside.candidates...), unread: beside.unread}
			all = append(all, groups[group])
		}
		groups[group].created = append(groups[group].created, v)
	}
	for i, lost := range all {
		if i == mostTold && len(all) > mostTold+1 {
			b.tellMoreLostRenames(all[i:])
			return
		}
		b.tellLostRename(lost)
	}
}

// blockedByNamesake tells whether a volume of the name, or of one that looks the same, is there, where its data is.
func (b *builder) blockedByNamesake(v *volumePlan) bool {
	return slices.ContainsFunc(b.plan.Blockers, func(blocker plan.Blocker) bool {
		return (blocker.Code == plan.NamesakeOnMember || blocker.Code == plan.Lookalike) && blocker.Object == plan.VolumeObject(v.final())
	})
}

// place is a pool's side in a project.
type place struct{ project, pool string }

func placeOf(id lxd.VolumeID) place { return place{id.Project, id.Pool} }

// undeclared are the custom volumes of the server that the spec does not account for, by where they are and by their names; each
// list in order.
func (b *builder) undeclared() (near map[place][]lxd.VolumeID, named map[string][]lxd.VolumeID) {
	near, named = map[place][]lxd.VolumeID{}, map[string][]lxd.VolumeID{}
	add := func(id lxd.VolumeID) {
		if b.volumes.Get(id) == nil && b.leaving[id] == nil && b.kept[id] == nil && !migrate.OfRun(id.Name) {
			near[placeOf(id)] = append(near[placeOf(id)], id)
			named[id.Name] = append(named[id.Name], id)
		}
	}
	for id := range b.live.VolumeIDs.All() {
		add(id)
	}
	for id := range b.live.Volumes.All() { // some servers do not name all of them among what uses a pool
		if !b.live.VolumeIDs.Has(id) {
			add(id)
		}
	}
	for _, ids := range near {
		slices.SortFunc(ids, lxd.VolumeID.Compare)
	}
	for _, ids := range named {
		slices.SortFunc(ids, lxd.VolumeID.Compare)
	}
	return near, named
}

// nearby is what a new volume may be of its own pool.
type nearby struct {
	candidates []candidate
	unread     int    // volumes that nobody looked at, as they are too many
	key        string // is the same where these are the same
}

// nearby looks through the undeclared volumes of a new one's pool.
func (b *builder) nearby(v *volumePlan, ids []lxd.VolumeID) nearby {
	var found nearby
	var ask []lxd.VolumeID
	marked := false
	for _, id := range ids {
		switch volume := b.read(id); {
		case volume == nil:
			ask = append(ask, id)
		case !b.mayBecome(v, volume):
		case b.carriesOurMark(volume):
			marked = true
			found.candidates = append(found.candidates, candidate{volume, sameOwner})
		case b.configFits(v, volume):
			found.candidates = append(found.candidates, candidate{volume, sameConfig})
		}
	}
	switch {
	case len(ask) <= mostRead:
		b.ask(ask)
	case b.want.Settings.Owner == "": // else what this spec has had before is marked, and read
		found.unread = len(ask)
	}
	if marked {
		found.candidates = slices.DeleteFunc(found.candidates, func(c candidate) bool { return c.like == sameConfig })
	}
	var key strings.Builder
	fmt.Fprint(&key, found.unread)
	for _, c := range found.candidates {
		fmt.Fprintf(&key, " %q %q", c.live.Name, c.live.Location)
	}
	found.key = key.String()
	return found
}

// elsewhere looks through the undeclared volumes of a new one's name, for those in other pools, and in other projects where they carry
// the spec's mark: projects often have the same names.
func (b *builder) elsewhere(v *volumePlan, ids []lxd.VolumeID) []candidate {
	var found []candidate
	var ask []lxd.VolumeID
	for _, id := range ids {
		switch volume := b.read(id); {
		case placeOf(id) == placeOf(v.final()), id.Project != v.final().Project && (volume == nil || !b.carriesOurMark(volume)):
		case volume == nil:
			ask = append(ask, id)
		case b.mayBecome(v, volume):
			found = append(found, candidate{volume, sameName})
		}
	}
	b.ask(ask)
	return found
}

// read is an undeclared volume, nil when it was not read so far.
func (b *builder) read(id lxd.VolumeID) *lxd.Volume {
	return cmp.Or(b.live.Volumes.Get(id), b.live.Undeclared[id])
}

// ask asks for volumes that the scope does not have, once.
func (b *builder) ask(ids []lxd.VolumeID) {
	if b.live.Undeclared != nil {
		return // they have been asked for, and went away or may not be seen
	}
	for _, id := range ids {
		if !b.asked[id] {
			b.asked[id] = true
			b.plan.Missing.Undeclared = append(b.plan.Missing.Undeclared, id)
		}
	}
}

func (b *builder) carriesOurMark(volume *lxd.Volume) bool {
	owner := b.want.Settings.Owner
	return owner != "" && volume.Config[live.OwnerKey] == owner
}

// mayBecome tells whether the spec could take over a live volume as a declared one: it is of the same content type, not somebody
// else's, no copy, and was not renamed by hand, of which there is a notice already.
func (b *builder) mayBecome(v *volumePlan, volume *lxd.Volume) bool {
	owner := volume.Config[live.OwnerKey]
	switch b.markState(volume) {
	case copied:
		return false
	case renamed:
		if b.carriesOurMark(volume) {
			return false
		}
	}
	return cmp.Or(v.want.ContentType, lxd.ContentFilesystem) == volume.ContentType && (owner == "" || owner == b.want.Settings.Owner)
}

// configFits tells whether a live volume has all the config that the spec asks for, and no other. Many volumes have the same config,
// so what was found out is remembered.
func (b *builder) configFits(v *volumePlan, volume *lxd.Volume) bool {
	key := [2]string{b.wantedText(v), b.configText(volume)}
	fits, known := b.fits[key]
	if !known {
		fits = b.compareConfig(v, volume)
		b.fits[key] = fits
	}
	return fits
}

func (b *builder) compareConfig(v *volumePlan, volume *lxd.Volume) bool {
	has := plan.VolumeAttributes(volume)
	rules := b.volumeRules(v, volume, has)
	for name, value := range v.want.Config { // most differ in a value, which costs little to see
		live, set := has.Config[name]
		if known, _ := rules.key(name); set && !known.Equal(value.Text, live) && !rules.ignored(name) && !rules.equal(name, value.Text) {
			return false
		}
	}
	for _, change := range newPair(b.wantVolume(v), has, rules).changes() {
		if key, isConfig := change.Attr.ConfigKey(); isConfig && !isMark(key) {
			return false
		}
	}
	return true
}

// wantedText is the same for declared volumes whose config is compared alike.
func (b *builder) wantedText(v *volumePlan) string {
	text := b.texts[v]
	if text == "" {
		var config strings.Builder
		fmt.Fprintf(&config, "%q %q %q", v.final().Pool, v.want.ContentType, v.want.IgnoreConfig)
		for _, key := range v.want.Config.Keys() {
			fmt.Fprintf(&config, " %q %q", key, v.want.Config[key].Text)
		}
		text = config.String()
		b.texts[v] = text
	}
	return text
}

// configText is the same for live volumes that have the same config, but for tarn's marks.
func (b *builder) configText(volume *lxd.Volume) string {
	text := b.texts[volume]
	if text == "" {
		var config strings.Builder
		fmt.Fprintf(&config, "%q %q", volume.Pool, volume.ContentType)
		for _, key := range slices.Sorted(maps.Keys(volume.Config)) {
			if !isMark(key) {
				fmt.Fprintf(&config, " %q %q", key, volume.Config[key])
			}
		}
		text = config.String()
		b.texts[volume] = text
	}
	return text
}
