package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// show writes a text that may be long to standard output: through the user's pager when that is a terminal and the text does not fit
// on it.
func (a *app) show(write func(io.Writer) error) error {
	command := a.pager()
	if command == "" {
		return write(a.text().laidOut())
	}
	var text bytes.Buffer
	to := a.text().through(&text)
	to.asIs = true
	if err := write(to); err != nil {
		return err
	}
	a.text().flush()
	if !a.fits(text.String()) {
		shown, err := a.page(command, text.Bytes())
		if err != nil || shown {
			a.paged = shown
			return err
		}
	}
	_, err := a.Stdout.Write(text.Bytes())
	return err
}

// pager is the command that shows long texts, "" for none. It is found as git finds it: TARN_PAGER, PAGER, less. The last two are
// for all programs; an empty one, or cat, is for none.
func (a *app) pager() string {
	if a.noPager || !isTerminal(a.Stdout) || a.getenv("TERM") == "dumb" {
		return ""
	}
	command := "less"
	for _, name := range []string{"TARN_PAGER", "PAGER"} {
		if value, set := a.lookupEnv(name); set {
			command = value
			break
		}
	}
	if command = strings.TrimSpace(command); command == "cat" {
		return ""
	}
	return command
}

// fits tells whether a text leaves a line of the terminal free.
func (a *app) fits(text string) bool {
	_, rows := size(a.Stdout, a.getenv)
	return strings.Count(text, "\n") < rows
}

// page shows a text with a pager, and waits for its end. It tells whether that went well: where the pager is not there or fails, the
// text is still to be shown. That somebody leaves the pager early is none of that.
func (a *app) page(command string, text []byte) (shown bool, err error) {
	ctx, end := a.paging()
	defer end()
	pager := a.pagerCommand(ctx, command)
	if pager == nil {
		return false, nil
	}
	pager.Stdin = bytes.NewReader(text)
	pager.Stdout, pager.Stderr = fileOf(a.Stdout), fileOf(a.Stderr)
	pager.Env = append(append([]string{}, a.Env...), a.pagerDefaults()...)
	pager.Cancel = func() error { return pager.Process.Signal(syscall.SIGTERM) } // so that it leaves the terminal as it was
	pager.WaitDelay = 2 * time.Second
	failed := pager.Run()
	var exit *exec.ExitError
	switch {
	case context.Cause(ctx) != nil:
		return true, context.Cause(ctx)
	case failed == nil, errors.Is(failed, syscall.EPIPE):
		return true, nil
	case errors.As(failed, &exit) && exit.ExitCode() < 0: // somebody has ended it
		return true, nil
	}
	return false, nil
}

// pagerCommand is nil for a program that is not there. What is more than words is the shell's.
func (a *app) pagerCommand(ctx context.Context, command string) *exec.Cmd {
	if strings.ContainsAny(command, "|&;<>()$`\\\"'*?[#~=%\n") {
		return exec.CommandContext(ctx, "/bin/sh", "-c", command)
	}
	words := strings.Fields(command)
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil
	}
	return exec.CommandContext(ctx, words[0], words[1:]...)
}

// pagerDefaults are what pagers are told unless the user has told them else: less ends when all fits on the screen, shows colours and
// leaves the text on the terminal; lv shows colours.
func (a *app) pagerDefaults() []string {
	var defaults []string
	for _, setting := range []string{"LESS=FRX", "LV=-c"} {
		name, _, _ := strings.Cut(setting, "=")
		if _, set := a.lookupEnv(name); !set {
			defaults = append(defaults, setting)
		}
	}
	return defaults
}

// lookupEnv is os.LookupEnv on the process's environment.
func (a *app) lookupEnv(name string) (value string, set bool) {
	for _, entry := range a.Env {
		if n, v, ok := strings.Cut(entry, "="); ok && n == name {
			value, set = v, true
		}
	}
	return value, set
}

// paging is a context for a pager. As long as it runs, Ctrl-C is the pager's; another signal ends the pager, and the command with
// it. end ends that.
func (a *app) paging() (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	before := a.interrupts.page(func() {
		cancel(a.interrupts.said())
		a.interrupts.endSoon()
	})
	return ctx, func() {
		a.interrupts.endPage(before)
		cancel(nil)
	}
}
