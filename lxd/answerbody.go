package lxd

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// answerBody is what comes of an answer, up to a limit.
type answerBody struct {
	ctx    context.Context
	source io.Reader
	read   int64 // bytes so far
	most   int64 // bytes that are read
	err    error // why no more can be read, nil at its end
	alone  bool  // see readsLarge
}

// readsLarge has a value while a large answer is read, of whichever server.
var readsLarge = make(chan struct{}, 1)

// newAnswerBody is the body of an answer of which so many bytes are read at most. It has to be closed.
func newAnswerBody(resp *http.Response, source io.Reader, most int64) (*answerBody, error) {
	if resp.ContentLength > most {
		return nil, badAnswer("its answer has %d MB, and more than %d are not read", resp.ContentLength/1e6, most/1e6)
	}
	return &answerBody{ctx: resp.Request.Context(), source: source, most: most}, nil
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.read > largeAnswer && !b.alone {
		select {
		case readsLarge <- struct{}{}:
			b.alone = true
		case <-b.ctx.Done():
			b.err = context.Cause(b.ctx)
			return 0, b.err
		}
	}
	n, err := b.source.Read(p[:min(int64(len(p)), b.most+1-b.read)])
	b.read += int64(n)
	if b.read > b.most {
		err = badAnswer("its answer has no end: %d MB were read", b.most/1e6)
	}
	if err != io.EOF {
		b.err = err
	}
	return n, err
}

// object reads the envelope of an answer of this status that is no list.
func (b *answerBody) object(envelope *envelope, status int) error {
	var all bytes.Buffer // what a server announces need not come, so memory is taken as it does
	if _, err := all.ReadFrom(b); err != nil {
		return err
	}
	text := all.Bytes()
	if bytes.Count(text, []byte{','}) > valueLimit { // those in texts too
		return badAnswer("its answer has more than %d values", valueLimit)
	}
	err := json.Unmarshal(text, envelope)
	switch {
	case err != nil && status >= 400:
		return &Error{Code: status, Message: statusText(status)}
	case len(text) == 0:
		return errEmpty
	case err != nil:
		return unreadable(err)
	case status < 400 && !isText(text):
		return errNotText
	}
	return nil
}

func (b *answerBody) close() {
	if b.alone {
		<-readsLarge
	}
}
