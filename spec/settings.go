package spec

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Settings is the tarn block. The zero value is a spec without one.
type Settings struct {
	Owner        string   // the mark put on what the spec manages, "" for none
	Remote       string   // name of the server as in lxc's configuration, "" for the default
	Project      string   // "" when not given
	IgnoreConfig []string // globs of config keys that are never compared
	SecretConfig []string // globs of config keys whose values are never shown; see SecretKeys
	MaxDeletes   *int     // nil for no limit
	Ranges       Ranges
}

var tarnBlock = &blockType{
	name: "tarn",
	doc:  "What holds for the whole spec, which has one such block at most.",
	attrs: []attribute{
		attr("owner", func(s *Settings) *string { return &s.Owner },
			"Who this is: a mark put on what the spec manages."),
		attr("remote", func(s *Settings) *string { return &s.Remote },
			"The server, by the name that lxc or incus knows it under. --remote wins."),
		attr("project", func(s *Settings) *string { return &s.Project },
			"The project of volumes that name none. --project wins."),
		attr("ignore_config", func(s *Settings) *[]string { return &s.IgnoreConfig },
			"Patterns of config keys that are never compared, of any pool and volume."),
		attr("secret_config", func(s *Settings) *[]string { return &s.SecretConfig },
			"Patterns of config keys whose values are never shown, besides those that are secret anyway. Without it: "+strings.Join(secretUnlessSaid, ", ")+"."),
		attr("max_deletes", func(s *Settings) **int { return &s.MaxDeletes },
			"A plan that deletes more than this is blocked. --max-deletes wins."),
	},
}

// secretUnlessSaid are the config keys that are secret where the spec has no secret_config: those whose names say so. That some say so
// which hold no secret, such as user.keyboard, costs less than a password that is shown.
var secretUnlessSaid = []string{
	"user.*token*", "user.*passw*", "user.*passphrase*", "user.*pass", "user.*pwd*", "user.*secret*", "user.*credential*", "user.*private*", "user.*key*",
}

// SecretKeys are globs of config keys whose values are never shown.
func (s *Settings) SecretKeys() []string {
	if s.Ranges.Given("secret_config") {
		return s.SecretConfig
	}
	return secretUnlessSaid
}

// loadSettings reads the tarn block.
func (l *loader) loadSettings(blocks hcl.Blocks) {
	for i, block := range blocks {
		attrs := l.content(block.Body, tarnBlock).Attributes
		if i > 0 {
			l.errorf(header(block), "Duplicate tarn block", "A spec has at most one tarn block, over all its files; "+
				"the other one is at %s.", fileLine(header(blocks[0])))
			continue
		}
		for _, attr := range attrs {
			attr.Expr = l.checkedExpr(attr.Expr, references{})
		}
		r := l.newReader(header(block), attrs, nil, l.scope(block.TypeRange.Filename))
		s := &l.spec.Settings
		r.read(tarnBlock, s)
		s.Ranges = r.ranges
		r.checkPatterns("ignore_config", patternScope{})
		r.checkPatterns("secret_config", patternScope{})
		if rest, ok := strings.CutSuffix(s.Remote, ":"); ok && rest != "sim" { // sim: is the simulator
			l.errorf(r.ranges.Of("remote"), "Invalid remote", "A remote is given by its name alone: write %q, without the colon.", rest)
		}
	}
}
