package schema

// Kind says how a value is read and compared. The zero value is free text.
type Kind int

const (
	Text         Kind = iota // free text
	Bool                     // true, false, yes, no, 1, 0, on, off in any case; Key.Values names words allowed besides
	Size                     // a number of bytes with an optional unit: 10GiB; Key.Values names words allowed besides
	Int                      // a whole number, within Key.Min and Key.Max
	Expiry                   // time spans: 1H 30d
	Schedule                 // cron, or aliases such as @daily
	Blocksize                // a size that is a power of two from 512 to 16MiB
	Enum                     // one of Key.Values
	URL                      // an absolute http or https URL
	Path                     // an absolute path on the server
	Mode                     // file permissions in octal: 0711
	MountOptions             // what mount takes after -o: noatime,compress=zstd:3
	Cron                     // as Schedule, also with seconds and years, and any white space: newer Incus
	Pattern                  // how snapshots are called: a template with %d or creation_date
	Compression              // how btrfs packs files: none, or zlib, lzo, zstd with an optional level: zstd:3
)

// String is the kind in prose.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "boolean"
	case Size:
		return "size"
	case Int:
		return "whole number"
	case Expiry:
		return "expiry"
	case Schedule:
		return "schedule"
	case Blocksize:
		return "block size"
	case Enum:
		return "one of a list"
	case URL:
		return "URL"
	case Path:
		return "path"
	case Mode:
		return "file mode"
	case MountOptions:
		return "mount options"
	case Cron:
		return "schedule, also with seconds and years"
	case Compression:
		return "compression"
	case Pattern:
		return "pattern of names"
	default:
		return "text"
	}
}

// MarshalText is the kind's name in JSON.
func (k Kind) MarshalText() ([]byte, error) {
	return []byte([...]string{
		Text: "text", Bool: "bool", Size: "size", Int: "int", Expiry: "expiry", Schedule: "schedule", Blocksize: "blocksize",
		Enum: "enum", URL: "url", Path: "path", Mode: "mode", MountOptions: "mountoptions",
		Cron: "cron", Compression: "compression", Pattern: "pattern",
	}[k]), nil
}
