package spec

import (
	"testing"
)

// Every function is there under its name and does what the name says.
func TestFunctions(t *testing.T) {
	cases := map[string]string{ // expressions of text
		`abs(-3)`:                                    "3",
		`tostring(alltrue([true, false]))`:           "false",
		`tostring(alltrue([]))`:                      "true",
		`tostring(anytrue([true, false]))`:           "true",
		`tostring(anytrue([]))`:                      "false",
		`can(parseint("x", 10)) ? "y" : "n"`:         "n",
		`ceil(1.2)`:                                  "2",
		`chomp("a\n")`:                               "a",
		`jsonencode(chunklist([1, 2, 3], 2))`:        "[[1,2],[3]]",
		`coalesce(null, "b")`:                        "b",
		`join("", coalescelist([], ["a"]))`:          "a",
		`join("", compact(["a", "", "b"]))`:          "ab",
		`join("", concat(["a"], ["b"]))`:             "ab",
		`tostring(contains(["a"], "a"))`:             "true",
		`csvdecode("a,b\n1,2")[0].b`:                 "2",
		`join("", distinct(["a", "a", "b"]))`:        "ab",
		`element(["a", "b"], 3)`:                     "b",
		`tostring(endswith("10GiB", "GiB"))`:         "true",
		`env("HOME")`:                                "/home/me",
		`env("EMPTY")`:                               "",
		`env("NONE", "none")`:                        "none",
		`env("NONE", null) == null ? "n" : ""`:       "n",
		`file("text")`:                               "of a file\n",
		`join("", flatten([["a"], [["b"]]]))`:        "ab",
		`floor(1.8)`:                                 "1",
		`format("%03d-%s-%9s", 7, "x", "y")`:         "007-x-        y",
		`formatdate("YYYY", "2024-05-06T00:00:00Z")`: "2024",
		`join(",", formatlist("a%d", [1, 2]))`:       "a1,a2",
		`indent(2, "a\nb")`:                          "a\n  b",
		`index(["a", "b"], "b")`:                     "1",
		`join("-", ["a", "b"])`:                      "a-b",
		`jsondecode("{\"a\": [1]}").a[0]`:            "1",
		`jsonencode({ a = 1 })`:                      `{"a":1}`,
		`join("", keys({ b = 1, a = 2 }))`:           "ab",
		`"${length("äb")}${length([1])}${length({})}${length({ a = 1 })}${length(toset(["x"]))}"`: "21011",
		`log(8, 2)`:                     "3",
		`lookup({ a = "x" }, "b", "d")`: "d",
		`lower("A")`:                    "a",
		`max(1, 3, 2)`:                  "3",
		`jsonencode(merge({ a = 1 }, { b = 2 }))`: `{"a":1,"b":2}`,
		`min(1, 3, 2)`:                                 "1",
		`parseint("ff", 16)`:                           "255",
		`pow(2, 10)`:                                   "1024",
		`jsonencode(range(3))`:                         "[0,1,2]",
		`jsonencode(range(1, 3))`:                      "[1,2]",
		`jsonencode(range(0, 1, 0.5))`:                 "[0,0.5]",
		`jsonencode(range(-2))`:                        "[0,-1]",
		`jsonencode(range(3, 0, -2))`:                  "[3,1]",
		`jsonencode(range(0))`:                         "[]",
		`length(range(5000))`:                          "5000",
		`regex("[0-9]+", "ab12c")`:                     "12",
		`join("", regexall("[0-9]", "a1b2"))`:          "12",
		`replace("a.b", ".", "-")`:                     "a-b",
		`replace("a1b22", "/[0-9]+/", "#")`:            "a#b#",
		`join("", reverse(["a", "b"]))`:                "ba",
		`join("", setintersection(["a", "b"], ["b"]))`: "b",
		`jsonencode(setproduct(["a"], [1, 2]))`:        `[["a",1],["a",2]]`,
		`join("", setsubtract(["a", "b"], ["b"]))`:     "a",
		`join("", setunion(["a"], ["b"]))`:             "ab",
		`signum(-5)`:                                   "-1",
		`join("", slice(["a", "b", "c"], 1, 3))`:       "bc",
		`join("", sort(["b", "a"]))`:                   "ab",
		`split(",", "a,b")[1]`:                         "b",
		`tostring(startswith("ab", "b"))`:              "false",
		`strrev("ab")`:                                 "ba",
		`substr("hello", 1, 3)`:                        "ell",
		`sum([1, 2.5])`:                                "3.5",
		`timeadd("2024-05-06T00:00:00Z", "1h")`:        "2024-05-06T01:00:00Z",
		`title("ab cd")`:                               "Ab Cd",
		`tobool("true") ? "y" : "n"`:                   "y",
		`tolist(toset(["a"]))[0]`:                      "a",
		`tomap({ a = "x" })["a"]`:                      "x",
		`tonumber("5") + 1`:                            "6",
		`length(toset(["a", "a"]))`:                    "1",
		`jsonencode(toset([1, "a", 1]))`:               `["1","a"]`,
		`jsonencode(toset([{ a = 1 }, { a = 1 }]))`:    `[{"a":1}]`,
		`jsonencode(tolist([]))`:                       `[]`,
		`jsonencode(tolist([null, "a"]))`:              `[null,"a"]`,
		`jsonencode(tolist(toset(["a"])))`:             `["a"]`,
		`jsonencode(tomap({ a = 1, b = "x" }))`:        `{"a":"1","b":"x"}`,
		`jsonencode(tomap({}))`:                        `{}`,
		`tostring(can(tomap(["a"])))`:                  `false`,
		`tostring(can(toset({ a = 1 })))`:              `false`,
		`tostring(toset(null) == null)`:                `true`,
		`tostring(5)`:                                  "5",
		`trim("--a--", "-")`:                           "a",
		`trimprefix("ab", "a")`:                        "b",
		`trimspace(" a ")`:                             "a",
		`trimsuffix("ab", "b")`:                        "a",
		`try(parseint("x", 10), "other")`:              "other",
		`upper("a")`:                                   "A",
		`join("", values({ b = "1", a = "2" }))`:       "21",
		`yamldecode("a: [x, z]").a[1]`:                 "z",
		`trimspace(yamlencode({ a = "x" }))`:           `"a": "x"`,
		`jsonencode(zipmap(["a", "b"], [1, 2]))`:       `{"a":1,"b":2}`,
	}
	for expr, want := range cases {
		t.Run(expr, func(t *testing.T) {
			opts := Options{Env: []string{"HOME=/home/me", "EMPTY="}}
			opts.Dir = write(t, map[string]string{"a.hcl": "pool \"fast\" {\n  driver = \"dir\"\n  description = " + expr + "\n}\n", "text": "of a file\n"})
			s, diags := Load(nil, opts)
			if len(diags) > 0 {
				t.Fatal(describe(diags))
			}
			if got := *s.Pools[0].Description; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
