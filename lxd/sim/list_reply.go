package sim

import (
	"bytes"
	"encoding/json"
	"io"
)

// listReply is metadata that is a long list. Its elements are JSON already, in some pieces: a list of 50,000 volumes has 10 MB, and would have
// five times that as values and while all of it is put together.
type listReply struct {
	pieces [][]byte
	count  int
}

// pieceSize is about how long a piece is, in bytes.
const pieceSize = 64 << 10

// add puts an element at the end, as it is now.
func (l *listReply) add(element any) {
	text, err := json.Marshal(element)
	if err != nil {
		panic(err) // of texts, times and maps of texts there is none
	}
	last := len(l.pieces) - 1
	switch {
	case last < 0:
		l.pieces, last = [][]byte{nil}, 0 // of short lists there are many
	case len(l.pieces[last])+len(text) >= pieceSize:
		l.pieces, last = append(l.pieces, make([]byte, 0, max(pieceSize, len(text)+1))), last+1
	}
	if l.count++; l.count > 1 {
		l.pieces[last] = append(l.pieces[last], ',')
	}
	l.pieces[last] = append(l.pieces[last], text...)
}

// write writes an envelope, whose metadata is null and at its end, with the list in its place. Who reads it may be gone.
func (l *listReply) write(to io.Writer, envelope []byte) {
	begin, _ := bytes.CutSuffix(envelope, []byte("null}"))
	for _, text := range append(append([][]byte{begin, []byte("[")}, l.pieces...), []byte("]}\n")) {
		if _, err := to.Write(text); err != nil {
			return
		}
	}
}
