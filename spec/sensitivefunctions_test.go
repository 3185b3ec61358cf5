package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// sensitiveValues are values that are sensitive, or have a part that is. Each is another one for another secret.
func sensitiveValues(number int64, text string) map[string]cty.Value {
	secret := func(v cty.Value) cty.Value { return v.Mark(sensitive) }
	words := func(text string) cty.Value { return cty.StringVal(text) }
	return map[string]cty.Value{
		"text": secret(words(text)), "number": secret(cty.NumberIntVal(number)), "bool": secret(cty.BoolVal(number == 2)),
		"json": secret(words(`{"a":"` + text + `"}`)), "csv": secret(words("a,b\n" + text + ",2\n")), "date": secret(words(fmt.Sprintf("202%d-01-02T03:04:05Z", number))),
		"texts":   cty.ListVal([]cty.Value{words("a"), secret(words(text))}),
		"numbers": cty.ListVal([]cty.Value{cty.NumberIntVal(1), secret(cty.NumberIntVal(number))}),
		"bools":   cty.ListVal([]cty.Value{secret(cty.BoolVal(number == 2))}),
		"list":    secret(cty.ListVal([]cty.Value{words("a"), words(text)})),
		"lists":   cty.ListVal([]cty.Value{cty.ListVal([]cty.Value{secret(words(text))}), cty.ListVal([]cty.Value{words("c")})}),
		"map":     cty.MapVal(map[string]cty.Value{"a": secret(words(text)), "b": words("c")}),
		"whole":   secret(cty.MapVal(map[string]cty.Value{text: words("c")})),
		"tuple":   secret(cty.TupleVal([]cty.Value{words("a"), words(text)})),
		"thing":   secret(cty.ObjectVal(map[string]cty.Value{"a": words(text)})),
		"object":  cty.ObjectVal(map[string]cty.Value{"a": secret(words(text)), "b": cty.NumberIntVal(1)}),
		"set":     cty.SetVal([]cty.Value{words("a"), secret(words(text))}),
	}
}

// What a function makes of a sensitive value is sensitive, wherever that is among its arguments or in them: a result that is another
// one for another secret has the mark.
func TestFunctionsKeepSensitive(t *testing.T) {
	t.Parallel()
	contexts := make([]*hcl.EvalContext, 2)
	for i, values := range []map[string]cty.Value{sensitiveValues(2, "5"), sensitiveValues(3, "17")} {
		contexts[i] = &hcl.EvalContext{Variables: map[string]cty.Value{"v": cty.ObjectVal(values)}, Functions: functions(map[string]string{"5": "x", "17": "y"})}
	}
	arguments := []string{`"5"`, `"%s"`, `"1h"`, `"YYYY"`, `["a", "b"]`, `{ a = "x" }`, `10`, `"a"`, `0`, `1`}
	for name := range sensitiveValues(0, "") {
		arguments = append(arguments, "v."+name)
	}
	marked := map[string]int{}
	try := func(name string, args ...string) {
		source := fmt.Sprintf("%s(%s)", name, strings.Join(args, ", "))
		if !strings.Contains(source, "v.") {
			return
		}
		expr, diags := hclsyntax.ParseExpression([]byte(source), "x", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		one, diags := expr.Value(contexts[0])
		other, more := expr.Value(contexts[1])
		if diags.HasErrors() || more.HasErrors() {
			return
		}
		if one.ContainsMarked() && other.ContainsMarked() {
			marked[name]++
			return
		}
		one, _ = one.UnmarkDeep()
		other, _ = other.UnmarkDeep()
		if !one.RawEquals(other) {
			t.Errorf("%s gives %#v, which is not sensitive, and with another secret %#v", source, one, other)
		}
	}
	for _, name := range functionNames() {
		for _, a := range arguments {
			try(name, a)
			for _, b := range arguments {
				try(name, a, b)
			}
		}
		for i := 0; marked[name] == 0 && i < len(arguments); i++ { // those that take three
			for _, b := range arguments {
				for _, c := range arguments {
					try(name, arguments[i], b, c)
				}
			}
		}
	}
	for _, name := range functionNames() {
		if marked[name] == 0 && name != "file" && name != "can" { // file finds none, and can tells whether an expression fails, and no more
			t.Errorf("%s never gave a sensitive value", name)
		}
	}
}
