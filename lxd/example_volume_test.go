package lxd_test

import (
	"context"
	"errors"
	"fmt"

	"tarn/lxd"
)

func ExampleClient_Volumes() {
	client := simulated("pg", "redis")
	defer client.Close()
	volumes, err := client.Volumes(context.Background(), "fast", lxd.VolumeList{})
	check(err)
	for _, volume := range volumes {
		fmt.Println(volume.ID(), volume.Description)
	}
	// Output:
	// fast/pg of pg
	// fast/redis of redis
}

func ExampleClient_Volume() {
	client := simulated("pg")
	defer client.Close()
	volume, err := client.Volume(context.Background(), pg)
	check(err)
	fmt.Println(volume.Name, volume.Type, volume.ContentType, volume.Description, volume.UsedBy)
	// Output: pg custom filesystem of pg []
}

func ExampleClient_HasVolume() {
	client := simulated("pg")
	defer client.Close()
	has, err := client.HasVolume(context.Background(), pg)
	check(err)
	fmt.Println(has)
	// Output: true
}

func ExampleClient_CreateVolume() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	op, err := client.CreateVolume(ctx, pg, lxd.VolumeCreate{ContentType: lxd.ContentBlock, Config: map[string]string{"size": "10GiB"}})
	check(err)
	check(op.Wait(ctx, func(progress string) { fmt.Println(progress) }))
	volume, err := client.Volume(ctx, op.Volume())
	check(err)
	fmt.Println(volume.ContentType, volume.Config["size"])
	// Output: block 10GiB
}

func ExampleClient_CopyVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	to := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg-test"}
	wait(client.CopyVolume(ctx, pg, to, lxd.Copy{VolumeOnly: true, Description: "for tests"}))
	volume, err := client.Volume(ctx, to)
	check(err)
	fmt.Println(volume.Name, volume.Description)
	// Output: pg-test for tests
}

func ExampleClient_RenameVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	wait(client.RenameVolume(ctx, pg, "pgdata"))
	_, err := client.Volume(ctx, pg)
	fmt.Println(errors.Is(err, lxd.ErrNotFound), err)
	// Output: true Storage pool volume not found
}

func ExampleClient_MoveVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	wait(client.CreatePool(ctx, lxd.PoolID{Name: "slow"}, lxd.PoolCreate{Driver: "dir"}))
	to := pg
	to.Pool = "slow"
	wait(client.MoveVolume(ctx, pg, to))
	volume, err := client.Volume(ctx, to)
	check(err)
	fmt.Println(volume.ID())
	// Output: slow/pg
}

// Two servers that do not reach each other, and a client that carries what one sends to the other. Nothing says yet that it
// has arrived, and nothing deletes the source: package migrate does all that.
func ExampleClient_SendVolume() {
	ctx := context.Background()
	from, to := simulated("pg"), simulated()
	defer from.Close()
	defer to.Close()

	sending, err := from.SendVolume(ctx, pg, nil, false)
	check(err)
	receiving, err := to.ReceiveVolume(ctx, pg, lxd.VolumeReceive{Source: pg})
	check(err)
	fmt.Println(sending.Streams(), receiving.Streams())
	for _, name := range sending.Streams() {
		source, err := from.Stream(ctx, sending, name)
		check(err)
		defer source.CloseNow()
		target, err := to.Stream(ctx, receiving, name)
		check(err)
		defer target.CloseNow()
		go relay(ctx, target, source)
		go relay(ctx, source, target)
	}
	check(receiving.Wait(ctx, nil))
	has, err := to.HasVolume(ctx, pg)
	fmt.Println(has, err)
	// Output:
	// [control fs] [control fs]
	// true <nil>
}

// Here the target's server connects to the source's, which has to listen on the network for that.
func ExampleClient_ReceiveVolume() {
	ctx := context.Background()
	from, to := listening("pg"), listening()
	defer from.Close()
	defer to.Close()

	server, err := from.Server(ctx)
	check(err)
	sending, err := from.SendVolume(ctx, pg, nil, false)
	check(err)
	wait(to.ReceiveVolume(ctx, pg, lxd.VolumeReceive{Source: pg, From: server.Peer(server.Addresses[0], sending)}))
	check(sending.Wait(ctx, nil))
	has, err := to.HasVolume(ctx, pg)
	fmt.Println(has, err)
	// Output: true <nil>
}

func ExampleClient_SaveVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	volume, err := client.Volume(ctx, pg)
	check(err)
	volume.Description = "PostgreSQL"
	volume.Config["size"] = "20GiB"
	wait(client.SaveVolume(ctx, volume))
	check(client.SyncVolume(ctx, volume)) // before it is saved again
	fmt.Println(volume.Description, volume.Config["size"])
	// Output: PostgreSQL 20GiB
}

// One of a list becomes one that can be saved.
func ExampleClient_SyncVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	volumes, err := client.Volumes(ctx, "fast", lxd.VolumeList{})
	check(err)
	wait(client.PatchVolume(ctx, pg, lxd.Patch{Config: map[string]string{"user.tier": "1"}}, nil))
	check(client.SyncVolume(ctx, volumes[0]))
	fmt.Println(volumes[0].Config["user.tier"])
	// Output: 1
}

func ExampleClient_UpdateVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	volume, err := client.Volume(ctx, pg)
	check(err)
	check(client.UpdateVolume(ctx, volume, lxd.Patch{Description: volume.Description, Config: map[string]string{"size": "20GiB"}}))
	check(client.UpdateVolume(ctx, volume, lxd.Patch{Description: "PostgreSQL"}))
	fmt.Println(volume.Description, volume.Config["size"])
	// Output: PostgreSQL 20GiB
}

func ExampleClient_ReplaceVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	volume, err := client.Volume(ctx, pg)
	check(err)
	check(client.ReplaceVolume(ctx, volume, lxd.Put{Config: map[string]string{"user.tier": "1"}}))
	fmt.Printf("%q %v\n", volume.Description, volume.Config)
	// Output: "" map[user.tier:1]
}

// A patch carries the description always, and what was read before, so that the server refuses it when the volume has
// changed in between.
func ExampleClient_PatchVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	seen, err := client.Volume(ctx, pg)
	check(err)
	wait(client.PatchVolume(ctx, pg, lxd.Patch{Description: seen.Description, Config: map[string]string{"user.tier": "1"}}, seen))

	_, err = client.PatchVolume(ctx, pg, lxd.Patch{Config: map[string]string{"user.tier": "2"}}, seen)
	fmt.Println(errors.Is(err, lxd.ErrPrecondition))
	// Output: true
}

func ExampleClient_PutVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	wait(client.PutVolume(ctx, pg, lxd.Put{Description: "PostgreSQL"}, nil))
	volume, err := client.Volume(ctx, pg)
	check(err)
	fmt.Println(volume.Description, volume.Config)
	// Output: PostgreSQL map[]
}

func ExampleClient_DeleteVolume() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	wait(client.DeleteVolume(ctx, pg))
	has, err := client.HasVolume(ctx, pg)
	fmt.Println(has, err)
	// Output: false <nil>
}
