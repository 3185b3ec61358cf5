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
	queue, err := c.writes.enter(ctx, r.object)
	if err != nil {
		return nil, err
	}
	var op *Operation
	defer func() { c.writes.pass(r.object, queue, op) }()
	r.most = changeLimit
	ans, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	op, err = newOperation(c, ans)
	if err != nil {
		return nil, err
	}
	op.volume = r.becomes
	op.ended = func() { c.writes.forget(r.object, op.path) }
	return op, nil
}

// writeQueues let one write at a time through to each object. The zero value is ready.
type writeQueues struct {
	mu      sync.Mutex
	objects map[string]*writeQueue
}

// writeQueue is where the writers of one object wait.
type writeQueue struct {
	free    chan struct{} // holds one value while nobody writes
	writers int           // that write or wait
	last    *Operation    // that may be under way still; only who writes looks at it
}

// enter waits until no write of the object is under way. Who has got in lets the next one in with pass.
func (q *writeQueues) enter(ctx context.Context, object string) (*writeQueue, error) {
	q.mu.Lock()
	if q.objects == nil {
		q.objects = map[string]*writeQueue{}
	}
	queue := q.objects[object]
	if queue == nil {
		queue = &writeQueue{free: make(chan struct{}, 1)}
		queue.free <- struct{}{}
		q.objects[object] = queue
	}
	queue.writers++
	q.mu.Unlock()

	select {
	case <-queue.free:
	case <-ctx.Done():
		q.leave(object, queue)
		return nil, context.Cause(ctx)
	}
	if queue.last != nil {
		// However it ends. When its end cannot be seen the next write says what is wrong.
		_ = queue.last.Wait(ctx, nil)
		if ctx.Err() != nil {
			q.pass(object, queue, queue.last)
			return nil, context.Cause(ctx)
		}
		queue.last = nil
	}
	return queue, nil
}

// pass lets the next writer in. op is what the write has started, nil for nothing.
func (q *writeQueues) pass(object string, queue *writeQueue, op *Operation) {
	queue.last = nil
	// The end of one side of a migration depends on the other side's.
	if op != nil && !op.Done() && op.info.Class != classWebsocket {
		queue.last = &Operation{client: op.client, path: op.path, info: op.info} // the caller waits for its own
	}
	queue.free <- struct{}{}
	q.leave(object, queue)
}

// leave counts a writer out.
func (q *writeQueues) leave(object string, queue *writeQueue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue.writers--
	if queue.writers == 0 && queue.last == nil {
		delete(q.objects, object)
	}
}

// forget drops what is known of an object whose last write, an operation, has been seen to end.
func (q *writeQueues) forget(object, operation string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if queue := q.objects[object]; queue != nil && queue.writers == 0 && queue.last.path == operation {
		delete(q.objects, object)
	}
}
