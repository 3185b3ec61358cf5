package lxd

import (
	"context"
	"sync"
)

// write sends a change and gives the operation that carries it out.
//
// Changes of one object wait for each other, also for the end of those that the server carries out in the background: LXD
// 5.0.2 loses some of the updates that it is given at the same time, with and without If-Match.
func (c *Client) write(ctx context.Context, r request) (*Operation, error) {
	if r.object == "" {
		r.object = r.path
	}
	if project := r.query.Get("project"); project != "" && project != DefaultProject {
		r.object += "?" + project
	}
	turn, err := c.turns.take(ctx, r.object)
	if err != nil {
		return nil, err
	}
	var op *Operation
	defer func() { c.turns.give(r.object, turn, op) }()
	ans, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	op, err = newOperation(c, ans)
	if err != nil {
		return nil, err
	}
	op.volume = r.becomes
	op.ended = func() { c.turns.forget(r.object, op.path) }
	return op, nil
}

// turns lets one write at a time through to each object.
type turns struct {
	mu      sync.Mutex
	objects map[string]*turn
}

type turn struct {
	free  chan struct{} // holds one value while nobody has the turn
	users int           // that have the turn or wait for it
	last  *Operation    // that may be under way still; only who has the turn looks
}

// take waits until no write of the object is under way.
func (t *turns) take(ctx context.Context, object string) (*turn, error) {
	t.mu.Lock()
	if t.objects == nil {
		t.objects = map[string]*turn{}
	}
	mine := t.objects[object]
	if mine == nil {
		mine = &turn{free: make(chan struct{}, 1)}
		mine.free <- struct{}{}
		t.objects[object] = mine
	}
	mine.users++
	t.mu.Unlock()

	select {
	case <-mine.free:
	case <-ctx.Done():
		t.leave(object, mine)
		return nil, context.Cause(ctx)
	}
	if mine.last != nil {
		// However it ends. When its end cannot be seen the next write says what is wrong.
		_ = mine.last.Wait(ctx, nil)
		if ctx.Err() != nil {
			t.give(object, mine, mine.last)
			return nil, context.Cause(ctx)
		}
		mine.last = nil
	}
	return mine, nil
}

// give passes the turn on. op is what the write has started, nil for nothing.
func (t *turns) give(object string, mine *turn, op *Operation) {
	mine.last = nil
	// The end of one side of a migration hangs on the other side's.
	if op != nil && !op.Done() && op.info.Class != classWebsocket {
		mine.last = &Operation{client: op.client, path: op.path, info: op.info} // the caller waits for its own
	}
	mine.free <- struct{}{}
	t.leave(object, mine)
}

func (t *turns) leave(object string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine.users--
	if mine.users == 0 && mine.last == nil {
		delete(t.objects, object)
	}
}

// forget drops what is known of an object whose last write, an operation, has been seen to end.
func (t *turns) forget(object, operation string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine := t.objects[object]; mine != nil && mine.users == 0 && mine.last.path == operation {
		delete(t.objects, object)
	}
}
