pool "fast" {
  existing       = true
  description    = "mine"
  config         = { size = "1GiB" }
  prevent_delete = true
  member "n1" {}
}
#+ 3:
#+ 4:
#+ 5:
#+ 6:
#! 3:20-3:26 error: Contradictory attributes
#!     An existing pool cannot have "description": tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
#! 4:20-4:37 error: Contradictory attributes
#!     An existing pool cannot have "config": tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
#! 5:20-5:24 error: Contradictory attributes
#!     An existing pool cannot have "prevent_delete": tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
#! 6:3-6:14 error: Contradictory attributes
#!     An existing pool cannot have a member block: tarn never changes an existing pool. Take it out, or take existing out to manage the pool.
