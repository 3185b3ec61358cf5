package lxd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Operation is a change that the server carries out. Servers differ in which calls they finish before they answer; an
// operation of such a call is done when it is handed out, and waiting for it costs nothing. It belongs to one goroutine.
type Operation struct {
	client   *Client
	path     string // "" when it was done with the answer
	info     OperationInfo
	volume   VolumeID // see Volume
	snapshot string   // see Snapshot
	ended    func()   // called when the end is seen, nil for nothing to do
}

// OperationInfo is what the server says of an operation.
type OperationInfo struct {
	ID          string              `json:"id"`
	Class       string              `json:"class"` // task, websocket or token
	Description string              `json:"description"`
	CreatedAt   time.Time           `json:"created_at"`
	Status      string              `json:"status"`
	StatusCode  int                 `json:"status_code"` // final from 200 on
	Resources   map[string][]string `json:"resources"`   // URLs of what it is about; see [Operation.About]
	Metadata    map[string]any      `json:"metadata"`
	MayCancel   bool                `json:"may_cancel"`
	Location    string              `json:"location"` // member that carries it out, "none" without a cluster
	Err         string              `json:"err"`
	ErrCode     int                 `json:"err_code"` // newer LXD only
}

const (
	statusCreated   = 100 // the least; others below 200 are of operations that go on
	statusSuccess   = 200
	statusFailure   = 400
	statusCancelled = 401

	classWebsocket = "websocket" // waits for somebody to connect to it
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
	if !strings.HasPrefix(op.path, "/1.0/operations/") {
		return nil, c.noAnswer(badAnswer("it started an operation at %q, where none can be", ans.Operation))
	}
	if err := json.Unmarshal(ans.Metadata, &op.info); err != nil {
		return nil, c.noAnswer(fmt.Errorf("its operation: %w", unreadable(err)))
	}
	if err := op.info.is(op.path); err != nil {
		return nil, c.noAnswer(err)
	}
	return op, nil
}

// Info is what the server said of the operation when it was last looked at; zero for one that the server carried out before it
// answered.
func (o *Operation) Info() OperationInfo { return o.info }

// Volume names the volume that the change was about, as it is called when the change has succeeded: after a rename or a
// move that is its new name. Of a volume that a cluster has put somewhere itself the member is not known.
func (o *Operation) Volume() VolumeID { return o.volume }

// Snapshot is the name of the snapshot that is created, or renamed, as it is called then; "" for other changes.
func (o *Operation) Snapshot() string { return o.snapshot }

// Done tells whether the operation had ended when it was last looked at.
func (o *Operation) Done() bool { return o.path == "" || o.info.StatusCode >= statusSuccess }

// Wait waits for the end, for as long as the server says that there is none; ctx is what ends it earlier. An operation that
// fails gives an *Error with the server's text. progress, when not nil, is told the server's own words about how far it is,
// about once a second; LXD 6.9 says them at the end only.
func (o *Operation) Wait(ctx context.Context, progress func(text string)) error {
	slice := time.Minute
	if progress != nil {
		slice = time.Second
	}
	if limit := o.timeout(); limit > 0 {
		slice = max(time.Second, min(slice, (limit/2).Truncate(time.Second))) // or a server that waits would look silent
	}
	seconds := url.Values{"timeout": {strconv.Itoa(int(slice / time.Second))}}
	told := ""
	pauses := growing(20*time.Millisecond, 5*time.Second) // for a server that answers waits before their time
	for !o.Done() {
		start := time.Now()
		// With a limit the server answers even when nothing has ended, so a lost connection is noticed.
		err := o.look(ctx, "/wait", seconds)
		if err != nil {
			err = o.waitFailed(ctx, err)
		}
		if err != nil {
			return err
		}
		if text := o.progress(); text != "" && progress != nil && !(o.Done() && text == told) {
			told = text
			progress(cut(o.client.opts.Secrets.Hide(text), progressLimit)) // not before: half of a secret would be left
		}
		if time.Since(start) >= slice {
			pauses.Reset()
		} else if !o.Done() {
			if err := sleep(ctx, pauses.NextBackOff()); err != nil {
				return err
			}
		}
	}
	if o.ended != nil {
		o.ended()
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
	if o.client == nil {
		return &Error{Code: o.info.ErrCode, Message: message}
	}
	return o.client.refusal(o.info.ErrCode, message)
}

// look asks for the operation, or with "/wait" for its end.
func (o *Operation) look(ctx context.Context, below string, query url.Values) error {
	var info OperationInfo // what is not in the answer is no longer so
	ans, err := o.client.do(ctx, request{method: http.MethodGet, path: o.path + below, query: query, waits: below != "", most: changeLimit})
	if err == nil {
		err = o.client.decode(ans, o.path, &info)
	}
	if err == nil {
		if wrong := info.is(o.path); wrong != nil {
			err = o.client.about(o.path, wrong)
		}
	}
	if err != nil {
		return err
	}
	o.info = info
	return nil
}

// waitFailed looks what has become of an operation when the server answers a wait for it with an error. It does that when
// the operation has failed (LXD 5.21 and 6, Incus 6.0), when the time of the wait is over (the same), and when it does not
// know the operation. A failure may have the very words of a wait that is over, so only the operation itself tells them
// apart.
func (o *Operation) waitFailed(ctx context.Context, err error) error {
	var refused *Error
	if !errors.As(err, &refused) || errors.Is(err, ErrTransient) || errors.Is(err, ErrForbidden) {
		return err
	}
	if !operationUnknown(err) {
		err = o.look(ctx, "", nil)
	}
	switch {
	case operationUnknown(err):
		return ErrOperationGone
	case err != nil:
		return err
	}
	if o.Done() && o.info.ErrCode == 0 && o.info.Err == refused.Message {
		o.info.ErrCode = refused.Code // Incus 6.0 and LXD 5.21 say it nowhere else
	}
	return nil
}

// operationUnknown tells whether the server says that it does not know an operation.
func operationUnknown(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Message == "Operation not found"
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

// timeout is the client's, 0 for none.
func (o *Operation) timeout() time.Duration {
	if o.client == nil {
		return 0
	}
	return o.client.opts.Timeout
}
