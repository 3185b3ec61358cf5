moved {
  from = pg
  to   = pgdata
}
#+ 1: pool "fast" {
#+ 2:   existing = true
#+ 3:   volume "pgdata" { renamed_from = "pg" }
#! 1:1-1:6 error: Unsupported block
#!     A spec has no "moved". To rename or move a volume, write renamed_from = "old-name" in the block of the new one.
