package schema

// Shrinking is what a driver does when a volume is to get smaller.
type Shrinking int

const (
	ShrinkAlways Shrinking = iota // taken at any time, without a look at the bytes used
	ShrinkUnused                  // taken while nothing uses the volume
	ShrinkNever                   // refused
)

// Shrink reports whether and when a custom volume can get smaller. filesystem is its block.filesystem, "" when it has none. Block
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

// Device reports whether a custom volume is a device of a fixed size, or a file system on one, so that it has a size also when
// its config names none. Taking size out of the config then changes nothing else: the server forgets the number (seen on
// LXD 5.0.2 for block volumes of dir and btrfs; read for it otherwise).
func (d *Driver) Device(contentType, filesystem string) bool {
	return contentType == Block || d.blockBacked || filesystem != ""
}

// DeviceDefault is the size in bytes of a device that is created without one.
const DeviceDefault = 10 * gib

// DeviceBytes is how large a device is made that is to have a size: no driver makes it smaller than to the next 8 KiB, and
// it is that what a new size is compared with (seen on LXD 5.0.2).
func DeviceBytes(size int64) int64 {
	const unit = 8 << 10
	return (size + unit - 1) / unit * unit
}
