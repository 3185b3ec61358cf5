package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// Acknowledgment is a difference that somebody knows of: drift lists it apart and does not fail for it.
type Acknowledgment struct {
	Address string   // of pools or volumes, as --only has it
	Keys    []string // globs of config keys, and description; nil for all about the objects
	Reason  string
	Until   string // the last day that it holds, 2026-12-31; "" for ever
	Ranges  Ranges
}

var acknowledgeBlock = &blockType{
	name: "acknowledge", label: "address",
	doc: "A difference that is known. The command drift lists it apart and does not fail for it; plan and apply act as without. The address is that of a pool or a volume, " +
		"as --only has it, of what is no longer declared too.",
	attrs: []attribute{
		attr("keys", func(a *Acknowledgment) *[]string { return &a.Keys },
			"Patterns of config keys, and \"description\", whose difference is known. Without it all about the object is: what would be done with it, what would block that, and that it is not declared."),
		attr("reason", func(a *Acknowledgment) *string { return &a.Reason },
			"Why that is as it should be for now. Needed."),
		attr("until", func(a *Acknowledgment) *string { return &a.Until },
			"The last day on which it is known, such as \"2026-12-31\", by the clock and the time zone of who runs tarn. The day after, it is drift again. Without it, for ever."),
	},
}

// loadAcknowledgments reads the acknowledge blocks, when the pools are there.
func (l *loader) loadAcknowledgments(blocks hcl.Blocks) {
	type twice struct{ address, keys string }
	seen := map[twice]hcl.Range{}
	for _, block := range blocks {
		content := l.content(block.Body, acknowledgeBlock)
		for _, attr := range content.Attributes {
			attr.Expr = l.checkedExpr(attr.Expr, references{})
		}
		r := l.newReader(header(block), content.Attributes, nil, l.scope(block.TypeRange.Filename))
		a := &Acknowledgment{Address: exact(block.Labels[0])}
		r.read(acknowledgeBlock, a)
		a.Ranges = r.ranges
		r.checkReason(a, content.meant)
		r.checkUntil(a)
		r.checkKeys(a)
		l.checkAddress(a)
		key := twice{a.Address, strings.Join(a.Keys, "\x00")}
		if first, ok := seen[key]; ok && !a.Ranges.AnyUnknown("keys") && (len(a.Keys) > 0 || !a.Ranges.Given("keys")) {
			l.errorf(a.Ranges.Block, "Duplicate acknowledgment", "The same is acknowledged at %s already. Take one of the two out.", fileLine(first))
			continue
		}
		seen[key] = a.Ranges.Block
		l.spec.Acknowledgments = append(l.spec.Acknowledgments, a)
	}
}

func (r *reader) checkReason(a *Acknowledgment, meant map[string]bool) {
	switch {
	case r.ranges.Unknown["reason"] || meant["reason"]:
	case !r.ranges.Given("reason"):
		r.l.errorf(r.ranges.Block, "Missing reason", "An acknowledge block needs a reason, for those who read it later: reason = \"…\".")
	case strings.TrimSpace(a.Reason) == "":
		r.l.errorf(r.ranges.Of("reason"), "Missing reason", "The reason is empty. Say why that is as it should be for now, for those who read it later.")
	}
}

// day is how a date is written.
const day = "2006-01-02"

// otherDays are ways to write a date that are not ambiguous.
var otherDays = []string{"2006-1-2", "2006/01/02", "2006/1/2", "2006.01.02", "20060102", "02.01.2006", "2.1.2006", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04",
	"2 Jan 2006", "2 January 2006", "January 2, 2006", "Jan 2, 2006"}

// checkUntil checks that the date is one.
func (r *reader) checkUntil(a *Acknowledgment) {
	const summary = "Invalid date"
	at := r.ranges.Of("until")
	if !r.ranges.Given("until") || r.ranges.Unknown["until"] {
		return
	}
	if t, err := time.Parse(day, a.Until); err == nil {
		if t.Year() < 1 {
			r.l.errorf(at, summary, "There is no year 0.")
		}
		return
	}
	text := strings.TrimSpace(a.Until)
	for _, layout := range append(otherDays, day) {
		if t, err := time.Parse(layout, text); err == nil {
			r.l.errorf(at, summary, "A date is written with the year, the month and the day: until = %q.", t.Format(day))
			a.Until = ""
			return
		}
	}
	var y, m, d int
	if n, _ := fmt.Sscanf(text, "%4d-%2d-%2d", &y, &m, &d); n == 3 && fmt.Sprintf("%04d-%02d-%02d", y, m, d) == text {
		switch {
		case m < 1 || m > 12:
			r.l.errorf(at, summary, "There is no day %s: a year has the months 01 to 12.", a.Until)
		default:
			last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC)
			r.l.errorf(at, summary, "There is no day %s: %s %d has the days 01 to %d.", a.Until, last.Month(), y, last.Day())
		}
	} else if _, err := strconv.ParseFloat(text, 64); err == nil {
		r.l.errorf(at, summary, "This is the number %s. A date is text, in quotes, for without these it is a subtraction: until = \"2026-12-31\".", text)
	} else {
		r.l.errorf(at, summary, "%s is not a date. Write the year, the month and the day, such as until = \"2026-12-31\", or leave it out for no end.", schema.Quoted(a.Until))
	}
	a.Until = ""
}

// checkKeys checks that the keys are such as objects have.
func (r *reader) checkKeys(a *Acknowledgment) {
	if r.ranges.Given("keys") && !r.ranges.Unknown["keys"] && len(a.Keys) == 0 && !r.l.toldIn(r.ranges.Of("keys")) {
		r.l.errorf(r.ranges.Of("keys"), "No keys", "An empty list acknowledges nothing. Leave keys out for all about the object.")
	}
	var keys []pattern
	for _, p := range r.patterns["keys"] {
		const prefix = "config."
		switch {
		case p.glob == "description":
		case strings.HasPrefix(p.glob, prefix):
			r.l.errorf(p.at, "Pattern without a config key", "Keys are written as in config: %s.", schema.Quoted(strings.TrimPrefix(p.glob, prefix)))
		default:
			keys = append(keys, p)
		}
	}
	if len(keys) > 0 {
		r.patterns["keys"] = keys
		r.checkPatterns("keys", patternScope{})
	}
}

// toldIn tells whether something is wrong in a range.
func (l *loader) toldIn(rng hcl.Range) bool {
	return slices.ContainsFunc(l.diags, func(d *hcl.Diagnostic) bool { return d.Subject != nil && rng.Overlaps(*d.Subject) })
}

// checkAddress checks an address of a block, which has to be there. What else an address may name is on a server.
func (l *loader) checkAddress(a *Acknowledgment) {
	const summary = "Nothing has that address"
	if strings.TrimSpace(a.Address) == "" {
		l.errorf(a.Ranges.Block, "Invalid label", "The label of an acknowledge block is the address of a pool or a volume, such as \"fast/pgdata\", and is empty.")
		return
	}
	if l.failed || len(l.spec.Lacking) > 0 || !strings.HasPrefix(a.Address, BlockAddress) {
		return
	}
	var all []string
	for _, p := range l.spec.Pools {
		all = append(all, AddressesOf(p.Address)...)
		for _, v := range p.Volumes {
			all = append(all, AddressesOf(v.Address)...)
		}
	}
	if slices.ContainsFunc(all, func(name string) bool { return AddressMeans(a.Address, name) }) {
		return
	}
	slices.Sort(all)
	missing := fmt.Sprintf("No block of the spec has the address %s", schema.Quoted(a.Address))
	hint := "What is no longer declared is named as plans print it: \"fast/pgdata\""
	if near := schema.Suggest(a.Address, slices.Compact(all)); len(near) > 0 {
		l.errorf(a.Ranges.Block, summary, "%s. Did you mean %s?", missing, schema.QuotedList(near, "or"))
		return
	}
	l.errorf(a.Ranges.Block, summary, "%s. %s.", missing, hint)
}
