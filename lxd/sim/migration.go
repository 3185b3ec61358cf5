package sim

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"tarn/lxd"
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

// meeting is a migration as one side sees it.
type meeting struct {
	task
	side  string // source or target
	other *peer  // that this one connects to; nil when it waits for whoever has the secrets
	work  func(*migration) error
}

// migration is one under way.
type migration struct {
	*change
	server *Server
	life   life            // of the server that it began in
	ctx    context.Context // ends with that life and when the migration is cancelled
	conns  map[string]*websocket.Conn
	lasts  time.Duration // how long the content takes
	fails  string        // the error that it ends with instead, "" for none
}

// meet begins an operation that does its work when both streams are there.
func (s *Server) meet(c call, m meeting) (reply, error) {
	t := m.task
	o := s.begin(c, t)
	o.project = lxd.DefaultProject
	ctx, cancel := context.WithCancelCause(context.Background())
	under := &migration{change: &change{id: o.ID, request: c.logged()}, server: s, life: c.life, ctx: ctx}
	if c.fault != nil {
		under.lasts, under.fails = c.fault.Lasts, c.fault.Operation
	}
	if m.other == nil {
		o.expect()
	}
	if s.product.Cancels && m.side == "target" {
		o.cancel = func() { cancel(errCancelled) }
	}
	go func() {
		select {
		case <-c.life:
			cancel(errStopped)
		case <-ctx.Done():
		}
	}()
	go func() {
		defer cancel(nil)
		err := under.join(o, m)
		if err == nil {
			err = m.work(under)
		}
		if err == nil {
			err = under.pass(PhaseEnded, func() error { return nil })
		}
		s.later(c.life, func() {
			s.release(under.change)
			s.end(o, err)
		})
		for _, conn := range under.conns {
			if err != nil {
				_ = conn.CloseNow()
				continue
			}
			go conn.Close(websocket.StatusNormalClosure, "") // the other side closes them in an order of its own
		}
	}()
	return reply{operation: o}, nil
}

// expect has an operation wait for both of its streams.
func (o *operation) expect() {
	o.Class, o.Metadata = "websocket", nonNil(o.Metadata)
	o.streams = &streams{secrets: map[string]string{}, taken: map[string]bool{}, connected: map[string]*websocket.Conn{}, ready: make(chan struct{})}
	for _, name := range streamNames {
		var secret [32]byte
		rand.Read(secret[:]) // never fails
		o.streams.secrets[name] = hex.EncodeToString(secret[:])
		o.Metadata[name] = o.streams.secrets[name]
	}
}

// join gets the streams.
func (m *migration) join(o *operation, with meeting) (err error) {
	if with.other != nil {
		m.conns, err = with.other.connect(m.ctx)
		return err
	}
	limit := time.NewTimer(cmp.Or(m.server.patience, m.server.product.ConnectLimit))
	defer limit.Stop()
	reason := "context deadline exceeded"
	select {
	case <-o.streams.ready:
		m.conns = o.streams.connected
		return nil
	case <-limit.C:
	case <-m.ctx.Done():
		reason = context.Cause(m.ctx).Error()
	}
	m.server.mu.Lock()
	defer m.server.mu.Unlock()
	m.conns = maps.Clone(o.streams.connected)
	text := "Timed out waiting for connections"
	if m.server.product.NamesStream {
		text = fmt.Sprintf("Failed waiting for migration \"control\" connection on %s: %s", with.side, reason)
	}
	if with.side == "target" {
		text = "Error transferring storage volume: " + text
	}
	return says("%s", text)
}

// pass goes through a phase: at once, or when it is let go on by hand.
func (m *migration) pass(name Phase, do func() error) error {
	s := m.server
	s.mu.Lock()
	err := context.Cause(m.ctx)
	if m.life.ended() { // its context may not have heard of it yet
		err = errStopped
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	if !s.manual {
		defer s.mu.Unlock()
		return errors.Join(do(), s.save())
	}
	passed := make(chan struct{})
	s.holdBefore(m.change, name, func() {
		err = do()
		close(passed)
	})
	s.mu.Unlock()
	select {
	case <-passed:
		return err
	case <-m.ctx.Done():
		return context.Cause(m.ctx)
	}
}

// linger takes the time that a fault gives the content.
func (m *migration) linger() error {
	select {
	case <-time.After(m.lasts):
		return nil
	case <-m.ctx.Done():
		return context.Cause(m.ctx)
	}
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

// How a migration ends whose server does, and one that is given up.
var (
	errStopped   = errors.New("the server is stopped")
	errCancelled = errors.New("context canceled")
)

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
	t := task{location: a.location(), description: "Migrating storage volume", resources: s.migrates(a), entity: s.volumeURL(a.poolName, a.key, "")}
	return s.meet(c, meeting{t, "source", to, func(m *migration) error {
		s.mu.Lock()
		gone := s.holds(a, v)
		s.mu.Unlock()
		if gone != nil {
			return gone
		}
		control := m.conns["control"]
		if err := wsjson.Write(m.ctx, control, offer); err != nil {
			return says("Failed sending migration header: %v", err)
		}
		if err := m.linger(); err != nil {
			return err
		}
		if m.fails != "" {
			return errors.New(m.fails)
		}
		var content []byte
		read := func() (err error) {
			content, err = json.Marshal(v.Content)
			return err
		}
		if err := m.pass(PhaseContent, read); err != nil {
			return err
		}
		if err := m.conns["fs"].Write(m.ctx, websocket.MessageBinary, content); err != nil {
			return says("Failed sending volume: %v", err)
		}
		var answer verdict
		if err := wsjson.Read(m.ctx, control, &answer); err != nil {
			return says("Failed receiving migration response: %v", err)
		}
		if answer.Err != "" {
			return errors.New(answer.Err)
		}
		return nil
	}})
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
	t := task{location: to.location(), description: "Creating storage volume", resources: s.migrates(to), entity: s.newURL(to)}
	return s.meet(c, meeting{t, "target", from, func(m *migration) error {
		arrived := &arrival{to: to}
		err := s.receive(m, arrived, body)
		answer := verdict{}
		if err != nil {
			answer.Err = err.Error()
		}
		if lost := wsjson.Write(m.ctx, m.conns["control"], answer); lost != nil && err == nil {
			err = says("Failed sending migration response: %v", lost) // the source is going to say that it has failed
		}
		if err != nil {
			s.later(c.life, func() { s.discard(arrived) })
		}
		return err
	}})
}

// receive makes a volume of what comes in: first what it is, by which it is created, and then its content.
func (s *Server) receive(m *migration, arrived *arrival, body volumeBody) error {
	control := m.conns["control"]
	control.SetReadLimit(-1)
	var offered migrated
	if err := wsjson.Read(m.ctx, control, &offered); err != nil {
		return says("Failed receiving migration header: %v", err)
	}
	if err := m.pass(PhaseTarget, func() error { return s.expectVolume(arrived, offered, body) }); err != nil {
		return err
	}
	if err := m.linger(); err != nil {
		return err
	}
	if m.fails != "" {
		return errors.New(m.fails)
	}
	if err := wsjson.Read(m.ctx, m.conns["fs"], &arrived.content); err != nil {
		return says("Failed receiving volume: %v", err)
	}
	return m.pass(PhaseContent, func() error { return s.fill(arrived) })
}

// expectVolume creates a volume that another server is going to send, or finds one that is to be brought up to date.
func (s *Server) expectVolume(arrived *arrival, offered migrated, body volumeBody) error {
	source := &Volume{ContentType: body.ContentType, Bytes: offered.Bytes, Used: offered.Used, Snapshots: offered.Snapshots}
	for _, snapshot := range source.Snapshots {
		if s.product.WritesSnapshotSize && snapshot.Config["size"] == "" {
			snapshot.Config = nonNil(snapshot.Config)
			snapshot.Config["size"] = "0"
		}
	}
	if there := arrived.to.pool.Volumes[arrived.to.key]; body.Source.Refresh && there != nil && s.holds(arrived.to, there) == nil {
		// Without its snapshots when the source sends none.
		arrived.volume, arrived.refresh = there, func() { refresh(there, source, false) }
		return nil
	}
	return s.duplicate(arrived, source, source.Bytes, body.Config, body.Description, true, body.Source.VolumeOnly)
}

// migrates is what LXD 5.0.2 says that a migration is about.
func (s *Server) migrates(a address) map[string][]string {
	if s.product.ResourcesAreAddresses {
		return map[string][]string{"storage_volumes": {s.volumeURL(a.poolName, a.key, "")}}
	}
	return map[string][]string{"storage_volumes": {"/1.0/storage_volumes/" + a.poolName + "/volumes/" + a.key.Type + "/" + a.key.Name}}
}
