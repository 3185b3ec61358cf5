package migrate_test

import (
	"context"
	"fmt"
	"log"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// A volume goes from one server to another that it does not reach, and under another name.
func ExampleVolume() {
	ctx := context.Background()
	connect := func() *lxd.Client { // elsewhere with lxd.NewUnix or lxd.NewHTTPS
		client := lxd.NewDialed("example", sim.New(nil).Dial, lxd.Options{})
		if _, err := client.CreatePool(ctx, lxd.PoolID{Name: "fast"}, lxd.PoolCreate{Driver: "dir"}); err != nil {
			log.Fatal(err)
		}
		return client
	}
	from, to := connect(), connect()
	source := lxd.VolumeID{Pool: "fast", Type: lxd.TypeCustom, Name: "pg"}
	if _, err := from.CreateVolume(ctx, source, lxd.VolumeCreate{Description: "PostgreSQL"}); err != nil {
		log.Fatal(err)
	}

	target := source
	target.Name = "pgdata"
	if err := migrate.Volume(ctx, from, source, to, target, migrate.Options{Move: true}); err != nil {
		log.Fatal(err)
	}
	volume, err := to.Volume(ctx, target)
	if err != nil {
		log.Fatal(err)
	}
	left, err := from.HasVolume(ctx, source)
	fmt.Println(volume.Name, volume.Description, left, err)
	// Output: pgdata PostgreSQL false <nil>
}
