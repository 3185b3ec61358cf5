package spec

import (
	"strconv"

	"tarn/lxd/schema"
)

// requireKeys reports config keys without which no pool of the driver can be created.
func (l *loader) requireKeys(p *Pool, d *declaration) {
	driver, ok := schema.Lookup(p.Driver)
	if !ok || p.Absent || p.Ranges.AnyUnknown("config", "absent", "existing") || d.config != nil && d.config.whole != nil && p.Config == nil || d.meant["config"] {
		return // in the last cases config has a mistake, which was reported
	}
	var missing []string
	for _, key := range driver.PoolKeys() {
		if _, ok := p.Config[key.Name]; key.Required && !ok && !(l.failed && d.config.hasKey(key.Name)) {
			missing = append(missing, key.Name)
		}
	}
	if len(missing) > 0 {
		word := "key"
		if len(missing) > 1 {
			word = "keys"
		}
		l.errorf(p.Ranges.Of("driver"), "Missing config key", "A pool with the driver %s needs the config %s %s.", p.Driver, word, schema.QuotedList(missing, "and"))
	}
}

// exclusion is a pair of config keys that the servers do not take together: while key is true (or false, see is), other must
// not be set, or not be true.
type exclusion struct {
	volume      bool // of volumes, and of the pool's defaults for these; else of pools
	key, other  string
	is          bool // the value of key that excludes other
	onlyIfTrue  bool // other may be set to false
	explanation string
}

// LXD 5.0.2 overlooks the first pair when it creates a volume, and refuses every change of it afterwards.
var exclusions = []exclusion{
	{true, "security.shifted", "security.unmapped", true, true, "A volume whose IDs are shifted cannot have them unmapped: keep one of the two."},
	{false, "lvm.use_thinpool", "lvm.thinpool_name", false, false, "Without a thin pool there is no name for one: take it out."},
	{false, "lvm.use_thinpool", "lvm.thinpool_metadata_size", false, false, "Without a thin pool it has no metadata: take it out."},
}

// checkPoolExclusions reports keys of a pool that exclude each other, among them the defaults for its volumes: LXD 5.0.2
// copies these into each volume, and refuses every change of one that has both.
func (l *loader) checkPoolExclusions(p *Pool, c *configExpr) {
	for _, x := range exclusions {
		key, other := x.key, x.other
		if x.volume {
			key, other = "volume."+key, "volume."+other
		}
		if first, second := p.Config[key], p.Config[other]; x.contradicts(first.Text, second.Text) {
			l.errorf(c.keyRange(other, second), "Contradictory config keys", "%q excludes %q. %s", key, other, x.explanation)
		}
	}
}

// checkVolumeExclusions reports keys of a volume that exclude each other. Whether one excludes what the pool gives its volumes is
// for the planner to say: only new volumes are given that.
func (l *loader) checkVolumeExclusions(v *Volume, c *configExpr) {
	for _, x := range exclusions {
		if !x.volume {
			continue
		}
		if key, other := v.Config[x.key], v.Config[x.other]; x.contradicts(key.Text, other.Text) {
			l.errorf(c.keyRange(x.other, other), "Contradictory config keys", "%q excludes %q. %s", x.key, x.other, x.explanation)
		}
	}
}

// checkPoolSize reports a loop pool, or a member's side of one, that would be too small for its driver.
func (l *loader) checkPoolSize(driver string, config Config) {
	if source := config["source"]; source.Text != "" || source.Unknown {
		return // the server drops the size then
	}
	if err := schema.CheckPoolSize(driver, config["size"].Text); err != nil {
		l.errorf(config["size"].Range, "Size too small", "The size %s.", config["size"].Why(err))
		return
	}
	l.doubtSize(config["size"])
}

// checkVolumeSize reports a volume, or a default for volumes, that would be too small for what it is.
func (l *loader) checkVolumeSize(driver, contentType, filesystem string, size Value) {
	if err := schema.CheckVolumeSize(driver, contentType, filesystem, size.Text); err != nil {
		l.errorf(size.Range, "Size too small", "The size %s.", size.Why(err))
		return
	}
	l.doubtSize(size)
}

// doubtSize warns of a number without a unit that is hardly meant in bytes: 10 of them, say.
func (l *loader) doubtSize(size Value) {
	const doubtful = 1 << 20
	bytes, err := strconv.ParseInt(size.Text, 10, 64) // not with a unit
	if err != nil || bytes <= 0 || bytes >= doubtful || size.Sensitive {
		return
	}
	unit := "GiB"
	if bytes >= 1024 {
		unit = "MiB"
	}
	l.warnf(size.Range, "Size without a unit", "A number without a unit is in bytes, and %d bytes hold next to nothing. "+
		"Write \"%[1]d%[2]s\" if %[2]s are meant, and \"%[1]dB\" if bytes are.", bytes, unit)
}

// doubtPattern warns of names of snapshots that not every server takes, or that come again. prefix is that of a pool's defaults.
func (l *loader) doubtPattern(config Config, prefix string, c *configExpr) {
	pattern := config[prefix+"snapshots.pattern"]
	if pattern.Text == "" || pattern.Sensitive || config[prefix+"snapshots.schedule"].Unknown || config[prefix+"snapshots.expiry"].Unknown {
		return
	}
	if why := schema.PatternDoubt(pattern.Text, config[prefix+"snapshots.schedule"].Text, config[prefix+"snapshots.expiry"].Text); why != "" {
		l.warnf(pattern.Range, "Snapshots may not be taken", "%q: %s.", pattern.Text, why)
	}
}

// contradicts reports whether two values, "" when they are not set, exclude each other. Values that are wrong by themselves
// do not: checkKey reports these.
func (x exclusion) contradicts(key, other string) bool {
	if key == "" || other == "" {
		return false
	}
	if is, err := schema.ParseBool(key); err != nil || is != x.is {
		return false
	}
	if !x.onlyIfTrue {
		return true
	}
	is, err := schema.ParseBool(other)
	return err == nil && is
}
