package cli

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

// output is the standard output of a command. It keeps the first error, so that what could not be written never ends as if it had
// been, and the places that write need not look. Nothing is written after that error: a file has a beginning of what was to be
// in it, and no holes.
type output struct {
	to io.Writer

	mu   sync.Mutex                  // held by who writes, for as long as the reader sleeps
	lost atomic.Pointer[outputError] // nil as long as all was written
}

// outputError is why the standard output could not be written.
type outputError struct{ err error }

func (e *outputError) Error() string { return "write standard output: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if lost := o.lost.Load(); lost != nil {
		return 0, lost
	}
	n, err := o.to.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) { // which has the name that the process gave the stream
			err = path.Err
		}
		lost := &outputError{err}
		o.lost.Store(lost)
		return n, lost
	}
	return n, nil
}

// withLostOutput is the error of a command, given what became of its output. Output that is lost makes an error of a command that
// went well, or found changes. That its reader went away, as head does, changes nothing for those who want to know whether
// there are changes.
func (o *output) withLostOutput(err error) error {
	lost := o.lost.Load()
	var own *outputError
	var code exitCode
	switch {
	case lost == nil || errors.As(err, &own):
		return err
	case err == nil, errors.As(err, &code) && code != exitError && !readerLeft(lost):
		return lost
	}
	return err
}

// readerLeft tells whether an error of a stream says that nobody reads any more.
func readerLeft(err error) bool { return errors.Is(err, syscall.EPIPE) }

// fileOf is the file that a stream of the process is, nil when it is none.
func fileOf(stream any) *os.File {
	if o, ok := stream.(*output); ok {
		stream = o.to
	}
	file, _ := stream.(*os.File)
	return file
}
