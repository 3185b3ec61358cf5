package lxd_test

import (
	"context"
	"errors"
	"fmt"

	"tarn/lxd"
)

func ExampleClient_Pools() {
	client := simulated()
	defer client.Close()
	pools, err := client.Pools(context.Background())
	check(err)
	for _, pool := range pools {
		fmt.Println(pool.Name, pool.Driver)
	}
	// Output: fast dir
}

func ExampleClient_Pool() {
	client := simulated("pg")
	defer client.Close()
	pool, err := client.Pool(context.Background(), lxd.PoolID{Name: "fast"})
	check(err)
	fmt.Println(pool.Name, pool.Driver, pool.Description, pool.UsedBy)
	fmt.Println(pool.Config["source"])
	fmt.Println("says whether it is managed:", pool.Managed != nil)
	// Output:
	// fast dir NVMe [/1.0/storage-pools/fast/volumes/custom/pg]
	// /var/lib/lxd/storage-pools/fast
	// says whether it is managed: false
}

func ExampleClient_HasPool() {
	client := simulated()
	defer client.Close()
	for _, name := range []string{"fast", "slow"} {
		has, err := client.HasPool(context.Background(), lxd.PoolID{Name: name})
		check(err)
		fmt.Println(name, has)
	}
	// Output:
	// fast true
	// slow false
}

func ExampleClient_CreatePool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	id := lxd.PoolID{Name: "slow"}
	wait(client.CreatePool(ctx, id, lxd.PoolCreate{Driver: "btrfs", Config: map[string]string{"size": "10GiB"}}))

	_, err := client.CreatePool(ctx, id, lxd.PoolCreate{Driver: "btrfs"})
	fmt.Println(errors.Is(err, lxd.ErrConflict), err)
	// Output: true The storage pool already exists: The record already exists
}

// A save is refused when the pool has changed since it was read, so that no change of somebody else is overwritten.
func ExampleClient_SavePool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	pool, err := client.Pool(ctx, lxd.PoolID{Name: "fast"})
	check(err)
	pool.Config["user.tier"] = "1"
	wait(client.SavePool(ctx, pool))

	pool.Config["user.tier"] = "2" // as it was read before the first save
	_, err = client.SavePool(ctx, pool)
	fmt.Println(errors.Is(err, lxd.ErrPrecondition))
	// Output: true
}

func ExampleClient_SyncPool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	pool, err := client.Pool(ctx, lxd.PoolID{Name: "fast"})
	check(err)
	wait(client.PatchPool(ctx, pool.ID(), lxd.Patch{Description: "NVMe, mirrored"}, nil))
	fmt.Println(pool.Description)
	check(client.SyncPool(ctx, pool))
	fmt.Println(pool.Description)
	// Output:
	// NVMe
	// NVMe, mirrored
}

func ExampleClient_UpdatePool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	pool, err := client.Pool(ctx, lxd.PoolID{Name: "fast"})
	check(err)
	check(client.UpdatePool(ctx, pool, lxd.Patch{Description: pool.Description, Config: map[string]string{"user.tier": "1"}}))
	fmt.Println(pool.Config["user.tier"])
	// Output: 1
}

// Keys that the server has filled in have to be sent back.
func ExampleClient_ReplacePool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	pool, err := client.Pool(ctx, lxd.PoolID{Name: "fast"})
	check(err)
	check(client.ReplacePool(ctx, pool, lxd.Put{Config: map[string]string{"source": pool.Config["source"], "user.tier": "1"}}))
	fmt.Printf("%q %s\n", pool.Description, pool.Config["user.tier"])
	// Output: "" 1
}

func ExampleClient_PatchPool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	id := lxd.PoolID{Name: "fast"}
	wait(client.PatchPool(ctx, id, lxd.Patch{Description: "NVMe", Config: map[string]string{"user.tier": "1"}}, nil))
	pool, err := client.Pool(ctx, id)
	check(err)
	fmt.Println(pool.Description, pool.Config["user.tier"])
	// Output: NVMe 1
}

func ExampleClient_PutPool() {
	ctx := context.Background()
	client := simulated()
	defer client.Close()
	seen, err := client.Pool(ctx, lxd.PoolID{Name: "fast"})
	check(err)
	wait(client.PutPool(ctx, seen.ID(), lxd.Put{Description: "disks", Config: seen.Config}, seen))
	pool, err := client.Pool(ctx, seen.ID())
	check(err)
	fmt.Println(pool.Description)
	// Output: disks
}

func ExampleClient_DeletePool() {
	ctx := context.Background()
	client := simulated("pg")
	defer client.Close()
	_, err := client.DeletePool(ctx, lxd.PoolID{Name: "fast"})
	fmt.Println(errors.Is(err, lxd.ErrInUse), err)

	wait(client.DeleteVolume(ctx, pg))
	wait(client.DeletePool(ctx, lxd.PoolID{Name: "fast"}))
	has, err := client.HasPool(ctx, lxd.PoolID{Name: "fast"})
	fmt.Println(has, err)
	// Output:
	// true The storage pool is currently in use
	// false <nil>
}

func ExampleClient_PoolResources() {
	client := simulated()
	defer client.Close()
	resources, err := client.PoolResources(context.Background(), lxd.PoolID{Name: "fast"})
	check(err)
	fmt.Println(resources.Space.Used < resources.Space.Total)
	// Output: true
}
