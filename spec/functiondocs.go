package spec

import (
	"encoding/json"
	"io"
	"sync"

	"tarn/lxd/schema"
)

// functionDoc says what a function does, with a call of it and what that gives; the result of one that depends on files or the environment is
// "".
type functionDoc struct{ does, call, result string }

// functionDocs are those of all functions.
var functionDocs = sync.OnceValue(func() map[string]functionDoc {
	return map[string]functionDoc{
		"abs":             {"A number without its sign.", `abs(-3)`, `3`},
		"alltrue":         {"Whether all elements are true.", `alltrue([true, false])`, `false`},
		"anytrue":         {"Whether some element is true.", `anytrue([true, false])`, `true`},
		"can":             {"Whether an expression has a value rather than a mistake.", `can({ a = 1 }.a)`, `true`},
		"ceil":            {"The next whole number that is not less.", `ceil(1.2)`, `2`},
		"chomp":           {"A text without line ends at its end.", `chomp("a\n")`, `"a"`},
		"chunklist":       {"A list in pieces of some length.", `chunklist(["a", "b", "c"], 2)`, `[["a", "b"], ["c"]]`},
		"coalesce":        {"The first argument that is not null.", `coalesce(null, "b")`, `"b"`},
		"coalescelist":    {"The first list that has elements.", `coalescelist([], ["b"])`, `["b"]`},
		"compact":         {"A list of texts without the empty ones.", `compact(["a", ""])`, `["a"]`},
		"concat":          {"Several lists as one.", `concat(["a"], ["b"])`, `["a", "b"]`},
		"contains":        {"Whether a list has an element.", `contains(["a", "b"], "b")`, `true`},
		"csvdecode":       {"The lines of a text in CSV as objects, by the names in its first line.", `csvdecode("name,size\npg,10GiB")`, `[{ name = "pg", size = "10GiB" }]`},
		"distinct":        {"A list with each element once.", `distinct(["a", "b", "a"])`, `["a", "b"]`},
		"element":         {"The element at a place, counted from 0; after the last comes the first again.", `element(["a", "b"], 2)`, `"a"`},
		"endswith":        {"Whether a text ends with another.", `endswith("10GiB", "GiB")`, `true`},
		"env":             {"The value of an environment variable; of one that is not set, the second argument.", `env("STAGE", "test")`, ``},
		"file":            {"What a file holds, whose path starts at the spec's file.", `file("sizes.csv")`, ``},
		"flatten":         {"A list of lists as one list, however deep.", `flatten([["a"], ["b", ["c"]]])`, `["a", "b", "c"]`},
		"floor":           {"The next whole number that is not more.", `floor(1.8)`, `1`},
		"format":          {"A text with values put into it, as printf does.", `format("shard-%02d", 7)`, `"shard-07"`},
		"formatdate":      {"A time in another form.", `formatdate("YYYY-MM-DD", "2026-01-02T03:04:05Z")`, `"2026-01-02"`},
		"formatlist":      {"As format, for each element of lists.", `formatlist("%s-data", ["a", "b"])`, `["a-data", "b-data"]`},
		"indent":          {"A text whose lines but the first begin with so many spaces.", `indent(2, "a\nb")`, `"a\n  b"`},
		"index":           {"At which place of a list an element is, counted from 0.", `index(["a", "b"], "b")`, `1`},
		"join":            {"Texts as one, with another between them.", `join("-", ["a", "b"])`, `"a-b"`},
		"jsondecode":      {"The value that a text in JSON has.", `jsondecode("{\"a\": [1]}")`, `{ a = [1] }`},
		"jsonencode":      {"A value as text in JSON.", `jsonencode({ a = [1] })`, `"{\"a\":[1]}"`},
		"keys":            {"The keys of a map, in order.", `keys({ b = 1, a = 2 })`, `["a", "b"]`},
		"length":          {"How many elements something has, or characters a text.", `length(["a", "b"])`, `2`},
		"log":             {"The logarithm of a number to a base.", `log(8, 2)`, `3`},
		"lookup":          {"The value of a key in a map; of one that is not there, the third argument.", `lookup({ a = 1 }, "b", 0)`, `0`},
		"lower":           {"A text in small letters.", `lower("LOGS")`, `"logs"`},
		"max":             {"The largest number.", `max(1, 3, 2)`, `3`},
		"merge":           {"Several maps as one; of two values for a key the later one counts.", `merge({ a = 1, b = 2 }, { b = 3 })`, `{ a = 1, b = 3 }`},
		"min":             {"The smallest number.", `min(3, 1, 2)`, `1`},
		"parseint":        {"The number that a text has in a base.", `parseint("ff", 16)`, `255`},
		"pow":             {"A number raised to a power.", `pow(2, 10)`, `1024`},
		"range":           {"The numbers from a first one to before a last one, by steps.", `range(0, 6, 2)`, `[0, 2, 4]`},
		"regex":           {"What a regular expression matches first; with groups, these.", `regex("[0-9]+", "a12b")`, `"12"`},
		"regexall":        {"All that a regular expression matches.", `regexall("[0-9]+", "1a2")`, `["1", "2"]`},
		"replace":         {"A text with each of a part replaced; a part between slashes is a regular expression.", `replace("a_b", "_", "-")`, `"a-b"`},
		"reverse":         {"A list from its end on.", `reverse(["a", "b"])`, `["b", "a"]`},
		"setintersection": {"The elements that all sets have.", `setintersection(["a", "b"], ["b", "c"])`, `toset(["b"])`},
		"setproduct":      {"All combinations of the elements of several lists.", `setproduct(["a"], ["x", "y"])`, `[["a", "x"], ["a", "y"]]`},
		"setsubtract":     {"The elements of a set that another does not have.", `setsubtract(["a", "b"], ["b"])`, `toset(["a"])`},
		"setunion":        {"The elements that some set has.", `setunion(["a"], ["b"])`, `toset(["a", "b"])`},
		"signum":          {"The sign of a number: -1, 0 or 1.", `signum(-3)`, `-1`},
		"slice":           {"A part of a list, from a place to before another.", `slice(["a", "b", "c"], 0, 2)`, `["a", "b"]`},
		"sort":            {"Texts in order.", `sort(["b", "a"])`, `["a", "b"]`},
		"split":           {"The parts of a text between a separator.", `split(",", "a,b")`, `["a", "b"]`},
		"startswith":      {"Whether a text begins with another.", `startswith("pgdata", "pg")`, `true`},
		"strrev":          {"A text from its end on.", `strrev("abc")`, `"cba"`},
		"substr":          {"A part of a text: from a place on, so many characters.", `substr("pgdata", 2, 4)`, `"data"`},
		"sum":             {"All numbers added up.", `sum([1, 2])`, `3`},
		"timeadd":         {"A time and a time span after it.", `timeadd("2026-01-02T03:04:05Z", "1h")`, `"2026-01-02T04:04:05Z"`},
		"title":           {"A text whose words begin with capitals.", `title("my logs")`, `"My Logs"`},
		"tobool":          {"A value as true or false.", `tobool("true")`, `true`},
		"tolist":          {"A value as a list.", `tolist(["a"])`, `["a"]`},
		"tomap":           {"A value as a map.", `tomap({ a = 1 })`, `{ a = 1 }`},
		"tonumber":        {"A value as a number.", `tonumber("3")`, `3`},
		"toset":           {"A list as a set: each element once, without an order.", `toset(["a", "a"])`, `toset(["a"])`},
		"tostring":        {"A value as text.", `tostring(3)`, `"3"`},
		"trim":            {"A text without some characters at its beginning and its end.", `trim("--a--", "-")`, `"a"`},
		"trimprefix":      {"A text without another at its beginning.", `trimprefix("lxd-a", "lxd-")`, `"a"`},
		"trimspace":       {"A text without white space at its beginning and its end.", `trimspace(" a ")`, `"a"`},
		"trimsuffix":      {"A text without another at its end.", `trimsuffix("a.img", ".img")`, `"a"`},
		"try":             {"The first expression that has a value rather than a mistake.", `try({ a = 1 }.b, 0)`, `0`},
		"upper":           {"A text in capitals.", `upper("logs")`, `"LOGS"`},
		"values":          {"The values of a map, in the order of its keys.", `values({ b = 1, a = 2 })`, `[2, 1]`},
		"yamldecode":      {"The value that a text in YAML has.", `yamldecode("a: 1")`, `{ a = 1 }`},
		"yamlencode":      {"A value as text in YAML.", `yamlencode({ a = 1 })`, `"\"a\": 1\n"`},
		"zipmap":          {"A map of a list of keys and one of values.", `zipmap(["a", "b"], [1, 2])`, `{ a = 1, b = 2 }`},
	}
})

// given is a call with what it gives.
func (d functionDoc) given() string {
	if d.result == "" {
		return d.call
	}
	return d.call + " is " + d.result
}

// WriteFunctions writes what functions do, of those that [FunctionNames] has.
func WriteFunctions(w io.Writer, names []string, opts schema.TextOptions) error {
	rows := [][]string{{"FUNCTION", "MEANING"}}
	for _, name := range names {
		doc := functionDocs()[name]
		rows = append(rows, []string{name, doc.does + " " + doc.given()})
	}
	return schema.WriteTable(w, "Functions that expressions of a spec can call.", rows, opts)
}

// WriteFunctionsJSON writes what WriteFunctions does as one JSON document.
func WriteFunctionsJSON(w io.Writer, names []string) error {
	type jsonFunction struct {
		Name   string `json:"name"`
		Note   string `json:"note"`
		Call   string `json:"call"`
		Result string `json:"result,omitempty"`
	}
	doc := struct {
		FormatVersion string         `json:"format_version"`
		Functions     []jsonFunction `json:"functions"`
	}{"1.0", []jsonFunction{}}
	for _, name := range names {
		f := functionDocs()[name]
		doc.Functions = append(doc.Functions, jsonFunction{name, f.does, f.call, f.result})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(doc)
}
