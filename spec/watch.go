package spec

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// A few lines of a spec can ask for more than any machine has: texts that double, loops within loops, functions that compare each
// element with each other one. Neither the parsers nor the expressions can be stopped from outside, and a count of what they do
// would have to be in all of them. So a spec is read in a goroutine of its own, beside which [watched] looks every few milliseconds
// at the processor time and the memory that the process takes. What takes more than a spec of its size needs is given up: the
// answer is one diagnostic, and the command ends, and the reading with it.

// What the reading of a spec may take. A spec that is large may take more, by what is counted while it is read.
const (
	baseTime      = 3 * time.Second
	timePerMiB    = 2 * time.Second // of source
	timePerObject = 100 * time.Microsecond

	baseMemory      = 180 << 20 // of which the first MiB of source and the first thousands of objects have enough
	freeMemory      = 60 << 20
	memoryPerByte   = 8 // of source
	memoryPerToken  = 500
	memoryPerObject = 4 << 10
)

// LimitVariable is the name of the environment variable whose number the limits of time and memory are multiplied by. 0 means that
// there are none.
const LimitVariable = "TARN_SPEC_LIMIT"

// lookEvery is how long the reading is left alone between two looks at it.
const lookEvery = 2 * time.Millisecond

// reading is what is known about a spec while it is read. The goroutine that reads it writes here, and the one that watches it looks.
type reading struct {
	bytes, tokens, objects atomic.Int64              // so far: of source, words and signs in it, pools and volumes
	at                     atomic.Pointer[hcl.Range] // what is read, nil for no place in a file
	expr                   atomic.Pointer[evaluated] // what is evaluated, nil while nothing is
	givenUp                atomic.Bool
}

type evaluated struct{ expr hcl.Expression }

// begin notes what is read now, and ends the goroutine when nobody waits for it any more.
func (r *reading) begin(at hcl.Range) {
	r.at.Store(&at)
	r.expr.Store(nil)
	r.stop()
}

// evaluate is begin for an expression.
func (r *reading) evaluate(expr hcl.Expression) {
	r.expr.Store(&evaluated{expr})
	r.stop()
}

// stop ends the goroutine when nobody waits for it any more.
func (r *reading) stop() {
	if r.givenUp.Load() {
		runtime.Goexit()
	}
}

// place is where the reading is, nil for no place in a file.
func (r *reading) place() *hcl.Range {
	if e := r.expr.Load(); e != nil {
		at := e.expr.Range()
		return &at
	}
	return r.at.Load()
}

// allowed is what the reading may take, processor time and bytes of memory.
func (r *reading) allowed(factor float64) (time.Duration, uint64) {
	if factor == 0 {
		return math.MaxInt64, math.MaxInt64
	}
	bytes, tokens, objects := float64(r.bytes.Load()), float64(r.tokens.Load()), float64(min(r.objects.Load(), maxObjects))
	cpu := float64(baseTime) + bytes/(1<<20)*float64(timePerMiB) + objects*float64(timePerObject)
	memory := max(baseMemory, freeMemory+bytes*memoryPerByte+tokens*memoryPerToken+objects*memoryPerObject)
	return time.Duration(min(factor*cpu, math.MaxInt64/2)), uint64(min(factor*memory, math.MaxInt64/2))
}

// tooMuch is what diagnostics of what was given up have as their Extra.
type tooMuch struct{}

// GaveUp reports that the reading of a spec was given up because it took too much time or memory. It may go on for a while and take
// more of both, so the command should end soon, and read no other spec.
func GaveUp(diags hcl.Diagnostics) bool {
	return slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return d.Extra == tooMuch{} })
}

// Panic is a panic of the goroutine that read a spec, in that of the caller.
type Panic struct {
	Fault any
	Stack []byte
}

// Error is for those who print a panic. It may quote values of the spec.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Fault, p.Stack) }

// watched gives what read gives, or else why it was given up. When read panics, so does watched, with a *Panic.
func watched[T any](env map[string]string, r *reading, read func() T) (T, hcl.Diagnostics) {
	var none T
	factor, err := limitFactor(env)
	if err != nil {
		return none, hcl.Diagnostics{err}
	}
	type result struct {
		value T
		fault *Panic
	}
	results := make(chan result, 1)
	start := lookNow()
	go func() {
		var done result
		defer func() {
			if fault := recover(); fault != nil {
				done.fault = &Panic{fault, debug.Stack()}
			}
			results <- done
		}()
		done.value = read()
	}()
	collector := &earlyCollector{}
	defer collector.end()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case done := <-results:
			if done.fault != nil {
				panic(done.fault)
			}
			return done.value, nil
		case <-ticker.C:
		}
		now := lookNow()
		cpu, memory := r.allowed(factor)
		used := now.memory - min(now.memory, start.memory)
		collector.begin(used, memory, start.memory)
		switch {
		case now.cpu-start.cpu > cpu:
			return none, r.giveUp("Too much work", fmt.Sprintf("%v of processor time", cpu.Round(100*time.Millisecond)),
				"Loops within loops take long, and functions that go through a long list for each element of another one.")
		case used > memory:
			return none, r.giveUp("Too much memory", fmt.Sprintf("%d MiB of memory", memory>>20),
				"Lists of lists and texts that are put together from each other become large fast.")
		}
	}
}

// giveUp says that the reading took too much.
func (r *reading) giveUp(summary, limit, cause string) hcl.Diagnostics {
	r.givenUp.Store(true)
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: summary, Subject: r.place(), Extra: tooMuch{},
		Detail: fmt.Sprintf("To read the spec up to here takes more than %s, which is the limit for a spec of this size. %s "+
			"If it is meant so, or the machine is slow, %s=10 in the environment allows ten times as much.", limit, cause, LimitVariable),
	}}
}

// limitFactor is what the limits are multiplied by.
func limitFactor(env map[string]string) (float64, *hcl.Diagnostic) {
	text := strings.TrimSpace(env[LimitVariable])
	if text == "" {
		return 1, nil
	}
	factor, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(factor) || math.IsInf(factor, 0) || factor < 0 {
		return 0, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid " + LimitVariable,
			Detail: fmt.Sprintf("%s in the environment is a number that the limits of time and memory for a spec are multiplied by, "+
				"such as 10, or 0 for no limits; not %q.", LimitVariable, text)}
	}
	return factor, nil
}

// look is what the process has taken.
type look struct {
	cpu    time.Duration // since its start
	memory uint64        // bytes of its heap, with what is not collected yet, and of its stacks
}

func lookNow() look {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(samples)
	return look{processorTime(), samples[0].Value.Uint64() + samples[1].Value.Uint64()}
}
