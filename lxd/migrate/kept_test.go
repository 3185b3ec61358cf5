package migrate_test

import (
	"reflect"
	"testing"

	"tarn/lxd"
	"tarn/lxd/migrate"
	"tarn/lxd/sim"
)

// Whatever a volume is created with it has after a move: a field that some request on the way forgets would be lost.
func TestFieldsAreKept(t *testing.T) {
	connect := func() *lxd.Client {
		server := sim.New(nil)
		client := lxd.NewDialed("sim:", server.Dial, lxd.Options{})
		t.Cleanup(func() {
			client.Close()
			server.Close()
		})
		for _, name := range []string{"one", "two"} {
			if _, err := client.CreatePool(t.Context(), lxd.PoolID{Name: name}, lxd.PoolCreate{Driver: "dir"}); err != nil {
				t.Fatal(err)
			}
		}
		return client
	}
	create := lxd.VolumeCreate{Config: map[string]string{"user.a": "1"}}
	var fields []string // that a volume keeps, by their names
	v := reflect.ValueOf(&create).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if v.Field(i).Kind() == reflect.String && name != "Name" && name != "ContentType" {
			v.Field(i).SetString("a " + name)
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		t.Fatal("no fields")
	}
	for name, c := range map[string]struct{ pool, elsewhere bool }{"to another pool": {pool: true}, "to another server": {elsewhere: true}} {
		t.Run(name, func(t *testing.T) {
			from := connect()
			to := from
			source := lxd.VolumeID{Project: "default", Pool: "one", Type: lxd.TypeCustom, Name: "v"}
			target := source
			if c.pool {
				target.Pool = "two"
			}
			if c.elsewhere {
				to = connect()
			}
			if _, err := from.CreateVolume(t.Context(), source, create); err != nil {
				t.Fatal(err)
			}
			if err := migrate.Volume(t.Context(), from, source, to, target, migrate.Options{Move: true}); err != nil {
				t.Fatal(err)
			}
			moved, err := to.Volume(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range fields {
				if got := reflect.ValueOf(moved).Elem().FieldByName(field).String(); got != "a "+field {
					t.Errorf("%s is %q", field, got)
				}
			}
		})
	}
}
