package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// scriptFixes are what is mended of the scripts that cobra makes for shells: a text of the script, and what stands there instead.
var scriptFixes = map[string][2]string{
	// fish gives the words of a command line as they are meant, without their quotes, and the script has them evaluated: one with a space, a
	// quote or $(…) in it, as any name of a volume may be, would be other words, or run.
	"fish": {"set -l args (commandline -opc)", "set -l args (string escape -- (commandline -opc))"},

	// A quote that is still open is closed, so that the line can be evaluated.
	"zsh": {"out=$(eval ${requestComp} 2>/dev/null)", `local quote
    for quote in "" "\"" "'"; do
        out=$(eval ${requestComp}${quote} 2>/dev/null) && break
    done`},
}

// mendScript has the command that writes the script for a shell write the mended one.
func mendScript(cmd *cobra.Command) {
	fix, needed := scriptFixes[cmd.Name()]
	if !needed {
		return
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		bare, err := cmd.Flags().GetBool("no-descriptions")
		if err != nil {
			return err
		}
		var script bytes.Buffer
		root := cmd.Root()
		switch {
		case cmd.Name() == "fish":
			err = root.GenFishCompletion(&script, !bare)
		case bare:
			err = root.GenZshCompletionNoDesc(&script)
		default:
			err = root.GenZshCompletion(&script)
		}
		if err != nil {
			return err
		}
		if strings.Count(script.String(), fix[0]) != 1 {
			return fmt.Errorf("the script for %s is not as it was: tarn has to be made anew for this version of cobra", cmd.Name())
		}
		_, err = io.WriteString(root.OutOrStdout(), strings.Replace(script.String(), fix[0], fix[1], 1))
		return err
	}
}
