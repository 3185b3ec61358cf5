package spec

// LacksOnlySecrets tells whether all variables without a value, see [Options.ValuesMayLack], are sensitive ones from which nothing comes but
// values of config keys: what the spec declares is known then, but for these values.
func (s *Spec) LacksOnlySecrets() bool {
	if s.plainLacks || len(s.Settings.Ranges.Unknown) > 0 {
		return false
	}
	for _, pool := range s.Pools {
		if len(pool.Ranges.Unknown) > 0 {
			return false
		}
		for _, member := range pool.Members {
			if len(member.Ranges.Unknown) > 0 {
				return false
			}
		}
		for _, volume := range pool.Volumes {
			if len(volume.Ranges.Unknown) > 0 {
				return false
			}
		}
	}
	return true
}
