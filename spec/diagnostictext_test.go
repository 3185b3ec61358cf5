package spec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/cli/paint"
)

func TestWriteDiagnostics(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `pool "fast one" {
  driver = "xyz"
  volume "data" {
    config = { size = var.sise }
  }
}

variable "size" { default = "1GiB" }
`})
	s, diags := Load(nil, Options{Dir: dir, Vars: []string{"sie=1"}})
	var b strings.Builder
	if err := s.WriteDiagnostics(&b, diags, 60, paint.Painter{}); err != nil {
		t.Fatal(err)
	}
	want := `Error: Unknown variable

The spec declares no variable "sie" for --var to set. Did
you mean "size"?

Error: Invalid pool name

  on a.hcl line 1, in pool "fast one":
   1: pool "fast one" {

LXD does not take this name: "fast one" has white space:
write it without.

Error: Unknown reference

  on a.hcl line 4, in pool "fast one":
   4:     config = { size = var.sise }

There is no variable "sise". Did you mean "size"?

Warning: Unknown driver

  on a.hcl line 2, in pool "fast one":
   2:   driver = "xyz"

tarn knows no driver "xyz", only "alletra", "btrfs", "ceph",
"cephfs", "cephobject", "dir", "linstor", "lvm",
"lvmcluster", "powerflex", "powerstore", "pure", "truenas"
and "zfs". The config keys of this pool and its volumes are
not checked.

`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What an expression was given tells which element of a for_each is meant.
func TestWriteDiagnosticsValues(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `pool "fast" {
  driver = "dir"
  volume "data" {
    for_each = toset(["10", "x1"])
    name     = "data-${parseint(each.key, 10)}"
    target = [
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
    ]
  }
}
`})
	s, diags := Load(nil, Options{Dir: dir})
	var b strings.Builder
	if err := s.WriteDiagnostics(&b, diags, 0, paint.New("always", false, nil)); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`<31mError<0m: Invalid function argument

  on a.hcl line 5, in pool "fast":
   5:     name     = "data-${parseint(<1;4meach.key<22;24m, 10)}"

with each.key as "x1".

The argument "number" of parseint is wrong: "x1" is no whole number in base 10.

<31mError<0m: Wrong type

  on a.hcl line 6, in pool "fast":
   6:     target = <1;4m[<22;24m
   7: <1;4m      1,<22;24m
   8: <1;4m      2,<22;24m
   9: <1;4m      3,<22;24m
  10: <1;4m      4,<22;24m
  11: <1;4m      5,<22;24m
  12: <1;4m      6,<22;24m
  13: <1;4m      7,<22;24m
      …

"target" must be text, and this is a list.

`, "<", "\x1b[")
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a terminal would obey is shown as a picture, and a file that is no text not at all.
func TestWriteDiagnosticsControl(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"escape sequence", "pool \"\x1b[2J\" {}\n", `Error: Missing driver

  on a.hcl line 1, in pool "\x1b[2J":
   1: pool "␛[2J" {}
`},
		{"bytes", "a\nb\x00", `Error: Not a text file

  on a.hcl line 2

The file has bytes that are zero, the first one here, which no text has: it is damaged, or something else than a spec.
`},
		{"Latin-1", "a = \"\xe4\"\n", `Error: Not a text file

  on a.hcl line 1

The file has bytes that are not UTF-8 text, the first one here. If it is in Latin-1 or Windows-1252, save it as UTF-8.
`},
		{"UTF-16", "\xff\xfep\x00", `Error: Not a text file

  on a.hcl line 1

The file is in UTF-16. Save it as UTF-8.
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, diags := Load(nil, Options{Dir: write(t, map[string]string{"a.hcl": c.text})})
			var b strings.Builder
			if err := s.WriteDiagnostics(&b, diags, 0, paint.Painter{}); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(b.String(), c.want) {
				t.Errorf("got:\n%q\nwant:\n%q", b.String(), c.want)
			}
		})
	}
}
