volume "data" {}
#! 1:1-1:7 error: Unsupported block
#!     A volume belongs to a pool: move this block into its pool block.
