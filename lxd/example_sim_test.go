package lxd_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// simulated gives a client for a server that exists for the example only. Elsewhere a client comes from
// [lxd.NewUnix] or [lxd.NewHTTPS].
func simulated() (client *lxd.Client, stop func()) {
	dir, err := os.MkdirTemp("", "lxd-example-")
	if err != nil {
		log.Fatal(err)
	}
	socket := filepath.Join(dir, "unix.socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		log.Fatal(err)
	}
	go sim.New(nil).Serve(listener)
	client = lxd.NewUnix(socket, lxd.Options{})
	return client, func() {
		client.Close()
		listener.Close()
		os.RemoveAll(dir)
	}
}

// must carries a change through.
func must(op *lxd.Operation, err error) {
	if err == nil {
		err = op.Wait(context.Background(), nil)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func Example() {
	ctx := context.Background()
	client, stop := simulated()
	defer stop()

	must(client.CreatePool(ctx, lxd.PoolID{Name: "fast"}, lxd.PoolCreate{Driver: "dir"}))
	id := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}
	must(client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "PostgreSQL", Config: map[string]string{"size": "10GiB"}}))

	volumes, err := client.Volumes(ctx, "fast", lxd.VolumeList{})
	if err != nil {
		log.Fatal(err)
	}
	for _, volume := range volumes {
		fmt.Println(volume.Name, volume.Description, volume.Config["size"])
	}
	// Output: pg PostgreSQL 10GiB
}

// A patch carries the description always, and what was read before, so that the server refuses it when the volume has
// changed in between.
func ExampleClient_PatchVolume() {
	ctx := context.Background()
	client, stop := simulated()
	defer stop()
	must(client.CreatePool(ctx, lxd.PoolID{Name: "fast"}, lxd.PoolCreate{Driver: "dir"}))
	id := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}
	must(client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "PostgreSQL"}))

	seen, err := client.Volume(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	must(client.PatchVolume(ctx, id, lxd.Patch{Description: seen.Description, Config: map[string]string{"user.tier": "1"}}, seen))

	_, err = client.PatchVolume(ctx, id, lxd.Patch{Config: map[string]string{"user.tier": "2"}}, seen)
	fmt.Println(errors.Is(err, lxd.ErrPrecondition))
	// Output: true
}

func ExampleClient_RenameVolume() {
	ctx := context.Background()
	client, stop := simulated()
	defer stop()
	must(client.CreatePool(ctx, lxd.PoolID{Name: "fast"}, lxd.PoolCreate{Driver: "dir"}))
	id := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}
	must(client.CreateVolume(ctx, id, lxd.VolumeCreate{}))

	must(client.RenameVolume(ctx, id, "pgdata"))
	_, err := client.Volume(ctx, id)
	fmt.Println(errors.Is(err, lxd.ErrNotFound), err)
	// Output: true Storage pool volume not found
}
