package lxd_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// BenchmarkCallers has many callers read at the same time, over a unix socket, also such as break off in the middle. A
// server that stops answering fails it: LXD 5.0.2 does while somebody is connected and silent.
func BenchmarkCallers(b *testing.B) {
	for _, callers := range []int{16, 64} {
		for _, cancelled := range []bool{false, true} {
			b.Run(fmt.Sprintf("callers=%d/cancelled=%v", callers, cancelled), func(b *testing.B) {
				server := lxdtest.New(b)
				server.Run(b, "storage", "create", "p", "dir")
				client := lxd.NewUnix(server.Socket(), lxd.Options{})
				defer client.Close()
				for b.Loop() {
					rounds(b, client, callers, cancelled)
				}
			})
		}
	}
}

// stallLimit is when a round counts as stalled: a silent connection stalls the server for as long as it is there.
const stallLimit = 30 * time.Second

// rounds has each caller make one request per round. All have to end before the next.
func rounds(b *testing.B, client *lxd.Client, callers int, cancelled bool) {
	watch, stop := context.WithTimeoutCause(b.Context(), stallLimit, fmt.Errorf("stalled: no answer within %s", stallLimit))
	defer stop()
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			ctx, cancel := context.WithCancel(watch)
			defer cancel()
			broken := cancelled && caller%4 == 0
			if broken {
				timer := time.AfterFunc(time.Duration(caller)*100*time.Microsecond, cancel)
				defer timer.Stop()
			}
			if _, err := client.HasPool(ctx, lxd.PoolID{Name: "p"}); err != nil && (!broken || watch.Err() != nil) {
				b.Error(err)
			}
		})
	}
	group.Wait()
}
