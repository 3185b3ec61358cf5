package spec

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"tarn/cli/lazyregexp"
)

// Functions that make much of little are bounded before they begin, so that they say at their place what would be too much. What
// they return can be looked at only when the memory is taken.

const (
	maxParts    = 1_000_000 // texts that a text is cut into, fields of a table, values of a document
	maxPattern  = 10_000    // bytes of a regular expression
	maxMatching = 1 << 28   // bytes of a text times the instructions of the regular expression that it is searched for
	maxWidth    = 9999      // of a verb of format, and of an indentation
	maxTrimmed  = 1000      // bytes of the characters that trim takes away
	maxColumns  = 1000      // of a table
)

// bounded is a function that is called only when check finds nothing wrong with its arguments. check gets them without their own marks
// (what is in lists may have some), and is left out while one of them is null or not known.
func bounded(f function.Function, check func(args []cty.Value) error) function.Function {
	return prepared(f, asDeclared, func(args []cty.Value) ([]cty.Value, error) {
		plain := make([]cty.Value, len(args))
		for i, arg := range args {
			plain[i], _ = arg.Unmark()
			if !plain[i].IsKnown() || plain[i].IsNull() {
				return args, nil // the function says what it does with that
			}
		}
		return args, check(plain)
	})
}

// fits is nil for a text of so many bytes that a function may make it.
func fits(bytes int) error {
	if bytes > maxText {
		return fmt.Errorf("the text would be longer than %d MiB", maxText>>20)
	}
	return nil
}

// checkNumber refuses to write out a number of thousands of digits.
func checkNumber(args []cty.Value) error {
	for i, arg := range args {
		if _, over := examine(arg); over != nil {
			return function.NewArgErrorf(i, "%s", strings.TrimSuffix(over.detail, "."))
		}
	}
	return nil
}

// wideVerb is a format verb with a width or precision of five digits or more.
var wideVerb = lazyregexp.New(`%[^%a-zA-Z]*[0-9]{5}`)

// verbWidth are the widths and precisions of format verbs.
var verbWidth = lazyregexp.New(`%[^%a-zA-Z]*?([0-9]{2,4})(?:[.]([0-9]{2,4}))?[a-zA-Z]`)

// checkFormat bounds what format and formatlist write.
func checkFormat(args []cty.Value) error {
	text := args[0].AsString()
	if wideVerb().MatchString(text) {
		return function.NewArgErrorf(0, "widths end at %d", maxWidth)
	}
	longest := 0
	for i, arg := range args[1:] {
		if arg.Type() == cty.Number && isVast(arg.AsBigFloat()) || arg.Type() == cty.String && vastText().MatchString(arg.AsString()) {
			return function.NewArgErrorf(i+1, "the number is out of range")
		}
		if arg.Type() == cty.String {
			longest = max(longest, len(arg.AsString()))
		}
	}
	wide := len(verbWidth().FindAllStringIndex(text, -1))
	return fits(strings.Count(text, "%")*longest + wide*maxWidth)
}

// checkJoin bounds what join writes.
func checkJoin(args []cty.Value) error {
	total := 0
	for _, list := range args[1:] {
		total += list.LengthInt() * len(args[0].AsString())
		for it := list.ElementIterator(); it.Next() && total <= maxText; {
			if _, v := it.Element(); v.Type() == cty.String && v.IsKnown() && !v.IsNull() && !v.IsMarked() {
				total += len(v.AsString())
			}
		}
	}
	return fits(total)
}

// checkSplit bounds how many texts split makes.
func checkSplit(args []cty.Value) error {
	if strings.Count(args[1].AsString(), args[0].AsString()) >= maxParts {
		return fmt.Errorf("there would be more than %d parts", maxParts)
	}
	return nil
}

// checkIndent bounds what indent writes.
func checkIndent(args []cty.Value) error {
	if args[0].LessThan(cty.Zero).True() || args[0].GreaterThan(cty.NumberIntVal(maxWidth)).True() {
		return function.NewArgErrorf(0, "spaces must be from 0 to %d", maxWidth)
	}
	spaces, _ := args[0].AsBigFloat().Int64()
	return fits(strings.Count(args[1].AsString(), "\n") * int(spaces))
}

// checkReplace bounds what replace writes, of a text or of what a regular expression matches.
func checkReplace(args []cty.Value) error {
	text, pattern, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
	expression, ok := inSlashes(pattern)
	if !ok {
		return fits(len(text) + strings.Count(text, pattern)*len(with))
	}
	found, err := matches(expression, text)
	if err != nil {
		return err
	}
	return fits(len(text)*(1+strings.Count(with, "$")) + found*len(with))
}

// checkRegex bounds what a regular expression is searched for in.
func checkRegex(args []cty.Value) error { return checkPattern(args[0].AsString(), args[1].AsString()) }

// checkRegexAll bounds how many matches regexall gives.
func checkRegexAll(args []cty.Value) error {
	n, err := matches(args[0].AsString(), args[1].AsString())
	if err == nil && n*(1+strings.Count(args[0].AsString(), "(")) > maxParts {
		err = fmt.Errorf("there would be more than %d matches", maxParts)
	}
	return err
}

// checkPattern bounds the work of a regular expression, which is at most its length, with repetitions written out, times that of the text.
func checkPattern(pattern, text string) error {
	if len(pattern) > maxPattern {
		return fmt.Errorf("a regular expression has at most %d bytes", maxPattern)
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil // the function says what is wrong with it
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err == nil && len(program.Inst)*len(text) > maxMatching {
		return fmt.Errorf("the regular expression is too large to search a text of %d bytes", len(text))
	}
	return nil
}

// matches counts what a regular expression matches in a text; 0 for one that is wrong.
func matches(pattern, text string) (int, error) {
	if err := checkPattern(pattern, text); err != nil {
		return 0, err
	}
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return 0, nil
	}
	n := 0
	expression.ReplaceAllStringFunc(text, func(string) string { n++; return "" })
	return n, nil
}

// checkParseInt bounds the digits of a number, which takes the square of them.
func checkParseInt(args []cty.Value) error {
	if args[0].Type() == cty.String && len(args[0].AsString()) > maxDigits {
		return function.NewArgErrorf(0, "a number has at most %d digits", maxDigits)
	}
	return nil
}

// checkDigits is checkParseInt for what is a number only if it is one.
func checkDigits(args []cty.Value) error {
	if args[0].Type() != cty.String {
		return nil
	}
	if vastText().MatchString(args[0].AsString()) {
		return function.NewArgErrorf(0, "the number is out of range")
	}
	return checkParseInt(args)
}

// checkTrim bounds the characters that trim takes away, each of which it looks for in each place.
func checkTrim(args []cty.Value) error {
	if len(args[1].AsString()) > maxTrimmed {
		return function.NewArgErrorf(1, "at most %d bytes", maxTrimmed)
	}
	return nil
}

// checkCSV bounds the fields of a table.
func checkCSV(args []cty.Value) error {
	text := args[0].AsString()
	header, _, _ := strings.Cut(text, "\n")
	columns := strings.Count(header, ",") + 1
	switch {
	case strings.Count(text, ",")+strings.Count(text, "\n") > maxParts, strings.Count(text, "\n")*columns > maxParts:
		return function.NewArgErrorf(0, "a table has at most %d fields", maxParts)
	case columns > maxColumns:
		return function.NewArgErrorf(0, "a table has at most %d columns", maxColumns)
	}
	return nil
}

// checkJSON bounds what is in a document.
func checkJSON(args []cty.Value) error {
	text := args[0].AsString()
	if at, detail := tooDeepJSON([]byte(text)); at >= 0 {
		return function.NewArgErrorf(0, "at byte %d: %s", at, strings.TrimSuffix(detail, "."))
	}
	return checkDocument(text)
}

func checkDocument(text string) error {
	if strings.Count(text, ",")+strings.Count(text, "\n")+strings.Count(text, "[")+strings.Count(text, "{") > maxParts {
		return function.NewArgErrorf(0, "a document has at most %d values", maxParts)
	}
	return nil
}
