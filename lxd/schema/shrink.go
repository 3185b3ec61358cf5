package schema

// Shrinking tells what a driver does when a volume is to get smaller.
type Shrinking int

const (
	ShrinkAlways Shrinking = iota // taken at any time, without a look at the bytes used
	ShrinkUnused                  // taken while nothing uses the volume
	ShrinkNever                   // refused
)

// Shrink tells whether a custom volume can get smaller. filesystem is its block.filesystem, "" when it has none. Block
// volumes and xfs never shrink (seen on LXD 5.0.2 for block volumes of dir and btrfs; read for it otherwise). What is taken
// can still do harm: a btrfs volume that gets smaller than what it holds can hardly be used afterwards.
func (d *Driver) Shrink(contentType, filesystem string) Shrinking {
	switch {
	case contentType == Block || filesystem == "xfs":
		return ShrinkNever
	case d.blockBacked || filesystem != "":
		return ShrinkUnused
	default:
		return ShrinkAlways
	}
}
