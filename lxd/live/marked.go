package live

import (
	"context"
	"strings"

	"tarn/lxd"
)

// OfKey is the config key that says which volume tarn's other marks were put on: pool/name, or project:pool/name for one that
// is not in the default project, with " on member" at the end where the declaration names a member.
const OfKey = "user.tarn.of"

// PreventDeleteKey is the config key that marks an object which must not be deleted, so that the protection outlives its block in the
// spec.
const PreventDeleteKey = "user.tarn.prevent_delete"

// markedVolumes are those that a value of [OfKey] may mean, on whichever member: a colon may also be part of a pool's name, and " on "
// of a volume's.
func markedVolumes(text string) []lxd.VolumeID {
	place, name, ok := strings.Cut(text, "/")
	if !ok {
		return nil
	}
	names := []string{name}
	if i := strings.LastIndex(name, " on "); i >= 0 {
		names = append(names, name[:i])
	}
	var ids []lxd.VolumeID
	for _, name := range names {
		ids = append(ids, lxd.VolumeID{Project: lxd.DefaultProject, Pool: place, Type: lxd.TypeCustom, Name: name})
		if project, pool, ok := strings.Cut(place, ":"); ok {
			ids = append(ids, lxd.VolumeID{Project: project, Pool: pool, Type: lxd.TypeCustom, Name: name})
		}
	}
	return ids
}

// findMarked looks for the volumes that the marks of others name, where what uses a pool does not say whether they are there.
func findMarked(ctx context.Context, c *lxd.Client, state *State) error {
	if !state.NamesSomeUsers() {
		return nil
	}
	known := map[lxd.VolumeID]bool{}
	know := func(id lxd.VolumeID) {
		id.Member = ""
		known[id] = true
	}
	for id := range state.VolumeIDs.All() {
		know(id)
	}
	for id := range state.Volumes.All() {
		know(id)
	}
	missing, restricted := map[place]Names{}, state.Restricted()
	for _, volume := range state.Volumes.All() {
		for _, id := range markedVolumes(volume.Config[OfKey]) {
			if state.Pools[id.Pool] != nil && (!restricted || state.Projects[id.Project] != nil) && !known[id] {
				know(id) // asked for once
				at := place{id.Pool, id.Project}
				missing[at] = append(missing[at], id.Name)
			}
		}
	}
	for at, names := range missing {
		volumes, err := readList(ctx, c, at, lxd.VolumeList{Names: names, Server: state.Server})
		if err != nil {
			return err
		}
		for _, volume := range volumes {
			state.VolumeIDs.Add(volume.ID())
		}
	}
	return nil
}
