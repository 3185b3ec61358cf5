package lxd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Operation is a change that the server carries out. Servers differ in which calls they finish before they answer; an
// operation of such a call is done when it is handed out, and waiting for it costs nothing.
type Operation struct {
	client *Client
	path   string // "" when it was done with the answer
	info   operationInfo
}

type operationInfo struct {
	ID         string         `json:"id"`
	Class      string         `json:"class"`
	StatusCode int            `json:"status_code"` // final from 200 on
	Metadata   map[string]any `json:"metadata"`
	Err        string         `json:"err"`
	ErrCode    int            `json:"err_code"` // newer LXD only
}

const (
	statusSuccess   = 200
	statusCancelled = 401
)

// ErrOperationGone says that the server forgot an operation before its end was seen. LXD keeps a finished one for five
// seconds. Only the object itself tells then what happened.
var ErrOperationGone = errors.New("the server has forgotten the operation")

func newOperation(c *Client, ans *answer) (*Operation, error) {
	op := &Operation{client: c}
	if ans.Type != "async" {
		return op, nil
	}
	if ans.Operation == "" {
		return nil, errors.New("the server started an operation without naming it")
	}
	path, err := url.Parse(ans.Operation)
	if err != nil {
		return nil, fmt.Errorf("the server named an operation that cannot be read: %w", err)
	}
	op.path = path.Path
	if err := json.Unmarshal(ans.Metadata, &op.info); err != nil {
		return nil, fmt.Errorf("operation %s cannot be read: %w", op.path, err)
	}
	return op, nil
}

// Done tells whether the operation had ended when it was last looked at.
func (o *Operation) Done() bool { return o.path == "" || o.info.StatusCode >= statusSuccess }

// Wait waits for the end. An operation that fails gives an *Error with the server's text. progress, when not nil, is told
// the server's own words about how far it is, about once a second.
func (o *Operation) Wait(ctx context.Context, progress func(text string)) error {
	seconds := "60"
	if progress != nil {
		seconds = "1"
	}
	for !o.Done() {
		// With a limit the server answers even when nothing has ended, so a lost connection is noticed.
		_, err := o.client.get(ctx, o.path+"/wait", url.Values{"timeout": {seconds}}, &o.info)
		if errors.Is(err, ErrNotFound) {
			return ErrOperationGone
		}
		if err != nil {
			return err
		}
		if text := o.progress(); text != "" && progress != nil && !o.Done() {
			progress(text)
		}
	}
	if o.path == "" || o.info.StatusCode == statusSuccess {
		return nil
	}
	message := o.info.Err
	if message == "" && o.info.StatusCode == statusCancelled {
		message = "the operation was cancelled"
	} else if message == "" {
		message = "the operation failed without a reason"
	}
	return &Error{Code: o.info.ErrCode, Message: message}
}

// progress is what the server says of a copy or a transfer: "pg: 1.20GB (310.11MB/s)".
func (o *Operation) progress() string {
	for key, value := range o.info.Metadata {
		if text, ok := value.(string); ok && strings.HasSuffix(key, "_progress") {
			return text
		}
	}
	return ""
}
