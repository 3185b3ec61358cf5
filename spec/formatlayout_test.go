package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"nothing", "", ""},
		{"only blank lines", "\n\n  \n", ""},
		{"only a comment, without a newline", "\n  # text  ", "# text\n"},

		{"every attribute in order", `
pool "fast" {
  volume "data" {
    ignore_config = []
    prevent_delete = true
    absent = false
    renamed_from = "pg"
    config = {}
    target = "n1"
    project = "web"
    description = "d"
    content_type = "block"
    name = each.key
    for_each = toset(["a"])
  }
  member "n1" {
    config = {}
    name = each.key
    for_each = toset(["n1"])
  }
  ignore_config = []
  exclusive = true
  prevent_delete = true
  absent = false
  existing = false
  config = {}
  description = "d"
  driver = "zfs"
  name = each.key
  for_each = toset(["b"])
}
variable "v" {
  nullable = false
  sensitive = true
  description = "d"
  default = 1
  validation {
    error_message = "e"
    condition = var.v > 0
  }
  type = number
}
tarn {
  max_deletes = 1
  ignore_config = []
  project = "p"
  remote = "r"
  owner = "o"
}
`, `pool "fast" {
  for_each       = toset(["b"])
  name           = each.key
  driver         = "zfs"
  description    = "d"
  config         = {}
  existing       = false
  absent         = false
  prevent_delete = true
  exclusive      = true
  ignore_config  = []

  member "n1" {
    for_each = toset(["n1"])
    name     = each.key
    config   = {}
  }

  volume "data" {
    for_each       = toset(["a"])
    name           = each.key
    content_type   = "block"
    description    = "d"
    project        = "web"
    target         = "n1"
    config         = {}
    renamed_from   = "pg"
    absent         = false
    prevent_delete = true
    ignore_config  = []
  }
}

variable "v" {
  type        = number
  default     = 1
  description = "d"
  sensitive   = true
  nullable    = false

  validation {
    condition     = var.v > 0
    error_message = "e"
  }
}

tarn {
  owner         = "o"
  remote        = "r"
  project       = "p"
  ignore_config = []
  max_deletes   = 1
}
`},
		{"locals, the top and blocks of one type keep their order", `
locals {
  b = 1
  a = 2
}
pool "b" {
  driver = "dir"
  volume "z" {}
  volume "y" {}
}
pool "a" { driver = "dir" }
`, `locals {
  b = 1
  a = 2
}

pool "b" {
  driver = "dir"
  volume "z" {}
  volume "y" {}
}

pool "a" { driver = "dir" }
`},
		{"a block with something unknown keeps its order, the blocks in it do not", `
pool "a" {
  volume "b" {
    absent = true
    name = "c"
  }
  drver = "dir"
  name = "d"
}
pool "e" {
  volume = 1
  driver = "dir"
}
bucket "f" {
  b = 1
  a = 2
  volume "g" {
    absent = true
    name = "c"
  }
}
`, `pool "a" {
  volume "b" {
    name   = "c"
    absent = true
  }

  drver = "dir"
  name  = "d"
}

pool "e" {
  volume = 1
  driver = "dir"
}

bucket "f" {
  b = 1
  a = 2

  volume "g" {
    absent = true
    name   = "c"
  }
}
`},

		{"comments travel with what they stand over or beside", `
pool "a" { # of the pool
  # of config,
  # on two lines
  config = { # of the brace
    # of size
    size = "1GiB" # of the value
  } # of the closing brace

  // of driver
  driver = "zfs" // beside driver
  /* of name */ name = "b" /* beside name */
} # of the end
`, `pool "a" { # of the pool
  /* of name */ name = "b" /* beside name */
  // of driver
  driver = "zfs" // beside driver
  # of config,
  # on two lines
  config = { # of the brace
    # of size
    size = "1GiB" # of the value
  }               # of the closing brace
}                 # of the end
`},
		{"a comment that goes on below stays with its line", `
tarn {
  remote = "r" # goes
               # on
  owner = "o"
}
`, `tarn {
  owner  = "o"
  remote = "r" # goes
  # on
}
`},
		{"nothing moves past a comment that stands for itself", `
pool "a" {
  # heading

  driver = "zfs"
  name = "b"

  # another

  volume "c" {}
  description = "d"
}
`, `pool "a" {
  # heading

  name   = "b"
  driver = "zfs"

  # another

  description = "d"
  volume "c" {}
}
`},
		{"nothing moves above a comment that may belong to what is above it", `
pool "a" {
  driver = "zfs"
  name = "b"
  # description = "c"

  exclusive = true
  config = {}
}
pool "d" {
  driver = "zfs"
  name = "e"
  # description = "f"
}
`, `pool "a" {
  driver = "zfs"
  name   = "b"
  # description = "c"

  config    = {}
  exclusive = true
}

pool "d" {
  driver = "zfs"
  name   = "e"
  # description = "f"
}
`},

		{"blank lines", `


# a comment


pool "a" {

  driver = "zfs"


  description = "b"
  volume "c" {}


  volume "d" {}
  # of e
  volume "e" {

    name = "f"

  }
  volume "g" {}

}


`, `# a comment

pool "a" {
  driver = "zfs"

  description = "b"
  volume "c" {}

  volume "d" {}

  # of e
  volume "e" {
    name = "f"
  }

  volume "g" {}
}
`},
		{"blank lines in brackets", `
locals {
  a = [

    1, # one


    2,

  ]
  b = { # c

    x = 1

    yy = 2
  }
}
`, `locals {
  a = [
    1, # one

    2,
  ]
  b = { # c
    x = 1

    yy = 2
  }
}
`},
		{"blank lines go between attributes that are reordered", `
tarn {
  project = "p"

  remote = "r"

  owner = "o"
}
`, `tarn {
  owner   = "o"
  remote  = "r"
  project = "p"
}
`},

		{"blocks on one line", `
pool   "a"   {driver="dir"}
pool "b" {
}
pool "c" {

  # not empty
}
pool "d" { /* not empty */
}
volume "e"{config={
  size="1GiB"
}}
volume "e12345678901234567890123456789012345" { config = { size = "1GiB", "user.note" = "234567" } } # 100
volume "e123456789012345678901234567890123456" { config = { size = "1GiB", "user.note" = "234567" } } # 101
`, `pool "a" { driver = "dir" }
pool "b" {}

pool "c" {
  # not empty
}

pool "d" { /* not empty */
}

volume "e" {
  config = {
    size = "1GiB"
  }
}

volume "e12345678901234567890123456789012345" { config = { size = "1GiB", "user.note" = "234567" } } # 100

volume "e123456789012345678901234567890123456" {
  config = { size = "1GiB", "user.note" = "234567" }
} # 101
`},
		{"spaces and columns", `
pool "a" {
	driver="dir"   # one
		description   =   "${ upper( "b" )}-%{if   true}c%{ endif }" # two
  config={size="1GiB","volume.size"=-1}
  volume "c" {
      config = {
        size="1GiB"
        "snapshots.schedule"   = "@daily"
      }
  }
}
`, `pool "a" {
  driver      = "dir"                               # one
  description = "${upper("b")}-%{if true}c%{endif}" # two
  config      = { size = "1GiB", "volume.size" = -1 }

  volume "c" {
    config = {
      size                 = "1GiB"
      "snapshots.schedule" = "@daily"
    }
  }
}
`},
		{"heredocs", "tarn {\n" +
			"  project = join(\"\",[for x in<<-EOT\n\t ${  1+1 }  \n\n\n   # no comment\n\t  EOT \n:x])\n" +
			"  owner=<<EOT\r\n heredoc \r\nEOT\n}\n",
			"tarn {\n" +
				"  owner = <<EOT\r\n heredoc \r\nEOT\n" +
				"  project = join(\"\", [for x in <<-EOT\n\t ${  1+1 }  \n\n\n   # no comment\n\t  EOT \n  : x])\n}\n"},
		{"spaces that keep numbers apart", "a = [b .5 .5, try(1 .5, 2), b.1 .e5 ,f(1 ...), c .d, c. 0]\n",
			"a = [b.5 .5, try(1 .5, 2), b.1 .e5, f(1 ...), c.d, c.0]\n"},
		{"a byte order mark and CRLF", "\xef\xbb\xbfpool \"a\" {\r\n  # b \r\n  name=\"c\"\n  driver = <<EOT\n  d\nEOT\n  /* e\r\n  f */\r\n}",
			"pool \"a\" {\r\n  # b\r\n  name   = \"c\"\r\n  driver = <<EOT\n  d\nEOT\r\n  /* e\r\n  f */\r\n}\r\n"},
		{"LF when the first line has it", "# a\npool \"a\" {\r\n}\r\n", "# a\npool \"a\" {}\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := format(t, c.src)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			unchanged(t, c.src, got)
		})
	}
}
