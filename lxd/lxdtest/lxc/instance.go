package lxc

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"
)

// init creates an instance without a root file system, and no other.
func (c *command) init() *cobra.Command {
	var empty bool
	var pool string
	cmd := &cobra.Command{Use: "init", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		if !empty {
			return fmt.Errorf("init takes --empty here")
		}
		own := devices{} // without --storage the root disk is one of a profile
		if pool != "" {
			own["root"] = map[string]string{"type": "disk", "path": "/", "pool": pool}
		}
		c.printf("Creating %s\n", args[0])
		return change(cmd.Context(), http.MethodPost, c.at("instances"), map[string]any{
			"name": args[0], "source": map[string]string{"type": "none"},
			"devices": own,
		})
	}}
	cmd.Flags().BoolVar(&empty, "empty", false, "")
	cmd.Flags().StringVar(&pool, "storage", "", "")
	return cmd
}

func (c *command) instanceConfig() *cobra.Command {
	config := group("config")
	config.AddCommand(c.device("instances"))
	return config
}
