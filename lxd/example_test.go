package lxd_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"tarn/lxd"
)

func ExampleFindRemote() {
	environment := map[string]string{"HOME": "/nowhere", "LXD_SOCKET": "/run/lxd.socket"}
	remote, err := lxd.FindRemote("local", func(name string) string { return environment[name] })
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := remote.Connect(lxd.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println(client.Address())
	// Output: unix:/run/lxd.socket
}

// Errors keep the server's words and can be told apart.
func ExampleUnreachableError() {
	client := lxd.NewUnix("/nowhere/unix.socket", lxd.Options{})
	defer client.Close()
	_, err := client.Pools(context.Background())
	fmt.Println(err)
	// Output: no answer from unix:/nowhere/unix.socket: the socket does not exist; is LXD or Incus installed and running here? Otherwise name the server with --remote, LXD_SOCKET or LXD_DIR
}

// What answers but is no LXD, or says nothing that can be read, is an error too.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for body, text := range map[string]string{
		`{"hello":"world"}`: "what answers there is neither LXD nor Incus",
		`<html>`:            "its answer cannot be read",
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		_, err := client.Pools(t.Context())
		want(t, err, text)
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	_, err := client.Pools(t.Context())
	want(t, err, "Bad Gateway")
}
