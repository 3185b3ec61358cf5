package write

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Fold is the file's text with like volumes of a pool in one block with for_each, where that has fewer lines than a block for each.
// Volumes are alike when they differ in their names, or besides in values of config keys that all of them have, or in their
// descriptions.
func (f *File) Fold() []byte {
	blocks := make([]poolBlock, len(f.Pools))
	for i, pool := range f.Pools {
		blocks[i] = poolBlock{Pool: pool, entries: folded(pool.Volumes)}
	}
	return f.format(blocks)
}

// group are volumes that one block with for_each declares.
type group struct {
	label   string
	volumes []*Volume // in the order of their names
	varying []string  // config keys whose values differ, in order; "" is the description
}

// folded puts the volumes of a pool together to groups. Those with the same config keys and of one family are looked at together: first
// of families that only a number tells apart, then of those that begin with the same word, then all. A group stands where its first
// volume would.
func folded(volumes []*Volume) []entry {
	alone := slices.Clone(volumes)
	first := map[*Volume]int{}
	for i, volume := range volumes {
		first[volume] = i
	}
	var groups []*group
	for _, family := range []func(string) string{numberedFamily, wordFamily, func(string) string { return "" }} {
		inGroup := map[*Volume]bool{}
		for _, part := range partsOf(alone, func(v *Volume) string { return fmt.Sprintf("%q %s", family(v.Name), v.likeness()) }) {
			for _, g := range fold(part) {
				groups = append(groups, g)
				for _, volume := range g.volumes {
					inGroup[volume] = true
				}
			}
		}
		alone = slices.DeleteFunc(alone, func(v *Volume) bool { return inGroup[v] })
	}
	entries := single(alone)
	for _, g := range groups {
		at := slices.MinFunc(g.volumes, func(a, b *Volume) int { return cmp.Compare(first[a], first[b]) })
		entries = append(entries, entry{volume: at, group: g})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(first[a.volume], first[b.volume]) })
	return entries
}

// partsOf are the volumes that may be in groups, apart by a text that those of one part have in common.
func partsOf(volumes []*Volume, common func(*Volume) string) [][]*Volume {
	parts := map[string][]*Volume{}
	for _, volume := range volumes {
		if volume.foldable() {
			key := common(volume)
			parts[key] = append(parts[key], volume)
		}
	}
	var sorted [][]*Volume
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		sorted = append(sorted, parts[key])
	}
	return sorted
}

// fold finds the groups that make the least lines of volumes with the same config keys: those that are the same but for their names
// apart from the others, or all in one with what differs.
func fold(volumes []*Volume) []*group {
	var apart []*group
	lines, rest := 0, []*Volume{}
	for _, same := range partsOf(volumes, (*Volume).sameness) {
		if g := newGroup(same); g.isShorter() {
			apart = append(apart, g)
			lines += height(g.text(g.label))
		} else {
			rest = append(rest, same...)
		}
	}
	if g := newGroup(rest); g != nil && g.isShorter() {
		apart = append(apart, g)
		lines += height(g.text(g.label))
	} else {
		lines += heightApart(rest)
	}
	together := newGroup(volumes)
	if together.isShorter() && height(together.text(together.label)) <= lines {
		return []*group{together}
	}
	return apart
}

// foldable tells whether a volume may be one of a group.
func (v *Volume) foldable() bool { return len(v.Comment) == 0 }

// sameness is the same text for volumes that are the same but for their names.
func (v *Volume) sameness() string {
	return fmt.Sprintf("%s %q %s", v.frame(), v.Description, v.Config.onOneLine())
}

// likeness is the same text for volumes that have the same config keys, and are otherwise the same but for name and description.
func (v *Volume) likeness() string {
	var keys []string
	for key, value := range v.Config {
		keys = append(keys, fmt.Sprintf("%q %q %t", key, value.Variable, value.Bool)) // for_each takes no sensitive values
	}
	slices.Sort(keys)
	return fmt.Sprintf("%s %t %q", v.frame(), v.Description != "", keys)
}

// frame is what a volume has besides its name, description and config.
func (v *Volume) frame() string {
	return fmt.Sprintf("%q %q %q %t %t %q", v.ContentType, v.Project, v.Target, v.Existing, v.PreventDelete, v.IgnoreConfig)
}

// newGroup is a group of volumes that are alike, nil for none.
func newGroup(volumes []*Volume) *group {
	if len(volumes) == 0 {
		return nil
	}
	g := &group{volumes: slices.Clone(volumes)}
	slices.SortFunc(g.volumes, func(a, b *Volume) int { return naturally(a.Name, b.Name) })
	one := g.volumes[0]
	differ := func(value func(*Volume) string) bool {
		return slices.ContainsFunc(g.volumes, func(v *Volume) bool { return value(v) != value(one) })
	}
	if differ(func(v *Volume) string { return v.Description }) {
		g.varying = append(g.varying, "")
	}
	for _, key := range slices.Sorted(maps.Keys(one.Config)) {
		if differ(func(v *Volume) string { return v.Config[key].Text }) {
			g.varying = append(g.varying, key)
		}
	}
	g.label = g.name()
	return g
}

// isShorter tells whether the group's block has less lines than blocks for each of its volumes: so many that it is worth it, where
// values stand apart from their keys then.
func (g *group) isShorter() bool {
	const fewest = 3
	together, alone := height(g.text(g.label)), heightApart(g.volumes)
	return len(g.volumes) >= fewest && together < alone && (len(g.varying) == 0 || together*4 <= alone*3)
}

// heightApart is how many lines the blocks of volumes take.
func heightApart(volumes []*Volume) int {
	lines := 0
	for _, volume := range volumes {
		lines += height(volume.text(volume.Name))
	}
	return lines
}

// height is how many lines a block takes, with a blank one where it has several.
func height(block string) int {
	n := strings.Count(block, "\n")
	if strings.HasSuffix(block, "  }\n") {
		n++
	}
	return n
}

// text is the group's block.
func (g *group) text(label string) string {
	one := *g.volumes[0]
	one.Config = maps.Clone(one.Config)
	attrs := attributes{"for_each = " + g.forEach(), "name = each.key"}
	for i, key := range g.varying {
		expression := "each.value"
		if len(g.varying) > 1 {
			expression += "." + g.fields()[i]
		}
		if key != "" {
			one.Config[key] = Value{each: expression}
			continue
		}
		one.Description = ""
		attrs = append(attrs, "description = "+expression)
	}
	return block(label, g.notes(), one.attributes(attrs), one.Config)
}

// notes are the comment over the group.
func (g *group) notes() []string {
	users := map[string]bool{}
	used, snapshots, with := 0, 0, 0
	for _, v := range g.volumes {
		for _, user := range v.UsedBy {
			users[user] = true
		}
		if len(v.UsedBy) > 0 {
			used++
		}
		if v.Snapshots > 0 {
			with++
			snapshots += v.Snapshots
		}
	}
	facts := []string{fmt.Sprintf("%d volumes", len(g.volumes))}
	if used > 0 {
		facts = append(facts, fmt.Sprintf("%d in use, by %s", used, few(slices.SortedFunc(maps.Keys(users), naturally))))
	}
	if with > 0 {
		facts = append(facts, fmt.Sprintf("%d with snapshots, %d in all", with, snapshots))
	}
	return []string{strings.Join(facts, "; ")}
}
