package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"tarn/lxd"
)

// graceLimit is for what is left to do when a transfer has failed.
const graceLimit = 10 * time.Second

// transferOnce sends the data. What goes wrong is told when all that it left has been cleared away, unless it may pass.
func (r *run) transferOnce(ctx context.Context) error {
	if r.failed != nil {
		return &ended{r.failed}
	}
	if err := r.refuseUsed(); err != nil {
		return err
	}
	var err error
	if r.byServer() {
		err = r.moveByServer(ctx)
	} else {
		err = r.transfer(ctx)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	return r.transferFailed(err)
}

// transferFailed takes note of a transfer that has failed, and tells whether there is to be another.
func (r *run) transferFailed(err error) error {
	r.failures++
	if (passing(err) || errors.Is(err, errNotAll)) && r.failures < maxTransfers {
		if passing(err) {
			return err
		}
		return nil
	}
	r.failed = err
	return nil
}

// local tells whether the volume stays on its server, and in a cluster on its member.
func (r *run) local() bool {
	return r.from == r.to && (r.target.Member == "" || r.target.Member == r.now.source.ID().Member)
}

// byServer tells whether the server has to make the move, because something uses the volume.
func (r *run) byServer() bool {
	return r.Move && r.keepsUsers() && r.Mode == Any && len(r.now.source.UsedBy) > 0
}

// keepsUsers tells whether what uses the volume can go on using it. Devices name no project, and are looked for in that of the instance or
// profile: where the server moves a volume to another one, devices are left that point to nothing (seen on LXD 5.0.2, 5.21 and 6.9, and
// Incus 6.0.4 and 7.3).
func (r *run) keepsUsers() bool { return r.local() && r.source.Project == r.target.Project }

// refuseUsed ends a move before it has begun whose source could not go in the end, because something uses it.
func (r *run) refuseUsed() error {
	if !r.Move || r.keepsUsers() || len(r.now.source.UsedBy) == 0 {
		return nil
	}
	where := "on another server"
	switch {
	case r.from == r.to && r.source.Project != r.target.Project:
		where = "in another project"
	case r.from == r.to:
		where = "on another cluster member"
	}
	return &ended{fmt.Errorf("something uses it, and would not find it %s; detach it first", where)}
}

// moveByServer has the server move the volume: it takes the devices along that use it. The server copies first and deletes
// the source last, and so does the mark come along.
func (r *run) moveByServer(ctx context.Context) error {
	op, err := r.from.MoveVolume(ctx, r.now.source.ID(), r.target)
	if err != nil {
		return err
	}
	r.begun = true
	return op.Wait(ctx, r.Progress)
}

// transfer sends the data to an arriving volume of this run.
func (r *run) transfer(ctx context.Context) error {
	name := newRun()
	arriving := r.target
	arriving.Name = arrivingPrefix + name
	r.own[nameOnSide{arriving.Name, false}] = true
	t := &transfer{run: r, source: r.now.source.ID(), arriving: arriving, volume: r.now.source, config: map[string]string{}}
	source := r.now.source.Config
	if r.Snapshot != "" {
		snapshot, err := r.from.Snapshot(ctx, r.now.source.ID(), r.Snapshot)
		if err != nil {
			return fmt.Errorf("read the snapshot: %w", err)
		}
		source = snapshot.Config // its size is that of the device it has
	}
	for key, value := range targetConfig(r.Config, source) {
		t.config[key] = value
	}
	t.config[MigratingKey] = r.mark(name)
	if r.Move {
		t.config[MovingKey] = r.now.source.Config[MovingKey] // of which source it is
	}
	if err := t.send(ctx); err != nil {
		return err
	}
	r.endedWell[arriving.Name] = true
	return nil
}

func targetConfig(wanted, source map[string]string) map[string]string {
	if wanted != nil {
		return wanted
	}
	return unmarked(source) // the server's own is that server's; the filesystem comes along with the data
}

// transfer is one way of the data to an arriving volume.
type transfer struct {
	*run
	source, arriving lxd.VolumeID
	volume           *lxd.Volume // the source
	config           map[string]string

	progressLock sync.Mutex
	waiting      sync.Mutex
}

// send carries the data over. It returns when both sides' operations have ended, unless their end cannot be seen.
func (t *transfer) send(ctx context.Context) error {
	switch t.Mode {
	case Pull:
		return t.pull(ctx)
	case Push:
		return t.push(ctx)
	case Relay:
		return t.relay(ctx)
	case Any:
	default:
		return fmt.Errorf("there is no mode of migration %q", t.Mode)
	}
	if t.local() {
		return t.copy(ctx)
	}
	if t.Snapshot != "" {
		return errors.New("a snapshot can only be copied within its member of the cluster")
	}
	if len(t.fromServer.Addresses) > 0 {
		if err := t.pull(ctx); !noConnection(err) {
			return err
		}
	}
	if len(t.toServer.Addresses) > 0 {
		clear(t.transfers) // nobody has connected to those
		if err := t.push(ctx); !noConnection(err) {
			return err
		}
	}
	clear(t.transfers)
	return t.relay(ctx)
}

// noConnection tells whether one server says that it does not get through to the other.
func noConnection(err error) bool {
	var refused *lxd.Error
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

// copy has the server copy the volume.
func (t *transfer) copy(ctx context.Context) error {
	to := t.arriving
	if to.Member == "" {
		to.Member = t.source.Member // also into a pool that all members share: only this one finds the source
	}
	op, err := t.to.CopyVolume(ctx, t.source, to, lxd.Copy{
		Snapshot: t.Snapshot, VolumeOnly: t.VolumeOnly, Config: t.config, // and the rest is the source's
	})
	if err != nil {
		return err
	}
	t.transfers[op.Info().ID] = true
	return t.wait(ctx, op, t.progress())
}

// wait waits for the end of an operation of this run's; a connection that breaks meanwhile is not that.
func (t *transfer) wait(ctx context.Context, op *lxd.Operation, progress func(string)) error {
	for {
		err := op.Wait(ctx, progress)
		var lost *lxd.UnreachableError
		if err == nil || !errors.As(err, &lost) && !errors.Is(err, lxd.ErrTransient) || ctx.Err() != nil {
			return err
		}
		t.waiting.Lock() // for both sides at once one patience is enough
		err = t.Retry(ctx, err)
		t.waiting.Unlock()
		if err != nil {
			return err
		}
	}
}

// offer has the source's server send the volume: to whoever connects, or to the peer.
func (t *transfer) offer(ctx context.Context, to *lxd.Peer) (*lxd.Operation, error) {
	op, err := t.from.SendVolume(ctx, t.source, to, t.VolumeOnly)
	if err != nil {
		return nil, fmt.Errorf("the source: %w", err)
	}
	t.transfers[op.Info().ID] = true
	return op, nil
}

// accept has the target's server create the volume from what arrives: from the peer, or from whoever connects.
func (t *transfer) accept(ctx context.Context, from *lxd.Peer) (*lxd.Operation, error) {
	op, err := t.to.ReceiveVolume(ctx, t.arriving, lxd.VolumeReceive{
		VolumeCreate: t.volume.Create(t.config),
		Source:       t.source,
		From:         from,
		VolumeOnly:   t.VolumeOnly,
	})
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	t.transfers[op.Info().ID] = true
	return op, nil
}

var errNotListening = errors.New("its server does not listen on the network (core.https_address)")

func (t *transfer) pull(ctx context.Context) error {
	if len(t.fromServer.Addresses) == 0 {
		return fmt.Errorf("the source: %w", errNotListening)
	}
	sending, err := t.offer(ctx, nil)
	if err != nil {
		return err
	}
	for _, address := range t.fromServer.Addresses {
		var receiving *lxd.Operation
		if receiving, err = t.accept(ctx, t.fromServer.Peer(address, sending)); err != nil {
			abandon(ctx, t.from, sending)
			return err
		}
		// The source is asked too only when the target has got through to it: it would wait for a connection.
		if err = t.wait(ctx, receiving, t.progress()); err == nil {
			return t.waitOther(ctx, "the source", sending)
		}
		err = fmt.Errorf("the target: %w", err)
		if !noConnection(err) {
			return t.askOther(ctx, err, "the source", sending)
		}
	}
	// The source's operation ends by itself: it may have been connected to, and is not asked again (see abandon).
	return err
}

func (t *transfer) push(ctx context.Context) error {
	if len(t.toServer.Addresses) == 0 {
		return fmt.Errorf("the target: %w", errNotListening)
	}
	receiving, err := t.accept(ctx, nil)
	if err != nil {
		return err
	}
	for _, address := range t.toServer.Addresses {
		var sending *lxd.Operation
		if sending, err = t.offer(ctx, t.toServer.Peer(address, receiving)); err != nil {
			abandon(ctx, t.to, receiving)
			return err
		}
		if err = t.wait(ctx, sending, t.progress()); err == nil {
			return t.waitOther(ctx, "the target", receiving)
		}
		err = fmt.Errorf("the source: %w", err)
		if !noConnection(err) {
			return t.askOther(ctx, err, "the target", receiving)
		}
	}
	return err
}

// waitOther waits for the other side of a transfer whose one side has ended well. Whether the target's has is what counts: an
// end that nobody has seen is no good one.
func (t *transfer) waitOther(ctx context.Context, side string, op *lxd.Operation) error {
	err := t.wait(ctx, op, nil)
	if err == nil || side == "the source" && errors.Is(err, lxd.ErrOperationGone) {
		return nil
	}
	return fmt.Errorf("%s: %w", side, err)
}

// askOther asks the other side of a transfer that has failed, too: often only one of them knows the reason, and the other says
// that its connection broke. Both have ended then, unless that cannot be seen in time.
func (t *transfer) askOther(ctx context.Context, err error, side string, other *lxd.Operation) error {
	ctx, cancel := context.WithTimeout(ctx, graceLimit)
	defer cancel()
	said := other.Wait(ctx, nil)
	var refused *lxd.Error
	if ctx.Err() == nil && errors.As(said, &refused) {
		return fmt.Errorf("%w; %s: %w", err, side, said)
	}
	return err
}

// progress gives the function that operations report to; two of them may at the same time.
func (t *transfer) progress() func(string) {
	if t.Progress == nil {
		return nil
	}
	return func(text string) {
		t.progressLock.Lock()
		defer t.progressLock.Unlock()
		t.Progress(text)
	}
}

// abandon ends an operation that waits for a connection which will never come: most servers do not cancel it, but it breaks
// off when somebody connects and leaves. Nobody may have connected before: LXD 5.0.2 crashes when all streams of an
// operation have been connected and then one is again.
func abandon(ctx context.Context, c *lxd.Client, op *lxd.Operation) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceLimit)
	defer cancel()
	var leave []func() error
	for _, name := range op.Streams() {
		if conn, err := c.Stream(ctx, op, name); err == nil {
			leave = append(leave, conn.CloseNow)
		}
	}
	for _, close := range leave {
		_ = close()
	}
	_ = op.Wait(ctx, nil) // it fails, which is the aim
}
