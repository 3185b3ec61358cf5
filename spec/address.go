package spec

import (
	"path"
	"strings"
)

// Addresses, by which flags and acknowledge blocks name pools and volumes: as plans print them (fast, fast/pgdata), or that of a block
// (pool.fast.volume.pgdata).

// AddressMeans tells whether an address, or a pattern such as fast/* or pool.fast.volume.*, means a name. Only a star and a question mark
// make a pattern: brackets belong to addresses. A shell takes the quotes around the keys of for_each away unless they are quoted
// themselves, so that pool.shard[a] is pool.shard["a"].
func AddressMeans(address, name string) bool {
	if address == name {
		return true
	}
	isBlock := strings.HasPrefix(name, BlockAddress)
	if isBlock != strings.HasPrefix(address, BlockAddress) {
		return false
	}
	if !isBlock {
		return IsAddressPattern(address) && globbed(address, name)
	}
	want, have := addressParts(address), addressParts(name)
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !(IsAddressPattern(want[i]) && globbed(want[i], have[i])) {
			return false
		}
	}
	return true
}

// BlockAddress begins the address of a block, which no name as plans print it begins with.
const BlockAddress = "pool."

// IsAddressPattern tells whether an address, or a part of one, is a pattern.
func IsAddressPattern(text string) bool { return strings.ContainsAny(text, "*?") }

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

// AddressesOf are the address of an object and those without the key of its pool's for_each, without its own, or both, each of which
// stands for several.
func AddressesOf(address string) []string {
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
