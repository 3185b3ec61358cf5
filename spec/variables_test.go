package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/cli/paint"
)

// Each case reads a variable "v" into a description through the given expression.
func TestVariables(t *testing.T) {
	cases := []struct {
		name  string
		decl  string // body of the variable block
		expr  string // var.v when empty
		vars  []string
		env   []string
		files map[string]string // var files, in the order of their names
		want  string            // the description, or the diagnostics
	}{
		{name: "default", decl: `default = "d"`, want: "d"},
		{name: "environment over default", decl: `default = "d"`, env: []string{"TARN_VAR_v=e", "TARN_VAR_other=x"}, want: "e"},
		{name: "file over environment", decl: `default = "d"`, env: []string{"TARN_VAR_v=e"},
			files: map[string]string{"a.vars": `v = "f"`}, want: "f"},
		{name: "--var over file", decl: `default = "d"`, vars: []string{"v=x"}, files: map[string]string{"a.vars": `v = "f"`}, want: "x"},
		{name: "last --var", decl: `type = string`, vars: []string{"v=x", "v=y"}, want: "y"},
		{name: "last file", decl: `type = string`, files: map[string]string{"a.vars": `v = "a"`, "b.json": `{"v": "b"}`}, want: "b"},
		{name: "text is taken literally", decl: `type = string`, vars: []string{`v=["${x}", "=]`}, want: `["${x}", "=]`},
		{name: "text of a variable without a type", decl: ``, vars: []string{"v=[1]"}, want: "[1]"},
		{name: "number", decl: `type = number`, vars: []string{"v=5"}, expr: "var.v + 1", want: "6"},
		{name: "boolean", decl: `type = bool`, env: []string{"TARN_VAR_v=true"}, expr: `var.v ? "yes" : "no"`, want: "yes"},
		{name: "list", decl: `type = list(string)`, vars: []string{`v=["a", "b"]`}, expr: `join("+", var.v)`, want: "a+b"},
		{name: "any", decl: `type = any`, vars: []string{`v={ a = 1 }`}, expr: `var.v.a`, want: "1"},
		{name: "optional attributes", decl: `type = object({ a = string, b = optional(string, "bb") })`, vars: []string{`v={ a = 1 }`},
			expr: `"${var.v.a}${var.v.b}"`, want: "1bb"},
		{name: "optional attributes in a map", decl: "type = map(object({ a = optional(string, \"x\") }))\ndefault = { k = {} }",
			expr: `var.v["k"].a`, want: "x"},
		{name: "null stays when it may", decl: "type = string\ndefault = null", expr: `var.v == null ? "null" : "?"`, want: "null"},
		{name: "null gives the default when it may not", decl: "nullable = false\ndefault = \"d\"",
			files: map[string]string{"a.vars": `v = null`}, want: "d"},
		{name: "valid", decl: "default = 3\nvalidation {\n condition = var.v > 2\n error_message = \"Small.\"\n}", want: "3"},
		{name: "unknown name in a file", decl: `default = "d"`, files: map[string]string{"a.vars": "v = 1\nvv = 2"},
			want: `#! a.vars 2:1-2:3 warning: Unknown variable
#!     The spec declares no variable "vv", only "v". The value is not used.
`},
		{name: "wrong type in a file", decl: `type = list(number)`, files: map[string]string{"a.vars": `v = { a = 1 }`},
			want: `#! a.vars 1:5-1:14 error: Invalid value for variable
#!     The variable "v" cannot take this value: a list of numbers is needed. Its type is list(number).
`},
		{name: "wrong type of a sensitive one in a file", decl: "type = number\nsensitive = true", files: map[string]string{"a.vars": `v = "hunter2"`},
			want: `#! spec.hcl 1:1-1:13 error: Invalid value for variable
#!     The variable "v" cannot take this value: a number is needed. Its type is number. The value is from a.vars:1.
`},
		{name: "a file that does not parse", decl: `type = string`, files: map[string]string{"a.vars": `v =`},
			want: `#! a.vars 1:4-1:4 error: Missing expression
#!     There is no value here. Text is written in quotes. The line is not shown, as files of variables hold secrets.
`},
		{name: "a file of JSON that ends too early is one mistake", decl: `type = string`, files: map[string]string{"a.json": `{"v": "1"`},
			want: `#! a.json 1:1-1:2 error: Unclosed object
#!     The file ends within an object: a closing brace is missing. The line is not shown, as files of variables hold secrets.
`},
		{name: "a file with a block", decl: `default = 1`, files: map[string]string{"a.vars": `v {}`},
			want: `#! a.vars 1:1-1:2 error: Invalid syntax
#!     A block cannot stand here, only NAME = VALUE. The line is not shown, as files of variables hold secrets.
`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.expr == "" {
				c.expr = "var.v"
			}
			files := map[string]string{"spec.hcl": "variable \"v\" {\n" + c.decl + "\n}\npool \"fast\" {\n  driver = \"dir\"\n  description = " + c.expr + "\n}\n"}
			opts := Options{Vars: c.vars, Env: c.env, VarFiles: sortedKeys(c.files)}
			for name, text := range c.files {
				files[name] = text
			}
			opts.Dir = write(t, files)
			s, diags := Load([]string{"spec.hcl"}, opts)
			got := describeIn(diags)
			if len(diags) == 0 {
				got = *s.Pools[0].Description
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A sensitive value marks what is computed from it, and shows in no diagnostic and no excerpt.
func TestSensitive(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `
variable "pin" {
  type      = string
  sensitive = true
  validation {
    condition     = var.pin != ""
    error_message = "Empty."
  }
}
variable "list" {
  type      = list(string)
  sensitive = true
}
locals { shout = upper(var.pin) }
pool "fast" {
  driver = "dir"
  volume "data" {
    config = {
      "user.pin"   = var.pin
      "user.shout" = "${local.shout}!"
      "user.plain" = "plain"
      "user.json"  = jsonencode({ pin = var.pin })
      "user.count" = length(var.list)
    }
  }
  volume "more" { config = merge({ "user.a" = var.pin }, { "user.b" = "b" }) }
}
`, "wrong.hcl": `
pool "slow" {
  driver      = "dir"
  name        = join("", var.list)
  description = var.pin
  volume "each" {
    for_each = { for s in var.list : s => parseint(s, 10) }
    name     = each.key
  }
  volume "data" {
    config = {
      size               = var.pin
      "security.shifted" = var.list[0]
      "user.a"           = parseint(var.pin, 10)
      "user.b"           = regex("[", var.pin)
      "user.c"           = [for s in var.list : tonumber(s)][0]
      "user.d"           = { (var.pin) = 1 }[local.shout]
      "user.e"           = try(tonumber(var.pin))
      "user.f"           = file(var.pin)
      "user.g"           = var.pin + 1
    }
  }
  volume "keys" { config = { (var.pin) = 1, "${var.pin}" = 2 } }
}
`})
	opts := Options{Dir: dir, Vars: []string{"pin=hunter2", `list=["hunter2", "hunter3"]`}}
	s, diags := Load([]string{"a.hcl"}, opts)
	if len(diags) > 0 {
		t.Fatal(describe(diags))
	}
	want := `pool.fast "fast" driver="dir"
  pool.fast.volume.data "data" user.count="(sensitive) 2" user.json="(sensitive) {\"pin\":\"hunter2\"}" user.pin="(sensitive) hunter2" user.plain="plain" user.shout="(sensitive) HUNTER2!"
  pool.fast.volume.more "more" user.a="(sensitive) hunter2" user.b="b"
`
	if diff := cmp.Diff(want, dump(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	s, diags = Load([]string{"."}, opts)
	var b strings.Builder
	if err := s.WriteDiagnostics(&b, diags, 78, paint.Painter{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(b.String()), "hunter") {
		t.Errorf("a sensitive value is shown:\n%s", b.String())
	}
	if len(diags) < 10 {
		t.Errorf("only %d diagnostics:\n%s", len(diags), b.String())
	}
}
