package lxc

import (
	"github.com/spf13/cobra"

	"tarn/lxd"
)

func (c *command) storage() *cobra.Command {
	storage := group("storage")
	var target string
	create := &cobra.Command{Use: "create", Args: cobra.MinimumNArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		client, pool, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		config, err := pairs(args[2:])
		if err != nil {
			return err
		}
		op, err := client.CreatePool(cmd.Context(), lxd.PoolID{Name: pool, Member: target}, lxd.PoolCreate{Driver: args[1], Config: config})
		if err := wait(cmd.Context(), op, err); err != nil {
			return err
		}
		if target != "" {
			c.printf("Storage pool %s pending on member %s\n", pool, target)
		} else {
			c.printf("Storage pool %s created\n", pool)
		}
		return nil
	}}
	show := &cobra.Command{Use: "show", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		client, name, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		pool, err := client.Pool(cmd.Context(), lxd.PoolID{Name: name, Member: target})
		if err != nil {
			return err
		}
		return c.show(struct {
			Config      map[string]string `yaml:"config"`
			Description string            `yaml:"description"`
			Name        string            `yaml:"name"`
			Driver      string            `yaml:"driver"`
			UsedBy      []string          `yaml:"used_by"`
			Status      string            `yaml:"status"`
			Locations   []string          `yaml:"locations"`
		}{pool.Config, pool.Description, pool.Name, pool.Driver, pool.UsedBy, pool.Status, pool.Locations})
	}}
	set := &cobra.Command{Use: "set", Args: cobra.MinimumNArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		client, name, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		by, err := settings(args[1:])
		if err != nil {
			return err
		}
		pool, err := client.Pool(cmd.Context(), lxd.PoolID{Name: name, Member: target})
		if err != nil {
			return err
		}
		op, err := client.PutPool(cmd.Context(), lxd.PoolID{Name: name, Member: target}, lxd.Put{Description: pool.Description, Config: changed(pool.Config, by)}, pool)
		return wait(cmd.Context(), op, err)
	}}
	remove := &cobra.Command{Use: "delete", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		client, name, err := connect(args[0])
		if err != nil {
			return err
		}
		defer client.Close()
		op, err := client.DeletePool(cmd.Context(), lxd.PoolID{Name: name})
		if err := wait(cmd.Context(), op, err); err != nil {
			return err
		}
		c.printf("Storage pool %s deleted\n", name)
		return nil
	}}
	for _, cmd := range []*cobra.Command{create, set, show} {
		cmd.Flags().StringVar(&target, "target", "", "")
	}
	storage.AddCommand(create, remove, set, show, c.volume())
	return storage
}
