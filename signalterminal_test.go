//go:build linux

package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a terminal, and gives the side of the program and that of the person before it.
func terminal(t *testing.T) (program, person *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	control := func(request uintptr, value *int32) {
		if _, _, err := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); err != 0 {
			t.Fatal(err)
		}
	}
	var locked, number int32
	control(syscall.TIOCSPTLCK, &locked)
	control(syscall.TIOCGPTN, &number)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return program, person
}

// At each question a signal ends an apply, and nothing is done.
func TestSignalAtTheQuestion(t *testing.T) {
	type question struct {
		args   []string
		answer string // to the question before
		asked  string
	}
	for name, q := range map[string]question{
		"apply":                {[]string{"apply", "storage.hcl"}, "", "Carry out these 2 steps? Type yes to go on: "},
		"apply, half answered": {[]string{"apply", "storage.hcl"}, "ye", "Carry out these 2 steps? Type yes to go on: "},
		"apply FILE":           {[]string{"apply", "plan.json"}, "", "Carry out these 2 steps? Type yes to go on: "},
		"apply, the second":    {[]string{"apply", "gone.hcl"}, "yes\n", "Data is destroyed for good. Type yes once more: "},
	} {
		for signal, sent := range signals {
			t.Run(name+", "+signal, func(t *testing.T) {
				t.Parallel()
				c := newCommand(t)
				switch q.args[1] {
				case "gone.hcl":
					c.write("gone.hcl", "pool \"main\" {\n  driver = \"dir\"\n  volume \"vol\" { absent = true }\n}\n")
					c.start(nil, nil, "apply", "--auto-approve", "--remote", "unix:sim.sock", "storage.hcl")
					c.exits(0, ".*Applied: 2 done.*", "")
					c.stdout.reset()
				case "plan.json":
					savedPlan(func(*command) {})(c)
				}
				writes := len(c.writes())
				program, person := terminal(t)
				if _, err := person.WriteString(q.answer); err != nil {
					t.Fatal(err)
				}
				c.start(program, nil, append(q.args, "--remote", "unix:sim.sock")...)
				c.waitFor(&c.stdout, q.asked)
				before := c.files()
				c.signal(sent...)
				c.exits(1, ".*(go on|once more): \n?", "tarn: interrupted; nothing was done\n")
				if n := len(c.writes()) - writes; n > 0 {
					t.Errorf("%d changes", n)
				}
				if after := c.files(); len(after) != len(before) {
					t.Errorf("files %v", after)
				}
			})
		}
	}
}

// A terminal that goes away is no yes.
func TestTerminalGoes(t *testing.T) {
	t.Parallel()
	c := newCommand(t)
	program, person := terminal(t)
	c.start(program, nil, "apply", "--remote", "unix:sim.sock", "storage.hcl")
	c.waitFor(&c.stdout, "Type yes to go on: ")
	program.Close()
	person.Close()
	c.exits(1, ".*go on: \n?", "tarn: .*nothing was done.*\n")
	if writes := c.writes(); len(writes) > 0 {
		t.Errorf("changes: %v", writes)
	}
}
