package spec

import (
	"tarn/lxd/schema"
)

// requireKeys reports config keys without which no pool of the driver can be created.
func (l *loader) requireKeys(p *Pool, d *declaration) {
	driver, ok := schema.Lookup(p.Driver)
	if !ok || p.Absent || d.config != nil && d.config.whole != nil && p.Config == nil {
		return // in the last case config has a mistake, which is told
	}
	for _, key := range driver.PoolKeys() {
		if _, ok := p.Config[key.Name]; key.Required && !ok && !(l.failed && d.config.mentions(key.Name)) {
			l.errorf(p.Ranges.Of("driver"), "Missing config key", "A pool with the driver %s needs the config key %q.", p.Driver, key.Name)
		}
	}
}

// mentions tells whether a key is written down: its value may be null, or have a mistake that was told.
func (c *configExpr) mentions(name string) bool {
	if c == nil {
		return false
	}
	for _, item := range c.items {
		if item.name == name {
			return true
		}
	}
	return false
}

// exclusions are pairs of config keys that the servers do not take together: while the first has the given meaning, the
// second must not be set, or not be true. LXD 5.0.2 overlooks the first pair when it creates a volume, and refuses every
// change of it afterwards.
var exclusions = []struct {
	volume      bool
	key, other  string
	is          bool // the value of key
	onlyIfTrue  bool // of other
	explanation string
}{
	{true, "security.shifted", "security.unmapped", true, true, "A volume whose IDs are shifted cannot have them unmapped: keep one of the two."},
	{false, "lvm.use_thinpool", "lvm.thinpool_name", false, false, "Without a thin pool there is no name for one: take it out."},
	{false, "lvm.use_thinpool", "lvm.thinpool_metadata_size", false, false, "Without a thin pool it has no metadata: take it out."},
}

// checkExclusions reports keys that exclude each other. Values that are wrong by themselves are told elsewhere.
func (l *loader) checkExclusions(config Config, volume bool, c *configExpr) {
	for _, x := range exclusions {
		key, ok := config[x.key]
		other, both := config[x.other]
		if x.volume != volume || !ok || !both {
			continue
		}
		if is, err := schema.ParseBool(key.Text); err != nil || is != x.is {
			continue
		}
		if x.onlyIfTrue {
			if is, err := schema.ParseBool(other.Text); err != nil || !is {
				continue
			}
		}
		l.errorf(c.keyRange(x.other, other), "Contradictory config keys", "%q excludes %q. %s", x.key, x.other, x.explanation)
	}
}
