package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"tarn/applier"
)

// A panic is told without its text, which may hold a secret, unless it is the runtime's own.
func TestFault(t *testing.T) {
	for _, c := range []struct {
		panics     func()
		says, hide string
	}{
		{func() { panic("the value is hunter2") }, "please report it with what follows: a string\n", "hunter2"},
		{func() { panic(&applier.Fault{Recovered: "the value is hunter2", Stack: []byte("of the step")}) }, "a string\n\nof the step", "hunter2"},
		{func() { panic(fmt.Errorf("the value is %q", "hunter2")) }, "please report it with what follows: a *errors.errorString", "hunter2"},
		{func() { var list []int; _ = list[len(list)] }, "index out of range [0] with length 0\n", "hunter2"},
	} {
		var stderr bytes.Buffer
		a := &app{Process: Process{Stderr: &stderr}}
		var err error
		func() {
			defer func() { err = a.fault(recover()) }()
			c.panics()
		}()
		if got := stderr.String(); !strings.Contains(got, c.says) || strings.Contains(got, c.hide) || exitOf(err) != exitError {
			t.Errorf("%v, exit code %d:\n%s", err, exitOf(err), got)
		}
	}
}

// A panic of what is computed beside the command is one of the command, and told with the place where it was.
func TestFaultBeside(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{Process: Process{Stderr: &stderr}}
	func() {
		defer func() { _ = a.fault(recover()) }()
		_, _ = orInterrupted(t.Context(), divide)
	}()
	if got := stderr.String(); !strings.Contains(got, "please report it with what follows: runtime error: integer divide by zero\n") || !strings.Contains(got, "cli.divide(") {
		t.Error(got)
	}
}

func divide() int {
	var none int
	return 1 / none
}

// A command that panics ends with 1, which is an error and nothing else.
func TestFaultIsAnError(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{Process: Process{Stderr: &stderr}, interrupts: newInterrupts()}
	root := &cobra.Command{SilenceErrors: true, SilenceUsage: true, RunE: func(*cobra.Command, []string) error { panic("the value is hunter2") }}
	root.SetArgs(nil)
	if code := a.ends(a.execute(t.Context(), root)); code != exitError || strings.Contains(stderr.String(), "hunter2") {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
}
