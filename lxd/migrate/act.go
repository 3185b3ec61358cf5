package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"tarn/lxd"
	"tarn/lxd/schema"
)

// markSource says on the source that it is the one which goes to the target.
func (r *run) markSource(ctx context.Context) error {
	if err := r.refuseUsed(); err != nil {
		return err
	}
	return r.patch(ctx, r.from, r.now.source, map[string]string{MovingKey: r.mark(newRun())})
}

// markArrived says on the target that it is complete.
func (r *run) markArrived(ctx context.Context) error {
	name := cmp.Or(nameOf(r.now.target.Config[MovingKey]), "copy") + " " + r.placed
	return r.patch(ctx, r.to, r.now.target, map[string]string{MigratingKey: "", MovingKey: "", ArrivedKey: r.mark(name)})
}

// unmark takes the marks off the target.
func (r *run) unmark(ctx context.Context) error {
	marks := map[string]string{}
	for key := range r.now.target.Config {
		if IsMark(key) {
			marks[key] = ""
		}
	}
	return r.patch(ctx, r.to, r.now.target, marks)
}

// patch changes the marks of a volume that has just been read.
func (r *run) patch(ctx context.Context, client *lxd.Client, volume *lxd.Volume, marks map[string]string) error {
	op, err := client.PatchVolume(ctx, volume.ID(), volume.Patch(marks), volume)
	if err := waitFor(ctx, op, err); err != nil {
		return r.asChange(fmt.Errorf("mark volume %s: %w", volume.ID(), err))
	}
	return nil
}

// place renames a complete volume to the target's name.
func (r *run) place(ctx context.Context, other Other) error {
	at := nameOnSide{other.Name, false}
	volume := r.now.others[at]
	if r.now.source != nil {
		if err := r.compare(ctx, volume); err != nil {
			if errors.Is(err, errNotAll) {
				delete(r.complete, other.Name)
				return r.transferFailed(err)
			}
			return err
		}
	}
	if err := r.rename(ctx, at, nameOnSide{r.target.Name, false}); err != nil {
		// Without an answer it is not known whether the disk has followed the database, and another volume is made.
		return err
	}
	r.placed = nameOf(volume.Config[MigratingKey])
	return nil
}

// errNotAll says that something of the source is missing from what has arrived.
var errNotAll = errors.New("not all of it has arrived")

// compare looks whether all of the source is in what has arrived.
func (r *run) compare(ctx context.Context, arrived *lxd.Volume) error {
	source := r.now.source
	if r.Move && nameOf(arrived.Config[MovingKey]) != nameOf(source.Config[MovingKey]) {
		return fmt.Errorf("%w: it is of another volume, which had the source's name then", errNotAll)
	}
	if arrived.ContentType != source.ContentType {
		return fmt.Errorf("%w: it is a %s volume, and not a %s one", errNotAll, arrived.ContentType, source.ContentType)
	}
	if !r.VolumeOnly {
		lacks, err := r.lacksSnapshot(ctx, arrived)
		if err != nil {
			return err
		}
		if lacks != "" {
			return fmt.Errorf("%w: snapshot %s is missing", errNotAll, lacks)
		}
	}
	return nil
}

// lacksSnapshot names a snapshot of the source that another volume does not have, "" for none.
func (r *run) lacksSnapshot(ctx context.Context, arrived *lxd.Volume) (string, error) {
	want, err := snapshots(ctx, r.from, r.now.source.ID())
	if err != nil {
		return "", r.asChange(fmt.Errorf("read the source's snapshots: %w", err))
	}
	have, err := snapshots(ctx, r.to, arrived.ID())
	if err != nil {
		return "", r.asChange(fmt.Errorf("read the snapshots that have arrived: %w", err))
	}
	for _, name := range want {
		if !slices.Contains(have, name) {
			return name, nil
		}
	}
	return "", nil
}

func snapshots(ctx context.Context, c *lxd.Client, id lxd.VolumeID) ([]string, error) {
	snapshots, err := c.Snapshots(ctx, id)
	var names []string
	for _, snapshot := range snapshots {
		names = append(names, snapshot.Name)
	}
	return names, err
}

// clearSource renames the source to a name of this run's, on its way out. It may have lived on since the target has arrived:
// then it stays.
func (r *run) clearSource(ctx context.Context) error {
	source, target := r.now.source, r.now.target
	if len(source.UsedBy) > 0 {
		return &ended{fmt.Errorf("the volume has arrived, but %w: something uses it", ErrSourceStays)}
	}
	if what := Differs(source, target, r.Config != nil); what != "" {
		return &ended{fmt.Errorf("the volume has arrived, but %w: its %s is not what the new one has", ErrSourceStays, what)}
	}
	if !r.VolumeOnly {
		lacks, err := r.lacksSnapshot(ctx, target)
		if err != nil {
			return err
		}
		if lacks != "" {
			return &ended{fmt.Errorf("the volume has arrived, but %w: it has got snapshot %s meanwhile", ErrSourceStays, lacks)}
		}
	}
	return r.rename(ctx, nameOnSide{r.source.Name, true}, nameOnSide{leavingName(r.source), true})
}

// Differs names an attribute of a source that its target does not have though it would, had it just arrived; "" for none.
// otherConfig tells that it was to get another config.
func Differs(source, target *lxd.Volume, otherConfig bool) string {
	if otherConfig {
		return ""
	}
	if field := differentField(source.Patch(nil), target.Patch(nil)); field != "" {
		return field
	}
	config := unmarked(source.Config)
	for _, key := range sortedKeys(config) {
		have, set := target.Config[key]
		switch {
		case key == "size" && source.ContentType == lxd.ContentBlock: // it is the device's, which the target's driver rounds
		case set && have != config[key] && !sameSize(key, have, config[key]):
			return key
		case !set && strings.HasPrefix(key, "user."):
			return key
		}
	}
	return ""
}

// differentField names a field other than the config in which two volumes differ, "" for none.
func differentField(a, b lxd.Patch) string {
	x, y := fieldsOf(a), fieldsOf(b)
	for _, name := range slices.Sorted(maps.Keys(x)) {
		if name != "config" && x[name] != y[name] {
			return name
		}
	}
	return ""
}

// fieldsOf are the fields of a patch by the names that the API has for them.
func fieldsOf(p lxd.Patch) map[string]string {
	fields := map[string]string{}
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		fields[name] = fmt.Sprint(v.Field(i))
	}
	return fields
}

// sameSize tells whether two sizes are the same in bytes.
func sameSize(key, a, b string) bool {
	if key != "size" {
		return false
	}
	x, err := schema.ParseSize(a)
	y, err2 := schema.ParseSize(b)
	return err == nil && err2 == nil && x == y
}

func sortedKeys(config map[string]string) []string {
	var keys []string
	for key := range config {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
