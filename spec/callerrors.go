package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty/function"

	"tarn/cli/lazyregexp"
)

// What HCL and cty say of a call that fails names types as programmers do ("list of string required, but have tuple") and
// parameters that no page of tarn's has. Here it is said in the words of the rest.

// explainCall replaces HCL's message on a call with arguments that the function does not take.
func explainCall(d *hcl.Diagnostic) {
	call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
	if !ok {
		return
	}
	name := call.CalledFunctionName()
	f, known := functionNamed(name)
	if !known {
		return
	}
	switch d.Summary {
	case "Not enough function arguments", "Too many function arguments":
		given := "another number"
		if e, ok := d.Expression.(*hclsyntax.FunctionCallExpr); ok {
			given = fmt.Sprint(len(e.Args))
		}
		d.Detail = fmt.Sprintf("%s, %s(%s), and here are %s.", takesArguments(name, f), name, strings.Join(parameterNames(f), ", "), given)
	case "Invalid function argument":
		if parameter, why, ok := strings.Cut(strings.TrimPrefix(d.Detail, "Invalid value for \""), "\" parameter: "); ok {
			which := fmt.Sprintf("The argument %q of %s", plainParameter(parameter), name)
			if len(f.Params()) == 1 && f.VarParam() == nil {
				which = "The argument of " + name
			}
			d.Detail = fmt.Sprintf("%s is wrong: %s.", which, plainTypes(strings.TrimSuffix(why, ".")))
			if err := call.FunctionCallError(); err != nil && (name == "file" || name == "env") {
				d.Detail = capital(err.Error()) + "." // what is not there is no mistake in the argument
			}
		}
	case "Error in function call":
		if err := call.FunctionCallError(); err != nil {
			d.Detail = fmt.Sprintf("The call of %s fails: %s.", name, plainTypes(err.Error()))
		}
	}
}

// functionNamed is a function that expressions can call.
func functionNamed(name string) (function.Function, bool) {
	f, ok := pureFunctions()[name]
	if !ok {
		f, ok = functions(nil)[name]
	}
	return f, ok
}

// takesArguments says how many arguments a function takes.
func takesArguments(name string, f function.Function) string {
	count, least := len(f.Params()), ""
	if f.VarParam() != nil {
		least = " at least"
	}
	switch count {
	case 1:
		return fmt.Sprintf("%s takes%s 1 argument", name, least)
	default:
		return fmt.Sprintf("%s takes%s %d arguments", name, least, count)
	}
}

// parameterNames are the names of a function's parameters, with one for any number of more.
func parameterNames(f function.Function) []string {
	var names []string
	for _, p := range f.Params() {
		names = append(names, plainParameter(p.Name))
	}
	if p := f.VarParam(); p != nil {
		names = append(names, plainParameter(p.Name)+"…")
	}
	return names
}

// plainParameter is the name of a parameter as people say it.
func plainParameter(name string) string {
	switch name {
	case "v", "val":
		return "value"
	case "vals", "values":
		return "values"
	case "str":
		return "text"
	case "strs", "strings":
		return "texts"
	case "num":
		return "number"
	case "args", "params":
		return "values"
	case "seqs":
		return "lists"
	}
	return strings.ReplaceAll(name, "_", " ")
}

var (
	typeAndHave     = lazyregexp.New(`^(.+) required, but have (.+)$`)
	typeRequired    = lazyregexp.New(`^(?:an? )?(.+?)(?: is)? required$`)
	noSingleType    = lazyregexp.New(`^cannot convert (.+) to (list|set|map) of any single type$`)
	noSuchNumber    = lazyregexp.New(`^cannot convert ("(?:[^"\\]|\\.)*") to number; given string must be.*$`)
	noSuchBoolean   = lazyregexp.New(`^cannot convert ("(?:[^"\\]|\\.)*") to bool; only the strings.*$`)
	noConversion    = lazyregexp.New(`^cannot convert (\w+(?: of \w+)?) to (\w+(?: of \w+)?)$`)
	collectionOf    = lazyregexp.New(`^(list|set|map|tuple) of (.+)$`)
	noInteger       = lazyregexp.New(`^cannot parse ("(?:[^"\\]|\\.)*") as a base (\d+) integer$`)
	attributeNeeded = lazyregexp.New(`^attribute ("[^"]*") is required$`)
	goValidation    = lazyregexp.New(`^arguments must be maps or objects, got "(.+)"$`)
)

// plainTypes says what cty says of types in the words of the rest: text for a string, a list for a tuple.
func plainTypes(message string) string {
	if m := typeAndHave().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s is needed, and this is %s", neededType(m[1]), plainType(m[2]))
	}
	if m := attributeNeeded().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("its attribute %s is missing", m[1])
	}
	if m := typeRequired().FindStringSubmatch(message); m != nil && isTypeName(m[1]) {
		return neededType(m[1]) + " is needed"
	}
	if m := noSingleType().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s cannot be made of %s", plainType(m[2]), plainType(m[1]))
	}
	if m := noSuchNumber().FindStringSubmatch(message); m != nil {
		return m[1] + " is no number"
	}
	if m := noSuchBoolean().FindStringSubmatch(message); m != nil {
		return m[1] + " is neither \"true\" nor \"false\""
	}
	if m := noConversion().FindStringSubmatch(message); m != nil && isTypeName(m[1]) && isTypeName(m[2]) {
		return fmt.Sprintf("%s is needed, and this is %s", neededType(m[2]), plainType(m[1]))
	}
	if m := goValidation().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("objects are needed, { key = value, … }, and one argument is %s", plainType(m[1]))
	}
	if m := noInteger().FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("%s is no whole number in base %s", m[1], m[2])
	}
	switch {
	case message == "argument must not be null":
		return "it cannot be null"
	case strings.HasPrefix(message, "all arguments must be lists or tuples; got "):
		return "lists are needed, and this is " + plainType(strings.TrimSuffix(strings.TrimPrefix(message, "all arguments must be lists or tuples; got "), "."))
	case message == "cannot use element function with an empty list":
		return "the list is empty"
	case message == "pattern did not match any part of the given string":
		return "the pattern matches no part of the text; try(regex(…), DEFAULT) gives another value then"
	case strings.HasPrefix(message, "CSV parse error on "):
		return "the text is no CSV: " + strings.TrimPrefix(message, "CSV parse error ")
	}
	return message
}

// isTypeName tells whether a word is how cty calls a type.
func isTypeName(word string) bool {
	if m := collectionOf().FindStringSubmatch(word); m != nil {
		return isTypeName(m[2])
	}
	return slices.Contains([]string{"string", "number", "bool", "list", "set", "map", "object", "tuple", "any type", "dynamic"}, word)
}

// neededType is plainType for a type that should be: true or false, not a boolean.
func neededType(name string) string {
	if name == "bool" {
		return "true or false"
	}
	return plainType(name)
}

// plainType says in words what cty calls a type.
func plainType(name string) string {
	if m := collectionOf().FindStringSubmatch(name); m != nil {
		many := map[string]string{"string": "texts", "number": "numbers", "bool": "booleans", "object": "objects"}[m[2]]
		what := map[string]string{"list": "a list", "tuple": "a list", "set": "a set", "map": "a map"}[m[1]]
		if many == "" {
			return what
		}
		return what + " of " + many
	}
	switch name {
	case "string":
		return "text"
	case "number":
		return "a number"
	case "bool":
		return "a boolean"
	case "tuple", "list":
		return "a list"
	case "set", "map":
		return "a " + name
	case "object":
		return "an object"
	}
	return name
}

// jsonPlace says where a text stops being JSON, and why. It is not JSON.
func jsonPlace(text string) error {
	var value json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(text), &value); !errors.As(err, &syntax) {
		return nil
	}
	at := min(max(int(syntax.Offset)-1, 0), len(text))
	before := []byte(text[:at])
	line := bytes.Count(before, []byte("\n")) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	why := syntax.Error()
	for _, known := range jsonMistakes {
		if strings.HasSuffix(why, known.ending) {
			why = known.plain
			if strings.HasPrefix(syntax.Error(), "invalid character") {
				r, _ := utf8.DecodeRuneInString(text[at:])
				why = fmt.Sprintf("%s, and not %q", known.plain, string(r))
			}
		}
	}
	return fmt.Errorf("the text is no JSON on line %d, column %d: %s", line, column, why)
}

// jsonMistakes are how the messages of encoding/json end, and what is meant by each.
var jsonMistakes = []struct{ ending, plain string }{
	{"looking for beginning of value", "a value belongs here"},
	{"looking for beginning of object key string", "a key in quotes belongs here"},
	{"after object key", "a colon belongs behind a key"},
	{"after object key:value pair", "a comma or a closing brace belongs here"},
	{"after array element", "a comma or a closing bracket belongs here"},
	{"after top-level value", "nothing belongs behind the end"},
	{"unexpected end of JSON input", "it ends too early"},
}

// sameCall tells whether two diagnostics are about arguments of one call, or both sides of one operator.
func sameCall(a, b *hcl.Diagnostic) bool {
	return (a.Summary == "Invalid function argument" || a.Summary == "Invalid operand") && b.Summary == a.Summary && a.Context != nil && b.Context != nil && *a.Context == *b.Context
}
