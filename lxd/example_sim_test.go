package lxd_test

import (
	"context"
	"fmt"
	"log"
	"net"

	"github.com/coder/websocket"

	"tarn/lxd"
	"tarn/lxd/sim"
)

// simulated gives a client for a server that exists for the example only, with a pool fast and these volumes in it. Elsewhere
// a client comes from [lxd.NewUnix] or [lxd.NewHTTPS].
func simulated(volumes ...string) *lxd.Client { return fill(sim.New(nil), volumes) }

// listening is simulated for a server that other servers can connect to.
func listening(volumes ...string) *lxd.Client {
	server, _ := serveHTTPS()
	return fill(server, volumes)
}

// onNetwork gives the address and the certificate of a server that is reached over HTTPS.
func onNetwork() (address, certificate string) {
	server, address := serveHTTPS()
	client := lxd.NewDialed("example", server.Dial, lxd.Options{})
	defer client.Close()
	itself, err := client.Server(context.Background())
	check(err)
	return address, itself.Certificate
}

// serveHTTPS has a simulated server listen for as long as the examples run.
func serveHTTPS() (server *sim.Server, address string) {
	server = sim.New(nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	secure, err := server.Secure(listener)
	check(err)
	go server.Serve(secure)
	return server, listener.Addr().String()
}

func fill(server *sim.Server, volumes []string) *lxd.Client {
	client := lxd.NewDialed("example", server.Dial, lxd.Options{})
	wait(client.CreatePool(context.Background(), lxd.PoolID{Name: "fast"}, lxd.PoolCreate{Driver: "dir", Description: "NVMe"}))
	for _, name := range volumes {
		id := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: name}
		wait(client.CreateVolume(context.Background(), id, lxd.VolumeCreate{Description: "of " + name}))
	}
	return client
}

// relay carries messages from one stream to another until there are no more.
func relay(ctx context.Context, to, from *websocket.Conn) {
	for {
		kind, message, err := from.Read(ctx)
		if err == nil {
			err = to.Write(ctx, kind, message)
		}
		if err != nil {
			_ = to.Close(websocket.StatusNormalClosure, "") // what was written arrives before
			return
		}
	}
}

// pg is the volume that most examples are about.
var pg = lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}

// wait waits for the end of a change.
func wait(op *lxd.Operation, err error) {
	if err == nil {
		err = op.Wait(context.Background(), nil)
	}
	check(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func Example() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()

	id := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}
	op, err := client.CreateVolume(ctx, id, lxd.VolumeCreate{Description: "PostgreSQL", Config: map[string]string{"size": "10GiB"}})
	if err != nil {
		log.Fatal(err) // the server has refused it
	}
	if err := op.Wait(ctx, nil); err != nil {
		log.Fatal(err) // it did not come to a good end
	}

	volumes, err := client.Volumes(ctx, "fast", lxd.VolumeList{})
	if err != nil {
		log.Fatal(err)
	}
	for _, volume := range volumes {
		fmt.Println(volume.Name, volume.Description, volume.Config["size"])
	}
	// Output: pg PostgreSQL 10GiB
}
