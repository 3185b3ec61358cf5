package sim

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// A migration is two operations, one at each server, joined by two websockets: over control the source says what the
// volume is and the target how it went; over fs come the data, which are none. Only simulators understand each other.

// streamNames are the websockets of an operation.
var streamNames = []string{"control", "fs"}

// connectLimit is how long an operation waits for its websockets.
const connectLimit = 10 * time.Second

// streams are the websockets of an operation that waits for them.
type streams struct {
	secrets   map[string]string // of each
	taken     map[string]bool   // by somebody who connects
	connected map[string]*websocket.Conn
	ready     chan struct{} // closed when all are connected
}

// migrated is what goes over the control stream to the target.
type migrated struct {
	ContentType string      `json:"content_type"`
	Bytes       int64       `json:"bytes"`
	Used        int64       `json:"used"`
	Snapshots   []*Snapshot `json:"snapshots"`
}

// verdict is what comes back.
type verdict struct {
	Err string `json:"err"`
}

// peer is where the other side of a migration is found.
type peer struct {
	Operation   string            `json:"operation"`
	Certificate string            `json:"certificate"`
	Secrets     map[string]string `json:"secrets"`
}

// meet begins an operation that does its work when both streams are there: who has the secrets connects, or, when the
// other side is told, this one connects to it.
func (s *Server) meet(c call, location, description string, resources map[string][]string, other *peer, work func(context.Context, map[string]*websocket.Conn) error) (reply, error) {
	o := s.begin("default", location, description, resources)
	var conns map[string]*websocket.Conn
	join := func(ctx context.Context) (err error) {
		conns, err = other.connect(ctx)
		return err
	}
	if other == nil {
		o.Class, o.Metadata = "websocket", map[string]any{}
		o.streams = &streams{secrets: map[string]string{}, taken: map[string]bool{}, connected: map[string]*websocket.Conn{}, ready: make(chan struct{})}
		for _, name := range streamNames {
			var secret [32]byte
			rand.Read(secret[:]) // never fails
			o.streams.secrets[name] = hex.EncodeToString(secret[:])
			o.Metadata[name] = o.streams.secrets[name]
		}
		join = func(context.Context) error {
			select {
			case <-o.streams.ready:
				conns = o.streams.connected
				return nil
			case <-time.After(connectLimit):
				s.mu.Lock()
				conns = maps.Clone(o.streams.connected)
				s.mu.Unlock()
				return says("Timed out waiting for connections")
			}
		}
	}
	go func() {
		ctx := context.Background()
		err := join(ctx)
		if err == nil {
			if c.fault != nil {
				time.Sleep(c.fault.Lasts)
			}
			err = work(ctx, conns)
		}
		s.later(func() { s.end(o, err) })
		for _, conn := range conns {
			if err != nil {
				_ = conn.CloseNow()
				continue
			}
			go conn.Close(websocket.StatusNormalClosure, "") // the other side closes them in an order of its own
		}
	}()
	return reply{operation: o}, nil
}

// connect opens the streams of the other side's operation.
func (p *peer) connect(ctx context.Context) (map[string]*websocket.Conn, error) {
	block, _ := pem.Decode([]byte(p.Certificate))
	if block == nil {
		return nil, says("Invalid certificate")
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
			return conns, says("Unable to connect to: %s (%v)", strings.TrimPrefix(p.Operation, "https://"), err)
		}
		conns[name] = conn
	}
	return conns, nil
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
	if err == nil && name == "" {
		err = code(http.StatusForbidden, "not authorized")
	}
	if err != nil {
		refusal(err).write(w)
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

// errStopped is how an operation ends whose server does.
var errStopped = errors.New("the server is stopped")

// offerVolume has a volume wait for the server that wants it, or brings it to that server.
func (s *Server) offerVolume(c call, a address, v *Volume, to *peer, volumeOnly bool) (reply, error) {
	offer := migrated{ContentType: v.ContentType, Bytes: v.Bytes, Used: v.Used}
	if !volumeOnly {
		for _, snapshot := range v.Snapshots {
			same := *snapshot
			same.Config = maps.Clone(snapshot.Config)
			offer.Snapshots = append(offer.Snapshots, &same)
		}
	}
	return s.meet(c, a.location(), "Migrating storage volume", s.state.migrates(a), to, func(ctx context.Context, conns map[string]*websocket.Conn) error {
		if c.fault != nil && c.fault.Operation != "" {
			return errors.New(c.fault.Operation)
		}
		gone := errStopped
		s.later(func() { gone = s.holds(a, v) })
		if gone != nil {
			return gone
		}
		control := conns["control"]
		if err := wsjson.Write(ctx, control, offer); err != nil {
			return says("Failed sending migration header: %v", err)
		}
		if err := conns["fs"].Write(ctx, websocket.MessageBinary, []byte("none")); err != nil {
			return says("Failed sending volume: %v", err)
		}
		var answer verdict
		if err := wsjson.Read(ctx, control, &answer); err != nil {
			return says("Failed receiving migration response: %v", err)
		}
		if answer.Err != "" {
			return errors.New(answer.Err)
		}
		return nil
	})
}

// acceptVolume makes a volume of what another server sends.
func (s *Server) acceptVolume(c call, to address, body volumeBody) (reply, error) {
	var from *peer
	switch body.Source.Mode {
	case "push":
	case "pull":
		from = &peer{body.Source.Operation, body.Source.Certificate, body.Source.Secrets}
		if from.Secrets["control"] == "" {
			return reply{}, says("Missing control secret")
		}
	default:
		return reply{}, code(http.StatusNotImplemented, "Mode '%s' not implemented", body.Source.Mode)
	}
	return s.meet(c, to.location(), "Creating storage volume", s.state.migrates(to), from, func(ctx context.Context, conns map[string]*websocket.Conn) error {
		control := conns["control"]
		control.SetReadLimit(-1)
		var offered migrated
		if err := wsjson.Read(ctx, control, &offered); err != nil {
			return says("Failed receiving migration header: %v", err)
		}
		if _, _, err := conns["fs"].Read(ctx); err != nil {
			return says("Failed receiving volume: %v", err)
		}
		var made *Volume
		err := errStopped
		s.later(func() {
			if c.fault != nil && c.fault.Operation != "" {
				err = errors.New(c.fault.Operation)
				return
			}
			source := &Volume{ContentType: body.ContentType, Bytes: offered.Bytes, Used: offered.Used, Snapshots: offered.Snapshots}
			for _, snapshot := range source.Snapshots {
				if s.state.incus() && snapshot.Config["size"] == "" {
					snapshot.Config = orMake(snapshot.Config)
					snapshot.Config["size"] = "0" // Incus 6.0.4 writes it down
				}
			}
			if there := to.pool.Volumes[to.key]; body.Source.Refresh && s.holds(to, there) == nil && there != nil {
				there.refresh(source, false) // without its snapshots when the source sends none
				s.touch(to.part())
				err = nil
				return
			}
			if err = s.duplicate(source, source.Bytes, to, body.Config, body.Description, true, body.Source.VolumeOnly); err == nil {
				made = to.pool.Volumes[to.key]
			}
		})
		answer := verdict{}
		if err != nil {
			answer.Err = err.Error()
		}
		if lost := wsjson.Write(ctx, control, answer); lost != nil && err == nil {
			// The source is going to say that it has failed.
			s.later(func() {
				if s.holds(to, made) == nil {
					delete(to.pool.Volumes, to.key)
					s.touch(to.part())
				}
			})
			return says("Failed sending migration response: %v", lost)
		}
		return err
	})
}

// migrates is what LXD 5.0.2 says that a migration is about.
func (s *State) migrates(a address) map[string][]string {
	if !s.old() {
		return map[string][]string{"storage_volumes": {s.volumeURL(a.poolName, a.key, "")}}
	}
	return map[string][]string{"storage_volumes": {"/1.0/storage_volumes/" + a.poolName + "/volumes/" + a.key.Type + "/" + a.key.Name}}
}
