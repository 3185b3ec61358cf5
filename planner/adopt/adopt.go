// Package adopt works out what a spec has to say of what a server holds, so that a plan for it has nothing to do.
//
// What was read of a server goes in; declarations come out, as package spec/write writes them, and what could not be declared, with the
// reason. Only what an author would have written is declared: neither what the server has filled in nor what a volume has inherited.
// The package does no I/O. What it declares is planned, with the planner, before it is given out: whatever a plan would change, or be
// blocked by, is left out.
package adopt

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/migrate"
	"tarn/lxd/schema"
	"tarn/lxd/secrets"
	"tarn/planner/plan"
	"tarn/spec/write"
)

// Options say what of a server is declared. The zero value is all pools, with their volumes in the default project.
type Options struct {
	Remote      string // the server as the spec shall name it, "" for not at all
	Project     string // of the volumes, "" for the default one
	AllProjects bool   // volumes of all projects that were read
	Pools       []string
	Owner       string // only what has this owner's mark; the spec names the owner then

	Secrecy
}

// Adopted is what a spec has to say of a server.
type Adopted struct {
	File    *write.File
	Secrets map[string]string // the values of the variables of the file
	ByName  []string          // config keys that count as secret for what they are called and for nothing else, in order
	LeftOut []LeftOut         // in order
}

// adoption is one on its way.
type adoption struct {
	*live.State
	opts    Options
	counts  map[lxd.VolumeID]int // of snapshots
	project string               // of the volumes that name none
	secret  secrets.Set          // the values that must not be written
	ids     map[*write.Volume]lxd.VolumeID
	leftOut map[plan.Object]string
	keys    map[LeftOut]bool    // config keys that are left out
	named   map[secretOf]string // variables
	values  map[string]string   // of the variables
}

// New declares what a server holds, of which a whole was read, see [live.ReadWhole].
func New(state *live.State, opts Options) *Adopted {
	a := &adoption{
		State: state, opts: opts, counts: state.SnapshotCounts(), ids: map[*write.Volume]lxd.VolumeID{},
		leftOut: map[plan.Object]string{}, keys: map[LeftOut]bool{}, named: map[secretOf]string{}, values: map[string]string{},
	}
	a.secret.Add(SecretsOn(state, opts.Secrecy)...)
	file := &write.File{Settings: write.Settings{Owner: opts.Owner, Remote: opts.Remote, SecretConfig: opts.settings(configKeys(state))}}
	a.project = a.usualProject()
	if a.project != lxd.DefaultProject {
		file.Settings.Project = a.project
	}
	for _, name := range slices.Sorted(maps.Keys(state.Pools)) {
		if opts.Pools == nil || slices.Contains(opts.Pools, name) {
			if pool := a.pool(state.Pools[name]); pool != nil {
				file.Pools = append(file.Pools, pool)
			}
		}
	}
	a.leaveOutFaults(file)
	file.Variables = a.variables(file)
	adopted := &Adopted{File: file, Secrets: a.values, ByName: a.byName(), LeftOut: a.left()}
	adopted.remark()
	return adopted
}

// usualProject is the project of the volumes that name none: a plan for them has to be allowed to see it.
func (a *adoption) usualProject() string {
	if !a.opts.AllProjects {
		return a.EffectiveProject(a.opts.Project)
	}
	if a.Projects == nil || a.Projects[lxd.DefaultProject] != nil {
		return lxd.DefaultProject
	}
	for _, name := range slices.Sorted(maps.Keys(a.Projects)) {
		if a.EffectiveProject(name) == name {
			return name
		}
	}
	return lxd.DefaultProject
}

// pool declares a pool with its volumes, nil when it cannot be declared, or when nothing of it is asked for.
func (a *adoption) pool(live *lxd.Pool) *write.Pool {
	object := plan.PoolObject(live.Name)
	switch {
	case live.Managed != nil && !*live.Managed:
		a.leaveOutPool(live.Name, "the server does not manage it")
		return nil
	case live.Status != "" && live.Status != lxd.StatusCreated:
		a.leaveOutPool(live.Name, fmt.Sprintf("its status is %s, so that it has to be repaired or completed first", plan.Plain(live.Status)))
		return nil
	}
	pool := &write.Pool{Name: live.Name}
	why := a.ofSomebodyElse(live)
	if pool.Existing = why != ""; pool.Existing {
		pool.Comment = []string{why + "."}
	} else {
		pool.Driver = live.Driver
		pool.Description, pool.Comment = a.prose(live.Description)
		pool.PreventDelete = live.Config[preventKey] != ""
		pool.Config, pool.IgnoreConfig = a.poolConfig(live, live.Config, false)
		pool.Members = a.members(live, pool)
	}
	for _, id := range slices.SortedFunc(a.Volumes.IDs(), compareNames) {
		if id.Pool == live.Name && id.Type == lxd.TypeCustom {
			if volume := a.volume(a.Volumes.Get(id), live); volume != nil {
				a.ids[volume] = id
				pool.Volumes = append(pool.Volumes, volume)
			}
		}
	}
	if pool.Existing && len(pool.Volumes) == 0 {
		if a.opts.Owner == "" {
			a.leftOut[object] = lowered(why) + ", and none of its volumes is declared"
		}
		return nil
	}
	return pool
}

// compareNames orders the volumes of a pool.
func compareNames(x, y lxd.VolumeID) int { return x.Compare(y) }

// ofSomebodyElse says why a pool is declared as existing, "" when it is not.
func (a *adoption) ofSomebodyElse(pool *lxd.Pool) string {
	owner := pool.Config[live.OwnerKey]
	switch {
	case pool.Config == nil:
		return "The server does not show the config of this pool to this client"
	case owner == a.opts.Owner:
		return ""
	case owner != "":
		return fmt.Sprintf("This pool belongs to the owner %s", schema.Quoted(owner))
	}
	return fmt.Sprintf("This pool has no mark of the owner %s", schema.Quoted(a.opts.Owner))
}

// lowered is a sentence as a part of another one. A name in capitals stays.
func lowered(text string) string {
	if len(text) < 2 || text[1] >= 'A' && text[1] <= 'Z' {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// preventKey is the mark of prevent_delete.
const preventKey = live.PreventDeleteKey

// isMark tells whether a config key is one of those that no spec can have, and that mean something.
func isMark(key string) bool {
	return key == live.OwnerKey || key == live.OfKey || key == preventKey || migrate.IsMark(key)
}

// volume declares a volume, nil when it cannot be declared or is not asked for.
func (a *adoption) volume(live *lxd.Volume, pool *lxd.Pool) *write.Volume {
	id := live.ID()
	object := plan.VolumeObject(id)
	if why, asked := a.declarable(live); why != "" || !asked {
		if why != "" {
			a.leftOut[object] = why
		}
		return nil
	}
	volume := &write.Volume{Name: id.Name, Snapshots: a.counts[id]}
	volume.Description, volume.Comment = a.prose(live.Description)
	if live.ContentType != lxd.ContentFilesystem {
		volume.ContentType = live.ContentType
	}
	if id.Project != a.project {
		volume.Project = id.Project
	}
	if a.targeted(live) {
		volume.Target = id.Member
	}
	for _, user := range plan.UsersOf(a.Uses(live.UsedBy)) {
		if user.Kind != lxd.UsedBySnapshot && user.Kind != lxd.UsedByVolume {
			volume.UsedBy = append(volume.UsedBy, a.secret.Hide(lxd.PlainLine(user.String())))
		}
	}
	if live.ContentType == schema.ISO { // servers take no change of its config, so nothing of it is a wish
		volume.Existing = true
		return volume
	}
	volume.PreventDelete = live.Config[preventKey] != ""
	volume.Config, volume.IgnoreConfig = a.volumeConfig(live, pool)
	return volume
}

// declarable says why a volume cannot be declared, and whether it is asked for.
func (a *adoption) declarable(volume *lxd.Volume) (why string, asked bool) {
	id, owner := volume.ID(), volume.Config[live.OwnerKey]
	if migrate.OfRun(id.Name) {
		return "it is a part of a move that has not come to its end", true
	}
	for key := range volume.Config {
		if migrate.IsMark(key) {
			return "a move of it has not come to its end", true
		}
	}
	for _, own := range a.ServerVolumes {
		if own.Volume.Pool == id.Pool && own.Volume.Name == id.Name && (own.Volume.Member == "" || id.Member == "" || own.Volume.Member == id.Member) && id.Project == lxd.DefaultProject {
			return fmt.Sprintf("the server keeps something of its own in it (%s)", own.Key), true
		}
	}
	switch {
	case slices.ContainsFunc(a.Uses(volume.UsedBy), func(use lxd.Use) bool { return use.Kind == lxd.UsedByServer }):
		return "the server keeps something of its own in it", true
	case volume.ContentType != lxd.ContentFilesystem && volume.ContentType != lxd.ContentBlock && volume.ContentType != schema.ISO:
		return fmt.Sprintf("tarn knows no content type %s", schema.Quoted(volume.ContentType)), true
	case owner == a.opts.Owner:
		return "", true
	case a.opts.Owner == "":
		return fmt.Sprintf("of the owner %s, see --owner", schema.Quoted(owner)), true
	}
	return "", false
}

// targeted tells whether the declaration of a volume names its member. A mark that was put on without naming it would have to be
// written anew.
func (a *adoption) targeted(volume *lxd.Volume) bool {
	id := volume.ID()
	if driver, known := schema.Lookup(a.Pools[id.Pool].Driver); id.Member == "" || known && driver.Remote {
		return false
	}
	of := volume.Config[live.OfKey]
	if of == "" || strings.HasSuffix(of, " on "+id.Member) {
		return true
	}
	for other := range a.Volumes.All() {
		if other.Name == id.Name && other.Pool == id.Pool && other.Project == id.Project && other.Member != id.Member {
			return true
		}
	}
	return false
}

// prose is a description, "" for one that a spec cannot have, with the line of a comment that says why. A spec that is silent about a
// description leaves it as it is.
func (a *adoption) prose(text string) (prose string, why []string) {
	if a.secret.Hide(text) != text {
		return "", []string{"Its description has a secret value in it, so that it is not written here, and stays as it is."}
	}
	return text, nil
}
