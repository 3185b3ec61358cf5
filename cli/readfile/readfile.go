// Package readfile reads files that somebody else may have put there, up to a limit.
//
// A path and a limit go in, the content comes out. What is no regular file (a device, a named pipe, a socket) could deliver
// text without end, or keep a program waiting for ever, so that only [Named] reads it. The errors say what is wrong with the
// file and do not name it.
package readfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Limits in bytes on the content of files.
const (
	Spec        = 16 << 20  // a file of a spec or of variables, and what the file function reads
	Plan        = 128 << 20 // a saved plan
	State       = 128 << 20 // the state of a simulator, or its journal
	Config      = 1 << 20   // the configuration of lxc and incus
	Certificate = 1 << 20   // or a key, or a list of certificates
)

// ErrTooLarge is wrapped by the error about a file that is larger than its limit.
var ErrTooLarge = errors.New("it is too large")

// IsRegular fails for what [Regular] does not read, whatever its size. Nothing is opened.
func IsRegular(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return cause(err)
	}
	return checkRegular(info)
}

// Regular reads a regular file of at most limit bytes.
func Regular(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, cause(err)
	}
	// Before it is opened: opening a named pipe waits for somebody to write.
	if err := checkRegular(info); err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge(limit)
	}
	return read(path, limit)
}

// Named is Regular for a file that the user names: it may also be a pipe or a terminal, as /dev/stdin and a shell's <(command)
// are. Reading one waits until the other side has closed it.
func Named(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cause(err)
	case info.Mode().IsRegular() && info.Size() > limit:
		return nil, tooLarge(limit)
	case info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0 || info.Mode().IsRegular():
		return read(path, limit)
	}
	return nil, checkRegular(info)
}

// From reads what r delivers, at most limit bytes.
func From(r io.Reader, limit int64) ([]byte, error) {
	return fill(new(bytes.Buffer), r, limit)
}

func fill(content *bytes.Buffer, r io.Reader, limit int64) ([]byte, error) {
	_, err := content.ReadFrom(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, cause(err)
	case int64(content.Len()) > limit:
		return nil, tooLarge(limit)
	}
	return content.Bytes(), nil
}

func read(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, cause(err)
	}
	defer file.Close()
	var content bytes.Buffer
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() <= limit {
		content.Grow(int(info.Size()) + bytes.MinRead) // so that nothing is copied when it grows
	}
	return fill(&content, file, limit)
}

// checkRegular says what a file is that is no regular one.
func checkRegular(info fs.FileInfo) error {
	what := "no regular file"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		what = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	}
	return fmt.Errorf("it is %s, not a regular file", what)
}

func tooLarge(limit int64) error {
	return fmt.Errorf("%w: more than %d MiB", ErrTooLarge, limit>>20)
}

// cause is an error of the file system without the operation and the path.
func cause(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
