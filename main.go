// Command tarn keeps the storage pools and volumes of an LXD or Incus server as a file declares them.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"tarn/cli"
)

func main() {
	dieBySignal()
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is no reason to leave steps half done
	os.Exit(cli.Run(cli.Process{
		Args:       os.Args[1:],
		Env:        os.Environ(),
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Interrupts: interrupts,
	}))
}
