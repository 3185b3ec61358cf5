package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSecretNames are the config keys that count as secret, and those that do not, in a spec that says nothing of it.
func TestSecretNames(t *testing.T) {
	for key, secret := range map[string]bool{
		"user.password": true, "user.DbPassword": true, "user.db_passwd": true, "user.SMTP_PASS": true, "user.pwd": true, "user.passphrase": true,
		"user.api-token": true, "user.aws.credentials": true, "user.ssh_key": true, "user.APIKey": true, "user.private": true, "volume.user.secret": true,
		"user.team": false, "user.passenger": false, "user.passage": false, "user.note": false, "user.tarn.owner": false, "user.tarn.prevent_delete": false,
		"size": false, "snapshots.schedule": false, "zfs.pool_name": false,
	} {
		if is := new(Settings).IsSecret(key); is != secret {
			t.Errorf("%s: secret is %t", key, is)
		}
	}
}

// TestPossiblySecret looks at files with mistakes: what they may have as secret, and whether that is all.
func TestPossiblySecret(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		keys  []string
		known bool
	}{
		"nothing":              {`pool "a" {`, nil, true},
		"literals":             {`pool "a" { config = { "user.a" = "x", "user.b" = true, "user.c" = null } } pool "a" {}`, nil, true},
		"references":           {`volume "a" { config = { "user.a" = var.x, user.b = "${local.y}", (each.key) = 1 }`, []string{"user.a", "user.b"}, true},
		"a key from elsewhere": {`config = { (each.key) = var.x }`, nil, false},
		"nested":               {`locals { all = { one = { "user.a*" = format("%s", var.x) } } }`, []string{`user.a\*`}, true},
		"all config":           {`config = merge(var.all, {})`, nil, false},
		"secret_config":        {`tarn { secret_config = ["user.a", "b*"] ]`, []string{"b*", "user.a"}, true},
		"JSON":                 {`{"pool": {"a": {"config": {"user.a": "${var.x}", "user.b": "c"}}}},`, []string{"user.a"}, true},
		"open":                 {`config = { "user.a" = `, nil, true},
		"only a sign":          {`=`, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			keys, known := PossiblySecret([]byte(c.text), "a.hcl")
			if diff := cmp.Diff(c.keys, keys); diff != "" || known != c.known {
				t.Errorf("known %t, -want +got\n%s", known, diff)
			}
		})
	}
}
