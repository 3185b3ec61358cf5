package spec

import (
	"fmt"
	"strings"

	"tarn/lxd/schema"
)

// unknownKey is the detail for a key that does not exist: where it does exist, or what was probably meant.
func (l *loader) unknownKey(query keyQuery) string {
	what := "pools"
	if query.volume {
		what = "volumes"
	}
	owner := what
	if query.driver != "" {
		owner = fmt.Sprintf("%s with the driver %s", what, query.driver)
	}
	missing := fmt.Sprintf("There is no config key %q of %s", query.key, owner)

	anyContent, otherKind := query, query
	anyContent.contentType = ""
	otherKind.volume, otherKind.contentType = !query.volume, ""
	if query.volume && query.driver != "" {
		if key, ok := driverKey(query.driver, anyContent); ok {
			return fmt.Sprintf("The config key %q is of %s volumes only.", query.key, key.Content)
		}
	}
	if text := notAKey(query); text != "" {
		return missing + ". " + text
	}
	var others []string
	for _, driver := range schema.Drivers() {
		if _, ok := driverKey(driver, query); ok {
			others = append(others, driver)
		}
	}
	if len(others) > 0 {
		word := "driver"
		if len(others) > 1 {
			word = "drivers"
		}
		return fmt.Sprintf("%s. It is a key of the %s %s.%s", missing, word, schema.QuotedList(others, "and"), roomOfFolders(query))
	}
	if len(l.keysFor(otherKind)) > 0 {
		if query.volume {
			return missing + ". It is a key of pools." + sourceOfVolume(query)
		}
		return fmt.Sprintf("%s. It is a key of volumes; a pool gives its volumes a default with %q.", missing, "volume."+query.key)
	}
	return schema.NoSuchKey(missing, query.key, keysLike(query))
}

// notAKey says what something is that stands in config and is no config key, "" when that is not known: an attribute of the block, a
// pool's way to write a key of volumes, a key of the author's own in capitals, or a word of another tool.
func notAKey(query keyQuery) string {
	block := poolBlock
	if query.volume {
		block = volumeBlock
	}
	own, key := strings.ToLower(query.key), query.key
	switch {
	case block.attribute(key) != nil:
		return fmt.Sprintf("It is an attribute of the %s block: move it out of config.", block.name)
	case query.volume && strings.HasPrefix(key, "volume.") && isKeyOf(keyQuery{true, query.driver, query.contentType, strings.TrimPrefix(key, "volume.")}):
		return fmt.Sprintf("That is how a pool writes defaults for its volumes. In a volume it is %q.", strings.TrimPrefix(key, "volume."))
	case own != key && strings.HasPrefix(own, "user."):
		return fmt.Sprintf("Did you mean %q?", own[:len("user.")]+key[len("user."):])
	}
	if word, ok := block.otherWord(key); ok && !isConfigKey(key) && word.meant != "config" && len(schema.Suggest(key, keyNames(query))) == 0 {
		return word.text
	}
	return ""
}

// isKeyOf reports whether the driver of a query, or any where it has none, has its key.
func isKeyOf(query keyQuery) bool {
	if query.driver != "" {
		_, ok := driverKey(query.driver, query)
		return ok
	}
	return isConfigKey(query.key)
}

// keyNames are the names of the keys that could stand in place of one.
func keyNames(query keyQuery) []string {
	var names []string
	for _, key := range keysLike(query) {
		names = append(names, key.Name)
	}
	return names
}

// roomOfFolders says how large a pool is that has no size of its own.
func roomOfFolders(query keyQuery) string {
	if query.volume || query.driver != "dir" || query.key != "size" {
		return ""
	}
	return " A dir pool is a folder, and as large as the file system that the folder is in."
}

// sourceOfVolume says how a volume gets what is in it.
func sourceOfVolume(query keyQuery) string {
	if query.key != "source" {
		return ""
	}
	return " " + whatItGetsFrom
}
