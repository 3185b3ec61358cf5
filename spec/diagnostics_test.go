package spec

import (
	"fmt"
	"io"
	"strings"
	"tarn/cli/paint"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteDiagnostics(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `pool "fast one" {
  driver = "zsf"
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
   2:   driver = "zsf"

tarn knows no driver "zsf". Did you mean "zfs"? The config
keys of this pool and its volumes are not checked.

`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A mistake in a block with for_each is told once, and one that depends on the element for the element.
func TestOnceForEach(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `
pool "fast" {
  driver = "dir"
  volume "data" {
    for_each = { one = "1GiB", two = "1G", six = "6G" }
    name     = "data-${each.key}"
    target   = []
    config   = { size = each.value }
  }
}`})
	_, diags := Load(nil, Options{Dir: dir})
	want := `#! 7:16-7:18 error: Wrong type
#!     "target" must be text, and this is a list.
#! 8:25-8:35 error: Invalid config value
#!     with each.key as "two"
#!     with each.value as "1G"
#!     The value of "size" is wrong: "1G" is not a size: write 1GiB or 1GB.
#! 8:25-8:35 error: Invalid config value
#!     with each.key as "six"
#!     with each.value as "6G"
#!     The value of "size" is wrong: "6G" is not a size: write 6GiB or 6GB.
`
	if diff := cmp.Diff(want, describe(diags)); diff != "" {
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

Invalid value for "number" parameter: cannot parse "x1" as a base 10 integer.

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

// Of values that are not plain, their kind is told; of sensitive ones nothing.
func TestInvolved(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `variable "pin" {
  default   = "hunter2"
  sensitive = true
}
locals {
  rows  = csvdecode("name,gib\na,x\n")
  units = { gib = "GiB" }
  none  = null
}
pool "fast" {
  driver = "dir"
  volume "data" {
    for_each = { for row in local.rows : row.name => row }
    name     = each.key
    config = {
      size     = parseint(each.value.gib, 10) + local.units["gib"]
      "user.a" = each.value + 1
      "user.b" = [local.rows, local.units, local.none, 5, true][7]
      "user.c" = { pin = var.pin, row = local.rows[0] }.size
    }
  }
}
`})
	s, diags := Load(nil, Options{Dir: dir, Portable: true})
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s:%d\n", d.Summary, d.Subject.Start.Line)
		for _, v := range involved(d) {
			fmt.Fprintf(&b, "  %s as %s\n", v.name, v.text)
		}
	}
	want := `Name is not portable:14
Invalid function argument:16
  each.key as "a"
  each.value.gib as "x"
Invalid operand:16
  local.units["gib"] as "GiB"
Invalid operand:17
  each.key as "a"
  each.value as object with 2 attributes
Invalid index:18
  local.none as null
  local.rows as list of object with 1 element
  local.units as object with 1 attribute
Unsupported attribute:19
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := s.WriteDiagnostics(io.Discard, diags, 78, paint.Painter{}); err != nil {
		t.Error(err)
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

The file has bytes that are not UTF-8 text, the first one here.
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
