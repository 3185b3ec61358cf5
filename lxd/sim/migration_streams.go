package sim

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"
)

// A migration is two operations, one at each server, joined by two websockets: over control the source says what the
// volume is and the target how it went; over fs come the data, which are a text. Only simulators understand each other.

// streamNames are the websockets of an operation.
var streamNames = []string{"control", "fs"}

// streams are the websockets of an operation that waits for them.
type streams struct {
	secrets   map[string]string // of each
	taken     map[string]bool   // by somebody who connects
	connected map[string]*websocket.Conn
	ready     chan struct{} // closed when all are connected
}

// openStreams has an operation wait for both of its streams.
func (o *operation) openStreams() {
	o.Class, o.Metadata = "websocket", nonNil(o.Metadata)
	o.streams = &streams{secrets: map[string]string{}, taken: map[string]bool{}, connected: map[string]*websocket.Conn{}, ready: make(chan struct{})}
	for _, name := range streamNames {
		var secret [32]byte
		rand.Read(secret[:]) // never fails
		o.streams.secrets[name] = hex.EncodeToString(secret[:])
		o.Metadata[name] = o.streams.secrets[name]
	}
}

// serveStream answers who connects to one of an operation's streams.
func (s *Server) serveStream(w http.ResponseWriter, c call) {
	s.mu.Lock()
	o, err := s.operation(c)
	name := ""
	if err == nil && o.streams != nil {
		for stream, secret := range o.streams.secrets {
			if c.query.Get("secret") == secret && !o.streams.taken[stream] {
				name = stream
				o.streams.taken[name] = true
			}
		}
	}
	s.mu.Unlock()
	switch missing := c.query.Get("secret") == "" && s.product.NamesMissingSecret; {
	case missing && (err != nil || o.streams == nil):
		err = httpError(http.StatusBadRequest, "Missing websocket secret")
	case missing:
		err = httpError(http.StatusBadRequest, "Missing migration source secret")
	case err == nil && name == "":
		err = httpError(http.StatusForbidden, "not authorized")
	}
	if err != nil {
		s.errorReplyFor(err).write(w)
		return
	}
	conn, err := websocket.Accept(w, c.Request, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		o.streams.taken[name] = false
		return // it has answered
	}
	if c.fault != nil && c.fault.DropAfter {
		_ = conn.CloseNow()
	}
	o.streams.connected[name] = conn
	if len(o.streams.connected) == len(streamNames) {
		close(o.streams.ready)
	}
}

// peer is where the other side of a migration is found.
type peer struct {
	Operation   string            `json:"operation"`
	Certificate string            `json:"certificate"`
	Secrets     map[string]string `json:"secrets"`
}

// connect opens the streams of the other side's operation.
func (p *peer) connect(ctx context.Context) (map[string]*websocket.Conn, error) {
	block, _ := pem.Decode([]byte(p.Certificate))
	if block == nil {
		return nil, serverError("Invalid certificate")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, // it has to be this very one
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) == 0 || string(raw[0]) != string(block.Bytes) {
				return errors.New("x509: certificate signed by unknown authority")
			}
			return nil
		},
	}}}
	conns := map[string]*websocket.Conn{}
	for _, name := range streamNames {
		conn, _, err := websocket.Dial(ctx, p.Operation+"/websocket?secret="+url.QueryEscape(p.Secrets[name]), &websocket.DialOptions{HTTPClient: client})
		if err != nil {
			return conns, serverError("Unable to connect to: %s (%v)", strings.TrimPrefix(p.Operation, "https://"), err)
		}
		conns[name] = conn
	}
	return conns, nil
}
