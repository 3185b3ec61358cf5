package spec

import (
	"fmt"
	"strings"
	"sync"

	"tarn/lxd/schema"
)

// otherWord is what an author means by a word of another tool, or of everyday language, in place of tarn's own.
type otherWord struct {
	meant string // the attribute of the block that it stands for, "" for none
	text  string // what to do, in whole sentences
}

// Sentences that several words have.
const (
	severalOf       = "For several objects from one block, write for_each = toset([\"a\", \"b\"]) and name = \"data-${each.key}\"."
	noOrder         = "tarn finds out itself in which order steps go: take it out."
	protection      = "To protect something from being deleted, write prevent_delete = true in its block."
	whichServer     = "Name the server with remote in the tarn block, or with --remote. tarn needs no provider and no state: the server is the state."
	howItWasCalled  = "To rename or move a volume, write renamed_from = \"old-name\" in the block of the new one."
	ownKeys         = "Write notes of your own as config keys: config = { \"user.team\" = \"storage\" }."
	whatItGetsFrom  = "For a volume that begins as a copy of another one, write copy_of = \"pool/name\"."
	toBeGone        = "To have something deleted, write absent = true in its block."
	alreadyThere    = "For what exists already and is not tarn's to change, write existing = true: pool \"default\" { existing = true }"
	devices         = "What uses a volume is not tarn's: lxc storage volume attach gives it to an instance."
	ofTheTarnBlock  = "Move it into the tarn block: tarn { %s = … }"
	settingsOfLXD   = "Write settings of LXD in config = { key = value, … }."
	volumesAreAlone = "Write a block for each volume in the block of its pool: volume \"name\" { … }"
	poolsAreAlone   = "Write a block for each pool: pool \"name\" { driver = … }"
	standsAlone     = "A block %s stands by itself, outside of all other blocks: move it out of the pool block."
	snapshotsAre    = "Write when to take snapshots as config keys: config = { \"snapshots.schedule\" = \"@daily\", \"snapshots.expiry\" = \"7d\" }."
)

// otherWordsAnywhere are for every block and for a spec itself. Those of a single block go before.
var otherWordsAnywhere = sync.OnceValue(func() map[string]otherWord {
	return map[string]otherWord{
		"count":                 {"for_each", severalOf},
		"dynamic":               {"", "Repeat the block itself: write for_each = … in it, and name = \"data-${each.key}\"."},
		"loop":                  {"for_each", severalOf},
		"with_items":            {"for_each", severalOf},
		"depends_on":            {"", noOrder},
		"lifecycle":             {"", protection + " For config keys that others may change, write ignore_config = [\"key\"]."},
		"prevent_destroy":       {"prevent_delete", protection},
		"protected":             {"prevent_delete", protection},
		"deletion_protection":   {"prevent_delete", protection},
		"ignore_changes":        {"ignore_config", "For config keys that others may change, write ignore_config = [\"key\"]."},
		"create_before_destroy": {"", "tarn never replaces anything by deleting it: take it out."},
		"provider":              {"", whichServer},
		"terraform":             {"", whichServer},
		"backend":               {"", whichServer},
		"resource":              {"", "Write pool \"name\" { driver = … } for a pool, and volume \"name\" { … } in it for a volume. tarn import --tofu DIR makes a spec of a whole configuration."},
		"data":                  {"", alreadyThere},
		"output":                {"", "tarn has no outputs: take it out. For programs there is tarn plan --json."},
		"module":                {"", "The files of a directory are one spec, and tarn plan A B takes several directories together. There are no modules."},
		"moved":                 {"", howItWasCalled},
		"import":                {"", "There is nothing to import: what is on the server under the name of a block is that. tarn plan shows what would change."},
		"removed":               {"absent", toBeGone + " What is in no block is left alone."},
		"state":                 {"absent", toBeGone},
		"ensure":                {"absent", toBeGone},
		"deleted":               {"absent", toBeGone},
		"delete":                {"absent", toBeGone},
		"external":              {"existing", alreadyThere},
		"storage_pool":          {"", poolsAreAlone},
		"pools":                 {"", poolsAreAlone},
		"storage_pools":         {"", poolsAreAlone},
		"volumes":               {"", volumesAreAlone},
		"storage_volume":        {"", volumesAreAlone},
		"storage_volumes":       {"", volumesAreAlone},
		"snapshot":              {"", snapshotsAre},
		"snapshots":             {"", snapshotsAre},
		"schedule":              {"", snapshotsAre},
		"labels":                {"", ownKeys},
		"tags":                  {"", ownKeys},
		"annotations":           {"", ownKeys},
		"options":               {"config", settingsOfLXD},
		"driver_opts":           {"config", settingsOfLXD},
		"properties":            {"config", settingsOfLXD},
		"settings":              {"config", settingsOfLXD},
		"path":                  {"", devices},
		"mount":                 {"", devices},
		"device":                {"", devices},
		"devices":               {"", devices},
		"instance":              {"", devices},
		"instances":             {"", devices},
		"profile":               {"", devices},
		"profiles":              {"", devices},
		"owner":                 {"", fmt.Sprintf(ofTheTarnBlock, "owner")},
		"remote":                {"", fmt.Sprintf(ofTheTarnBlock, "remote")},
		"max_deletes":           {"", fmt.Sprintf(ofTheTarnBlock, "max_deletes")},
		"secret_config":         {"", fmt.Sprintf(ofTheTarnBlock, "secret_config")},
		"acknowledge":           {"", fmt.Sprintf(standsAlone, "acknowledge")},
		"locals":                {"", fmt.Sprintf(standsAlone, "locals")},
		"tarn":                  {"", fmt.Sprintf(standsAlone, "tarn")},
		"variable":              {"", fmt.Sprintf(standsAlone, "variable")},
	}
})

// otherWordsIn are for one type of block each, by its name.
var otherWordsIn = sync.OnceValue(func() map[string]map[string]otherWord {
	return map[string]map[string]otherWord{
		"": {
			"vars":      {"", "Write a block for each variable: variable \"name\" { default = … }"},
			"variables": {"", "Write a block for each variable: variable \"name\" { default = … }"},
			"local":     {"", "Write local values in a block locals { name = … }."},
			"settings":  {"", "What holds for the whole spec is in a block tarn { … }."},
			"volume":    {"", "A volume belongs to a pool: move this block into its pool block."},
		},
		"tarn": {
			"server":  {"remote", "Write remote = \"name\", a name that lxc remote list shows."},
			"address": {"remote", "Write remote = \"name\", a name that lxc remote list shows."},
			"host":    {"remote", "Write remote = \"name\", a name that lxc remote list shows."},
		},
		"pool": {
			"pool":           {"", "Pools do not hold pools: move this block out of the pool block around it."},
			"type":           {"driver", "For the storage driver, write driver = \"zfs\"."},
			"storage_driver": {"driver", "For the storage driver, write driver = \"zfs\"."},
			"backend":        {"driver", "For the storage driver, write driver = \"zfs\"."},
			"project":        {"", "Pools belong to no project: project is for the volumes in it, or for all of them in the tarn block."},
			"target":         {"", "A pool is on all members of a cluster. Write what a member has of its own in a member block: member \"n1\" { config = { source = … } }"},
			"members":        {"", "Write a block for each member of the cluster: member \"n1\" { config = { source = … } }"},
			"node":           {"", "Write what a member of a cluster has of its own in a member block: member \"n1\" { config = { source = … } }"},
			"content_type":   {"", "content_type is for the volumes in it."},
			"renamed_from":   {"", "No server renames pools. Declare a new pool, and move the volumes there with renamed_from = \"old-pool/name\" in their blocks."},
			"copy_of":        {"", "Only volumes are copied."},
			"desc":           {"description", "Write description = \"…\"."},
			"comment":        {"description", "Write description = \"…\"."},
		},
		"volume": {
			"volume":        {"", "Volumes do not hold volumes: move this block into the pool block."},
			"type":          {"content_type", "For what the volume holds, write content_type = \"block\" or \"filesystem\". All volumes in a spec are custom ones."},
			"pool":          {"", "A volume is in the pool whose block is around it: move the block there."},
			"driver":        {"", "The driver is that of the pool."},
			"source":        {"copy_of", whatItGetsFrom},
			"source_volume": {"copy_of", whatItGetsFrom},
			"copy_from":     {"copy_of", whatItGetsFrom},
			"clone":         {"copy_of", whatItGetsFrom},
			"member":        {"target", "For the cluster member that holds the volume, write target = \"n1\"."},
			"node":          {"target", "For the cluster member that holds the volume, write target = \"n1\"."},
			"location":      {"target", "For the cluster member that holds the volume, write target = \"n1\"."},
			"exclusive":     {"", "exclusive is for pools."},
			"old_name":      {"renamed_from", howItWasCalled},
			"previous_name": {"renamed_from", howItWasCalled},
			"moved_from":    {"renamed_from", howItWasCalled},
			"quota":         {"", "Write the size as a config key: config = { size = \"10GiB\" }."},
			"desc":          {"description", "Write description = \"…\"."},
			"comment":       {"description", "Write description = \"…\"."},
		},
		"variable": {
			"value": {"default", "For the value when none is given, write default = …"},
		},
	}
})

// otherWord is what is meant by a name that a block does not have.
func (t *blockType) otherWord(name string) (otherWord, bool) {
	if word, ok := otherWordsIn()[t.name][name]; ok {
		return word, true
	}
	switch t {
	case topLevel, poolBlock, volumeBlock, memberBlock:
	default:
		return otherWord{}, false
	}
	word, ok := otherWordsAnywhere()[name]
	return word, ok
}

// place says where a name does not belong.
func (t *blockType) place(name string) string {
	for _, b := range allBlocks() {
		if t == topLevel && (b.name == name || b.attribute(name) != nil) {
			return "a spec outside of its blocks"
		}
	}
	return t.String()
}

// keyWithUnderscores is the config key that a name with underscores in place of dots is: snapshots_schedule.
func keyWithUnderscores(name string) (string, bool) {
	if !strings.Contains(name, "_") {
		return "", false
	}
	for _, query := range []keyQuery{{volume: true}, {}} {
		for _, key := range keysLike(query) {
			if strings.ReplaceAll(key.Name, ".", "_") == name {
				return key.Name, true
			}
		}
	}
	return "", false
}

// noSuchWord is the message that a block has no attribute or block of a name; see noSuch.
func (t *blockType) noSuchWord(kind, name string, names []string) string {
	missing := fmt.Sprintf("%s has no %s %q", capital(t.String()), kind, name)
	if t.attribute("config") != nil && len(schema.Suggest(name, t.words())) == 0 {
		if key, ok := keyWithUnderscores(name); ok {
			return fmt.Sprintf("%s. It is a key of LXD: write config = { %q = … }.", missing, key)
		}
	}
	return t.noSuch(kind, name, names)
}
