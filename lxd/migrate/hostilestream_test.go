package migrate_test

import (
	"bufio"
	"context"
	"crypto/sha1" // which the protocol asks for
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// A server whose streams misbehave while a volume goes through this client: little memory is used, the run ends, the source is still
// there, and the next run finishes.
func TestHostileStreams(t *testing.T) {
	frame := func(opcode byte, length uint64) []byte { // its head: one whole message
		return append([]byte{0x80 | opcode, 127}, binary.BigEndian.AppendUint64(nil, length)...)
	}
	const text, data, closing, ping = 1, 2, 8, 9
	again := func(conn net.Conn, some []byte) {
		some = []byte(strings.Repeat(string(some), 1+1<<16/len(some)))
		for {
			if _, err := conn.Write(some); err != nil {
				return
			}
		}
	}
	closed := func(code uint16, reason string) func(net.Conn) {
		return func(conn net.Conn) {
			payload := append(binary.BigEndian.AppendUint16(nil, code), reason...)
			_, _ = conn.Write(append([]byte{0x80 | closing, byte(len(payload))}, payload...))
			_, _ = io.Copy(io.Discard, conn)
		}
	}
	switched := func(conn net.Conn, accept string) {
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept)
	}
	rows := map[string]struct {
		handshake func(conn net.Conn, accept string)
		then      func(net.Conn)
		says      string
	}{
		"silent":           {switched, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }, "Timed out waiting for connections"},
		"reads nothing":    {switched, func(conn net.Conn) { time.Sleep(20 * time.Second) }, "Timed out waiting for connections"},
		"endless messages": {switched, func(conn net.Conn) { again(conn, append(frame(data, 1<<16), make([]byte, 1<<16)...)) }, ""},
		"endless texts":    {switched, func(conn net.Conn) { again(conn, append([]byte{0x80 | text, 5}, "hello"...)) }, ""},
		"endless nothings": {switched, func(conn net.Conn) { again(conn, []byte{0x80 | data, 0}) }, ""},
		"one of 2 GB": {switched, func(conn net.Conn) {
			_, _ = conn.Write(frame(data, 2<<30))
			again(conn, make([]byte, 1<<16))
		}, ""},
		"one of 2^63 bytes": {switched, func(conn net.Conn) {
			_, _ = conn.Write(frame(data, 1<<63))
			again(conn, make([]byte, 1<<16))
		}, ""},
		"pings":             {switched, func(conn net.Conn) { again(conn, []byte{0x80 | ping, 4, 'p', 'i', 'n', 'g'}) }, ""},
		"a ping too long":   {switched, func(conn net.Conn) { again(conn, frame(ping, 1<<20)) }, ""},
		"garbage":           {switched, func(conn net.Conn) { again(conn, []byte("\xff\xfe\xfd")) }, ""},
		"closed":            {switched, func(conn net.Conn) {}, ""},
		"closed well":       {switched, closed(1000, ""), ""},
		"closed as a fault": {switched, closed(1011, "\x1b[31mtarn: done\nall well"), ""},
		"closed as nothing": {switched, closed(5, ""), ""},
		"half a frame":      {switched, func(conn net.Conn) { _, _ = conn.Write(frame(data, 100)[:5]) }, ""},
		"a wrong key":       {func(conn net.Conn, _ string) { switched(conn, "AAAA") }, nil, "connect to the source: no usable answer from unix:"},
		"no websocket":      {func(conn net.Conn, _ string) { _, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n") }, nil, "its answer to the request for a stream is no websocket"},
		"another protocol":  {func(conn net.Conn, a string) { switched(conn, a+"\r\nSec-WebSocket-Protocol: other") }, nil, "its answer to the request for a stream is no websocket"},
		"compressed":        {func(conn net.Conn, a string) { switched(conn, a+"\r\nSec-WebSocket-Extensions: permessage-deflate") }, nil, "its answer to the request for a stream is no websocket"},
		"an ordinary answer": {func(conn net.Conn, _ string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}, nil, "its answer to the request for a stream is no websocket"},
		"elsewhere": {func(conn net.Conn, _ string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n")
		}, nil, "sends requests elsewhere"},
		"a refusal": {func(conn net.Conn, _ string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		}, nil, "stream control is refused: Forbidden"},
		"an odd refusal": {func(conn net.Conn, _ string) {
			_, _ = io.WriteString(conn, "HTTP/1.1 599 x\r\nContent-Length: 0\r\n\r\n")
		}, nil, "stream control is refused: status 599"},
		"no answer":           {func(conn net.Conn, _ string) { _, _ = io.Copy(io.Discard, conn) }, nil, "nothing came for"},
		"headers without end": {func(conn net.Conn, _ string) { again(conn, []byte("X: y\r\n")) }, nil, ""},
		"closed at once":      {func(net.Conn, string) {}, nil, "the connection broke"},
	}
	most := highWater(t, func() {
		t.Run("all", func(t *testing.T) {
			for name, c := range rows {
				for _, side := range []string{"source", "target"} {
					t.Run(name+", the "+side, func(t *testing.T) {
						if name != "a wrong key" && name != "closed" {
							lxdtest.Nightly(t)
						}
						t.Parallel()
						honest := [2]bool{side != "source", side != "target"}
						var fooling atomic.Bool
						fooling.Store(true)
						var clients [2]*lxd.Client
						for i := range clients {
							clients[i] = streamServer(t, func() bool { return fooling.Load() && !honest[i] }, func(conn net.Conn, accept string) {
								c.handshake(conn, accept)
								if c.then != nil {
									c.then(conn)
								}
							})
						}
						id := lxd.VolumeID{Project: "default", Pool: "p", Type: lxd.TypeCustom, Name: "v"}
						if _, err := clients[0].CreateVolume(t.Context(), id, lxd.VolumeCreate{}); err != nil {
							t.Fatal(err)
						}
						how := migrate.Options{Move: true, Mode: migrate.Relay, Idle: time.Millisecond, Retry: func(_ context.Context, err error) error { return err }}
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
						defer cancel()
						err := migrate.Volume(ctx, clients[0], id, clients[1], id, how)
						t.Logf("%v", err)
						says := c.says
						if side == "target" {
							says = strings.ReplaceAll(says, "the source", "the target")
						}
						if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), says) || strings.ContainsAny(err.Error(), "\n\x1b") {
							t.Errorf("%v, want %q", err, says)
						}
						if _, err := clients[0].Volume(t.Context(), id); err != nil {
							t.Errorf("the source: %v", err)
						}
						fooling.Store(false)
						if err := migrate.Volume(t.Context(), clients[0], id, clients[1], id, migrate.Options{Move: true, Idle: time.Millisecond}); err != nil {
							t.Errorf("the next run: %v", err)
						}
						if there, err := clients[1].HasVolume(t.Context(), id); !there || err != nil {
							t.Errorf("the target is there: %v, %v", there, err)
						}
					})
				}
			}
		})
	})
	if most > 250 {
		t.Errorf("%d MiB", most)
	}
	t.Logf("%d MiB", most)
}

// highWater calls do and gives about how many MiB of memory were in use at once meanwhile.
func highWater(t *testing.T, do func()) (most uint64) {
	t.Helper()
	done, ended := make(chan struct{}), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc)
			select {
			case <-done:
				ended <- most >> 20
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	do()
	close(done)
	return <-ended
}

// streamServer is a simulator with a pool, and a client for it. While it is hostile, who asks for a stream gets that connection's answer.
func streamServer(t *testing.T, hostile func() bool, stream func(conn net.Conn, accept string)) *lxd.Client {
	t.Helper()
	simulator := sim.New(nil)
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/websocket") || !hostile() {
			simulator.ServeHTTP(w, r)
			return
		}
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		stream(readAhead{conn, buffered.Reader}, base64.StdEncoding.EncodeToString(sum[:]))
	})}
	go server.Serve(listener)
	client := lxd.NewUnix(socket, lxd.Options{Timeout: 2 * time.Second})
	t.Cleanup(func() {
		client.Close()
		server.Close()
		simulator.Close()
	})
	if _, err := client.CreatePool(t.Context(), lxd.PoolID{Name: "p"}, lxd.PoolCreate{Driver: "dir"}); err != nil {
		t.Fatal(err)
	}
	return client
}

// readAhead is a connection of which some was read already.
type readAhead struct {
	net.Conn
	*bufio.Reader
}

func (r readAhead) Read(p []byte) (int, error) { return r.Reader.Read(p) }
func (r readAhead) WriteTo(w io.Writer) (int64, error) {
	return r.Reader.WriteTo(w)
}
