package applier_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"testing"

	"tarn/lxd/lxdtest"
)

// proxy stands between a client and a real LXD and spoils the requests that a test picks.
type proxy struct {
	backend string

	mu    sync.Mutex
	fault func(*http.Request) fault
	log   []string // the writes that came in: POST /1.0/storage-pools
	all   []string // with the reads
}

// fault is what is done to a request.
type fault int

const (
	pass       fault = iota
	dropBefore       // the connection breaks before the server sees the request
	dropAfter        // the server does it, and the answer is lost
	busy             // 503
)

// newProxy serves on a socket of its own until the test ends.
func newProxy(t *testing.T, server *lxdtest.Server) (*proxy, string) {
	t.Helper()
	p := &proxy{backend: server.Socket()}
	socket := filepath.Join(filepath.Dir(server.Dir), "proxy.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	httpServer := &http.Server{Handler: p}
	go httpServer.Serve(listener)
	t.Cleanup(func() { httpServer.Close() })
	return p, socket
}

// spoil sets what is done to the requests from now on, and forgets those that came.
func (p *proxy) spoil(fault func(*http.Request) fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.log, p.all = fault, nil, nil
}

func (p *proxy) writes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log
}

// requests are those that came in since this was last called, or spoil was.
func (p *proxy) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.all
	p.all = nil
	return all
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	f := pass
	if p.fault != nil {
		f = p.fault(r)
	}
	p.all = append(p.all, r.Method+" "+r.URL.Path)
	if r.Method != http.MethodGet {
		p.log = append(p.log, r.Method+" "+r.URL.Path)
	}
	p.mu.Unlock()

	switch f {
	case dropBefore:
		panic(http.ErrAbortHandler)
	case busy:
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `{"type":"error","error_code":503,"error":"try later"}`)
		return
	}
	answer, header, status, err := p.forward(r)
	if err != nil || f == dropAfter {
		panic(http.ErrAbortHandler)
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	w.Write(answer)
}

// forward sends a request on, over a connection that is opened when the request is ready to go: a silent one would keep
// LXD 5.0.2 from answering.
func (p *proxy) forward(r *http.Request) (body []byte, header http.Header, status int, err error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, nil, 0, err
	}
	request := r.Clone(r.Context())
	request.Body = io.NopCloser(bytes.NewReader(sent))
	request.ContentLength = int64(len(sent))
	request.Close = true
	var wire bytes.Buffer
	if err := request.Write(&wire); err != nil {
		return nil, nil, 0, err
	}
	conn, err := net.Dial("unix", p.backend)
	if err != nil {
		return nil, nil, 0, err
	}
	defer conn.Close()
	if _, err := conn.Write(wire.Bytes()); err != nil {
		return nil, nil, 0, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return nil, nil, 0, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return body, resp.Header, resp.StatusCode, err
}
