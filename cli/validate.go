package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) validateCommand() *cobra.Command {
	var flags specFlags
	cmd := &cobra.Command{
		Use:   "validate [PATH…]",
		Short: "Check a spec without a server",
		Long: `Check all that can be judged without a server. A PATH is a file or a directory; several make one spec.
Without one the current directory is checked.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			want, err := a.load(paths, flags)
			if err != nil {
				return err
			}
			volumes := 0
			for _, pool := range want.Pools {
				volumes += len(pool.Volumes)
			}
			fmt.Fprintf(a.Stdout, "Valid: %s and %s in %s.\n",
				count(len(want.Pools), "pool"), count(volumes, "volume"), count(len(want.Files), "file"))
			return nil
		},
	}
	flags.register(cmd)
	return cmd
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
