package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"tarn/lxd"
)

// relay connects to both servers and carries what each sends to the other.
func (t *transfer) relay(ctx context.Context) error {
	sending, err := t.offer(ctx, nil)
	if err != nil {
		return err
	}
	receiving, err := t.accept(ctx, nil)
	if err != nil {
		abandon(ctx, t.from, sending)
		return err
	}
	return t.join(ctx, sending, receiving)
}

// join carries the streams until both sides have ended.
func (t *transfer) join(ctx context.Context, sending, receiving *lxd.Operation) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var pumps sync.WaitGroup
	defer pumps.Wait()
	defer cancel() // before they are waited for
	for _, name := range sending.Streams() {
		if !slices.Contains(receiving.Streams(), name) {
			continue
		}
		source, err := t.from.Stream(ctx, sending, name)
		if err != nil {
			return fmt.Errorf("connect to the source: %w", err)
		}
		defer source.CloseNow()
		target, err := t.to.Stream(ctx, receiving, name)
		if err != nil {
			return fmt.Errorf("connect to the target: %w", err)
		}
		defer target.CloseNow()
		pumps.Go(func() { pump(ctx, target, source) })
		pumps.Go(func() { pump(ctx, source, target) })
	}
	return t.waitBoth(ctx, sending, receiving)
}

// waitBoth waits for both sides. When one has failed the other is given a moment to say why.
func (t *transfer) waitBoth(ctx context.Context, sending, receiving *lxd.Operation) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	const atSource, atTarget = "the source", "the target"
	type end struct {
		side string
		err  error
	}
	ends := make(chan end, 2)
	go func() { ends <- end{atSource, t.wait(ctx, sending, t.progress())} }()
	go func() { ends <- end{atTarget, t.wait(ctx, receiving, t.progress())} }()
	var errs []error
	for range 2 {
		e := <-ends
		if e.err == nil || e.side == atSource && errors.Is(e.err, lxd.ErrOperationGone) {
			continue
		}
		if len(errs) > 0 && ctx.Err() != nil {
			continue // only because the first has failed
		}
		errs = append(errs, fmt.Errorf("%s: %w", e.side, e.err))
		defer time.AfterFunc(graceLimit/2, cancel).Stop()
	}
	if len(errs) == 2 {
		return fmt.Errorf("%w; %w", errs[0], errs[1])
	}
	return errors.Join(errs...)
}

// pump carries messages to one side from the other until that ends, and then ends it too.
func pump(ctx context.Context, to, from *websocket.Conn) {
	for {
		kind, reader, err := from.Reader(ctx)
		if err == nil {
			err = forward(ctx, to, kind, reader)
		}
		if err != nil {
			// What has been written arrives before this does.
			_ = to.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

func forward(ctx context.Context, to *websocket.Conn, kind websocket.MessageType, message io.Reader) error {
	writer, err := to.Writer(ctx, kind)
	if err != nil {
		return err
	}
	if _, err := io.Copy(writer, message); err != nil {
		return err
	}
	return writer.Close()
}
