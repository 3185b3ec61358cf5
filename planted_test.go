//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tarn/lxd/lxdtest"
)

// plantedSecret is the nth secret of a spec, its files and its servers. Some end with what makes programs quote.
func plantedSecret(n int) string {
	return fmt.Sprintf("Planted%02d", n) + []string{"", `"'q`, "/%&+", "<ü>"}[n%4]
}

// The secrets of the specs below, by number: 1 the default of a sensitive variable, 2 of a file of variables, 3 of --var, 4 of TARN_VAR_…,
// 5 of a key that the schema means, 6 of one of secret_config, 7 on the server alone, 8 of a member's config, 9 of a default for volumes, 10 and
// 11 before and after a change, 12 taken away, 13 in a source that is refused, 14 in the address of a remote, 15 in a token, 16 a default that is
// not used, 17 in a validation, 18 derived by functions, 19 in JSON, 20 in a key that is ignored, 21 on the server under a key that has lost
// its secret, 22 in a saved plan of another program.
const plantedSpec = `
tarn {
  secret_config = ["user.*pin*"]
  ignore_config = ["user.ignored*"]
}
variable "default" {
  sensitive = true
  default   = %[1]s
}
variable "file" { sensitive = true }
variable "flag" { sensitive = true }
variable "env" { sensitive = true }
variable "changed" { sensitive = true }
variable "unused" {
  sensitive = true
  default   = %[16]s
}
variable "derived" { sensitive = true }
variable "gone" { default = false }
locals {
  upper = upper(var.derived)
  part  = substr(var.derived, 0, 9)
  json  = jsonencode({ a = [var.derived], b = %[19]s })
}
pool "main" {
  driver = "dir"
  config = { "user.pin" = %[6]s }
  volume "one" {
    config = {
      "user.default" = var.default
      "user.file"    = var.file
      "user.flag"    = "${var.flag}!"
      "user.env"     = var.env
      "user.changed" = var.changed
      "user.pin"     = %[6]s
      "user.unused"  = var.unused
    }
  }
  volume "two" {
    config = {
      "user.upper"   = local.upper
      "user.part"    = local.part
      "user.pinjson" = local.json
      "user.pinned"  = var.gone ? null : %[12]s
      "user.ignoredpin" = %[20]s
    }
  }
  volume "new" {
    name     = each.key
    for_each = toset(var.gone ? ["new"] : [])
    config   = { "user.file" = var.file, "user.pin" = %[6]s }
  }
}
`

func quotedSecrets(spec string) string {
	args := make([]any, 22)
	for i := range args {
		args[i] = strconv.Quote(plantedSecret(i + 1))
	}
	return strings.TrimSuffix(fmt.Sprintf(spec+"%[23]s", append(args, "")...), "")
}

// plantedForms are the ways in which a secret may stand in a text, in lower case.
func plantedForms(n int) []string {
	secret := plantedSecret(n)
	bare := fmt.Sprintf("Planted%02d", n)
	found := map[string]bool{strings.ToLower(bare): true}
	encoded, _ := json.Marshal(secret)
	for _, text := range []string{secret, bare, strings.ToUpper(bare)} {
		// Of base64 that begins elsewhere in the text the middle is the same at one of three places.
		for shift := range 3 {
			b := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + text))
			found[strings.ToLower(b[4:len(b)-4])] = true
		}
		found[strings.ToLower(base64.RawURLEncoding.EncodeToString([]byte(text)))] = true
		found[hex.EncodeToString([]byte(text))] = true
	}
	found[strings.ToLower(url.QueryEscape(secret))] = true
	found[strings.ToLower(strconv.Quote(secret))] = true
	found[strings.ToLower(string(encoded))] = true
	return slices.Sorted(maps.Keys(found))
}

// plantedIn finds secrets in a text.
func plantedIn(text []byte) (found []string) {
	low := bytes.ToLower(text)
	for n := range 23 {
		for _, form := range plantedForms(n) {
			if bytes.Contains(low, []byte(form)) {
				found = append(found, fmt.Sprintf("%d as %s", n, form))
			}
		}
	}
	return found
}

// No form of the output has a secret in it, whatever kind of secret it is.
func TestPlantedSecrets(t *testing.T) {
	if got := plantedIn([]byte("is PLANTED03 " + base64.StdEncoding.EncodeToString([]byte("a Planted05")))); len(got) < 2 {
		t.Fatalf("the search is blind: %v", got)
	}
	t.Run("simulator", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		socket, _ := simulatorIn(t, dir)
		plantedRuns(t, dir, socket)
	})
	t.Run("LXD", func(t *testing.T) {
		t.Parallel()
		server := lxdtest.New(t)
		plantedRuns(t, t.TempDir(), server.Socket())
	})
}

func plantedRuns(t *testing.T, dir, socket string) {
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("storage.hcl", quotedSecrets(plantedSpec))
	write("my.vars", "file = "+strconv.Quote(plantedSecret(2))+"\nderived = "+strconv.Quote(plantedSecret(18))+"\n")
	write("other.json", fmt.Sprintf(`{"format_version":"1.0","steps":[{"changes":[{"to":%q}]}]}`, plantedSecret(22)))
	write("broken.json", fmt.Sprintf(`{"format_version":"2.0","steps":[{"changes":[{"to":%q}]}`, plantedSecret(22)))
	write("config.yml", fmt.Sprintf("remotes:\n  there: {addr: %q}\n  odd: {addr: %q}\n", "https://me:"+url.QueryEscape(plantedSecret(14))+"@127.0.0.1:1", "http://me:"+plantedSecret(14)+"@h"))
	write("refused.hcl", "variable \"file\" { sensitive = true }\nvariable \"derived\" { default = \"\" }\npool \"bad\" {\n  driver = \"dir\"\n  config = { source = \"/var/lib/lxd/${var.file}\" }\n}\n")
	write("secret.hcl", quotedSecrets(`
pool "flex" {
  driver = "pure"
  config = { "pure.api.token" = %[5]s, "pure.gateway" = "https://x", "volume.user.password" = %[9]s, sizzz = 1 }
}
pool "members" {
  driver = "dir"
  member "n1" { config = { source = "/${var.member}", "user.x" = 1 } }
}
variable "member" {
  sensitive = true
  default   = %[8]s
}
variable "validated" {
  sensitive = true
  default   = %[17]s
  validation {
    condition     = length(var.validated) > 99
    error_message = "${var.validated} is too short."
  }
}
`))
	write("address.hcl", "tarn { remote = \"https://me:"+fmt.Sprintf("Planted%02d", 14)+"@h:8443\" }\npool \"main\" { driver = \"dir\" }\n")
	env := append(os.Environ(), "LXD_CONF="+dir, "HOME="+dir, "TARN_VAR_env="+plantedSecret(4))
	runs := 0
	run := func(shows string, args ...string) {
		t.Helper()
		runs++
		cmd := exec.Command("tarn", args...)
		cmd.Dir, cmd.Env = dir, env
		if args[len(args)-1] == "-" {
			input, err := os.Open(filepath.Join(dir, "other.json"))
			if err != nil {
				t.Fatal(err)
			}
			defer input.Close()
			cmd.Stdin = input
		}
		out, _ := cmd.CombinedOutput()
		if found := plantedIn(out); found != nil {
			t.Errorf("%v: %v in\n%s", args, found, out)
		}
		if !regexp.MustCompile(shows).Match(out) { // or nothing was searched
			t.Errorf("%v: no %q in\n%s", args, shows, out)
		}
	}
	given := func(changed int) []string {
		return []string{"--remote", "unix:" + socket, "--var-file", "my.vars", "--var", "flag=" + plantedSecret(3), "--var", "changed=" + plantedSecret(changed), "--var", "unused=x"}
	}
	before, after := given(10), append(given(11), "--var", "gone=true")

	all := func(with []string) {
		t.Helper()
		for _, form := range []string{"", "--brief", "--json", "--markdown", "--show-unmanaged", "--rehearse"} {
			for _, command := range []string{"plan", "drift"} {
				if form == "--rehearse" && command == "drift" {
					continue
				}
				args := append([]string{command, "--debug", "storage.hcl"}, with...)
				if form != "" {
					args = append(args, form)
				}
				run("main", args...)
			}
		}
	}
	// Several servers at once, and what is known.
	write("known.hcl", "acknowledge \"main/*\" {\n  keys   = [\"user.*\"]\n  reason = \"known\"\n}\n")
	fleet := func(with []string) {
		t.Helper()
		for _, form := range []string{"--brief", "--json", "--markdown", "--json=false"} {
			run("main", append([]string{"drift", "--debug", form, "storage.hcl", "--remote", "sim:"}, with...)...)
			run("(?i)acknowledg", append([]string{"drift", "--debug", form, "storage.hcl", "known.hcl", "--remote", "there"}, with...)...)
			run("(?i)acknowledg", append([]string{"drift", "--debug", form, "storage.hcl", "known.hcl"}, with...)...)
			run("sizzz", append([]string{"drift", "--debug", form, "--each", "file", "storage.hcl", "secret.hcl"}, with...)...)
		}
	}

	// The files of drift, which an error leaves too. Pages and results of tests quote what they show as HTML does.
	reported := func(shows string, args ...string) {
		t.Helper()
		run(".", append([]string{"drift", "--html", "page.html", "--history", "history.jsonl", "--metrics", "tarn.prom", "--junit", "drift.xml"}, args...)...)
		for _, name := range []string{"history.jsonl", "tarn.prom", "drift.xml"} {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if errors.Is(err, fs.ErrNotExist) && name == "history.jsonl" { // nothing was checked
				continue
			}
			text = []byte(html.UnescapeString(string(text)))
			if found := plantedIn(text); err != nil || found != nil {
				t.Errorf("%v: %s: %v, %v in\n%s", args, name, err, found, text)
			}
		}
		text, err := os.ReadFile(filepath.Join(dir, "page.html"))
		text = []byte(html.UnescapeString(string(text)))
		if found := plantedIn(text); err != nil || found != nil || !strings.Contains(string(text), shows) {
			t.Errorf("%v: %v, %v in\n%s", args, err, found, text)
		}
	}
	shown := func(with []string) {
		t.Helper()
		for _, args := range [][]string{{}, {"--json"}, {"main", "main/one"}, {"main", "main/one", "--json"}, {"main/*"}} {
			with := append(append([]string{"show", "--debug"}, args...), with...)
			run("main", append(with, "--spec", "storage.hcl")...)
			run("main", append(append([]string{"show", "--debug"}, args...), "--remote", "unix:"+socket)...)
		}
	}
	search := func(name string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, name))
		if found := plantedIn(text); err != nil || found != nil {
			t.Errorf("%s: %v, %v in\n%s", name, err, found, text)
		}
	}

	all(before)
	run("create", append([]string{"plan", "storage.hcl", "--out", "create.json"}, before...)...)
	search("create.json")
	run("Applied: 3 done", append([]string{"apply", "--debug", "--auto-approve", "storage.hcl"}, before...)...)
	// What a person adds on the server, and somebody else's secret below a key that the spec takes away.
	for _, set := range [][]string{{"user.pinadded", plantedSecret(7)}, {"user.ignoredpin2", plantedSecret(20)}, {"user.lost", plantedSecret(1)}} {
		body := fmt.Sprintf(`{"config":{%q:%s}}`, set[0], jsonText(set[1]))
		if err := patchOver(socket, "/1.0/storage-pools/main/volumes/custom/one", body); err != nil {
			t.Fatal(err)
		}
	}
	all(after)
	fleet(after)
	reported("(secret)", append([]string{"storage.hcl"}, after...)...)
	shown(after)
	run("patch", append([]string{"plan", "storage.hcl", "--out", "patch.json"}, after...)...)
	search("patch.json")
	run("Stale|stale", append([]string{"apply", "--auto-approve", "create.json", "--spec", "storage.hcl"}, strip(before)...)...)
	run("not finished|Applied|error|stale", append([]string{"apply", "--auto-approve", "--json", "create.json", "--spec", "storage.hcl"}, strip(before)...)...)
	run("no secret values", "apply", "--auto-approve", "patch.json", "--remote", "unix:"+socket)
	run(`"state":"done"`, append([]string{"apply", "--debug", "--auto-approve", "--json", "storage.hcl"}, after...)...)
	run("Nothing to do", append([]string{"plan", "storage.hcl"}, after...)...)
	run(`= var\.user_`, "import", "--debug", "--secret-config", "user.*", "--remote", "unix:"+socket)
	run("specs/main.hcl", "import", "--no-fold", "--out", "specs", "--secret-config", "user.*", "--remote", "unix:"+socket)
	search("specs/main.hcl")
	search("specs/tarn.hcl")
	// What show knows of the spec: all of it, all but the values, nothing, as the specs of the folder are not one together.
	for _, form := range []string{"--json=false", "--json"} {
		for _, what := range []string{"main", "main/one", "main/two", "main/*"} {
			run("main", append([]string{"show", what, form, "--debug", "--spec", "storage.hcl"}, after...)...)
			run("main", "show", what, form, "--debug", "--remote", "unix:"+socket)
		}
	}

	refused := []string{"refused.hcl", "--remote", "unix:" + socket, "--var", "file=" + plantedSecret(13)}
	run("failed: ", append([]string{"apply", "--debug", "--auto-approve"}, refused...)...)
	run(`"state":"failed"`, append([]string{"apply", "--debug", "--auto-approve", "--json"}, refused...)...)
	for _, form := range []string{"--json", "--markdown", "--brief"} {
		run("(?i)refuse", append([]string{"plan", "--rehearse", form}, refused...)...)
	}

	for _, format := range []string{"text", "json", "github", "sarif", "junit", "gitlab"} {
		run("sizzz", "validate", "--format", format, "secret.hcl")
	}
	for _, form := range []string{"--json", "--markdown", "--brief"} {
		run("sizzz", "plan", form, "secret.hcl", "--remote", "sim:")
		run("sizzz", "drift", form, "secret.hcl", "--remote", "sim:")
	}
	reported("sizzz", "secret.hcl", "--remote", "sim:")
	run("sizzz", "apply", "--json", "--auto-approve", "secret.hcl", "--remote", "sim:")
	for _, remote := range []string{"there", "odd", "https://me:" + plantedSecret(14) + "@h", base64.StdEncoding.EncodeToString([]byte(`{"client_name":"me","secret":"` + plantedSecret(15) + `","addresses":["h:8443"]}`))} {
		for _, form := range []string{"--brief", "--json", "--markdown"} {
			run("(?i)remote", "plan", "--remote", remote, form, "address.hcl")
		}
		reported("emote", "--remote", remote, "address.hcl")
		reported("nowhere.hcl", "--remote", remote, "nowhere.hcl")
	}
	run("remote", "plan", "address.hcl")
	run("not of the form", "validate", "address.hcl", "--var", plantedSecret(3))
	for _, file := range []string{"other.json", "broken.json"} {
		run("Not a spec|saved plan", "apply", "--auto-approve", file)
		run("Not a spec|saved plan", "apply", "--auto-approve", "--json", file)
		run("Not a spec", "plan", file)
		run("Not a spec", "validate", "--json", "-")
	}
	t.Logf("%d runs", runs)
}

// patchOver is what another program changes.
func patchOver(socket, path, body string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	req, err := http.NewRequest(http.MethodPatch, "http://lxd"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s, %v", resp.Status, text, err)
	}
	return nil
}

// strip leaves out what a saved plan knows itself.
func strip(args []string) []string { return args[2:] }

func jsonText(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can always be
	}
	return string(encoded)
}
