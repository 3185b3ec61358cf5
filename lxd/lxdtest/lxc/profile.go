package lxc

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// devices are those of a profile or an instance.
type devices map[string]map[string]string

// at is the address of something in the project of the command.
func (c *command) at(elem ...string) string {
	for i := range elem {
		elem[i] = url.PathEscape(elem[i])
	}
	path := "/1.0/" + strings.Join(elem, "/")
	if c.project != "" {
		path += "?project=" + url.QueryEscape(c.project)
	}
	return path
}

func (c *command) projects() *cobra.Command {
	project := group("project")
	var config []string
	create := &cobra.Command{Use: "create", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		set, err := pairs(config)
		if err != nil {
			return err
		}
		if err := change(cmd.Context(), http.MethodPost, "/1.0/projects", map[string]any{"name": args[0], "config": set}); err != nil {
			return err
		}
		c.printf("Project %s created\n", args[0])
		return nil
	}}
	create.Flags().StringArrayVarP(&config, "config", "c", nil, "")
	remove := &cobra.Command{Use: "delete", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		if err := change(cmd.Context(), http.MethodDelete, "/1.0/projects/"+url.PathEscape(args[0]), nil); err != nil {
			return err
		}
		c.printf("Project %s deleted\n", args[0])
		return nil
	}}
	project.AddCommand(remove)
	set := &cobra.Command{Use: "set", Args: cobra.MinimumNArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		by, err := settings(args[1:])
		if err != nil {
			return err
		}
		var before struct {
			Config      map[string]string `json:"config"`
			Description string            `json:"description"`
		}
		path := "/1.0/projects/" + url.PathEscape(args[0])
		if err := read(cmd.Context(), path, &before); err != nil {
			return err
		}
		before.Config = changed(before.Config, by)
		return change(cmd.Context(), http.MethodPut, path, before)
	}}
	project.AddCommand(create, set)
	return project
}

func (c *command) profile() *cobra.Command {
	profile := group("profile")
	profile.AddCommand(
		&cobra.Command{Use: "create", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			if err := change(cmd.Context(), http.MethodPost, c.at("profiles"), map[string]any{"name": args[0]}); err != nil {
				return err
			}
			c.printf("Profile %s created\n", args[0])
			return nil
		}},
		&cobra.Command{Use: "add", Args: cobra.ExactArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
			err := c.changeProfiles(cmd.Context(), args[0], func(profiles []string) []string { return append(profiles, args[1]) })
			if err == nil {
				c.printf("Profile %s added to %s\n", args[1], args[0])
			}
			return err
		}},
		&cobra.Command{Use: "remove", Args: cobra.ExactArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
			err := c.changeProfiles(cmd.Context(), args[0], func(profiles []string) []string {
				return slices.DeleteFunc(profiles, func(name string) bool { return name == args[1] })
			})
			if err == nil {
				c.printf("Profile %s removed from %s\n", args[1], args[0])
			}
			return err
		}},
		c.device("profiles"),
	)
	return profile
}

// changeProfiles changes which profiles an instance has.
func (c *command) changeProfiles(ctx context.Context, instance string, to func([]string) []string) error {
	var has struct {
		Profiles []string `json:"profiles"`
	}
	path := c.at("instances", instance)
	if err := read(ctx, path, &has); err != nil {
		return err
	}
	return change(ctx, http.MethodPatch, path, map[string]any{"profiles": to(has.Profiles)})
}

// device has the commands for the devices of profiles or instances.
func (c *command) device(kind string) *cobra.Command {
	device := group("device")
	device.AddCommand(
		&cobra.Command{Use: "add", Args: cobra.MinimumNArgs(3), RunE: func(cmd *cobra.Command, args []string) error {
			options, err := pairs(args[3:])
			if err != nil {
				return err
			}
			path := c.at(kind, args[0])
			all, err := devicesOf(cmd.Context(), path)
			if err != nil {
				return err
			}
			if all[args[1]] != nil {
				return words("The device already exists")
			}
			options["type"] = args[2]
			all[args[1]] = options
			if err := change(cmd.Context(), http.MethodPatch, path, map[string]any{"devices": all}); err != nil {
				return err
			}
			c.printf("Device %s added to %s\n", args[1], args[0])
			return nil
		}},
		&cobra.Command{Use: "get", Args: cobra.ExactArgs(3), RunE: func(cmd *cobra.Command, args []string) error {
			all, err := devicesOf(cmd.Context(), c.at(kind, args[0]))
			if err != nil {
				return err
			}
			if all[args[1]] == nil {
				return words("Device doesn't exist")
			}
			c.printf("%s\n", all[args[1]][args[2]])
			return nil
		}},
	)
	return device
}

func devicesOf(ctx context.Context, path string) (devices, error) {
	var has struct {
		Devices devices `json:"devices"`
	}
	err := read(ctx, path, &has)
	if has.Devices == nil {
		has.Devices = devices{}
	}
	return has.Devices, err
}
