package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// diagnosticID is what makes two diagnostics the same. A mistake in a block with for_each comes up once for each of its
// objects, and is reported once.
type diagnosticID struct {
	at              hcl.Range
	summary, detail string
}

// report keeps a diagnostic, unless it was reported before.
func (l *loader) report(d *hcl.Diagnostic) {
	d.Detail = exact(d.Detail)
	p := diagnosticID{summary: d.Summary, detail: d.Detail}
	if d.Subject != nil {
		p.at = *d.Subject
	}
	if d.Severity == hcl.DiagError {
		l.failed = true
	}
	if !l.reported[p] {
		l.reported[p] = true
		l.diags = append(l.diags, d)
	}
}

// errorf reports an error at a place, which is zero when it is about no place in a file.
func (l *loader) errorf(at hcl.Range, summary, format string, args ...any) {
	l.diagnose(hcl.DiagError, at, summary, fmt.Sprintf(format, args...))
}

// valueErrorf reports a value that an expression gave. expr, which may be nil, and ctx say which values were involved.
func (l *loader) valueErrorf(at hcl.Range, expr hcl.Expression, ctx *hcl.EvalContext, summary, format string, args ...any) {
	l.report(&hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...),
		Subject: &at, Expression: expr, EvalContext: ctx,
	})
}

// warnf is errorf for a warning.
func (l *loader) warnf(at hcl.Range, summary, format string, args ...any) {
	l.diagnose(hcl.DiagWarning, at, summary, fmt.Sprintf(format, args...))
}

func (l *loader) diagnose(severity hcl.DiagnosticSeverity, at hcl.Range, summary, detail string) {
	d := &hcl.Diagnostic{Severity: severity, Summary: summary, Detail: detail}
	if at.Filename != "" {
		d.Subject = &at
	}
	l.report(d)
}

// warnOnce warns at a place, of the first of several names that come from there, such as those of a for_each.
func (l *loader) warnOnce(at hcl.Range, summary, detail string) {
	if !l.toldAt(at, summary) {
		l.warnf(at, summary, "%s", detail)
	}
}

// errorOnce is warnOnce for an error.
func (l *loader) errorOnce(at hcl.Range, summary, format string, args ...any) {
	if !l.toldAt(at, summary) {
		l.errorf(at, summary, format, args...)
	}
}

// toldAt tells whether there is a diagnostic of that kind at a place.
func (l *loader) toldAt(at hcl.Range, summary string) bool {
	return slices.ContainsFunc(l.diags, func(d *hcl.Diagnostic) bool { return d.Summary == summary && d.Subject != nil && *d.Subject == at })
}

// withdraw takes back a warning at a place, of which an error says more.
func (l *loader) withdraw(at hcl.Range, summary string) {
	l.diags = slices.DeleteFunc(l.diags, func(d *hcl.Diagnostic) bool {
		return d.Severity == hcl.DiagWarning && d.Summary == summary && d.Subject != nil && *d.Subject == at
	})
}

// sorted are the diagnostics by file and line, those without a place first.
func (l *loader) sorted() hcl.Diagnostics {
	l.placeUndeclared()
	file := func(d *hcl.Diagnostic) int {
		if d.Subject == nil {
			return -1
		}
		if i, ok := l.fileOrder[d.Subject.Filename]; ok {
			return i
		}
		return len(l.fileOrder)
	}
	slices.SortStableFunc(l.diags, func(a, b *hcl.Diagnostic) int {
		if c := cmp.Compare(file(a), file(b)); c != 0 || a.Subject == nil || b.Subject == nil {
			return c
		}
		return cmp.Or(
			strings.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
			cmp.Compare(a.Subject.End.Byte, b.Subject.End.Byte),
			cmp.Compare(a.Severity, b.Severity),
			strings.Compare(a.Summary, b.Summary),
			strings.Compare(a.Detail, b.Detail),
		)
	})
	return l.diags
}

// bySeverity are diagnostics with the errors first.
func bySeverity(diags hcl.Diagnostics) hcl.Diagnostics {
	diags = slices.Clone(diags)
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
	return diags
}

// capital makes the first letter of a sentence upper case.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
