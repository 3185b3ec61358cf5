package sim

import (
	"cmp"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/sim/product"
	"tarn/lxd/sim/state"
)

// FromLive gives the state of a server that holds what was read of a real one. live is what a plan was made from; rest is
// what surrounds it. Volumes of which only the name is known are there without config. The state shares nothing with them.
//
// Pools of drivers that are not simulated are left out, with all that they hold; see [HasDriver].
func FromLive(live *live.State, rest *live.Surroundings) *State {
	s := &State{
		Extensions: slices.Clone(live.Server.Extensions), Drivers: slices.Clone(live.Server.Drivers), Pools: map[string]*Pool{},
		Projects: map[string]*Project{}, Profiles: map[Key]*Profile{}, Instances: map[Key]*Instance{},
	}
	is := product.Nearest(live.Server)
	s.Product = is.ID
	l := loader{state: s, product: is, live: live, rest: rest}
	l.addMembers()
	l.addServerVolumes()
	l.addProjects()
	l.addUsers()
	for _, name := range slices.Sorted(maps.Keys(live.Pools)) {
		if HasDriver(live.Pools[name].Driver) {
			l.addPool(live.Pools[name])
		}
	}
	volumes := map[lxd.VolumeID]*lxd.Volume{}
	maps.Copy(volumes, rest.Volumes)
	maps.Insert(volumes, live.Volumes.All()) // as the plan has seen them
	for id := range live.VolumeIDs.All() {
		if volumes[id] == nil {
			volumes[id] = &lxd.Volume{}
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(volumes), lxd.VolumeID.Compare) {
		l.addVolume(id, volumes[id])
	}
	return s
}

// HasDriver tells whether pools of a driver are simulated.
func HasDriver(name string) bool { return slices.Contains(state.Drivers, name) }

// Simulates names the server as which [FromLive] has another one simulated: LXD 5.0.2.
func Simulates(server *lxd.Server) string { return product.Nearest(server).String() }

// loader fills a state from what was read of a server.
type loader struct {
	state   *State
	product *product.Product
	live    *live.State
	rest    *live.Surroundings
}

func (l *loader) addMembers() {
	for _, member := range l.live.Members {
		l.state.Members = nonNil(l.state.Members)
		l.state.Members[member.Name] = &Member{Offline: member.Status == lxd.MemberOffline}
	}
}

// addServerVolumes notes the volumes in which the server keeps something of its own.
func (l *loader) addServerVolumes() {
	for _, own := range l.rest.ServerVolumes {
		if !slices.Contains(ownVolumes, own.Key) {
			continue // no other is simulated
		}
		config := nonNil(maps.Clone(l.state.ConfigOf(own.Volume.Member)))
		config[own.Key] = own.Volume.Pool + "/" + own.Volume.Name
		l.state.SetConfigOf(own.Volume.Member, config)
	}
}

func (l *loader) addProjects() {
	for _, p := range l.rest.Projects {
		l.state.Projects[p.Name] = &Project{Config: maps.Clone(p.Config)}
	}
	for name, p := range l.live.Projects {
		l.state.Projects[name] = &Project{Config: maps.Clone(p.Config)}
	}
}

// ensureProject sees to it that a project is there whose config may not be seen.
func (l *loader) ensureProject(name string) {
	if l.state.Projects[name] == nil && name != lxd.DefaultProject {
		l.state.Projects[name] = &Project{Config: map[string]string{"features.storage.volumes": "true"}}
	}
}

// addUsers adds the profiles and instances that the client may see.
func (l *loader) addUsers() {
	for _, profile := range l.rest.Profiles {
		l.state.Profiles[Key{Project: profile.Project, Name: profile.Name}] = &Profile{Devices: cloneLiveDevices(profile.Devices)}
	}
	for _, instance := range l.rest.Instances {
		l.state.Instances[Key{Project: instance.Project, Name: instance.Name}] = &Instance{
			Running: instance.Status != lxd.StatusStopped, Profiles: slices.Clone(instance.Profiles), Devices: cloneLiveDevices(instance.OwnDevices),
		}
	}
}

func cloneLiveDevices(live map[string]lxd.Device) map[string]map[string]string {
	devices := make(map[string]map[string]string, len(live))
	for name, device := range live {
		devices[name] = maps.Clone(device)
	}
	return devices
}

func (l *loader) addPool(live *lxd.Pool) {
	pool := &Pool{Driver: live.Driver, Description: live.Description, Config: nonNil(maps.Clone(live.Config)), Volumes: map[Key]*Volume{}}
	if live.Status == lxd.StatusPending || live.Status == lxd.StatusErrored {
		pool.Status = live.Status
	}
	for id, side := range l.rest.MemberPools {
		if id.Name != live.Name {
			continue
		}
		_, own := splitConfig(l.product, side.Config)
		pool.Members = nonNil(pool.Members)
		pool.Members[id.Member] = &MemberPool{Config: own}
		if pool.Status != "" && side.Status != lxd.StatusCreated {
			pool.Members[id.Member].Status = side.Status
		}
	}
	l.state.Pools[live.Name] = pool
	for _, use := range l.live.Uses(live.UsedBy) {
		l.addUse(use, map[string]string{"type": "disk", "path": "/", "pool": live.Name})
	}
}

func (l *loader) addVolume(id lxd.VolumeID, live *lxd.Volume) {
	pool := l.state.Pools[id.Pool]
	if pool == nil {
		return // it went away between two reads, or is not simulated
	}
	l.ensureProject(id.Project)
	l.state.Serial++
	v := &Volume{
		Serial: l.state.Serial, ContentType: cmp.Or(live.ContentType, lxd.ContentFilesystem), Text: state.Text{Description: live.Description},
		Config: nonNil(maps.Clone(live.Config)),
	}
	v.Bytes = deviceBytes(v.ContentType, v.Config)
	snapshots := l.rest.Snapshots[id]
	if usage := l.live.Usage[id]; usage != nil {
		v.Used = max(usage.Used, 0)
		snapshots = usage.Snapshots
		if l.product.Backups {
			for _, name := range usage.Backups {
				v.Backups = append(v.Backups, &state.Backup{Name: name})
			}
		}
	}
	for _, name := range snapshots {
		snapshot := &Snapshot{Name: name, Config: maps.Clone(v.Config)} // what it has is not known but where the plan has asked
		if known := l.live.Snapshot(id, name); known != nil {
			snapshot.Config, snapshot.Description = nonNil(maps.Clone(known.Config)), known.Description
		}
		v.Snapshots = append(v.Snapshots, snapshot)
	}
	key := Key{Project: id.Project, Type: id.Type, Name: id.Name, Member: pool.KeyMember(id.Member)}
	if pool.Driver == "btrfs" {
		address{pool: pool, member: id.Member}.noteQuota(v.ContentType, v.Config)
	}
	pool.Volumes[key] = v
	if id.Type != lxd.TypeCustom {
		return // what uses it is its own instance
	}
	for _, use := range l.live.Uses(live.UsedBy) {
		l.addUse(use, map[string]string{"type": "disk", "path": "/mnt/" + id.Name, "pool": id.Pool, "source": id.Name})
	}
}

// addUse sees to it that an instance or a profile has the device by which it uses something.
func (l *loader) addUse(use lxd.Use, device map[string]string) {
	key := Key{Project: use.Project, Name: use.Name}
	var devices map[string]map[string]string
	switch use.Kind {
	case lxd.UsedByProfile:
		if l.state.Profiles[key] == nil {
			l.state.Profiles[key] = &Profile{Devices: map[string]map[string]string{}}
		}
		devices = l.state.Profiles[key].Devices
	case lxd.UsedByInstance:
		if l.state.Instances[key] == nil {
			l.state.Instances[key] = &Instance{Devices: map[string]map[string]string{}}
		}
		devices = l.state.Instances[key].Devices
	default:
		return
	}
	l.ensureProject(use.Project)
	for _, known := range devices {
		if known["pool"] == device["pool"] && (device["source"] == "" || lxd.Device(known).Uses(
			lxd.VolumeID{Pool: device["pool"], Type: lxd.TypeCustom, Name: device["source"]})) {
			return
		}
	}
	devices[device["pool"]+"/"+device["source"]] = device // some name that no other device has
}
