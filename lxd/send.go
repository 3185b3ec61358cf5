package lxd

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Peer is how one server of a migration finds the operation of the other.
type Peer struct {
	Operation   string            `json:"operation,omitempty"` // its address
	Certificate string            `json:"certificate,omitempty"`
	Secrets     map[string]string `json:"secrets,omitempty"` // what opens its streams, by their names
}

// Peer is how another server finds an operation of this one at one of its addresses.
func (s *Server) Peer(address string, op *Operation) *Peer {
	return &Peer{Operation: "https://" + address + op.path, Certificate: s.Certificate, Secrets: op.secrets()}
}

// SendVolume has the server send a volume to the peer, or, without one, to whoever connects to the operation's streams.
func (c *Client) SendVolume(ctx context.Context, id VolumeID, to *Peer, volumeOnly bool) (*Operation, error) {
	return c.write(ctx, request{
		method: http.MethodPost,
		path:   id.path(),
		query:  id.query(),
		body: struct {
			Name       string `json:"name"`
			Pool       string `json:"pool"`
			Migration  bool   `json:"migration"`
			VolumeOnly bool   `json:"volume_only"`
			Target     *Peer  `json:"target"`
		}{id.Name, id.Pool, true, volumeOnly, to},
	})
}

// VolumeReceive is a volume that another server sends.
type VolumeReceive struct {
	VolumeCreate          // as it is to be here; the server drops keys that its driver does not have
	Source       VolumeID // as it is called there
	From         *Peer    // who sends it, nil for whoever connects to the operation's streams
	VolumeOnly   bool     // it comes without its snapshots
}

// ReceiveVolume has the server create a volume from what another one sends.
func (c *Client) ReceiveVolume(ctx context.Context, id VolumeID, receive VolumeReceive) (*Operation, error) {
	type source struct {
		Type       string `json:"type"`
		Mode       string `json:"mode"`
		Name       string `json:"name"`
		Pool       string `json:"pool"`
		VolumeOnly bool   `json:"volume_only"`
		Peer
	}
	arriving := source{Type: "migration", Mode: "push", Name: receive.Source.Name, Pool: receive.Source.Pool, VolumeOnly: receive.VolumeOnly}
	if receive.From != nil {
		arriving.Mode, arriving.Peer = "pull", *receive.From
	}
	return c.write(ctx, request{
		method: http.MethodPost,
		path:   path("storage-pools", id.Pool, "volumes", id.Type),
		query:  id.query(),
		body: struct {
			Name        string            `json:"name"`
			Type        string            `json:"type"`
			ContentType string            `json:"content_type"`
			Description string            `json:"description"`
			Config      map[string]string `json:"config"`
			Source      source            `json:"source"`
		}{id.Name, id.Type, receive.ContentType, receive.Description, orEmpty(receive.Config), arriving},
		object:  id.path(),
		becomes: id,
	})
}

// Streams names the websockets over which the operation of a migration takes or gives data, control first: the servers
// agree there on what the others carry.
func (o *Operation) Streams() []string {
	var names []string
	for name := range o.secrets() {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "control") != (b == "control") {
			if a == "control" {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	return names
}

// secrets name the streams of an operation and what opens them: 64 hexadecimal digits each. LXD from 6.7 on has other texts
// beside them (entity_url).
func (o *Operation) secrets() map[string]string {
	secrets := map[string]string{}
	for name, value := range o.info.Metadata {
		text, _ := value.(string)
		if raw, err := hex.DecodeString(text); err == nil && len(raw) == 32 {
			secrets[name] = text
		}
	}
	return secrets
}

// Stream connects to one of the websockets of an operation. LXD 5.0.2 crashes when all streams of an operation have been
// connected and then one is again.
func (c *Client) Stream(ctx context.Context, op *Operation, name string) (*websocket.Conn, error) {
	target := op.path + "/websocket"
	start := time.Now()
	conn, resp, err := websocket.Dial(ctx, c.base+target+"?secret="+url.QueryEscape(op.secrets()[name]), &websocket.DialOptions{HTTPClient: c.http})
	if c.opts.Trace != nil {
		exchange := Exchange{Method: http.MethodGet, Path: target, Operation: op.path, Duration: time.Since(start)} // and not the secret
		if resp != nil {
			exchange.Status = resp.StatusCode
		} else {
			exchange.Err = err
		}
		c.opts.Trace(exchange)
	}
	if err != nil {
		if resp != nil {
			return nil, &Error{Code: resp.StatusCode, Message: fmt.Sprintf("stream %s is refused: %s", name, http.StatusText(resp.StatusCode))}
		}
		if ctxErr := context.Cause(ctx); ctxErr != nil {
			return nil, ctxErr
		}
		return nil, c.noAnswer(err)
	}
	conn.SetReadLimit(-1)
	return conn, nil
}

// About tells what an operation has to do with a volume: whether it is about that one, and whether the server says at all
// what it is about. LXD 5.0.2 does not say it of copies and moves.
func (o *Operation) About(id VolumeID) (about, said bool) { return o.info.About(id) }

// About is [Operation.About].
func (i OperationInfo) About(id VolumeID) (about, said bool) {
	var names []string
	for _, urls := range i.Resources {
		names = append(names, urls...)
	}
	if text, ok := i.Metadata["entity_url"].(string); ok {
		names = append(names, text)
	}
	// /1.0/storage-pools/POOL/volumes/custom/NAME; LXD 5.0.2 has /1.0/storage_volumes/POOL/volumes/custom/NAME.
	for _, raw := range names {
		address, _, _ := strings.Cut(raw, "?")
		parts := strings.Split(address, "/")
		if len(parts) < 7 || parts[4] != "volumes" {
			continue
		}
		said = true
		if unescaped(parts[3], id.Pool) && parts[5] == id.Type && unescaped(parts[6], id.Name) {
			return true, true
		}
	}
	return false, said
}

// unescaped tells whether a part of a URL is a name, however often it was escaped.
func unescaped(part, name string) bool {
	for range 3 {
		if part == name {
			return true
		}
		next, err := url.PathUnescape(part)
		if err != nil || next == part {
			return false
		}
		part = next
	}
	return false
}
