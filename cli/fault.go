package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"tarn/applier"
	"tarn/spec"
)

// faultBeside is a panic of a goroutine that computes something for the command.
type faultBeside struct {
	fault any
	stack []byte
}

// fault tells of a panic of the command, and gives what Run ends with. The panic's own text may hold values of the spec, and so
// secrets: it is shown only when it is the runtime's.
func (a *app) fault(fault any) error {
	stack := debug.Stack()
	switch beside := fault.(type) {
	case *faultBeside:
		fault, stack = beside.fault, beside.stack
	case *applier.Fault:
		fault, stack = beside.Recovered, beside.Stack
	}
	if reading, ok := fault.(*spec.Panic); ok {
		fault, stack = reading.Fault, reading.Stack
	}
	text := fmt.Sprintf("a %T", fault)
	if err, ok := fault.(runtime.Error); ok {
		text = err.Error()
	}
	fmt.Fprintf(a.Stderr, "tarn: this is a fault of tarn's, please report it with what follows: %s\n\n%s", text, stack)
	return exitCode(exitError)
}
