package planner

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd"
	"tarn/lxd/schema"
	"tarn/planner/plan"
)

// resolve gives the objects that addresses name, which a flag was given. One that names nothing is an error.
func (b *builder) resolve(flag string, addresses []string) map[plan.Object]bool {
	if len(addresses) == 0 {
		return nil
	}
	names := b.addresses()
	matched := map[plan.Object]bool{}
	for _, address := range addresses {
		found := false
		for name, objects := range names {
			if !means(address, name) {
				continue
			}
			found = true
			for _, object := range objects {
				matched[object] = true
			}
		}
		if !found {
			all := make([]string, 0, len(names))
			for name := range names {
				all = append(all, name)
			}
			slices.Sort(all)
			missing := fmt.Sprintf("%s %s: the spec has no pool and no volume of that name or address", flag, address)
			detail := schema.NoSuchSentence(missing, address, all)
			if meant := addressMeant(address, all); len(meant) > 0 {
				detail = fmt.Sprintf("%s. Did you mean %s?", missing, schema.QuotedList(meant, "or"))
			}
			b.diags = append(b.diags, &hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Nothing has that name",
				Detail:   detail,
			})
		}
	}
	return matched
}

// addressMeant are the names among all that an address without a pool most likely means: pg, volume.pg or custom/pg for the volume fast/pg. It
// is empty when it means none or more than a reader wants to choose from.
func addressMeant(address string, all []string) []string {
	name := address
	for _, prefix := range []string{"pool.", "volume.", "custom/"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if strings.ContainsAny(name, "./[*?") {
		return nil
	}
	var volumes []string // by their own names
	of := map[string][]string{}
	for _, full := range all {
		if _, volume, ok := strings.Cut(full, "/"); ok && !strings.HasPrefix(full, blockPrefix) {
			volumes = append(volumes, volume)
			of[volume] = append(of[volume], full)
		} else if !strings.HasPrefix(full, blockPrefix) {
			volumes = append(volumes, full)
			of[full] = append(of[full], full)
		}
	}
	slices.Sort(volumes)
	var meant []string
	for _, near := range schema.Suggest(name, slices.Compact(volumes)) {
		meant = append(meant, of[near]...)
	}
	if len(meant) > 3 {
		return nil
	}
	return meant
}

// means tells whether an address, or a pattern such as fast/* or pool.fast.volume.*, means a name. Only a star and a question mark
// make a pattern: brackets belong to addresses. A shell takes the quotes around the keys of for_each away unless they are quoted
// themselves, so that pool.shard[a] is pool.shard["a"].
func means(address, name string) bool {
	if address == name {
		return true
	}
	isBlock := strings.HasPrefix(name, blockPrefix)
	if isBlock != strings.HasPrefix(address, blockPrefix) {
		return false
	}
	if !isBlock {
		return isPattern(address) && globbed(address, name)
	}
	want, have := addressParts(address), addressParts(name)
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !(isPattern(want[i]) && globbed(want[i], have[i])) {
			return false
		}
	}
	return true
}

// blockPrefix begins the address of a block, which no name as plans print it begins with.
const blockPrefix = "pool."

func isPattern(text string) bool { return strings.ContainsAny(text, "*?") }

func globbed(pattern, name string) bool {
	matched, _ := path.Match(strings.NewReplacer(`\`, `\\`, "[", `\[`).Replace(pattern), name)
	return matched
}

// addressParts are the parts of the address of a block, without quotes: pool, a label, maybe [ and a key, volume and so on. A dot in a
// label or a key is part of that.
func addressParts(address string) []string {
	var parts []string
	var part strings.Builder
	var quote rune
	inKey := false
	end := func() {
		if part.Len() > 0 {
			parts = append(parts, part.String())
			part.Reset()
		}
	}
	escaped := false
	for _, r := range address {
		switch {
		case escaped:
			part.WriteRune(r)
			escaped = false
		case quote != 0 && r == '\\':
			escaped = true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			part.WriteRune(r)
		case r == '"' || r == '\'':
			quote = r
		case r == '[' && !inKey:
			end()
			inKey = true
			part.WriteRune(r)
		case r == ']' && inKey:
			inKey = false
			end()
		case r == '.' && !inKey:
			end()
		default:
			part.WriteRune(r)
		}
	}
	end()
	return parts
}

// blockNames are the address of an object and those without the key of its pool's for_each, without its own, or both, each of which
// stands for several.
func blockNames(address string) []string {
	pool, volume := address, ""
	if i := volumeAt(address); i >= 0 {
		pool, volume = address[:i], address[i:]
	}
	var names []string
	for _, p := range withoutKey(pool) {
		for _, v := range withoutKey(volume) {
			names = append(names, p+v)
		}
	}
	return names
}

// withoutKey are a part of an address, and that without its key when it has one.
func withoutKey(part string) []string {
	if label := part[:keyAt(part)]; label != part {
		return []string{part, label}
	}
	return []string{part}
}

// keyAt is where the key of a part of an address begins, its length when it has none.
func keyAt(part string) int { return indexOutsideQuotes(part, "[") }

// volumeAt is where the part of a volume begins in an address, -1 in that of a pool.
func volumeAt(address string) int {
	if i := indexOutsideQuotes(address, ".volume."); i < len(address) {
		return i
	}
	return -1
}

// indexOutsideQuotes is where a text begins in an address, not in a quoted label or key; the address's length when it does not.
func indexOutsideQuotes(address, text string) int {
	quoted := false
	for i := 0; i < len(address); i++ {
		switch {
		case address[i] == '\\' && quoted:
			i++
		case address[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(address[i:], text):
			return i
		}
	}
	return len(address)
}

// addresses are the objects of the spec, and those that it no longer declares, by what people call them: as plans print them,
// by the address of the block, and by that without the keys of for_each, for all that the block stands for.
func (b *builder) addresses() map[string][]plan.Object {
	names := map[string][]plan.Object{}
	add := func(name string, objects ...plan.Object) {
		if name != "" {
			names[name] = append(names[name], objects...)
		}
	}
	block := func(address string, objects ...plan.Object) {
		for _, name := range blockNames(address) {
			add(name, objects...)
		}
	}
	volume := func(id lxd.VolumeID, objects ...plan.Object) {
		add(id.String(), objects...)
		if printed := plan.VolumeName(id); printed != id.String() {
			add(printed, objects...)
		}
	}
	for name, pool := range b.pools {
		add(name, plan.PoolObject(name))
		block(pool.want.Address, plan.PoolObject(name))
	}
	for id, v := range b.volumes.All() {
		objects := []plan.Object{plan.VolumeObject(id), plan.VolumeObject(v.final)} // the second has the member where it ends up
		if v.renamed {
			objects = append(objects, plan.VolumeObject(v.from))
			volume(v.from, objects...)
		}
		volume(id, objects...)
		block(v.want.Address, objects...)
	}
	for _, orphan := range b.plan.Orphans {
		if orphan.IsPool() {
			add(orphan.Pool, orphan)
		} else {
			volume(orphan.Volume, orphan)
		}
	}
	for _, stranger := range b.plan.Strangers {
		volume(stranger.Volume, stranger)
	}
	for _, s := range b.steps {
		if object := s.Action.Object(); !object.IsPool() && b.volumes.Get(object.Volume) == nil {
			volume(object.Volume, object) // an orphan that goes
		}
	}
	return names
}
