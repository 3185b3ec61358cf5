package cli

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tarn/cli/lazyregexp"
	"tarn/cli/lines"
	"tarn/lxd"
	"tarn/planner/plan"
)

// amount is how far a step is, as far as its server says it.
type amount struct {
	bytes, perSecond int64
	percent          int // -1 when the server says bytes
}

// said is how servers say it: "1.20GB (310.11MB/s)", "45% (10.00MB/s)". Their units are of thousands.
var said = lazyregexp.New(`^(?:([0-9.]+)([kMGTPE]?)B|([0-9]{1,3})%)(?: \(([0-9.]+)([kMGTPE]?)B/s\))?$`)

// parseAmount reads the words of a server. It is not ok when they are others.
func parseAmount(words string) (a amount, ok bool) {
	match := said().FindStringSubmatch(words)
	if match == nil {
		return a, false
	}
	a = amount{bytes: inBytes(match[1], match[2]), perSecond: inBytes(match[4], match[5]), percent: -1}
	if match[3] != "" {
		a.percent, _ = strconv.Atoi(match[3])
	}
	return a, true
}

func inBytes(number, unit string) int64 {
	value, _ := strconv.ParseFloat(number, 64)
	return int64(math.Min(value*math.Pow(1000, float64(strings.Index("kMGTPE", unit)+len(unit))), math.MaxInt64/2))
}

// runningStep is a step that runs.
type runningStep struct {
	step    *plan.Step
	began   time.Time
	written time.Time // when a line was last written about it
	words   string    // the server's last ones, "" for none
	total   int64     // bytes that it is about, 0 when nobody knows
}

// progress is what runs. Its methods may be called at the same time.
type progress struct {
	mu      sync.Mutex
	running []*runningStep
	all     int // steps of the plan
	ended   int
	total   func(*plan.Step) int64
}

func (p *progress) start(step *plan.Step) {
	running := &runningStep{step: step, began: time.Now(), written: time.Now()}
	if p.total != nil {
		running.total = p.total(step)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = append(p.running, running)
}

func (p *progress) says(step *plan.Step, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.running {
		if r.step == step {
			r.words = lxd.PlainLine(words)
		}
	}
}

// end gives how long the step ran, 0 for one that never did.
func (p *progress) end(step *plan.Step) (took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	p.running = slices.DeleteFunc(p.running, func(r *runningStep) bool {
		if r.step == step {
			took = time.Since(r.began)
		}
		return r.step == step
	})
	return took
}

// lasting are the lines about steps that have lasted for so long since something was last written about them.
func (p *progress) lasting(since time.Duration, opts plan.TextOptions) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, r := range p.running {
		if time.Since(r.written) < since {
			continue
		}
		r.written = time.Now()
		line := r.step.Line(opts) + ": "
		done, rate := r.howFar()
		for _, figure := range []string{done, rate} {
			if figure != "" {
				line += figure + ", "
			}
		}
		out = append(out, line+elapsed(time.Since(r.began))+" so far")
	}
	return out
}

// howFar words how far a step is: "192 of 477 MiB" and "23 MiB/s", or the server's own words. The second is empty when it is not known.
func (r *runningStep) howFar() (done, rate string) {
	words, of := r.words, ""
	if rest, other := strings.CutPrefix(words, otherRun); other {
		words, of = rest, otherRun
	}
	amount, ok := parseAmount(words)
	if !ok {
		return r.words, ""
	}
	switch {
	case amount.percent >= 0:
		done = fmt.Sprintf("%d%%", amount.percent)
	case r.total > 0 && amount.bytes <= r.total:
		unit := unitOf(r.total)
		done = inUnit(amount.bytes, unit) + " of " + inUnit(r.total, unit) + " " + units[unit]
	default:
		done = inUnit(amount.bytes, unitOf(amount.bytes)) + " " + units[unitOf(amount.bytes)]
	}
	if amount.perSecond > 0 {
		rate = inUnit(amount.perSecond, unitOf(amount.perSecond)) + " " + units[unitOf(amount.perSecond)] + "/s"
	}
	return of + done, rate
}

// otherRun is before what a server says when a step waits for the run of another apply.
const otherRun = "waiting for another run: "

var units = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// unitOf is the unit in which bytes are words of few digits.
func unitOf(bytes int64) int {
	unit := 0
	for value := float64(bytes); value >= 1000 && unit < len(units)-1; value /= 1024 {
		unit++
	}
	return unit
}

// inUnit is a number of two or three digits: 0.4, 9.7, 23, 477.
func inUnit(bytes int64, unit int) string {
	value := float64(bytes) / math.Pow(1024, float64(unit))
	if unit == 0 || value >= 9.95 {
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strconv.FormatFloat(value, 'f', 1, 64)
}

// part is the share that is done, from 0 to 1; -1 when it is not known.
func (r *runningStep) part() float64 {
	amount, ok := parseAmount(r.words)
	switch {
	case !ok:
		return -1
	case amount.percent >= 0:
		return float64(min(amount.percent, 100)) / 100
	case r.total > 0 && amount.bytes <= r.total:
		return float64(amount.bytes) / float64(r.total)
	}
	return -1
}

// line is what runs, in one line of so many columns: how many steps have ended, the step that has lasted longest, a bar where it is known
// how much there is to do, and the figures. When that is too much the bar goes first, then the name of the step, then whole figures from
// the least that matters.
func (p *progress) line(columns int, opts plan.TextOptions) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := fmt.Sprintf("%d/%d", p.ended, p.all)
	if len(p.running) == 0 {
		return lines.Cut(count, columns, opts.ASCII)
	}
	longest := p.running[0]
	title := longest.step.Title()
	if opts.ASCII {
		title = lines.ASCII(title)
	}
	figures := p.figures(columns-lines.Width(count)-1, opts)
	left := columns - lines.Width(count) - lines.Width(figures) - 2
	const least = 12 // of the name
	bar := ""
	for _, cells := range []int{20, 10} {
		if part := longest.part(); bar == "" && part >= 0 && left >= cells+3+min(lines.Width(title), 2*least) {
			full := int(part * float64(cells))
			bar = " [" + strings.Repeat("#", full) + strings.Repeat(".", cells-full) + "]"
			left -= lines.Width(bar)
		}
	}
	if left < least {
		return lines.Cut(count+" "+figures, columns, opts.ASCII)
	}
	return count + " " + lines.Cut(title, left, opts.ASCII) + bar + " " + figures
}

// figures are how far the step that has lasted longest is, how fast, how long it has lasted, and how many run besides.
func (p *progress) figures(columns int, opts plan.TextOptions) string {
	longest := p.running[0]
	done, rate := longest.howFar()
	if opts.ASCII {
		done = lines.ASCII(done)
	}
	lasted, others := elapsed(time.Since(longest.began)), ""
	if n := len(p.running) - 1; n > 0 {
		others = fmt.Sprintf("and %d more", n)
	}
	text := ""
	for _, parts := range [][]string{{done, rate, lasted, others}, {done, rate, lasted}, {done, lasted}, {lasted}} {
		text = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
		if lines.Width(text) <= columns {
			break
		}
	}
	return text
}
