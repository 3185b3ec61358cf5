package spec

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"tarn/cli/paint"
)

// Load takes any bytes without a panic, every diagnostic of a file lies within it, and all can be written.
func FuzzLoad(f *testing.F) {
	cases, _ := filepath.Glob("../testdata/invalid/*.hcl")
	for _, name := range cases {
		if text, err := os.ReadFile(name); err == nil && len(text) < 1000 && filepath.Base(name) != "too-many-objects.hcl" {
			f.Add(text, false)
		}
	}
	f.Add([]byte(`{"pool": {"fast": {"driver": "zfs", "volume": {"data": {"for_each": "${toset([\"a\"])}", "name": "${each.key}"}}}}}`), true)
	f.Add([]byte(`{"variable": {"a": {"type": "list(string)", "default": []}}, "locals": {"b": "${local.b}"}, "tarn": [{"owner": null}]}`), true)
	f.Add([]byte("variable \"size\" {}\nlocals { l = [for s in var.size : s] }\npool \"p\" {\n  driver = \"zfs\"\n  config = { size = \"${length(var.size)}GiB\", "+
		"(\"user.${length(local.l)}\") = try(var.size.x, 1) }\n  volume \"v\" {\n    for_each = toset(var.size)\n    name = each.key\n    renamed_from = \"a/${each.key}\"\n  }\n"+
		"  volume \"w\" {\n    name = \"w${length(var.size)}\"\n    absent = var.size == []\n    config = merge({ size = \"1GiB\" }, { for s in var.size : \"user.a\" => s })\n  }\n}\n"), false)
	f.Add([]byte(""), true)
	f.Add([]byte("{(}"), false)
	f.Add([]byte(";"), false)
	f.Add([]byte("a { ; }"), false)
	f.Add([]byte("locals {\n  m = { for i in range(70) : \"k${i}\" => i }\n  x = [for k, v in local.m : lookup(local.m, k, 0) + element(values(local.m), v) + length(local.m)]\n"+
		"  y = distinct(tolist([for i in range(70) : i < 9 ? \"a\" : \"b\"]))\n}\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, json bool) {
		dir, name := t.TempDir(), "a.hcl"
		if json {
			name = "a.hcl.json"
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, diags := Load(nil, Options{Dir: dir, Vars: []string{"a=1"}, Shared: true, Env: []string{"TARN_VAR_size=[]"}})
		for _, d := range diags {
			if d.Summary == "" || d.Detail == "" {
				t.Errorf("a diagnostic without words: %v", d)
			}
			if d.Subject != nil && (d.Subject.Filename != name || d.Subject.Start.Line < 1 || d.Subject.Start.Byte > len(text)) {
				t.Errorf("a diagnostic outside of the file: %v at %v", d, d.Subject)
			}
		}
		if err := s.WriteDiagnostics(io.Discard, diags, 78, paint.New("always", false, nil)); err != nil {
			t.Error(err)
		}
		// Without values nothing is a mistake that is none with some. Another default than the value may be one.
		_, without := Load(nil, Options{Dir: dir, ValuesMayLack: true})
		if !diags.HasErrors() && without.HasErrors() && !bytes.Contains(text, []byte("default")) && !bytes.Contains(text, []byte("env")) {
			t.Errorf("without values:\n%s", describe(without))
		}
		if diags.HasErrors() {
			return
		}
		for _, p := range s.Pools {
			if p.Name == "" || p.Address == "" || p.Driver == "" && !p.Existing && !p.Absent {
				t.Errorf("an incomplete pool: %+v", p)
			}
			for _, v := range p.Volumes {
				if v.Name == "" || v.Address == "" {
					t.Errorf("an incomplete volume: %+v", v)
				}
			}
		}
	})
}

// A file of variables of any bytes gives no panic, no text of it in a message, and a value of the type that was asked for or an error.
func FuzzVarFile(f *testing.F) {
	f.Add([]byte("x = [\"a\", 1]\ny = { a = 1 }\n"), false)
	f.Add([]byte("x = <<EOT\n%a\nEOT\nz = 1e9999\n"), false)
	f.Add([]byte("x = 1\nx = 2\nblock \"a\" {}\n"), false)
	f.Add([]byte(`{"x": ["a"], "x": 7, "y": {"\ud800": null}}`), true)
	f.Add([]byte(""), true)
	f.Fuzz(func(t *testing.T, text []byte, json bool) {
		dir, name := t.TempDir(), "values.hcl"
		if json {
			name = "values.json"
		}
		text = append(text, "\n# PLANTED"...)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
		const source = "variable \"x\" {\n  type = list(string)\n  default = []\n  sensitive = true\n}\nvariable \"y\" { default = {} }\npool \"p\" {\n  driver = \"dir\"\n  config = { \"user.n\" = length(var.x) }\n}\n"
		spec := filepath.Join(dir, "a.hcl")
		if err := os.WriteFile(spec, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		s, diags := Load([]string{"a.hcl"}, Options{Dir: dir, VarFiles: []string{name}})
		var said bytes.Buffer
		if err := s.WriteDiagnostics(&said, diags, 0, paint.New("never", false, nil)); err != nil {
			t.Error(err)
		}
		if bytes.Contains(said.Bytes(), []byte("PLANTED")) {
			t.Errorf("the file is shown:\n%s", said.String())
		}
		if !diags.HasErrors() && len(s.Pools) != 1 {
			t.Errorf("%d pools", len(s.Pools))
		}
	})
}
