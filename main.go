// Command tarn keeps the storage pools and volumes of an LXD or Incus server as a file declares them.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"tarn/cli"
)

// leastFiles is how many files a command has open at once: its streams, four of the runtime, which would crash without them, a
// connection, and two that are read.
const leastFiles = 10

func main() {
	dieBySignal()
	if n := filesAllowed(); n < leastFiles {
		fmt.Fprintf(os.Stderr, "tarn: this process may open %d files at once (ulimit -n), and needs %d\n", n, leastFiles)
		os.Exit(1)
	}
	interrupts := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup has it, and a shell for what it starts in the background
			signal.Notify(interrupts, s)
		}
	}
	signal.Notify(interrupts, syscall.SIGQUIT) // else the end has exit code 2, which means drift
	log.SetOutput(io.Discard)                  // where net/http writes what servers say that nobody has asked
	signal.Ignore(syscall.SIGPIPE)             // a reader that goes away is no reason to leave steps half done
	os.Exit(cli.Run(cli.Process{
		Args:       os.Args[1:],
		Env:        os.Environ(),
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Interrupts: interrupts,
		Terminal:   func() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) },
	}))
}
