package main

import (
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"tarn/lxd/sim"
)

// simulatorIn serves an empty simulator on the socket s in a folder, until end is called or the test has ended.
func simulatorIn(t *testing.T, dir string) (socket string, end func()) {
	t.Helper()
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	simulator := sim.New(nil)
	server := &http.Server{Handler: simulator}
	go server.Serve(listener)
	end = func() { server.Close(); simulator.Close() }
	t.Cleanup(end)
	return socket, end
}
