package lxd_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"testing"

	"tarn/lxd"
)

// Errors keep their causes, and so can be told apart.
func ExampleUnreachableError() {
	client := lxd.NewUnix("/nowhere/unix.socket", lxd.Options{})
	defer client.Close()
	_, err := client.Pools(context.Background())
	fmt.Println(err)
	var unreachable *lxd.UnreachableError
	if errors.As(err, &unreachable) && errors.Is(err, fs.ErrNotExist) {
		fmt.Println("there is no LXD on this machine")
	}
	// Output:
	// no answer from unix:/nowhere/unix.socket: the socket does not exist
	// there is no LXD on this machine
}

// What answers but is no LXD, or says nothing that can be read, is an error too.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for body, text := range map[string]string{
		`{"hello":"world"}`: "what answers there is neither LXD nor Incus",
		`<html>`:            "its answer is not JSON, so that it is neither LXD nor Incus",
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		_, err := client.Pools(t.Context())
		want(t, err, text)
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	_, err := client.Pools(t.Context())
	want(t, err, "Bad Gateway")
}
