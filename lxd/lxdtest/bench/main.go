// Bench times whole commands against private servers, each beside a client that sends nothing but the requests that the work
// cannot do without:
//
//	bench [-tarn PROGRAM] [-tables read,show,apply,start,scale] [-volumes 1000,5000] [-runs 7] [-also NAME=COMMAND]...
//
// What it compares runs in turn within one run, so that a busy machine slows both sides, and a figure is the median of
// each round's ratio. It prints tables in Markdown: times, peak memory, CPU time (the server's too, which
// tells more than the time on a busy machine) and requests; at the end one of the ratios, and one as the README has it. Nothing in it passes or fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tarn/lxd/lxdtest"
)

// config is what one run of the harness was asked for.
type config struct {
	self    string // this program
	tarn    string
	tables  []string
	volumes []int
	writes  int // volumes that are written at a time
	at      []int
	scale   []int
	runs    int
	incus   bool
	also    map[string]string // further commands for the table of reads, by their names
	figures []figure          // of the tables so far
	page    page              // of what the README has of them
}

func main() {
	// Some of what is timed is this program.
	if len(os.Args) > 2 && os.Args[1] == "bare" {
		exit(bare(os.Args[2:]))
	}
	if len(os.Args) > 2 && os.Args[1] == "measure" {
		exit(measureOne(os.Args[2:]))
	}
	exit(run())
}

func exit(err error) {
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c, err := readFlags()
	if err != nil {
		return err
	}
	commit, _ := exec.Command("git", "describe", "--always", "--dirty").Output()
	heading := fmt.Sprintf("%s, %s, %d cores, load %s before, commit %s, medians of %d rounds",
		time.Now().Format(time.DateOnly), cpuModel(), runtime.NumCPU(), load(), strings.TrimSpace(string(commit)), c.runs)
	fmt.Println(heading)
	for _, table := range []struct {
		name string
		make func(context.Context, *config) error
	}{{"start", starts}, {"read", reads}, {"filter", filters}, {"show", shows}, {"apply", applies}, {"scale", scales}} {
		if !slices.Contains(c.tables, table.name) {
			continue
		}
		if err := table.make(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	c.printSummary(heading)
	c.printForREADME(heading)
	return nil
}

func readFlags() (*config, error) {
	c := &config{also: map[string]string{}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&c.tarn, "tarn", "./tarn", "the `program` that is timed")
	tables := flags.String("tables", "start,read,show,apply,scale", "which tables: start, read, filter, show, apply, scale")
	volumes := flags.String("volumes", "1000,5000", "how many volumes the server of the tables read, filter and show holds")
	flags.IntVar(&c.writes, "writes", 1000, "how many volumes are created, patched, renamed and deleted")
	at := flags.String("parallelism", "1,2,4,8,16", "steps at a time, in the table apply")
	scale := flags.String("scale", "1000,10000,100000", "how many volumes the simulator of the table scale holds")
	flags.IntVar(&c.runs, "runs", 7, "rounds")
	flags.BoolVar(&c.incus, "incus", false, "a private Incus in place of LXD")
	flags.Func("also", "a further `NAME=COMMAND` for the table read, run by sh with the server's environment", func(text string) error {
		name, command, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("it is NAME=COMMAND")
		}
		c.also[name] = command
		return nil
	})
	if err := flags.Parse(os.Args[1:]); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	c.tables = strings.Split(*tables, ",")
	for _, list := range []struct {
		text string
		into *[]int
	}{{*volumes, &c.volumes}, {*at, &c.at}, {*scale, &c.scale}} {
		for _, text := range strings.Split(list.text, ",") {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("%q is no number from 1 up", text)
			}
			*list.into = append(*list.into, n)
		}
	}
	var err error
	if c.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if c.tarn, err = filepath.Abs(c.tarn); err != nil {
		return nil, err
	}
	return c, nil
}

// start starts the server that the tables are about.
func (c *config) start(ctx context.Context) (*lxdtest.Server, error) {
	if c.incus {
		if err := lxdtest.AvailableIncus(); err != nil {
			return nil, err
		}
		return lxdtest.StartIncus(ctx, "")
	}
	if err := lxdtest.Available(); err != nil {
		return nil, err
	}
	return lxdtest.Start(ctx, "")
}

// load is how many processes wanted to run in the last minute, "?" where that cannot be told. What is timed beside them is not worth much.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	minute, _, ok := strings.Cut(string(text), " ")
	if !ok {
		return "?"
	}
	return minute
}

// cpuModel is the name of this machine's processor.
func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOARCH
}
