package spec

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
)

// A file of variables may hold nothing but secrets, and which of them are secret is for the spec to say, which may be wrong
// itself. So nothing of its text is shown but the names of variables: a mistake has its place, and no excerpt.

// whatIsWrong is what HCL's diagnostics of a file of variables are about. HCL's own sentences are not shown: they quote what is
// not as it should be.
var whatIsWrong = map[string]string{
	"Argument or block definition required": "NAME = VALUE must stand here.",
	"Attribute redefined":                   "A variable is set once in a file, and this one is set further up already.",
	"Duplicate JSON object property":        "A variable is set once in a file, and this one is set further up already.",
	"Function calls not allowed":            "Functions cannot be used here: a value is written as it is.",
	"Incorrect JSON value type":             "The file must be an object, { \"NAME\": VALUE, … }.",
	"Invalid attribute name":                "A name must stand here, of letters, digits, underscores and dashes, with a letter at the start.",
	"Invalid argument name":                 "Names of variables are written without quotes here.",
	"Invalid character":                     "There is a character here that no value has outside of quotes.",
	"Invalid expression":                    "There is no value here. Text is written in quotes.",
	"Invalid JSON keyword":                  "There is no value here. Text is written in quotes.",
	"Invalid escape sequence":               "A backslash in quotes begins \\n, \\t, \\\", \\uNNNN or the like; write \\\\ for a backslash.",
	"Invalid multi-line string":             "Text in quotes ends on its line. Write \\n for the end of a line, or <<EOT … EOT for several lines.",
	"Missing expression":                    "There is no value here. Text is written in quotes.",
	"Missing newline after argument":        "The value has ended before this. A value is one expression, and text is written in quotes.",
	"Unclosed object":                       "The file ends within an object: a closing brace is missing.",
	"Unterminated template string":          "The closing quote of this text is missing.",
	"Variables not allowed":                 "A name without quotes is not a value here: text is written in quotes, and variables cannot use others.",
}

// notShown ends what is said about a file of variables.
const notShown = "The line is not shown, as files of variables hold secrets."

// reportVarFile reports what HCL says of a file of variables, in words that quote nothing of it.
func (l *loader) reportVarFile(diags hcl.Diagnostics) {
	told := map[int]bool{} // lines: the parsers stumble over one mistake several times
	for _, d := range diags {
		if d.Subject != nil {
			line := d.Subject.Start.Line
			if IsJSON(d.Subject.Filename) {
				line = 0
			}
			if told[line] {
				continue
			}
			told[line] = true
		}
		own := &hcl.Diagnostic{Severity: d.Severity, Summary: d.Summary, Subject: d.Subject}
		what, known := whatIsWrong[d.Summary]
		if !known {
			own.Summary, what = "Invalid syntax", "This is not of the form NAME = VALUE."
			if strings.HasPrefix(d.Summary, "Unexpected ") {
				what = "A block cannot stand here, only NAME = VALUE."
			}
			if d.Subject != nil && IsJSON(d.Subject.Filename) {
				what = "This is not JSON of the form { \"NAME\": VALUE, … }."
			}
		}
		own.Detail = what + " " + notShown
		l.report(own)
	}
}

// maxUnknown is how many variables that a spec does not declare are told of, of one file.
const maxUnknown = 1000

// byPlace are the names of attributes in the order of a file.
func byPlace(attrs hcl.Attributes) []string {
	return slices.SortedFunc(maps.Keys(attrs), func(a, b string) int {
		return cmp.Compare(attrs[a].NameRange.Start.Byte, attrs[b].NameRange.Start.Byte)
	})
}

// readVarFile gives the settings of a file by variable.
func (l *loader) readVarFile(name string) map[string]func(*variable) {
	file := l.parse(name, true)
	if file == nil {
		l.brokenVarFile = true
		return nil
	}
	attrs, diags := file.Body.JustAttributes()
	l.reportVarFile(diags)
	given := map[string]func(*variable){}
	unknown := 0
	for _, name := range byPlace(attrs) {
		attr := attrs[name]
		if _, ok := l.vars[name]; !ok {
			if unknown++; unknown == maxUnknown+1 {
				l.warnf(attr.NameRange, "Unknown variables", "The spec does not declare this variable either, nor others that follow. Of more than %d no more are told of.", maxUnknown)
			}
			if unknown > maxUnknown {
				continue
			}
			// The file may be for several specs.
			l.undeclaredVariable(name, undeclared{hcl.DiagWarning, attr.NameRange, func(l *loader) string {
				return l.noSuchVariable(name, "") + " The value is not used."
			}})
			continue
		}
		given[name] = func(v *variable) {
			l.reading.evaluate(attr.Expr)
			value, diags := attr.Expr.Value(nil)
			l.reportVarFile(diags)
			if !diags.HasErrors() && value.IsWhollyKnown() {
				l.assign(v, value, origin{at: attr.Expr.Range()})
			}
		}
	}
	return given
}

// undeclared is a value that is given for a variable that a spec does not declare.
type undeclared struct {
	severity hcl.DiagnosticSeverity
	at       hcl.Range
	detail   func(*loader) string // what is wrong, for the variables that the loader has
}

// undeclaredVariable reports one, or notes it when it may be for another spec.
func (l *loader) undeclaredVariable(name string, u undeclared) {
	if !l.opts.Shared {
		l.diagnose(u.severity, u.at, "Unknown variable", u.detail(l))
		return
	}
	if before, ok := l.spec.undeclared[name]; !ok || u.severity < before.severity {
		l.spec.undeclared[name] = u
	}
}

// UndeclaredByAll gives what is wrong with variables that are given to several specs, and that none of these declares.
func UndeclaredByAll(specs []*Spec) hcl.Diagnostics {
	l := &loader{vars: map[string]*variable{}, reported: map[diagnosticID]bool{}, spec: &Spec{}}
	for _, s := range specs {
		for _, name := range s.declared {
			l.vars[name] = &variable{}
		}
	}
	for _, s := range specs {
		for _, name := range sortedKeys(s.undeclared) {
			if l.vars[name] == nil {
				l.undeclaredVariable(name, s.undeclared[name])
			}
		}
	}
	return l.diags
}

// isSetting reports that what is given for a file of variables sets one of them, and is not shown.
func (l *loader) isSetting(text string) bool {
	name, _, ok := strings.Cut(text, "=")
	if ok = ok && l.vars[name] != nil; ok {
		l.errorf(hcl.Range{}, "File not found", "--var-file takes the name of a file. --var %s=… sets the variable %q.", name, name)
	}
	return ok
}

// noSuchVariable says that the spec declares no variable of a name. What cannot be the name of a variable may be a value that has
// lost its name, and is not shown.
func (l *loader) noSuchVariable(name, forWhat string) string {
	if !hclsyntax.ValidIdentifier(name) {
		return fmt.Sprintf("What stands here for a name%s is none: names are of letters, digits, underscores and dashes. %s",
			forWhat, "It is not shown, as it may be a value.")
	}
	return schema.NoSuchSentence(fmt.Sprintf("The spec declares no variable %q%s", name, forWhat), name, sortedKeys(l.vars))
}
