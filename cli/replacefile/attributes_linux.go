package replacefile

import (
	"bytes"
	"errors"
	"syscall"
)

// keepAttributes gives a file the extended attributes of another one, access lists and security labels among them, and takes those away
// that it got from its folder. It fails with errDiffers where it cannot.
func keepAttributes(to, from string) error {
	names, err := attributes(from)
	if err != nil {
		return err
	}
	got, err := attributes(to)
	if err != nil {
		return err
	}
	for name, value := range names {
		if is, ok := got[name]; ok && bytes.Equal(is, value) {
			continue
		}
		if syscall.Setxattr(to, name, value, 0) != nil {
			return errDiffers
		}
	}
	for name := range got {
		if _, ok := names[name]; !ok && syscall.Removexattr(to, name) != nil {
			return errDiffers
		}
	}
	return nil
}

// attributes are the extended attributes of a file; none where the file system has none.
func attributes(path string) (map[string][]byte, error) {
	list, err := sized(func(to []byte) (int, error) { return syscall.Listxattr(path, to) })
	if errors.Is(err, syscall.ENOTSUP) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values := map[string][]byte{}
	for name := range bytes.SplitSeq(list, []byte{0}) {
		if len(name) == 0 {
			continue
		}
		value, err := sized(func(to []byte) (int, error) { return syscall.Getxattr(path, string(name), to) })
		if errors.Is(err, syscall.ENODATA) || errors.Is(err, syscall.ENOTSUP) {
			continue // gone meanwhile, or the file system's own
		}
		if err != nil {
			return nil, err
		}
		values[string(name)] = value
	}
	return values, nil
}

// sized calls a function that says how much it has when it is given no room.
func sized(get func([]byte) (int, error)) ([]byte, error) {
	n, err := get(nil)
	if err != nil || n == 0 {
		return nil, err
	}
	to := make([]byte, n)
	n, err = get(to)
	if err != nil {
		return nil, err
	}
	return to[:n], nil
}
