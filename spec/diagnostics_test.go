package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
