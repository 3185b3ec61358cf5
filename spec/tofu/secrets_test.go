package tofu_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tarn/spec"
	"tarn/spec/tofu"
)

// No secret of a configuration is in a spec or in what is said of it, wherever it stands; each is a variable that has to be given.
func TestSecretsStay(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"main.tf": `
variable "default" {
  sensitive = true
  default   = "Planted01"
}
variable "file" { sensitive = true }
variable "ephemeral" {
  ephemeral = true
  default   = "Planted03"
}
locals {
  common = { "user.token" = "Planted04" }
}
provider "lxd" {
  remote {
    name         = "far"
    address      = "https://192.0.2.1:8443"
    token        = "Planted05"
    bearer_token = "Planted06"
  }
}
module "m" {
  source = "./m"
  secret = "Planted07"
  other  = var.default
}
resource "lxd_storage_pool" "p" {
  name   = "p"
  driver = "dir"
}
resource "lxd_storage_volume" "v" {
  name   = "v"
  pool   = lxd_storage_pool.p.name
  config = merge(local.common, {
    "user.a"        = var.default
    "user.b"        = var.file
    "user.c"        = var.ephemeral
    "user.password" = "Planted08"
  })
}
resource "lxd_storage_volume" "copy" {
  name   = "copy"
  pool   = lxd_storage_pool.p.name
  config = { "user.d" = lxd_storage_volume.v.config["user.password"], "user.secret" = lxd_storage_volume.j.config["user.secret"], "user.e" = lxd_storage_volume.j.config["user.secret"] }
}
`,
		"json.tf.json": `{"resource": {"lxd_storage_volume": {"j": {"name": "j", "pool": "p", "config": {"user.secret": "Planted09"}}}}}`,
		"m/main.tf": `
variable "secret" { sensitive = true }
variable "other" { sensitive = true }
variable "own" {
  sensitive = true
  default   = "Planted10"
}
resource "lxd_storage_volume" "m" {
  name   = "m"
  pool   = "p"
  config = { "user.x" = var.secret, "user.y" = var.other, "user.z" = var.own }
}
`,
		"terraform.tfvars": "file = \"Planted02\"\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := tofu.Convert(".", tofu.Options{})
	if err != nil || len(r.Specs) != 1 {
		t.Fatal(err, r)
	}
	said := texts(r) + fmt.Sprint(r.Left)
	if at := strings.Index(said, "Planted"); at >= 0 {
		t.Errorf("%s is told:\n%s", said[at:at+9], said)
	}
	_, diags := spec.Load([]string{"x.hcl"}, spec.Options{Inputs: map[string][]byte{"x.hcl": []byte(r.Specs[0].Text)}, ValuesMayLack: true})
	if diags.HasErrors() {
		t.Error(diags)
	}
	for _, name := range []string{"default", "file", "ephemeral", "user_token", "user_password", "user_secret", "m_secret", "m_own"} {
		if !strings.Contains(r.Specs[0].Text, fmt.Sprintf("variable %q {\n", name)) {
			t.Errorf("the variable %s is missing:\n%s", name, r.Specs[0].Text)
		}
	}
}
