//go:build unix

package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// moment is a command that waits for something that does not come.
type moment struct {
	wait           func(*command) // starts it and brings it there
	code           int
	stdout, stderr string
}

const (
	interrupted = "tarn: (read the pools: )?interrupted\n"
	nothingDone = "tarn: (read the pools: )?interrupted; nothing was done\n"
)

// reading starts a command that reads a pipe, and waits until it has opened that and read what is in it.
func reading(name string, args ...string) func(*command) {
	return func(c *command) {
		path := filepath.Join(c.dir, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			c.Fatal(err)
		}
		c.start(nil, nil, args...)
		writer, err := os.OpenFile(path, os.O_WRONLY, 0) // until it is opened for reading
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { writer.Close() })
		if _, err := io.WriteString(writer, "# not all of it yet\n"); err != nil {
			c.Fatal(err)
		}
	}
}

// asking starts a command that sends requests, and waits until one that looks so is held.
func asking(request string, args ...string) func(*command) {
	return func(c *command) {
		c.hold(request)
		c.start(nil, nil, append(args, "--remote", "unix:sim.sock")...)
		c.waitForRequest()
	}
}

// writing starts a command that writes more than a pipe holds to its standard output, or standard error, and waits until
// it has begun. Nobody reads the rest.
func writing(stderr bool, args ...string) func(*command) {
	return func(c *command) {
		reader, writer, err := os.Pipe()
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { reader.Close() })
		if stderr {
			c.errors = writer
			c.start(nil, nil, args...)
		} else {
			c.start(nil, writer, args...)
		}
		writer.Close()
		if _, err := reader.Read(make([]byte, 1)); err != nil {
			c.Fatal(err)
		}
	}
}

// moments are the commands, each at every place where it may wait.
var moments = map[string]moment{
	"validate, a pipe":              {reading("pipe.hcl", "validate", "pipe.hcl"), 1, "", interrupted},
	"validate, a var file":          {reading("vars", "validate", "--var-file", "vars", "storage.hcl"), 1, "", interrupted},
	"validate, standard input":      {readingInput("validate", "-"), 1, "", interrupted},
	"validate, the output":          {writing(false, "validate", "--json", "wrong.hcl"), 1, "", interrupted},
	"validate, what is wrong":       {writing(true, "validate", "wrong.hcl"), 1, "", ""},
	"fmt, a pipe":                   {reading("pipe.hcl", "fmt", "storage.hcl", "pipe.hcl"), 1, "", interrupted},
	"fmt, the output":               {writing(false, "fmt", "--diff", "long.hcl"), 1, "", interrupted},
	"fmt, standard input":           {readingInput("fmt", "-"), 1, "", interrupted},
	"schema, the output":            {writing(false, "schema", "--json"), 1, "", interrupted},
	"plan, a pipe":                  {reading("pipe.hcl", "plan", "pipe.hcl", "--remote", "unix:sim.sock"), 1, "", interrupted},
	"plan, a var file":              {reading("vars", "plan", "--var-file", "vars", "storage.hcl", "--remote", "unix:sim.sock"), 1, "", interrupted},
	"plan --json, a pipe":           {reading("pipe.hcl", "plan", "--json", "pipe.hcl", "--remote", "unix:sim.sock"), 1, `.*"text": "(read the pools: )?interrupted".*`, interrupted},
	"plan, the server":              {asking("GET /1.0$", "plan", "storage.hcl"), 1, "", interrupted},
	"plan, the pools":               {asking("GET /1.0/storage-pools", "plan", "storage.hcl"), 1, "", interrupted},
	"plan --json, the pools":        {asking("GET /1.0/storage-pools", "plan", "--json", "storage.hcl"), 1, `.*"text": "(read the pools: )?interrupted".*`, interrupted},
	"plan --out, the pools":         {asking("GET /1.0/storage-pools", "plan", "--out", "plan.json", "storage.hcl"), 1, "", interrupted},
	"plan --rehearse, all there is": {asking("GET /1.0/(resources|profiles|instances|projects)", "plan", "--rehearse", "storage.hcl"), 1, "", "tarn: .*interrupted\n"},
	"plan, the output":              {writing(false, "plan", "--remote", "sim:", "--out", "plan.json", "long.hcl"), 1, "", interrupted},
	"drift, a pipe":                 {reading("pipe.hcl", "drift", "pipe.hcl", "--remote", "unix:sim.sock"), 1, "", interrupted},
	"drift, the pools":              {asking("GET /1.0/storage-pools", "drift", "storage.hcl"), 1, "", interrupted},
	"drift, the output":             {writing(false, "drift", "--remote", "sim:", "long.hcl"), 1, "", interrupted},
	"show, the pools":               {asking("GET /1.0/storage-pools", "show"), 1, "", interrupted},
	"show --json, the pools":        {asking("GET /1.0/storage-pools", "show", "--json"), 1, `.*"text": "(read the pools: )?interrupted".*`, interrupted},
	"show, a pipe":                  {reading("pipe.hcl", "show", "--spec", "pipe.hcl", "--remote", "unix:sim.sock"), 1, "", interrupted},
	"apply, a pipe":                 {reading("pipe.hcl", "apply", "--auto-approve", "pipe.hcl", "--remote", "unix:sim.sock"), 1, "", nothingDone},
	"apply, a var file":             {reading("vars", "apply", "--auto-approve", "--var-file", "vars", "storage.hcl", "--remote", "unix:sim.sock"), 1, "", nothingDone},
	"apply, the pools":              {asking("GET /1.0/storage-pools", "apply", "--auto-approve", "storage.hcl"), 1, "", nothingDone},
	"apply --json, the pools":       {asking("GET /1.0/storage-pools", "apply", "--auto-approve", "--json", "storage.hcl"), 1, `.*"event":"error".*"text":"(read the pools: )?interrupted; nothing was done".*`, nothingDone},
	"apply, the plan":               {writing(false, "apply", "--auto-approve", "--remote", "sim:state.json", "long.hcl"), 1, "", nothingDone},
	"apply FILE, the pools":         {savedPlan(asking("GET /1.0/storage-pools", "apply", "--auto-approve", "plan.json")), 1, "", nothingDone},
	"import, the pools":             {asking("GET /1.0/storage-pools", "import"), 1, "", interrupted},
	"import --out, the pools":       {asking("GET /1.0/storage-pools", "import", "--out", "specs"), 1, "", interrupted},
	"import --preseed, a pipe":      {reading("pipe.yaml", "import", "--preseed", "pipe.yaml"), 1, "", interrupted},
	"import, the output":            {importing(), 1, "", interrupted},
	"sim":                           {simulating("sim", "--listen", "unix:other.sock", "--state", "state.json"), 0, "simulated LXD 5.0.2 at unix:other.sock\n.*Ctrl-C stops it.\n", ""},
}

// readingInput starts a command that reads a standard input that has more than a pipe holds, and does not end.
func readingInput(args ...string) func(*command) {
	return func(c *command) {
		reader, writer, err := os.Pipe()
		if err != nil {
			c.Fatal(err)
		}
		c.Cleanup(func() { writer.Close() })
		c.start(reader, nil, args...)
		reader.Close()
		if _, err := writer.WriteString(strings.Repeat("\n", 1<<20)); err != nil {
			c.Fatal(err)
		}
	}
}

// importing starts an import of what long.hcl has been applied to before.
func importing() func(*command) {
	return func(c *command) {
		c.start(nil, nil, "apply", "--auto-approve", "--brief", "--remote", "unix:sim.sock", "long.hcl")
		c.exits(0, "(?s).*Applied.*", "(?s).*")
		c.stdout.reset()
		writing(false, "import", "--no-fold", "--remote", "unix:sim.sock")(c)
	}
}

// savedPlan makes plan.json first.
func savedPlan(then func(*command)) func(*command) {
	return func(c *command) {
		c.start(nil, nil, "plan", "--remote", "unix:sim.sock", "--out", "plan.json", "storage.hcl")
		c.exits(0, ".*Saved in plan.json.*", "")
		c.stdout.reset()
		then(c)
	}
}

// simulating starts a simulator, and has it answer a request that takes its time.
func simulating(args ...string) func(*command) {
	return func(c *command) {
		c.start(nil, nil, append(args, "--fault", "GET /1.0 delay=1h")...)
		c.waitFor(&c.stdout, "Ctrl-C stops it.\n")
		c.connect("other.sock", "GET /1.0 HTTP/1.1\r\nHost: x\r\n\r\n")
	}
}

// Every command ends at once, whatever it waits for: it says so, in the form of its output, and leaves no half of a file.
func TestSignalEnds(t *testing.T) {
	for name, moment := range moments {
		to := signals
		if moment.code == 0 { // it is ended well by the first, or at once by the second
			to = oneSignal
		}
		for signal, sent := range to {
			t.Run(name+", "+signal, func(t *testing.T) {
				t.Parallel()
				c := newCommand(t)
				c.write("wrong.hcl", manyWrong)
				c.write("long.hcl", manyVolumes(2000))
				before := c.files()
				moment.wait(c)
				c.signal(sent...)
				stdout := moment.stdout
				if len(sent) > 1 { // the second one does not wait for the first to be told
					stdout = "(" + stdout + ")?"
				}
				c.exits(moment.code, stdout, moment.stderr)
				for name, content := range c.files() {
					switch {
					case before[name] == content, strings.HasSuffix(name, ".sock"), name == "plan.json" && strings.HasPrefix(content, "{") && strings.HasSuffix(content, "}\n"):
					default:
						t.Errorf("%s is left, with %.100q", name, content)
					}
				}
			})
		}
	}
}

// manyWrong is a spec of which more is wrong than a pipe holds.
var manyWrong = strings.Repeat("pool \"p\" { drivr = \"dir\" }\n", 2000)

// manyVolumes is a spec that is not in canonical layout, and whose plan is longer than a pipe holds.
func manyVolumes(n int) string {
	var text strings.Builder
	text.WriteString("pool \"main\" {\ndriver = \"dir\"\n")
	for i := range n {
		fmt.Fprintf(&text, "volume \"v%d\" { description = \"one of many\" }\n", i)
	}
	return text.String() + "}\n"
}

// files are the regular files in the folder of the test with what they hold.
func (c *command) files() map[string]string {
	files := map[string]string{}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Type()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 {
			continue
		}
		content, err := os.ReadFile(filepath.Join(c.dir, entry.Name()))
		if err != nil {
			c.Fatal(err)
		}
		files[entry.Name()] = string(content)
	}
	return files
}
