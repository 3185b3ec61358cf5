package lxc

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tarn/lxd"
)

func (c *command) volume() *cobra.Command {
	volume := group("volume")
	for _, cmd := range []*cobra.Command{
		c.createVolume(), c.listVolumes(),
		{Use: "show", Args: cobra.ExactArgs(2), RunE: c.onVolume(c.showVolume)},
		{Use: "get", Args: cobra.ExactArgs(3), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, args []string) error {
			v, err := client.Volume(ctx, id)
			if err != nil {
				return err
			}
			if value, ok := v.Config[args[0]]; ok {
				c.printf("%s\n", value)
			}
			return nil
		})},
		{Use: "set", Args: cobra.MinimumNArgs(3), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, args []string) error {
			by, err := settings(args)
			if err != nil {
				return err
			}
			v, err := client.Volume(ctx, id)
			if err != nil {
				return err
			}
			op, err := client.PutVolume(ctx, id, v.Put(changed(v.Config, by)), v)
			return wait(ctx, op, err)
		})},
		{Use: "rename", Args: cobra.ExactArgs(3), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, args []string) error {
			op, err := client.RenameVolume(ctx, id, args[0])
			if err := wait(ctx, op, err); err != nil {
				return err
			}
			c.printf("Renamed storage volume from %q to %q\n", id.Name, args[0])
			return nil
		})},
		{Use: "copy", Args: cobra.ExactArgs(2), RunE: c.copyVolume},
		{Use: "delete", Args: cobra.ExactArgs(2), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, _ []string) error {
			op, err := client.DeleteVolume(ctx, id)
			if err := wait(ctx, op, err); err != nil {
				return err
			}
			c.printf("Storage volume %s deleted\n", id.Name)
			return nil
		})},
		{Use: "snapshot", Args: cobra.RangeArgs(2, 3), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, args []string) error {
			op, err := client.CreateSnapshot(ctx, id, lxd.SnapshotCreate{Name: strings.Join(args, "")})
			return wait(ctx, op, err)
		})},
	} {
		volume.AddCommand(cmd)
	}
	return volume
}

// copyVolume is between pools of one server, with snapshots.
func (c *command) copyVolume(cmd *cobra.Command, args []string) error {
	fromPool, from, _ := strings.Cut(args[0], "/")
	toPool, to, _ := strings.Cut(args[1], "/")
	return c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, _ []string) error {
		source := id
		source.Pool, source.Name = fromPool, from
		if _, err := client.Volume(ctx, source); err != nil {
			return err
		}
		op, err := client.CopyVolume(ctx, source, id, lxd.Copy{})
		if err := wait(ctx, op, err); err != nil {
			return err
		}
		c.printf("\rStorage volume copied successfully!\n")
		return nil
	})(cmd, []string{toPool, to})
}

// onVolume reads [REMOTE:]POOL VOLUME; do is called with the arguments after them.
func (c *command) onVolume(do func(context.Context, *lxd.Client, lxd.VolumeID, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		client, pool, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		return do(cmd.Context(), client, lxd.VolumeID{Project: c.project, Pool: pool, Type: lxd.TypeCustom, Name: args[1]}, args[2:])
	}
}

func (c *command) createVolume() *cobra.Command {
	var create lxd.VolumeCreate
	var target string
	cmd := &cobra.Command{Use: "create", Args: cobra.MinimumNArgs(2), RunE: c.onVolume(func(ctx context.Context, client *lxd.Client, id lxd.VolumeID, args []string) (err error) {
		if create.Config, err = pairs(args); err != nil {
			return err
		}
		id.Member = target
		op, err := client.CreateVolume(ctx, id, create)
		if err := wait(ctx, op, err); err != nil {
			return err
		}
		c.printf("Storage volume %s created\n", id.Name)
		return nil
	})}
	cmd.Flags().StringVar(&create.ContentType, "type", lxd.ContentFilesystem, "")
	cmd.Flags().StringVar(&target, "target", "", "")
	return cmd
}

// created is what LXD 5.0.2 says of every volume and snapshot.
const created = "0001-01-01T00:00:00Z"

func (c *command) showVolume(ctx context.Context, client *lxd.Client, id lxd.VolumeID, _ []string) error {
	if volume, snapshot, ok := strings.Cut(id.Name, "/"); ok {
		id.Name = volume
		s, err := client.Snapshot(ctx, id, snapshot)
		if err != nil {
			return err
		}
		return c.show(struct {
			Description string            `yaml:"description"`
			ExpiresAt   string            `yaml:"expires_at"`
			Name        string            `yaml:"name"`
			Config      map[string]string `yaml:"config"`
			ContentType string            `yaml:"content_type"`
			CreatedAt   string            `yaml:"created_at"`
		}{s.Description, s.ExpiresAt.UTC().Format(time.RFC3339Nano), s.Name, s.Config, s.ContentType, created})
	}
	v, err := client.Volume(ctx, id)
	if err != nil {
		return err
	}
	return c.show(struct {
		Config      map[string]string `yaml:"config"`
		Description string            `yaml:"description"`
		Name        string            `yaml:"name"`
		Type        string            `yaml:"type"`
		UsedBy      []string          `yaml:"used_by"`
		Location    string            `yaml:"location"`
		ContentType string            `yaml:"content_type"`
		Project     string            `yaml:"project"`
		CreatedAt   string            `yaml:"created_at"`
	}{v.Config, v.Description, v.Name, v.Type, v.UsedBy, v.Location, v.ContentType, v.Project, created})
}

func (c *command) listVolumes() *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "list", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		if format != "csv" {
			return fmt.Errorf("format %q is not known here, only csv", format)
		}
		client, pool, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		server, err := client.Server(cmd.Context())
		if err != nil {
			return err
		}
		volumes, err := client.VolumesAndSnapshots(cmd.Context(), pool, lxd.VolumeList{AnyType: true, Project: c.project})
		if err != nil {
			return err
		}
		table := csv.NewWriter(c.stdout)
		for _, v := range volumes {
			kind := v.Type
			if strings.Contains(v.Name, "/") {
				kind += " (snapshot)"
			}
			row := []string{kind, v.Name, v.Description, v.ContentType, strconv.Itoa(len(v.UsedBy))}
			if server.Clustered {
				row = append(row, v.Location)
			}
			if err := table.Write(row); err != nil {
				return err
			}
		}
		table.Flush()
		return table.Error()
	}}
	cmd.Flags().StringVar(&format, "format", "table", "")
	return cmd
}
