package spec

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// keyQuery asks the schema for a config key. The answers are kept, because thousands of volumes have the same keys.
type keyQuery struct {
	volume      bool
	driver      string // "" when the spec does not say
	contentType string
	key         string
}

// markPrefix begins the keys in which tarn keeps its own marks.
const markPrefix = "user.tarn."

// checkPoolConfig checks the config of a pool and its members against the schema. members are where p.Members come from,
// ctx is what the pool's expressions were evaluated in.
func (l *loader) checkPoolConfig(p *Pool, d *declaration, members []memberBlockOf, ctx *hcl.EvalContext) {
	if !keysAreKnown(p) || p.Existing {
		return
	}
	l.requireKeys(p, d)
	l.checkPoolExclusions(p, d.config)
	if !p.Ranges.Unknown["config"] {
		l.doubtPattern(p.Config, "volume.", d.config)
		l.checkPoolSize(p.Driver, p.Config)
	}
	for _, m := range p.Members {
		if !m.Ranges.Unknown["config"] {
			l.checkPoolSize(p.Driver, m.Config)
		}
	}
	filesystem := schema.FilesystemOf(p.Driver, p.Config["volume.block.filesystem"].Text, p.Config["volume.zfs.block_mode"].Text)
	if !l.filesystemUnknown(p, nil) {
		l.checkVolumeSize(p.Driver, schema.Filesystem, filesystem, p.Config["volume.size"])
	}
	for name, value := range p.Config {
		key, ok := l.checkKey(keyQuery{driver: p.Driver, key: name}, value, d.config, ctx)
		if ok && key.Member && len(p.Members) > 0 {
			l.errorf(d.config.keyRange(name, value), "Member-specific config key", "%q has a value of its own on every cluster member: "+
				"move it into the member blocks.", name)
		}
	}
	for i, m := range p.Members {
		for name, value := range m.Config {
			key, ok := l.checkKey(keyQuery{driver: p.Driver, key: name}, value, members[i].config, members[i].ctx)
			if ok && !key.MemberSomewhere() {
				l.errorf(members[i].config.keyRange(name, value), "Config key in the wrong place", "%q has one value for the whole cluster: "+
					"move it into the pool's config.", name)
			}
		}
	}
}

// checkVolumeConfig checks the config of a volume against the schema: against all drivers together when the spec does
// not give the driver, as with an existing pool.
func (l *loader) checkVolumeConfig(v *Volume, p *Pool, d *declaration, ctx *hcl.EvalContext) {
	if !keysAreKnown(p) {
		return
	}
	contentType := v.ContentType
	if contentType != schema.Block && contentType != schema.ISO {
		contentType = schema.Filesystem
	}
	if v.Ranges.Unknown["content_type"] {
		contentType = "" // any
	}
	l.checkVolumeExclusions(v, d.config)
	if !v.Ranges.Unknown["config"] {
		l.doubtPattern(v.Config, "", d.config)
	}
	own := func(name string) string { return cmp.Or(v.Config[name].Text, p.Config["volume."+name].Text) }
	if !v.Ranges.Unknown["content_type"] && !l.filesystemUnknown(p, v) {
		l.checkVolumeSize(p.Driver, contentType, schema.FilesystemOf(p.Driver, own("block.filesystem"), own("zfs.block_mode")), v.Config["size"])
	}
	for name, value := range v.Config {
		l.checkKey(keyQuery{volume: true, driver: p.Driver, contentType: contentType, key: name}, value, d.config, ctx)
	}
}

// filesystemUnknown reports whether a config value that decides on the filesystem of a pool's volumes is not known: on the least sizes
// of all, with v nil, or of one.
func (l *loader) filesystemUnknown(p *Pool, v *Volume) bool {
	if p.Ranges.Unknown["config"] || v != nil && v.Ranges.Unknown["config"] {
		return true
	}
	for _, name := range []string{"block.filesystem", "zfs.block_mode"} {
		if p.Config["volume."+name].Unknown || v != nil && v.Config[name].Unknown {
			return true
		}
	}
	return false
}

// keysAreKnown reports whether the schema has the keys of a pool and its volumes: it knows the driver, or the spec gives none.
func keysAreKnown(p *Pool) bool {
	_, ok := schema.Lookup(p.Driver)
	return ok || !p.Ranges.Given("driver") || p.Ranges.Unknown["driver"]
}

// checkKey reports a key that does not exist or is not the author's to set, and a value that it does not take. It is ok when
// the driver has the key.
func (l *loader) checkKey(query keyQuery, value Value, c *configExpr, ctx *hcl.EvalContext) (schema.Key, bool) {
	keys := l.keysFor(query)
	if strings.HasPrefix(query.key, markPrefix) {
		l.errorf(c.keyRange(query.key, value), "Reserved config key", "%q is written by tarn itself: "+
			"the owner in the tarn block and prevent_delete are what decides on it.", query.key)
		return schema.Key{}, false
	}
	if len(keys) == 0 {
		l.errorf(c.keyRange(query.key, value), "Unsupported config key", "%s", l.unknownKey(query))
		return schema.Key{}, false
	}
	key := keys[0]
	if key.ServerOnly {
		l.errorf(c.keyRange(query.key, value), "Config key of the server", "%q is written by the server alone: take it out.", query.key)
		return key, true
	}
	if value.Unknown {
		return key, true
	}
	var err error
	for _, key := range keys {
		if err = key.CheckAnywhere(value.Text); err != nil {
			continue
		}
		if err = key.CheckUse(value.Text); err == nil {
			return key, true
		}
	}
	if text := l.referenceAsText(value.Text); text != "" && !value.Sensitive {
		l.errorf(value.Range, "Invalid config value", "The value of %q is wrong: %s", query.key, text)
		return key, true
	}
	used := c.valueExpr(query.key)
	if value.Sensitive {
		err = fmt.Errorf("it is no %s that LXD takes; it is sensitive and not shown", key.Kind)
		used = nil
	}
	l.valueErrorf(value.Range, used, ctx, "Invalid config value", "The value of %q is wrong: %s.", query.key, err)
	return key, true
}

// keysFor gives the key that a query asks for: none, one, or one for each driver that has it when the spec gives no driver.
func (l *loader) keysFor(query keyQuery) []schema.Key {
	keys, ok := l.schemaKeys[query]
	if !ok {
		drivers := []string{query.driver}
		if query.driver == "" {
			drivers = schema.Drivers()
		}
		for _, driver := range drivers {
			if key, ok := driverKey(driver, query); ok {
				keys = append(keys, key)
			}
		}
		l.schemaKeys[query] = keys
	}
	return keys
}

// driverKey is the key that a query asks for, of one driver.
func driverKey(driver string, query keyQuery) (schema.Key, bool) {
	if query.volume {
		return schema.VolumeKey(driver, query.contentType, query.key)
	}
	return schema.PoolKey(driver, query.key)
}

// keysLike are the keys that could stand in place of one, each once.
func keysLike(query keyQuery) []schema.Key {
	drivers := []string{query.driver}
	if query.driver == "" {
		drivers = schema.Drivers()
	}
	seen := map[string]bool{}
	var found []schema.Key
	for _, name := range drivers {
		driver, ok := schema.Lookup(name)
		if !ok {
			continue
		}
		keys := driver.PoolKeys()
		if query.volume {
			keys = driver.VolumeKeys(query.contentType)
		}
		for _, key := range keys {
			if !seen[key.Name] {
				seen[key.Name] = true
				found = append(found, key)
			}
		}
	}
	return found
}

// isConfigKey reports whether a word is a config key of any driver's pools or volumes.
func isConfigKey(word string) bool {
	for _, driver := range schema.Drivers() {
		if _, ok := schema.VolumeKey(driver, "", word); ok {
			return true
		}
		if _, ok := schema.PoolKey(driver, word); ok {
			return true
		}
	}
	return false
}
