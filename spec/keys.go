package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// keyID is one question to the schema. The answers are kept, because thousands of volumes ask the same.
type keyID struct {
	volume      bool
	driver      string // "" when the spec does not say
	contentType string
	key         string
}

// markPrefix is of the keys in which tarn keeps its own marks.
const markPrefix = "user.tarn."

// checkPoolConfig checks the config of a pool and its members against the schema. members are the blocks of p.Members,
// ctx is what the expressions were evaluated in.
func (l *loader) checkPoolConfig(p *Pool, d *declaration, members []*memberDeclaration, ctx *hcl.EvalContext) {
	if !checkable(p) || p.Existing {
		return
	}
	l.requireKeys(p, d)
	l.checkPoolExclusions(p, d.config)
	for name, value := range p.Config {
		key, ok := l.checkKey(keyID{driver: p.Driver, key: name}, value, d.config, ctx)
		if ok && key.Member && len(p.Members) > 0 {
			l.errorf(d.config.keyRange(name, value), "Member-specific config key", "%q has a value of its own on every cluster member: "+
				"move it into the member blocks.", name)
		}
	}
	for i, m := range p.Members {
		for name, value := range m.Config {
			key, ok := l.checkKey(keyID{driver: p.Driver, key: name}, value, members[i].config, ctx)
			if ok && !key.Member {
				l.errorf(members[i].config.keyRange(name, value), "Config key in the wrong place", "%q has one value for the whole cluster: "+
					"move it into the pool's config.", name)
			}
		}
	}
}

// checkVolumeConfig checks the config of a volume against the schema: against all drivers together when the spec does
// not give the driver, as with an existing pool.
func (l *loader) checkVolumeConfig(v *Volume, p *Pool, d *declaration, ctx *hcl.EvalContext) {
	if !checkable(p) {
		return
	}
	contentType := v.ContentType
	if contentType != schema.Block {
		contentType = schema.Filesystem
	}
	l.checkVolumeExclusions(v, p, d.config)
	for name, value := range v.Config {
		l.checkKey(keyID{volume: true, driver: p.Driver, contentType: contentType, key: name}, value, d.config, ctx)
	}
}

// checkable tells whether the schema can say something about the keys of a pool and its volumes.
func checkable(p *Pool) bool {
	_, ok := schema.Lookup(p.Driver)
	return ok || !p.Ranges.Given("driver")
}

// checkKey reports a key that is not there or not the author's to set, and a value that it does not take. It is ok when
// the driver has the key.
func (l *loader) checkKey(id keyID, value Value, c *configExpr, ctx *hcl.EvalContext) (schema.Key, bool) {
	keys := l.lookup(id)
	if strings.HasPrefix(id.key, markPrefix) {
		l.errorf(c.keyRange(id.key, value), "Reserved config key", "%q is written by tarn itself: "+
			"the owner in the tarn block and prevent_delete are what decides on it.", id.key)
		return schema.Key{}, false
	}
	if len(keys) == 0 {
		l.errorf(c.keyRange(id.key, value), "Unsupported config key", "%s", l.unknownKey(id))
		return schema.Key{}, false
	}
	key := keys[0]
	if key.ServerOnly {
		l.errorf(c.keyRange(id.key, value), "Config key of the server", "%q is written by the server alone: take it out.", id.key)
		return key, true
	}
	var err error
	for _, key := range keys {
		if err = key.Check(value.Text); err == nil {
			return key, true
		}
	}
	if value.Sensitive || key.Secret {
		err = fmt.Errorf("it is no %s that LXD takes; it is sensitive and not shown", key.Kind)
	}
	l.mistaken(value.Range, c.expr(id.key), ctx, "Invalid config value", "The value of %q is wrong: %s.", id.key, err)
	return key, true
}

// lookup finds a key: none, one, or one for each driver when the driver is not known.
func (l *loader) lookup(id keyID) []schema.Key {
	keys, ok := l.keys[id]
	if !ok {
		drivers := []string{id.driver}
		if id.driver == "" {
			drivers = schema.Drivers()
		}
		for _, driver := range drivers {
			if key, ok := keyOf(driver, id); ok {
				keys = append(keys, key)
			}
		}
		l.keys[id] = keys
	}
	return keys
}

func keyOf(driver string, id keyID) (schema.Key, bool) {
	if id.volume {
		return schema.VolumeKey(driver, id.contentType, id.key)
	}
	return schema.PoolKey(driver, id.key)
}

// unknownKey says why a key is not there and what was meant.
func (l *loader) unknownKey(id keyID) string {
	what := "pools"
	if id.volume {
		what = "volumes"
	}
	owner := what
	if id.driver != "" {
		owner = fmt.Sprintf("%s with the driver %s", what, id.driver)
	}
	missing := fmt.Sprintf("There is no config key %q of %s", id.key, owner)

	anyContent, otherKind := id, id
	anyContent.contentType = ""
	otherKind.volume, otherKind.contentType = !id.volume, ""
	if id.volume && id.driver != "" {
		if key, ok := keyOf(id.driver, anyContent); ok {
			return fmt.Sprintf("The config key %q is of %s volumes only.", id.key, key.Content)
		}
	}
	var others []string
	for _, driver := range schema.Drivers() {
		if _, ok := keyOf(driver, id); ok {
			others = append(others, driver)
		}
	}
	if len(others) > 0 {
		return fmt.Sprintf("%s. It is a key of the driver %s.", missing, schema.QuotedList(others, "and"))
	}
	if len(l.lookup(otherKind)) > 0 {
		if id.volume {
			return missing + ". It is a key of pools."
		}
		return fmt.Sprintf("%s. It is a key of volumes; a pool gives its volumes a default with %q.", missing, "volume."+id.key)
	}
	return schema.NoSuchKey(missing, id.key, keysLike(id))
}

// keysLike are the keys that could stand in place of one, each once.
func keysLike(id keyID) []schema.Key {
	drivers := []string{id.driver}
	if id.driver == "" {
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
		if id.volume {
			keys = driver.VolumeKeys(id.contentType)
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

// isConfigKey tells whether a word is a config key of any driver's pools or volumes.
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
