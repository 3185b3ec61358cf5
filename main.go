// Command tarn keeps the storage pools and volumes of an LXD or Incus server as a file declares them.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"tarn/cli"
)

func main() {
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	os.Exit(cli.Run(cli.Process{
		Args:       os.Args[1:],
		Env:        os.Environ(),
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Interrupts: interrupts,
	}))
}
