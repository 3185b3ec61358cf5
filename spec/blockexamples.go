package spec

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"tarn/lxd/schema"
)

// WriteBlockExample writes a block of the type that WriteBlock explains as an author would write it.
func WriteBlockExample(w io.Writer, name string, opts schema.TextOptions) error {
	out := bufio.NewWriter(w)
	title := "Example"
	if opts.Strong != nil {
		title = opts.Strong(title)
	}
	fmt.Fprintf(out, "\n%s\n\n", title)
	for line := range strings.Lines(exampleOf(name)) {
		fmt.Fprintln(out, strings.TrimRight("    "+line, " \n"))
	}
	return out.Flush()
}

// BlocksWith are the blocks that have an attribute of a name.
func BlocksWith(attribute string) []string {
	var names []string
	for _, block := range allBlocks() {
		if slices.Contains(block.attributeNames(), attribute) {
			names = append(names, block.name)
		}
	}
	return names
}

// exampleOf is a block as an author would write it, for its reference.
func exampleOf(block string) string {
	example, ok := blockExamples[block]
	if !ok {
		panic(fmt.Sprintf("spec: the block %s has no example", block))
	}
	return example
}

// blockExamples are whole specs, each with a block of a name.
var blockExamples = map[string]string{
	"tarn": `tarn {
  owner       = "team-storage"
  remote      = "prod"
  max_deletes = 5
}
`,
	"variable": `variable "data_size" {
  type        = string
  default     = "20GiB"
  description = "size of a data volume"
}
`,
	"validation": `variable "data_size" {
  type    = string
  default = "20GiB"

  validation {
    condition     = endswith(var.data_size, "GiB")
    error_message = "Sizes are in GiB."
  }
}
`,
	"locals": `locals {
  shards = [for i in range(8) : format("%02d", i)]
}
`,
	"pool": `pool "fast" {
  driver      = "zfs"
  description = "NVMe"
  config      = { source = "tank/lxd" }

  volume "pgdata" {}
}
`,
	"member": `pool "fast" {
  driver = "zfs"

  member "n1" { config = { source = "/dev/nvme0n1" } }
  member "n2" { config = { source = "/dev/nvme1n1" } }
}
`,
	"acknowledge": `pool "fast" {
  driver = "zfs"
  volume "pgdata" { config = { size = "50GiB" } }
}

acknowledge "fast/pgdata" {
  keys   = ["size"]
  reason = "grown by hand, the spec follows with the next release"
  until  = "2026-12-31"
}
`,
	"volume": `pool "fast" {
  driver = "zfs"

  volume "pgdata" {
    config         = { size = "50GiB", "snapshots.schedule" = "@daily" }
    renamed_from   = "pg"
    prevent_delete = true
  }
}
`,
}
