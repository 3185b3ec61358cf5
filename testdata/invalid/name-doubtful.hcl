#: var stage=test
variable "stage" { type = string }
locals { n = "x" }
pool "fast" {
  driver = "zfs"
  volume "a" { name = "var.stage" }
  volume "b" { name = "b-$local.n" }
  volume "{{ item }}" {}
  volume "d" { name = "$HOSTNAME" }
  volume "e" { name = "e-$(hostname)" }
  volume "f" { name = "%COMPUTERNAME%" }
  volume "g" { name = "<name>" }
  volume "h" { name = "h " }
  volume " i" {}
  volume "j k" {}
  volume "l​" {}
  volume "m" { name = "other.local.n" }
  volume "{{ gone }}" { absent = true }
  volume "{{ theirs }}" { existing = true }
}
#+ 6:   volume "a" { name = var.stage }
#+ 7:   volume "b" { name = "b-${local.n}" }
#+ 8:   volume "c" {}
#+ 9:   volume "d" {}
#+ 10:   volume "e" {}
#+ 11:   volume "f" {}
#+ 12:   volume "g" {}
#+ 13:   volume "h" { name = "h" }
#+ 14:   volume "i" {}
#+ 15:   volume "j" {}
#+ 16:   volume "l" {}
#! 6:23-6:34 warning: Doubtful name
#!     "var.stage" is plain text, in which var.stage stands for nothing. Write var.stage without quotes.
#! 7:23-7:35 warning: Doubtful name
#!     "b-$local.n" is plain text, in which local.n stands for nothing. Write "b-${local.n}".
#! 8:3-8:22 warning: Doubtful name
#!     "{{ item }}" is plain text: templates of other tools mean nothing in a spec. A variable within text is "${var.NAME}".
#! 9:23-9:34 warning: Doubtful name
#!     "$HOSTNAME" is plain text: no shell reads a spec. A variable of the environment is env("HOSTNAME"), and within text "${env("HOSTNAME")}".
#! 10:23-10:38 warning: Doubtful name
#!     "e-$(hostname)" is plain text: no shell reads a spec. What a command prints comes in as a variable, with --var name="$(command)".
#! 11:23-11:39 warning: Doubtful name
#!     "%COMPUTERNAME%" is plain text: no shell reads a spec. A variable of the environment is env("COMPUTERNAME"), and within text "${env("COMPUTERNAME")}".
#! 12:23-12:31 warning: Doubtful name
#!     "<name>" is what manuals write where a name of yours stands: write that name.
#! 13:23-13:27 warning: Doubtful name
#!     "h " ends with white space, which would be a part of the name. Write it without: "h".
#! 14:3-14:14 warning: Doubtful name
#!     " i" begins with white space, which would be a part of the name. Write it without: "i".
#! 15:3-15:15 warning: Name is not portable
#!     "j k" is not a name that LXD and Incus all take: use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.
#! 16:3-16:14 warning: Doubtful name
#!     "l\u200b" has a character in it that nobody sees, U+200B. Write it without: "l".
