package sim

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// sentVolume is what goes over the control stream to the target.
type sentVolume struct {
	ContentType string      `json:"content_type"`
	Bytes       int64       `json:"bytes"`
	Used        int64       `json:"used"`
	Snapshots   []*Snapshot `json:"snapshots"`
}

// receiveResult is what comes back.
type receiveResult struct {
	Err string `json:"err"`
}

// offerVolume has a volume wait for the server that wants it, or brings it to that server.
func (s *Server) offerVolume(c call, a address, v *Volume, to *peer, volumeOnly bool) (reply, error) {
	offer := sentVolume{ContentType: v.ContentType, Bytes: v.Bytes, Used: v.Used}
	if !volumeOnly {
		for _, snapshot := range v.Snapshots {
			sent := *snapshot
			sent.Config = maps.Clone(snapshot.Config)
			offer.Snapshots = append(offer.Snapshots, &sent)
		}
	}
	t := task{location: a.location(), description: "Migrating storage volume", resources: s.migrates(a), entity: s.entityURL(c, a.poolName, a.key, "")}
	return s.startMigration(c, migrationSide{t, "source", to, func(m *migration) error {
		s.mu.Lock()
		err := s.checkStillThere(a, v)
		s.mu.Unlock()
		if err != nil {
			return err
		}
		control := m.conns["control"]
		if err := wsjson.Write(m.ctx, control, offer); err != nil {
			return serverError("Failed sending migration header: %v", err)
		}
		if err := m.waitLasts(); err != nil {
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
		if err := m.runPhase(PhaseContent, read); err != nil {
			return err
		}
		if err := m.conns["fs"].Write(m.ctx, websocket.MessageBinary, content); err != nil {
			return serverError("Failed sending volume: %v", err)
		}
		var answer receiveResult
		if err := wsjson.Read(m.ctx, control, &answer); err != nil {
			return serverError("Failed receiving migration response: %v", err)
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
			return reply{}, serverError("Missing control secret")
		}
	default:
		return reply{}, httpError(http.StatusNotImplemented, "Mode '%s' not implemented", body.Source.Mode)
	}
	t := task{location: to.location(), description: "Creating storage volume", resources: s.migrates(to), entity: s.newURL(c, to)}
	return s.startMigration(c, migrationSide{t, "target", from, func(m *migration) error {
		arrived := &copyTarget{to: to}
		err := s.receive(m, arrived, body)
		answer := receiveResult{}
		if err != nil {
			answer.Err = err.Error()
		}
		if lost := wsjson.Write(m.ctx, m.conns["control"], answer); lost != nil && err == nil {
			err = serverError("Failed sending migration response: %v", lost) // the source is going to say that it has failed
		}
		if err != nil {
			s.runLater(c.life, func() { s.discardTarget(arrived) })
		}
		return err
	}})
}

// receive makes a volume of what comes in: first what it is, by which it is created, and then its content.
func (s *Server) receive(m *migration, arrived *copyTarget, body volumeBody) error {
	control := m.conns["control"]
	control.SetReadLimit(16 << 20) // an offer names each snapshot with its config
	var offered sentVolume
	if err := wsjson.Read(m.ctx, control, &offered); err != nil {
		return serverError("Failed receiving migration header: %v", err)
	}
	if err := m.runPhase(PhaseTarget, func() error { return s.prepareTarget(arrived, offered, body) }); err != nil {
		return err
	}
	if err := m.waitLasts(); err != nil {
		return err
	}
	if m.fails != "" {
		return errors.New(m.fails)
	}
	if err := wsjson.Read(m.ctx, m.conns["fs"], &arrived.content); err != nil {
		return serverError("Failed receiving volume: %v", err)
	}
	return m.runPhase(PhaseContent, func() error { return s.fillTarget(arrived) })
}

// prepareTarget creates a volume that another server is going to send, or finds one that is to be brought up to date.
func (s *Server) prepareTarget(arrived *copyTarget, offered sentVolume, body volumeBody) error {
	source := &Volume{ContentType: body.ContentType, Bytes: offered.Bytes, Used: offered.Used, Snapshots: offered.Snapshots}
	for _, snapshot := range source.Snapshots {
		if s.product.WritesSnapshotSize && snapshot.Config["size"] == "" {
			snapshot.Config = nonNil(snapshot.Config)
			snapshot.Config["size"] = "0"
		}
	}
	if there := arrived.to.pool.Volumes[arrived.to.key]; body.Source.Refresh && there != nil && s.checkStillThere(arrived.to, there) == nil {
		// Without its snapshots when the source sends none.
		arrived.volume, arrived.refresh = there, func() { refreshCopy(there, source, false) }
		return nil
	}
	return s.createTarget(arrived, source, source.Bytes, body.Config, body.Text, true, body.Source.VolumeOnly)
}

// migrates is what the server says that an operation on a volume is about.
func (s *Server) migrates(a address) map[string][]string {
	if s.product.ResourcesLackMember {
		a.key.Member = ""
	}
	if s.product.ResourcesAreAddresses {
		return map[string][]string{"storage_volumes": {s.volumeURL(a.poolName, a.key, "")}}
	}
	return map[string][]string{"storage_volumes": {"/1.0/storage_volumes/" + a.poolName + "/volumes/" + a.key.Type + "/" + a.key.Name}}
}
