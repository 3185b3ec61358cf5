package lxd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Migration says how a volume goes to another server, or to another member of a cluster. The zero value copies it with its
// snapshots, description and config, by the first way that the servers can go.
type Migration struct {
	Mode       MigrationMode
	VolumeOnly bool              // leave the snapshots out
	Config     map[string]string // nil for the source's; the target drops keys that its driver does not have

	// Move deletes the source when all of it has been seen on the target.
	Move bool

	// Progress, when not nil, is told the servers' own words about how far they are.
	Progress func(text string)
}

// MigrationMode is who connects to whom.
type MigrationMode string

// Modes of migration.
const (
	MigrateAny   MigrationMode = ""      // pull, push and relay, the first that gets a connection
	MigratePull  MigrationMode = "pull"  // the target connects to the source
	MigratePush  MigrationMode = "push"  // the source connects to the target
	MigrateRelay MigrationMode = "relay" // both talk through this client, which needs no network between them
)

// MigratingKey is the config key that marks a volume as one that is still arriving from another server. What has it is not
// complete, and can be deleted when no migration is under way: the source still has everything.
const MigratingKey = "user.tarn.migrating"

// migration is one under way.
type migration struct {
	Migration
	from, to     *Client
	source       VolumeID
	target       VolumeID
	fromServer   *Server
	toServer     *Server
	volume       *Volume // the source
	config       map[string]string
	progressLock sync.Mutex
}

// MigrateVolume copies a volume, or moves it, to another server. While it arrives the target carries [MigratingKey]. A
// target that an earlier try has left unfinished is deleted first; any other volume of that name is ErrConflict. When
// something breaks the source is as it was.
//
// It returns when the target has been read back and has the source's content type and snapshots.
func MigrateVolume(ctx context.Context, from *Client, source VolumeID, to *Client, target VolumeID, how Migration) error {
	m := &migration{Migration: how, from: from, to: to, source: source, target: target}
	if err := m.prepare(ctx); err != nil {
		return err
	}
	if err := m.transfer(ctx); err != nil {
		// What the servers have not taken back themselves. If this fails too, the next try does it.
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceLimit)
		defer cancel()
		var lost *UnreachableError
		if left := m.discard(cleanup); left != nil && !errors.As(left, &lost) {
			err = fmt.Errorf("%w; %w", err, left)
		}
		return err
	}
	var snapshots []string
	err := insist(ctx, func() (err error) {
		snapshots, err = m.complete(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if !how.Move {
		return nil
	}
	if err := insist(ctx, func() error { return m.deleteSource(ctx, snapshots) }); err != nil {
		return fmt.Errorf("the volume has arrived, but the source stays: %w", err)
	}
	return nil
}

// insist tries again after a passing fault. It is for what comes after the transfer: the target is complete and perhaps no
// longer marked, so another migration would be refused, and nobody else could know that the two volumes are one.
func insist(ctx context.Context, try func() error) error {
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		err := try()
		var lost *UnreachableError
		if err == nil || !errors.As(err, &lost) && !errors.Is(err, ErrTransient) || pause > time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

const graceLimit = 10 * time.Second // for what is left to do when a migration has failed

func (m *migration) prepare(ctx context.Context) (err error) {
	if m.fromServer, err = m.from.Server(ctx); err != nil {
		return err
	}
	if m.toServer, err = m.to.Server(ctx); err != nil {
		return err
	}
	if m.fromServer.Product != m.toServer.Product {
		// Incus 6.0.4 crashes over what LXD 5.0.2 sends it.
		return fmt.Errorf("a volume cannot go from %s to %s: create it there and copy the files", m.fromServer, m.toServer)
	}
	if m.volume, err = m.from.Volume(ctx, m.source); err != nil {
		return fmt.Errorf("read the source: %w", err)
	}
	m.config = maps.Clone(m.Config)
	if m.Config == nil {
		m.config = orEmpty(m.volume.Config)
		// The server's own, of that server. Its filesystem comes along with the data.
		maps.DeleteFunc(m.config, func(key, _ string) bool { return strings.HasPrefix(key, "volatile.") })
	}
	if m.config == nil {
		m.config = map[string]string{}
	}
	m.config[MigratingKey] = m.mark()
	return m.discard(ctx)
}

// mark says of a target which volume it is going to be.
func (m *migration) mark() string {
	return m.fromServer.Name + " " + m.volume.Project + " " + m.source.String()
}

// discard deletes what an unfinished try has left at the target. Another volume there is an error.
func (m *migration) discard(ctx context.Context) error {
	there, err := m.to.Volume(ctx, m.target)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the target: %w", err)
	}
	switch there.Config[MigratingKey] {
	case m.mark():
	case "":
		return &Error{Code: http.StatusConflict, Message: "the target exists already"}
	default:
		return &Error{Code: http.StatusConflict,
			Message: fmt.Sprintf("the target exists already, and is arriving from elsewhere (%s)", there.Config[MigratingKey])}
	}
	op, err := m.to.DeleteVolume(ctx, m.target)
	if err == nil {
		err = op.Wait(ctx, nil)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("delete what an unfinished try has left at the target: %w", err)
	}
	return nil
}

// transfer carries the data over.
func (m *migration) transfer(ctx context.Context) error {
	switch m.Mode {
	case MigratePull:
		return m.pull(ctx)
	case MigratePush:
		return m.push(ctx)
	case MigrateRelay:
		return m.relay(ctx)
	case MigrateAny:
	default:
		return fmt.Errorf("there is no mode of migration %q", m.Mode)
	}
	if len(m.fromServer.Addresses) > 0 {
		if err := m.pull(ctx); !noConnection(err) {
			return err
		}
	}
	if len(m.toServer.Addresses) > 0 {
		if err := m.push(ctx); !noConnection(err) {
			return err
		}
	}
	return m.relay(ctx)
}

// noConnection tells whether one server says that it does not get through to the other.
func noConnection(err error) bool {
	var refused *Error
	if !errors.As(err, &refused) {
		return false
	}
	for _, text := range []string{"dial tcp", "connection refused", "no route to host", "unreachable", "timeout", "no such host", "x509", "bad handshake"} {
		if strings.Contains(refused.Message, text) {
			return true
		}
	}
	return false
}

// peer is how one server finds an operation of the other.
type peer struct {
	Operation   string            `json:"operation,omitempty"`
	Certificate string            `json:"certificate,omitempty"`
	Secrets     map[string]string `json:"secrets,omitempty"`
}

func peerOf(server *Server, address string, op *Operation) peer {
	return peer{
		Operation:   "https://" + address + op.path,
		Certificate: server.Certificate,
		Secrets:     op.secrets(),
	}
}

// secrets name the websockets of an operation and what opens them.
func (o *Operation) secrets() map[string]string {
	secrets := map[string]string{}
	for name, value := range o.info.Metadata {
		if text, ok := value.(string); ok {
			secrets[name] = text
		}
	}
	return secrets
}

// offer has the source's server send the volume: to whoever connects, or to the peer.
func (m *migration) offer(ctx context.Context, to *peer) (*Operation, error) {
	op, err := m.from.write(ctx, request{
		method: http.MethodPost,
		path:   m.source.path(),
		query:  m.source.query(),
		body: struct {
			Name       string `json:"name"`
			Pool       string `json:"pool"`
			Migration  bool   `json:"migration"`
			VolumeOnly bool   `json:"volume_only"`
			Target     *peer  `json:"target"`
		}{m.source.Name, m.source.Pool, true, m.VolumeOnly, to},
	})
	if err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	}
	return op, nil
}

// accept has the target's server create the volume from what arrives: from the peer, or from whoever connects.
func (m *migration) accept(ctx context.Context, from *peer) (*Operation, error) {
	type source struct {
		Type       string `json:"type"`
		Mode       string `json:"mode"`
		Name       string `json:"name"`
		Pool       string `json:"pool"`
		VolumeOnly bool   `json:"volume_only"`
		peer
	}
	arriving := source{Type: "migration", Mode: "push", Name: m.source.Name, Pool: m.source.Pool, VolumeOnly: m.VolumeOnly}
	if from != nil {
		arriving.Mode, arriving.peer = "pull", *from
	}
	op, err := m.to.write(ctx, request{
		method: http.MethodPost,
		path:   path("storage-pools", m.target.Pool, "volumes", m.target.Type),
		query:  m.target.query(),
		body: struct {
			Name        string            `json:"name"`
			Type        string            `json:"type"`
			ContentType string            `json:"content_type"`
			Description string            `json:"description"`
			Config      map[string]string `json:"config"`
			Source      source            `json:"source"`
		}{m.target.Name, m.target.Type, m.volume.ContentType, m.volume.Description, m.config, arriving},
		object:  m.target.path(),
		becomes: m.target,
	})
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	return op, nil
}

var errNotListening = errors.New("its server does not listen on the network (core.https_address)")

func (m *migration) pull(ctx context.Context) error {
	if len(m.fromServer.Addresses) == 0 {
		return fmt.Errorf("the source: %w", errNotListening)
	}
	sending, err := m.offer(ctx, nil)
	if err != nil {
		return err
	}
	for _, address := range m.fromServer.Addresses {
		from := peerOf(m.fromServer, address, sending)
		var receiving *Operation
		if receiving, err = m.accept(ctx, &from); err != nil {
			break
		}
		// The source is asked too only when the target has got through to it: it would wait for a connection.
		if err = receiving.Wait(ctx, m.progress()); err == nil {
			return m.wait(ctx, "the source", sending)
		}
		err = fmt.Errorf("the target: %w", err)
		if !noConnection(err) {
			return err
		}
	}
	m.from.abandon(ctx, sending)
	return err
}

func (m *migration) push(ctx context.Context) error {
	if len(m.toServer.Addresses) == 0 {
		return fmt.Errorf("the target: %w", errNotListening)
	}
	receiving, err := m.accept(ctx, nil)
	if err != nil {
		return err
	}
	for _, address := range m.toServer.Addresses {
		to := peerOf(m.toServer, address, receiving)
		var sending *Operation
		if sending, err = m.offer(ctx, &to); err != nil {
			break
		}
		if err = sending.Wait(ctx, m.progress()); err == nil {
			return m.wait(ctx, "the target", receiving)
		}
		err = fmt.Errorf("the source: %w", err)
		if !noConnection(err) {
			return err
		}
	}
	m.to.abandon(ctx, receiving)
	return err
}

func (m *migration) wait(ctx context.Context, side string, op *Operation) error {
	if err := op.Wait(ctx, nil); err != nil && !errors.Is(err, ErrOperationGone) { // what has arrived is looked at anyway
		return fmt.Errorf("%s: %w", side, err)
	}
	return nil
}

// progress gives the function that operations report to; two of them may at the same time.
func (m *migration) progress() func(string) {
	if m.Progress == nil {
		return nil
	}
	return func(text string) {
		m.progressLock.Lock()
		defer m.progressLock.Unlock()
		m.Progress(text)
	}
}

// complete looks whether all has arrived, and takes the mark off. It gives the names of the source's snapshots.
func (m *migration) complete(ctx context.Context) ([]string, error) {
	there, err := m.to.Volume(ctx, m.target)
	if err != nil {
		return nil, fmt.Errorf("read what has arrived: %w", err)
	}
	if there.ContentType != m.volume.ContentType {
		return nil, fmt.Errorf("what has arrived is a %s volume, not a %s one", there.ContentType, m.volume.ContentType)
	}
	var names []string
	if !m.VolumeOnly {
		if names, err = m.snapshots(ctx, m.from, m.source); err != nil {
			return nil, fmt.Errorf("read the source's snapshots: %w", err)
		}
		arrived, err := m.snapshots(ctx, m.to, m.target)
		if err != nil {
			return nil, fmt.Errorf("read the snapshots that have arrived: %w", err)
		}
		for _, name := range names {
			if !slices.Contains(arrived, name) {
				return nil, fmt.Errorf("snapshot %s has not arrived", name)
			}
		}
	}
	op, err := m.to.PatchVolume(ctx, m.target, Patch{Description: m.volume.Description, Config: map[string]string{MigratingKey: ""}}, there)
	if err == nil {
		err = op.Wait(ctx, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("take the mark of a migration off the target: %w", err)
	}
	return names, nil
}

func (m *migration) snapshots(ctx context.Context, c *Client, id VolumeID) ([]string, error) {
	snapshots, err := c.Snapshots(ctx, id)
	var names []string
	for _, snapshot := range snapshots {
		names = append(names, snapshot.Name)
	}
	return names, err
}

// deleteSource deletes the source unless it has changed meanwhile, or is gone.
func (m *migration) deleteSource(ctx context.Context, arrived []string) error {
	now, err := m.from.Volume(ctx, m.source)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !maps.Equal(now.Config, m.volume.Config) || now.Description != m.volume.Description {
		return errors.New("it has been changed meanwhile")
	}
	if !m.VolumeOnly {
		names, err := m.snapshots(ctx, m.from, m.source)
		if err != nil {
			return err
		}
		for _, name := range names {
			if !slices.Contains(arrived, name) {
				return fmt.Errorf("it has got snapshot %s meanwhile", name)
			}
		}
	}
	op, err := m.from.DeleteVolume(ctx, m.source)
	if err == nil {
		err = op.Wait(ctx, nil)
	}
	if errors.Is(err, ErrNotFound) { // an earlier try was under way
		return nil
	}
	return err
}
