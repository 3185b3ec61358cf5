package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tarn/cli/readfile"
)

// The journal of a state file holds what has changed since the file was written, so that a change costs what it changes and
// not what the server holds. It is a file of JSON lines beside the state file: which content of that it goes on from, and a
// record for each request. A last line that has no end is what a kill has cut off. A line that says what the journal was
// merged into tells a journal that is merged but still there from one whose state file somebody has changed.

// journalHead is the first line.
type journalHead struct {
	Of string `json:"of"` // digest of the state file
}

// replay makes the changes that the journal holds, and opens it for more. Without a journal nothing happens.
func (f *File) replay(state *State) error {
	data, err := readfile.Regular(f.journalPath(), readfile.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.journalPath(), err)
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	lines := bytes.SplitAfter(data[:whole], []byte("\n"))
	lines = lines[:len(lines)-1] // what is after the last end of a line
	if len(lines) == 0 {
		return os.Remove(f.journalPath())
	}
	wrong := func(line int, err error) error { return fmt.Errorf("%s: line %d: %w", f.journalPath(), line, err) }
	var head journalHead
	if err := json.Unmarshal(lines[0], &head); err != nil {
		return wrong(1, err)
	}
	records := make([]record, len(lines)-1)
	for i, line := range lines[1:] {
		if err := json.Unmarshal(line, &records[i]); err != nil {
			return wrong(i+2, err)
		}
	}
	if n := len(records); n > 0 && records[n-1].Merged == f.digest {
		return os.Remove(f.journalPath())
	}
	if head.Of != f.digest {
		return fmt.Errorf("%s has changes to another content of the state file: somebody has written that since; remove the journal to go on without them", f.journalPath())
	}
	for i, r := range records {
		if err := state.apply(r); err != nil {
			return wrong(i+2, err)
		}
	}
	if f.journal, err = os.OpenFile(f.journalPath(), os.O_RDWR|os.O_APPEND, 0); err != nil {
		return err
	}
	f.journaled = int64(whole)
	return f.journal.Truncate(f.journaled)
}

func (f *File) journalPath() string { return f.path + ".journal" }

// log adds a line to the journal, which is begun when there is none. What is only half written is taken out again.
func (f *File) log(line any) error {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	if f.journal == nil {
		journal, err := os.OpenFile(f.journalPath(), os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		f.journal, f.journaled = journal, 0
		if err := encode.Encode(journalHead{f.digest}); err != nil {
			return err
		}
	}
	if err := encode.Encode(line); err != nil {
		return err
	}
	n, err := f.journal.Write(b.Bytes())
	if err != nil {
		return errors.Join(err, f.journal.Truncate(f.journaled))
	}
	f.journaled += int64(n)
	return nil
}

// endJournal removes the journal, whose changes the state file has.
func (f *File) endJournal() error {
	if f.journal == nil {
		return nil
	}
	err := errors.Join(f.journal.Close(), os.Remove(f.journalPath()))
	f.journal, f.journaled = nil, 0
	return err
}
