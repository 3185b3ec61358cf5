package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tarn/planner/plan"
)

// asker is where a person is asked.
type asker struct {
	in    *bufio.Reader
	out   *textWriter
	close func()
}

// asker finds the person: at the standard input and output where both are a terminal, else at the terminal that the process was started
// from, so that "tarn apply | tee log" asks, and so does an apply whose input is a pipe. It is nil where nobody can be asked.
func (a *app) asker() *asker {
	if isTerminal(a.Stdin) && isTerminal(a.Stdout) {
		return &asker{bufio.NewReader(a.Stdin), a.text(), func() {}}
	}
	if a.Terminal != nil {
		if terminal, err := a.Terminal(); err == nil {
			out := a.text().through(terminal)
			out.size = a.sizeOf(terminal)
			return &asker{bufio.NewReader(terminal), out, func() { terminal.Close() }}
		}
	}
	if isTerminal(a.Stdin) {
		return &asker{bufio.NewReader(a.Stdin), a.text(), func() {}}
	}
	return nil
}

// errNotConfirmed is why nothing is done where the person has answered something else than yes.
var errNotConfirmed = errors.New("not confirmed, only \"yes\" is; nothing was done")

// ask puts a question and takes nothing but yes for a yes.
func (q *asker) ask(ctx context.Context, question string) error {
	if _, err := fmt.Fprint(q.out, question); err != nil {
		return fmt.Errorf("nobody could be asked, so nothing was done: %w", err)
	}
	q.out.flush()
	type reply struct {
		text string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		text, err := q.in.ReadString('\n')
		replies <- reply{text, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(q.out)
		return context.Cause(ctx)
	case r := <-replies:
		if r.err != nil && !errors.Is(r.err, io.EOF) {
			return fmt.Errorf("no answer came, so nothing was done: %w", r.err)
		}
		if r.err != nil {
			fmt.Fprintln(q.out) // the answer ended without a line feed
		}
		q.out.at = 0 // the terminal has echoed the line feed of the answer
		if strings.TrimSpace(r.text) != "yes" {
			return errNotConfirmed
		}
	}
	return nil
}

// approval is what is asked before a plan is carried out; the flags cover the rest.
type approval struct {
	goOn    bool // at all
	destroy bool // data is destroyed
}

// questions are those that have to be answered with yes. It fails when there are some, and nobody to ask. leftOut are the steps that
// --no-delete leaves out.
func (f *applyFlags) questions(p *plan.Plan, leftOut map[int]string, person bool) (approval, error) {
	person = person && !f.json
	var ask approval
	if len(leftOut) == len(p.Steps) {
		return ask, nil
	}
	if !f.autoApprove {
		if !person {
			return ask, errors.New("apply asks before it changes anything, and there is no terminal to ask: use --auto-approve")
		}
		ask.goOn = true
	}
	destroying := 0
	for _, step := range p.Steps {
		if step.Class == plan.DestroysData && leftOut[step.Number] == "" {
			destroying++
		}
	}
	if destroying > 0 && !(f.autoApprove && f.allowDelete) {
		if !person {
			return ask, fmt.Errorf("the plan destroys data in %s, and there is no terminal to ask: --auto-approve covers that only with --allow-delete, and --no-delete leaves it out",
				quantity(destroying, "step"))
		}
		ask.destroy = true
	}
	return ask, nil
}

// approve asks for what the flags do not cover, and gives the steps that are left out. Who does not want data destroyed is offered the
// rest.
func (a *app) approve(ctx context.Context, p *plan.Plan, flags *applyFlags) (leftOut map[int]string, err error) {
	if flags.noDelete {
		leftOut = p.Destroying()
	}
	person := a.asker()
	if person != nil {
		defer person.close()
	}
	questions, err := flags.questions(p, leftOut, person != nil)
	if err != nil {
		return nil, err
	}
	if questions.goOn {
		if err := person.ask(ctx, goOnQuestion(p, leftOut)); err != nil {
			return nil, err
		}
	}
	if questions.destroy {
		err := person.ask(ctx, destroyQuestion(p, person.out.ascii))
		without := p.Destroying()
		if errors.Is(err, errNotConfirmed) && len(without) < len(p.Steps) {
			leftOut = without
			err = person.ask(ctx, withoutQuestion(p, without))
		}
		if err != nil {
			return nil, err
		}
	}
	if !flags.json {
		fmt.Fprintln(a.text())
	}
	return leftOut, nil
}

// goOnQuestion asks whether the plan is to be carried out, but for what is left out.
func goOnQuestion(p *plan.Plan, leftOut map[int]string) string {
	question := "Carry out " + theseSteps(len(p.Steps))
	if n := len(leftOut); n > 0 {
		question = fmt.Sprintf("Carry out %s, without %s that --no-delete leaves out", theOther(len(p.Steps)-n), quantity(n, "step"))
	}
	return "\n" + question + "? Type yes to go on: "
}

// withoutQuestion offers the steps that destroy nothing.
func withoutQuestion(p *plan.Plan, without map[int]string) string {
	return fmt.Sprintf("No data will be destroyed. Carry out %s, without %s? Type yes to go on: ", theOther(len(p.Steps)-len(without)), numbered(without))
}

// numbered names steps: step 3, steps 3 and 4, or how many when they are many.
func numbered(steps map[int]string) string {
	const most = 5
	if len(steps) > most {
		return quantity(len(steps), "step")
	}
	var numbers []string
	for _, number := range slices.Sorted(maps.Keys(steps)) {
		numbers = append(numbers, fmt.Sprint(number))
	}
	if len(numbers) == 1 {
		return "step " + numbers[0]
	}
	last := len(numbers) - 1
	return "steps " + strings.Join(numbers[:last], ", ") + " and " + numbers[last]
}

// destroyQuestion asks once more.
func destroyQuestion(p *plan.Plan, ascii bool) string {
	return destroyed(p, ascii) + "Data is destroyed for good. Type yes once more: "
}

// destroyed lists the steps that destroy data, for a last look; not more than fit.
func destroyed(p *plan.Plan, ascii bool) string {
	const most = 10
	var text strings.Builder
	n := 0
	for i := range p.Steps {
		step := &p.Steps[i]
		if step.Class != plan.DestroysData {
			continue
		}
		if n++; n <= most {
			fmt.Fprintf(&text, "%s: %s\n", step.Line(plan.TextOptions{ASCII: ascii}), step.Consequence())
		}
	}
	if n > most {
		fmt.Fprintf(&text, "    and %d more\n", n-most)
	}
	return text.String()
}

func theseSteps(n int) string {
	if n == 1 {
		return "this step"
	}
	return fmt.Sprintf("these %d steps", n)
}

func theOther(n int) string {
	if n == 1 {
		return "the other step"
	}
	return fmt.Sprintf("the other %d steps", n)
}
