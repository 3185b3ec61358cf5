volume "data" {}
#! 1:1-1:7 error: Unsupported block
#!     A spec outside of its blocks has no "volume". A volume belongs to a pool: move this block into its pool block.
