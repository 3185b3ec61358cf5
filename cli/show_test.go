package cli_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"tarn/cli"
)

// To look at a server with thousands of volumes costs what a plan for all of them costs, and a request more for each pool; to look at one volume
// costs no list of the others.
func TestShowAsksLittle(t *testing.T) {
	t.Chdir(t.TempDir())
	const volumes = 5000
	var state strings.Builder
	state.WriteString(`{"format": 1, "pools": {"main": {"driver": "dir"}, "other": {"driver": "zfs", "volumes": {`)
	for i := range volumes {
		if i > 0 {
			state.WriteString(",")
		}
		fmt.Fprintf(&state, `"default/custom/v%d": {"serial": %d, "content_type": "filesystem", "snapshots": [{"name": "s"}]}`, i, i)
	}
	state.WriteString("}}}}")
	const spec = "pool \"main\" { existing = true }\npool \"other\" {\n  existing = true\n  exclusive = true\n}\n"
	for name, text := range map[string]string{"state.json": state.String(), "whole.hcl": spec} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	requests := func(args ...string) []string {
		var stdout, stderr strings.Builder
		code := cli.Run(cli.Process{Args: append(args, "--debug", "--remote", "sim:state.json"), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, &stderr)
		}
		return regexp.MustCompile(`(?m)^debug: (\S+ \S+)`).FindAllString(stderr.String(), -1)
	}
	planned, shown := requests("plan", "whole.hcl"), requests("show", "--spec", "whole.hcl")
	if len(planned) < 3 || len(shown) > len(planned)+3 { // the space of two pools, and the list of the other one
		t.Errorf("a plan asks\n%s\nand show\n%s", strings.Join(planned, "\n"), strings.Join(shown, "\n"))
	}
	one := requests("show", "other/v7", "--spec", "whole.hcl")
	if len(one) > 7 || regexp.MustCompile(`volumes/custom\?`).MatchString(strings.Join(one, "\n")) {
		t.Errorf("one volume asks\n%s", strings.Join(one, "\n"))
	}
	if all := requests("show", "--usage", "--spec", "whole.hcl"); len(all) < volumes {
		t.Errorf("with --usage there are %d requests", len(all))
	}
}
