package lxd

import (
	"context"
	"net/http"
)

// Peer is what one server of a migration has to know to connect to the operation of the other one.
type Peer struct {
	Operation   string            `json:"operation,omitempty"` // its address
	Certificate string            `json:"certificate,omitempty"`
	Secrets     map[string]string `json:"secrets,omitempty"` // what opens its streams, by their names
}

// Peer is what another server has to know to connect to an operation of this one, at one of this one's addresses.
func (s *Server) Peer(address string, op *Operation) *Peer {
	return &Peer{Operation: "https://" + address + op.path, Certificate: s.Certificate, Secrets: op.secrets()}
}

// SendVolume has the server send a volume. It connects to the peer, or, when to is nil, waits until somebody connects to the
// operation's streams. volumeOnly leaves the snapshots out. The volume itself stays.
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
	From         *Peer    // the sender to connect to, nil to wait until somebody connects to the operation's streams
	VolumeOnly   bool     // without its snapshots
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
	receive.Name, receive.Config = id.Name, orEmpty(receive.Config)
	arriving := source{Type: "migration", Mode: "push", Name: receive.Source.Name, Pool: receive.Source.Pool, VolumeOnly: receive.VolumeOnly}
	if receive.From != nil {
		arriving.Mode, arriving.Peer = "pull", *receive.From
	}
	return c.write(ctx, request{
		method: http.MethodPost,
		path:   path("storage-pools", id.Pool, "volumes", id.Type),
		query:  id.query(),
		body: struct {
			VolumeCreate
			Type   string `json:"type"`
			Source source `json:"source"`
		}{receive.VolumeCreate, id.Type, arriving},
		object:  id.path(),
		becomes: id,
	})
}
