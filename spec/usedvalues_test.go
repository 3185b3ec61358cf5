package spec

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/cli/paint"
)

// A value that is not plain is shown by its kind, and a sensitive one not at all.
func TestUsedValues(t *testing.T) {
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
		for _, v := range usedValues(d) {
			fmt.Fprintf(&b, "  %s as %s\n", v.name, v.text)
		}
	}
	want := `Invalid function argument:16
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

// What is said of one element of a for_each shows the values of that one, and not of those after it.
func TestUsedValuesOfElements(t *testing.T) {
	dir := write(t, map[string]string{"a.hcl": `pool "fast" {
  driver = "dir"
  volume "data" {
    for_each = { a = "1GiB", b = "xb", c = "1GiB", d = "1GiB", e = "xe", f = "xf", g = "1GiB" }
    name     = each.key
    config   = { size = each.value }
  }
}
`})
	_, diags := Load(nil, Options{Dir: dir})
	var got []string
	for _, d := range diags {
		for _, v := range usedValues(d) {
			got = append(got, v.name+" as "+v.text)
		}
	}
	want := []string{`each.key as "b"`, `each.value as "xb"`, `each.key as "e"`, `each.value as "xe"`, `each.key as "f"`, `each.value as "xf"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
