//go:build !windows && !linux

package replacefile

// keepAttributes keeps none: package syscall has them for Linux alone.
func keepAttributes(string, string) error { return nil }
