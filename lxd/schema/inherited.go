package schema

import (
	"slices"
	"strings"
)

const volumePrefix = "volume."

// volumeDefault is the pool's key that holds the default of a volume's key. It can be changed whenever one likes, since
// it counts for new volumes only. The keys that belong to the server or to users have none: LXD 5.0.2 refuses
// volume.user.x.
func volumeDefault(key Key) (Key, bool) {
	if key.ServerOnly || strings.HasSuffix(key.Name, namespace) {
		return Key{}, false
	}
	key.Name = volumePrefix + key.Name
	key.Default, key.Content, key.InheritedBy, key.Needs = "", "", "", ""
	key.Immutable, key.CreateOnly, key.Transient, key.Filled = false, false, false, false
	key.Variants = slices.Clone(key.Variants)
	for i := range key.Variants {
		key.Variants[i].Default, key.Variants[i].Content = "", ""
	}
	key.Variants = slices.DeleteFunc(key.Variants, func(v Variant) bool { return v.isNoDifference() })
	return key, true
}

// OfServer tells whether the server alone writes a key into the config of volumes: volatile.*, and dependent of Incus. It refuses
// a creation with such a key, or takes it for what it is not.
func OfServer(volumeKey string) bool {
	key, ok := findKey(volumeCommon(), "", volumeKey)
	return ok && key.ServerOnly || strings.HasPrefix(volumeKey, "volatile.")
}

// Inherited is the pool's key that the server copies into a new volume of that content type ("" for any) when the volume
// does not set its own: size has volume.size. The copy is verbatim, and the volume never follows the pool afterwards.
func (d *Driver) Inherited(contentType, volumeKey string) (poolKey string, ok bool) {
	key, ok := d.VolumeKey(contentType, volumeKey)
	if !ok || contentType != "" && key.InheritedBy != "" && key.InheritedBy != contentType {
		return "", false
	}
	def, ok := d.PoolKey(volumePrefix + key.Name)
	return def.Name, ok
}

// Inherited is Driver.Inherited by the driver's name. Of a driver that the schema does not know, every key but those of the
// server and of users is taken to be inherited: to mistake a default for what somebody set is the worse error.
func Inherited(driver, contentType, volumeKey string) (poolKey string, ok bool) {
	if d, ok := Lookup(driver); ok {
		return d.Inherited(contentType, volumeKey)
	}
	if strings.HasPrefix(volumeKey, "user.") || strings.HasPrefix(volumeKey, "volatile.") {
		return "", false
	}
	return volumePrefix + volumeKey, true
}
