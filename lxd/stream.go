package lxd

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/coder/websocket"
)

// Streams are the names of the websockets of a migration's operation, control first: over that one the servers agree on what
// the others carry.
func (o *Operation) Streams() []string {
	streams := slices.Collect(maps.Keys(o.secrets()))
	slices.SortFunc(streams, func(a, b string) int {
		if (a == "control") != (b == "control") {
			if a == "control" {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	return streams
}

// secrets are what opens the streams of an operation, by their names: 64 hexadecimal digits each. LXD from 6.7 on has other texts
// beside them (entity_url).
func (o *Operation) secrets() map[string]string {
	secrets := map[string]string{}
	for name, value := range o.info.Metadata {
		text, _ := value.(string)
		if raw, err := hex.DecodeString(text); err == nil && len(raw) == 32 {
			secrets[name] = text
			if o.client != nil {
				o.client.opts.Secrets.Add(text)
			}
		}
	}
	return secrets
}

// Stream connects to one of the websockets of an operation. LXD 5.0.2 crashes when all streams of an operation have been
// connected and then one is again.
func (c *Client) Stream(ctx context.Context, op *Operation, name string) (*websocket.Conn, error) {
	target := op.path + "/websocket"
	start := time.Now()
	waiting, stop := c.watch(ctx, request{method: http.MethodGet, path: target})
	defer stop()
	conn, resp, err := websocket.Dial(waiting.ctx, c.base+target+"?secret="+url.QueryEscape(op.secrets()[name]), &websocket.DialOptions{HTTPClient: c.http})
	if c.opts.Trace != nil {
		exchange := Exchange{Method: http.MethodGet, Path: target, Operation: op.path, Duration: time.Since(start)} // and not the secret
		if resp != nil {
			exchange.Status = resp.StatusCode
		} else {
			exchange.Err = c.noAnswer(err) // what the library says has the secret in it
		}
		c.opts.Trace(exchange)
	}
	if err != nil {
		if resp != nil {
			return nil, c.noStream(name, resp)
		}
		if ended := waiting.ended(c, ctx); ended != nil {
			return nil, ended
		}
		return nil, c.noAnswer(err)
	}
	conn.SetReadLimit(-1)
	return conn, nil
}

// noStream says what is wrong with the answer to a request for a stream that has not become one.
func (c *Client) noStream(name string, resp *http.Response) error {
	switch {
	case resp.StatusCode >= 400:
		return &Error{Code: resp.StatusCode, Message: fmt.Sprintf("stream %s is refused: %s", name, statusText(resp.StatusCode))}
	case resp.StatusCode >= 300:
		return c.noAnswer(unexpected(resp))
	}
	return c.noAnswer(badAnswer("its answer to the request for a stream is no websocket as it was asked for (status %d)", resp.StatusCode))
}
