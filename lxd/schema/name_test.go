package schema

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Unless a comment says otherwise, the names were sent to LXD 5.0.2, and it took or refused them as the tables say.
func TestCheckNames(t *testing.T) {
	long := strings.Repeat("a", 255)
	inProject := func(name string) error { return CheckVolumeName("pppppppppp", name) }
	inDefault := func(name string) error { return CheckVolumeName("", name) }
	tests := []struct {
		name  string
		check func(string) error
		right []string
		wrong map[string]string
	}{
		{
			"pool", CheckPoolName,
			[]string{"a", "é", "-p", "_", "p%q", "p?q", `\`, "a\x01b", "a\u200bb", long},
			map[string]string{
				"":         "the name is empty",
				"a/b":      `"a/b" has a slash: write it without`,
				"a b":      `"a b" has white space: write it without`,
				"a\tb":     "has white space",
				"a\u00a0b": "has white space",
				".":        `"." means a folder: write another name`,
				"..":       `".." means a folder`,
				long + "a": "the name is 256 bytes long: write 255 at most",
			},
		},
		{
			"volume", inDefault,
			[]string{"a", "a b", "a\nb", ".", "..", "-a", "a_b", "a%b", "a,b", "a:b", `"`, "ab\x7f", long[:247], strings.Repeat("é", 123)},
			map[string]string{
				"":                       "the name is empty",
				"a/b":                    "has a slash",
				long[:248]:               "the name is 248 bytes long: write 247 at most",
				strings.Repeat("é", 124): "the name is 248 bytes long",
			},
		},
		{
			"volume of a project", inProject,
			[]string{long[:244]},
			map[string]string{long[:245]: "the name is 245 bytes long: write 244 at most"},
		},
		{
			"snapshot", CheckSnapshotName,
			[]string{"s", "é", "-s", "%", `a\b`, "a\x01", "\u200b", long},
			map[string]string{
				"a b":      "has white space",
				"a\u00a0b": "has white space",
				"a/b":      "has a slash",
				".":        "means a folder",
				"..":       "means a folder", // the server takes it, and deletes too much with it
				long + "a": "the name is 256 bytes long",
			},
		},
		{
			"member", CheckMemberName,
			[]string{"n1", "n 1"},
			map[string]string{
				"":    "the name is empty",
				"a/b": "has a slash", // the server takes it, and does not find it afterwards
			},
		},
		{
			"portable", CheckPortable, // by documentation
			[]string{"fast", "p1", "a", "0", "shard-00", "a_b.c", long[:64]},
			map[string]string{
				"":        "is not a name that LXD and Incus all take",
				"-a":      "a letter or digit at both ends",
				"a.":      "a letter or digit at both ends",
				"a b":     "is not a name",
				"a@b":     "is not a name",
				"é1":      "is not a name",
				"ab\n":    "is not a name",
				long[:65]: "use 1 to 64",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { testTexts(t, test.check, test.right, test.wrong) })
	}
}

func TestPortableNames(t *testing.T) {
	portable := regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("aZ09._-/ @\n\x00é")), 0, 66, -1).Draw(t, "name")
		if len(name) < 20 {
			name += strings.Repeat("a", rapid.IntRange(0, 66).Draw(t, "more"))
		}
		if got := CheckPortable(name) == nil; got != portable.MatchString(name) {
			t.Fatalf("%q is portable: %t", name, got)
		}
	})
}
