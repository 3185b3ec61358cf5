package tofu_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tarn/spec/tofu"
)

// What is no configuration, or too much of one, is an error that names the place, soon, and nothing else.
func TestHostile(t *testing.T) {
	const volume = "resource \"lxd_volume\" \"v\" {\n  name = %s\n  pool = \"p\"\n}\n"
	doubling := strings.Builder{}
	for i := range 40 {
		fmt.Fprintf(&doubling, "module \"m%d\" {\n  source = \"./\"\n  x = \"${var.x}${var.x}\"\n}\n", i)
	}
	texts, references := strings.Builder{}, strings.Builder{}
	references.WriteString(strings.ReplaceAll(fmt.Sprintf(volume, "\"x\""), "\"v\"", "\"v0\""))
	for i := range 40 {
		references.WriteString(strings.ReplaceAll(fmt.Sprintf(volume, fmt.Sprintf("\"${lxd_volume.v%d.name}${lxd_volume.v%[1]d.name}\"", i)), "\"v\"", fmt.Sprintf("\"v%d\"", i+1)))
	}
	texts.WriteString("locals {\n  a0 = \"xxxxxxxxxxxxxxxx\"\n")
	for i := range 60 {
		fmt.Fprintf(&texts, "  a%d = \"${local.a%d}${local.a%[2]d}\"\n", i+1, i)
	}
	texts.WriteString("}\n")
	chain := map[string]string{"main.tf": "module \"m\" {\n  source = \"./m1\"\n  x = upper(\"a\")\n}\n", "m19/main.tf": "variable \"x\" {}\n" + fmt.Sprintf(volume, "var.x")}
	for i := 1; i < 19; i++ {
		chain[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf("variable \"x\" {}\nmodule \"m\" {\n  source = \"../m%d\"\n  x = \"${var.x}${var.x}${var.x}\"\n}\n", i+1)
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // of the error, "" for none
	}{
		{"empty", map[string]string{}, ""},
		{"no HCL", map[string]string{"main.tf": "resource {{{"}, "main.tf:1: "},
		{"not text", map[string]string{"main.tf": "a = \"\xff\""}, "main.tf:1: The file has bytes that are not UTF-8 text"},
		{"zero bytes", map[string]string{"main.tf": "a\x00"}, "main.tf:1: The file has bytes that are zero"},
		{"deep", map[string]string{"main.tf": "locals { a = " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + " }"}, "nested more than 1000 deep"},
		{"deep JSON", map[string]string{"main.tf.json": `{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"}, "nested more than 1000 deep"},
		{"deep template in JSON", map[string]string{"main.tf.json": `{"locals":{"a":"` + strings.Repeat("${[", 5_000) + `"}}`}, "nested more than 1000 deep"},
		{"deep values", map[string]string{"terraform.tfvars": "a = " + strings.Repeat("[", 100_000)}, "nested more than 1000 deep"},
		{"broken JSON", map[string]string{"main.tf.json": "{\n\"a\": tru}"}, "main.tf.json:2: "},
		{"JSON that is a list", map[string]string{"main.tf.json": "[]"}, "main.tf.json:1: it is no object"},
		{"JSON twice", map[string]string{"main.tf.json": "{} {}"}, "behind the end"},
		{"JSON resource that is a number", map[string]string{"main.tf.json": `{"resource":{"lxd_volume":7}}`}, "has to be an object"},
		{"labels lack", map[string]string{"main.tf": "resource \"lxd_volume\" {}\n"}, "main.tf:1: a resource block has 2 labels"},
		{"module without source", map[string]string{"main.tf": "module \"m\" {}\n"}, "main.tf:1: the module has no source"},
		{"module that calls itself", map[string]string{"main.tf": "module \"m\" { source = \"./\" }\n"}, "more than 500 modules, or more than 20 in each other"},
		{"modules that double", map[string]string{"main.tf": doubling.String()}, "more than 500 modules, or more than 20 in each other"},
		{"locals in a circle", map[string]string{"main.tf": "locals {\n  a = local.b\n  b = local.a\n}\n" + fmt.Sprintf(volume, "local.a")}, ""},
		{"resources in a circle", map[string]string{"main.tf": fmt.Sprintf(volume, "lxd_volume.v.name")}, ""},
		{"outputs in a circle", map[string]string{
			"main.tf":   "module \"m\" {\n  source = \"./m\"\n  x = module.m.x\n}\n" + fmt.Sprintf(volume, "module.m.x"),
			"m/main.tf": "variable \"x\" {}\noutput \"x\" { value = var.x }\n",
		}, ""},
		{"pool of itself", map[string]string{"main.tf": "locals { p = local.p }\nresource \"lxd_volume\" \"v\" {\n  name = \"v\"\n  pool = local.p\n}\n"}, ""},
		{"count of many", map[string]string{"main.tf": "resource \"lxd_volume\" \"v\" {\n  count = 1000000000\n  name = \"v${count.index}\"\n  pool = \"p${count.index}\"\n}\n"}, ""},
		{"for_each of itself", map[string]string{"main.tf": "resource \"lxd_storage_pool\" \"p\" {\n  for_each = lxd_storage_pool.p\n  name = \"v\"\n  driver = \"dir\"\n}\n"}, ""},
		{"for_each of a circle", map[string]string{"main.tf": "locals {\n  a = local.b\n  b = local.a\n}\nresource \"lxd_storage_pool\" \"p\" {\n  for_each = local.a\n  name = \"v\"\n  driver = \"dir\"\n}\n" + fmt.Sprintf(volume, "lxd_storage_pool.p[\"x\"].name")}, ""},
		{"texts that double", map[string]string{"main.tf": texts.String() + fmt.Sprintf(volume, "local.a60") + "resource \"lxd_storage_pool\" \"p\" {\n  name = local.a60\n  driver = \"dir\"\n}\n"}, ""},
		{"references that double", map[string]string{"main.tf": references.String()}, ""},
		{"arguments that treble", chain, ""},
		{"types of all kinds", map[string]string{"main.tf": "variable \"a\" {\n  type = nonsense(7)\n  default = 1\n}\n" + fmt.Sprintf(volume, "var.a")}, ""},
		{"labels that are odd", map[string]string{"main.tf": "resource \"lxd_volume\" \"a\\\"b${1}\" {\n  name = \"x\"\n  pool = \"p\"\n}\n"}, "main.tf:1: "},
		{"names that are none", map[string]string{"main.tf.json": `{"variable":{"":{}}}`}, `main.tf.json:1: "" cannot be the name of a variable`},
		{"references to nothing", map[string]string{"main.tf": fmt.Sprintf(volume, "\"${var}${local}${each}${count}\"")}, ""},
		{"texts that a terminal obeys", map[string]string{"main.tf": fmt.Sprintf(volume, "\"\\u001b[2Jx\"")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			for name, text := range c.files {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			ended := make(chan error, 1)
			go func() {
				r, err := tofu.Convert(".", tofu.Options{})
				if r != nil {
					for _, s := range r.Specs {
						t.Logf("%s", s.Text)
					}
					t.Logf("%v", r.Left)
				}
				ended <- err
			}()
			select {
			case err := <-ended:
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("%v, want %q", err, c.want)
				}
			case <-time.After(time.Minute): // it would never end
				t.Fatal("it goes on")
			}
		})
	}
}

// Links are followed to files, and what is no regular file is not waited for.
func TestLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("real", []byte("resource \"lxd_storage_pool\" \"p\" {\n  name = \"p\"\n  driver = \"dir\"\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", "main.tf"); err != nil {
		t.Fatal(err)
	}
	r, err := tofu.Convert(".", tofu.Options{})
	if err != nil || len(r.Specs) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	for _, to := range []string{"/dev/zero", "loop.tf"} {
		if err := os.Symlink(to, "loop.tf"); err != nil {
			t.Fatal(err)
		}
		if _, err := tofu.Convert(".", tofu.Options{}); err == nil || !strings.HasPrefix(err.Error(), "loop.tf: ") {
			t.Errorf("a link to %s: %v", to, err)
		}
		if err := os.Remove("loop.tf"); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add("resource \"lxd_volume\" \"v\" {\n  count = 2\n  name = \"v${count.index}\"\n  pool = \"p\"\n}\n")
	f.Add("locals { a = { x = 1 } }\nresource \"incus_storage_pool\" \"p\" {\n  for_each = local.a\n  name = each.key\n  driver = \"dir\"\n  lifecycle { ignore_changes = [config[\"source\"]] }\n}\n")
	f.Add("{\"resource\":{\"lxd_volume\":{\"v\":{\"name\":\"${var.x}-%{ if true }a%{ endif }\",\"pool\":\"p\"}}},\"variable\":{\"x\":{}}}")
	f.Fuzz(func(t *testing.T, text string) {
		name := "main.tf"
		if strings.HasPrefix(text, "{") {
			name += ".json"
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := tofu.Convert(dir, tofu.Options{})
		if err != nil && strings.Contains(err.Error(), "the spec would not be right") {
			t.Fatal(err)
		}
		_ = r
	})
}

// A module whose directory is not there is left out, with what refers to it, and the rest is carried over.
func TestModuleThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	const text = `module "workers" { source = "../modules/workers" }
resource "lxd_volume" "a" {
  name = "a"
  pool = "fast"
}
resource "lxd_volume" "b" {
  name = module.workers.name
  pool = "fast"
}
`
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := tofu.Convert(dir, tofu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Specs) != 1 || result.Specs[0].Volumes != 1 || len(result.Left) != 2 || result.Left[0].Line != 1 || result.Left[0].Why != "its directory is not there" || result.Left[1].Line != 6 {
		t.Errorf("%+v", result)
	}
}
