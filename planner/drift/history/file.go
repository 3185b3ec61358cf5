package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"tarn/cli/readfile"
)

// maxLine is how many bytes a line may have that is read: one about some hundred thousand findings.
const maxLine = 64 << 20

// maxBeginning is how many bytes of a file are looked at for what it is.
const maxBeginning = 64 << 10

// openFile is a history that no other process writes to.
type openFile struct {
	path string
	file *os.File
	lock *flock.Flock
}

// open opens the file, makes it when it is not there, and waits until nobody else writes to it.
func (f *File) open(ctx context.Context) (*openFile, error) {
	if err := readfile.IsRegular(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) { // to open another one may last for ever
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.wait)
	defer cancel()
	for {
		open, err := f.openOnce(ctx)
		if open != nil || err != nil {
			return open, err
		}
	}
}

// openOnce gives neither a file nor an error when another process has just replaced the file.
func (f *File) openOnce(ctx context.Context) (*openFile, error) {
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, cause(err)
	}
	lock := flock.New(lockPath(f.path), flock.SetFlag(os.O_RDWR|os.O_CREATE))
	locked, err := lock.TryLockContext(ctx, 20*time.Millisecond)
	open := &openFile{f.path, file, lock}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("another process has been writing to it for %s", f.wait)
	case errors.Is(err, context.Canceled):
		err = fmt.Errorf("another process is writing to it, and there was no time to wait: %w", err)
	case err == nil && !locked:
		err = errors.New("it cannot be locked")
	}
	if err != nil {
		open.close()
		return nil, cause(err)
	}
	is, err := file.Stat()
	if err == nil && !is.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		open.close()
		return nil, cause(err)
	}
	if named, err := os.Stat(f.path); err != nil || !os.SameFile(is, named) {
		open.close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, cause(err)
		}
		return nil, nil
	}
	return open, nil
}

// lockPath is the file that is locked: the history itself. On Windows a lock keeps others, and other handles of the same process, from reading.
func lockPath(path string) string {
	if runtime.GOOS == "windows" {
		return path + ".lock"
	}
	return path
}

func (o *openFile) close() {
	_ = o.lock.Unlock() // of an open file, which closing it would end too
	_ = o.file.Close()  // what was written is synced
}

// readOnly reads a file that may not be written.
func (f *File) readOnly(now time.Time, past *past) error {
	if err := readfile.IsRegular(f.path); err != nil {
		return err
	}
	file, err := os.Open(f.path)
	if err != nil {
		return cause(err)
	}
	defer file.Close()
	_, err = (&openFile{path: f.path, file: file}).read(now, past.add)
	return err
}

// read reads all lines. What is none of ours is passed over, but a file that has none of ours at its beginning is refused.
func (o *openFile) read(now time.Time, add func(*line)) (size, error) {
	var size size
	if err := o.checkBeginning(); err != nil {
		return size, err
	}
	joins := newJoiner(now)
	err := o.eachLine(func(text []byte) error {
		size.bytes += int64(len(text))
		size.lines++
		if l, ok := decode(text); ok {
			add(&l)
			if l.Status != summed && l.last().Before(joins.before) {
				size.old += int64(len(text))
			}
			if joins.next(&l, nil) != nil {
				size.joinable++
			}
		}
		return nil
	})
	return size, err
}

// checkBeginning fails when the file is not empty and no history.
func (o *openFile) checkBeginning() error {
	beginning := make([]byte, maxBeginning)
	n, err := o.file.ReadAt(beginning, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return cause(err)
	}
	beginning = beginning[:n]
	for text := range bytes.Lines(beginning) {
		// The only line there is may have been cut off anywhere.
		if begins(text) || len(text) < len(opening) && bytes.HasPrefix([]byte(opening), text) {
			return nil
		}
	}
	if n == 0 {
		return nil
	}
	return errors.New("it is there already and is no history of tarn, so nothing is appended to it")
}

// eachLine gives all lines with what ends them. Of one that is too long it gives the beginning.
func (o *openFile) eachLine(yield func(text []byte) error) error {
	end, err := o.file.Seek(0, io.SeekEnd)
	if err != nil {
		return cause(err)
	}
	reader := bufio.NewReaderSize(io.NewSectionReader(o.file, 0, end), 1<<16)
	var long []byte
	for {
		text, err := reader.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long) < maxLine {
				long = append(long, text...)
			}
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return cause(err)
		}
		if len(long) > 0 {
			text = append(long, text...)
			long = long[:0]
		}
		if len(text) > 0 {
			if err := yield(text); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// append writes lines to the end, on a line of their own when the last one was cut off. When that fails nothing of them is left.
func (o *openFile) append(text []byte) error {
	info, err := o.file.Stat()
	if err != nil {
		return cause(err)
	}
	before := info.Size()
	if before > 0 {
		var last [1]byte
		if _, err := o.file.ReadAt(last[:], before-1); err != nil {
			return cause(err)
		}
		if last[0] != '\n' {
			text = append([]byte{'\n'}, text...)
		}
	}
	_, err = o.file.Write(text)
	if err == nil {
		err = o.file.Sync()
	}
	if err != nil {
		return errors.Join(cause(err), o.file.Truncate(before))
	}
	return nil
}
