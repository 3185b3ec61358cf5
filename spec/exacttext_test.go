package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// notNormal are texts that the normal form changes or joins, and such as look like what protect writes.
var notNormal = []string{
	"cafe\u0301", "caf\u00e9", "e", "\u0301", "\u0301\u0301", "q\u0307\u0323", "q\u0323\u0307", "\u212b", "\u00c5", "A\u030a", "\u2126", "\u0340", "\u0958", "\u0915\u093c",
	"\uf900", "\u8c48", "\U0002f800", "\U0001d15e", "\u1112\u1161\u11ab", "\ud55c", "\u09c7\u09be", "\u037e", ";", "\u0374",
	"\U000E01EF", "\U000E01EF\u0301", "\U000E0100", "\u25cc", "\u25cc\U000E01EF\U000E0100\U000E0102\U000E0101\U000E0102\U000E010B", "x\u0300" + strings.Repeat("\u0301", 40),
	"\\u0301", "\"\u0301", "\\\u0301", "n\u0303ame",
}

// A protected text is one that expressions leave as it is, and it is the same whether its parts are protected or the whole.
func TestProtectedTexts(t *testing.T) {
	texts := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom(notNormal), rapid.String(), rapid.StringOf(rapid.RuneFrom(nil, unicode.M)),
	), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		parts := texts.Draw(t, "parts")
		whole, protectedParts := strings.Join(parts, ""), ""
		for _, part := range parts {
			protectedParts += protect(part)
		}
		protected := protect(whole)
		if protected != protectedParts {
			t.Fatalf("%+q protected is %+q, its parts are %+q", whole, protected, protectedParts)
		}
		if !norm.NFC.IsNormalString(protected) {
			t.Fatalf("%+q protected is %+q, which is not normal", whole, protected)
		}
		if got := exact(protected); got != whole {
			t.Fatalf("%+q is %+q afterwards", whole, got)
		}
	})
}

// Texts come through a spec as the bytes that they are, whichever way they take.
func TestTextsAreBytes(t *testing.T) {
	for _, text := range notNormal {
		quotedText, codes := fmt.Sprintf("%q", text), codesOf(text)
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		jsonCodes := jsonCodesOf(text)
		for name, c := range map[string]struct {
			file, source string
			opts         Options
		}{
			"literal":          {"s.hcl", `pool "p" { description = "` + hclQuoted(text) + `" }`, Options{}},
			"codes":            {"s.hcl", `pool "p" { description = "` + codes + `" }`, Options{}},
			"heredoc":          {"s.hcl", "pool \"p\" {\n  description = chomp(<<EOT\n" + text + "\nEOT\n)\n}", Options{}},
			"template":         {"s.hcl", `pool "p" { description = join("", [for c in ["", "` + hclQuoted(text) + `"] : "${c}"]) }`, Options{}},
			"local":            {"s.hcl", `locals { x = { "` + hclQuoted(text) + `" = 1 } }` + "\n" + `pool "p" { description = keys(local.x)[0] }`, Options{}},
			"set":              {"s.hcl", `pool "p" { description = tolist(toset(["` + hclQuoted(text) + `"]))[0] }`, Options{}},
			"JSON":             {"s.hcl.json", `{"pool":{"p":{"description":` + string(encoded) + `}}}`, Options{}},
			"JSON with codes":  {"s.hcl.json", `{"pool":{"p":{"description":"` + jsonCodes + `"}}}`, Options{}},
			"--var":            {"s.hcl", `variable "v" {}` + "\n" + `pool "p" { description = var.v }`, Options{Vars: []string{"v=" + text}}},
			"--var as a list":  {"s.hcl", "variable \"v\" {\n  type = list(string)\n}\n" + `pool "p" { description = var.v[0] }`, Options{Vars: []string{`v=["` + hclQuoted(text) + `"]`}}},
			"TARN_VAR":         {"s.hcl", `variable "v" {}` + "\n" + `pool "p" { description = var.v }`, Options{Env: []string{"TARN_VAR_v=" + text}}},
			"var file":         {"s.hcl", `variable "v" {}` + "\n" + `pool "p" { description = var.v }`, Options{VarFiles: []string{"vars"}}},
			"env":              {"s.hcl", `pool "p" { description = env("E") }`, Options{Env: []string{"E=" + text}}},
			"file":             {"s.hcl", `pool "p" { description = file("text") }`, Options{}},
			"csvdecode":        {"s.hcl", `pool "p" { description = csvdecode("n\n${jsonencode("` + hclQuoted(text) + `")}\n")[0].n }`, Options{}},
			"jsondecode":       {"s.hcl", `pool "p" { description = jsondecode(file("json")) }`, Options{}},
			"jsondecode codes": {"s.hcl", `pool "p" { description = jsondecode(file("jsoncodes")) }`, Options{}},
			"yamldecode":       {"s.hcl", `pool "p" { description = yamldecode(file("json")) }`, Options{}},
			"yamlencode":       {"s.hcl", `pool "p" { description = yamldecode(yamlencode(["` + hclQuoted(text) + `"]))[0] }`, Options{}},
		} {
			if strings.ContainsAny(text, `"\`) && name == "csvdecode" {
				continue // CSV doubles quotes, JSON has backslashes
			}
			dir := t.TempDir()
			for file, content := range map[string]string{
				c.file: c.source, "text": text, "json": string(encoded), "jsoncodes": `"` + jsonCodes + `"`, "vars": `v = "` + hclQuoted(text) + `"`,
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c.opts.Dir = dir
			for i, file := range c.opts.VarFiles {
				c.opts.VarFiles[i] = filepath.Join(dir, file)
			}
			c.source = strings.Replace(c.source, `pool "p" {`, `pool "p" { existing = true`, 1)
			loaded, diags := Load([]string{c.file}, c.opts)
			if len(loaded.Pools) != 1 || loaded.Pools[0].Description == nil {
				t.Errorf("%s %s: %v", name, quotedText, diags)
				continue
			}
			if got := *loaded.Pools[0].Description; got != text {
				t.Errorf("%s: %+q became %+q", name, text, got)
			}
		}
	}
}

// Names and keys are bytes too, and two that look the same are two.
func TestNamesAreBytes(t *testing.T) {
	const source = `
pool "PP" {
  existing = true
  volume "VV" {
    config       = { "user.KK" = "1" }
    project      = "JJ"
    target       = "TT"
    renamed_from = { name = "NN", pool = "OO" }
  }
  volume "each" {
    for_each = toset(["EE", "FF"])
    name     = each.key
  }
  volume "copy" { copy_of = "CC/CC@SS" }
}
`
	nfd, nfc := "e\u0301", "\u00e9"
	text := source
	for _, letter := range []string{"PP", "VV", "KK", "JJ", "TT", "NN", "OO", "EE", "CC", "SS"} {
		text = strings.ReplaceAll(text, letter, letter+nfd)
	}
	text = strings.ReplaceAll(text, "FF", "EE"+nfc)
	file := filepath.Join(t.TempDir(), "s.hcl")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, diags := Load([]string{file}, Options{})
	if diags.HasErrors() || len(loaded.Pools) != 1 || len(loaded.Pools[0].Volumes) != 4 {
		t.Fatalf("%v", diags)
	}
	p := loaded.Pools[0]
	v, copied := p.Volumes[0], p.Volumes[3]
	got := fmt.Sprintf("%+q", []string{p.Name, p.Address, v.Name, v.Address, v.Config.Keys()[0], v.Project, v.Target, v.RenamedFrom.Name, v.RenamedFrom.Pool,
		p.Volumes[1].Name, p.Volumes[1].Address, p.Volumes[2].Name, copied.CopyOf.Pool, copied.CopyOf.Name, copied.CopyOf.Snapshot})
	want := fmt.Sprintf("%+q", []string{"PP" + nfd, `pool."PP` + nfd + `"`, "VV" + nfd, `pool."PP` + nfd + `".volume."VV` + nfd + `"`, "user.KK" + nfd, "JJ" + nfd, "TT" + nfd,
		"NN" + nfd, "OO" + nfd, "EE" + nfd, `pool."PP` + nfd + `".volume.each["EE` + nfd + `"]`, "EE" + nfc, "CC" + nfd, "CC" + nfd, "SS" + nfd})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// codesOf is a text in which every character is written as its code.
func codesOf(text string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, `\U%08x`, r)
	}
	return b.String()
}

// jsonCodesOf is codesOf for JSON.
func jsonCodesOf(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r > 0xffff {
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// hclQuoted is a text between quotes.
func hclQuoted(text string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) }

// A value that is no text would become another one on its way to the server.
func TestValuesAreText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.hcl")
	if err := os.WriteFile(file, []byte("variable \"v\" {}\npool \"p\" { description = var.v }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, opts := range []Options{{Vars: []string{"v=a\xff"}}, {Env: []string{"TARN_VAR_v=a\xff"}}} {
		if _, diags := Load([]string{file}, opts); !strings.Contains(diags.Error(), "it is not UTF-8 text") {
			t.Errorf("%v", diags)
		}
	}
}
