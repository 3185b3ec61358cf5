//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"tarn/lxd/lxdtest"
)

// hostileFile is a file that takes all memory, all time or the whole stack of a program that is not on its guard.
type hostileFile struct {
	name string
	file string        // its name, a.hcl without one
	text func() string // its content
	says string        // a regular expression for what is said of it
	ok   bool          // it is honest, only large: the exit code is 0
	slow bool          // it takes seconds, until the limit of time ends it
}

func repeated(before, again string, n int, after string) func() string {
	return func() string { return before + strings.Repeat(again, n) + after }
}

func fixed(text string) func() string { return func() string { return text } }

// local is a spec with one local value.
func local(expression string) func() string { return fixed("locals { x = " + expression + " }\n") }

// locals is a spec with two local values, the second of them on line 3.
func locals(first, second string) func() string {
	return fixed("locals {\n " + first + "\n " + second + "\n}\n")
}

// doubling is a spec with local values each of which is made of the one before twice. In twice, BEFORE is that one.
func doubling(first, twice string) func() string {
	return func() string {
		var b strings.Builder
		fmt.Fprintf(&b, "locals {\n  a0 = %s\n", first)
		for i := range 40 {
			fmt.Fprintf(&b, "  a%d = %s\n", i+1, strings.ReplaceAll(twice, "BEFORE", fmt.Sprintf("local.a%d", i)))
		}
		b.WriteString("}\n")
		return b.String()
	}
}

// yamlBomb is n lists in YAML, each of which has the one before twice.
func yamlBomb(n int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x]\n")
	for i := range n {
		fmt.Fprintf(&b, "a%d: &a%[1]d [*a%d, *a%[2]d]\n", i+1, i)
	}
	return b.String()
}

const onePool = "pool \"a\" { driver = \"dir\" }\n"

const many = 235_000

const nested = `(?s)on a\.hcl line 1.*nested more than 1000 deep`

var hostileFiles = []hostileFile{
	{name: "minus", text: repeated("locals { x = ", "-", many, "1 }"), says: nested},
	{name: "not", text: repeated("locals { x = ", "!", many, "true }"), says: nested},
	{name: "sums", text: repeated("locals { x = 1", "+1", many, " }"), says: nested},
	{name: "sums over lines", text: repeated("locals { x = (1\n", "+1\n", many, ") }"), says: "nested more than"},
	{name: "ands", text: repeated("locals { x = true", "&&true", many, " }"), says: nested},
	{name: "parentheses", text: repeated("locals { x = ", "(", many, ""), says: nested},
	{name: "lists", text: repeated("locals { x = ", "[", many, ""), says: nested},
	{name: "lists whose ends are in texts", text: repeated("locals { x = ", `["]",`, many, ""), says: nested},
	{name: "objects", text: repeated("locals { x = ", "{a=", many, ""), says: nested},
	{name: "blocks", text: repeated("", "a {\n", many, ""), says: "nested more than"},
	{name: "blocks and wrong ends", text: repeated("", "a {\n)\n", many, ""), says: "nested more than"},
	{name: "conditions", text: repeated("locals { x = ", "true ? 1 : ", many, "1 }"), says: nested},
	{name: "indices", text: repeated("locals { x = local.y", "[var.z]", many, " }"), says: nested},
	{name: "splats", text: repeated("locals { x = local.y", "[*]", many, " }"), says: nested},
	{name: "attributes", text: repeated("locals { x = local.y", ".a", many/2, " }"), says: "There is no local value"},
	{name: "calls", text: repeated("locals { x = ", "abs(", many, ""), says: nested},
	{name: "templates", text: repeated("locals { x = ", `"${`, many, ""), says: nested},
	{name: "template ifs", text: repeated(`locals { x = "`, "%{if true}", many, `" }`), says: nested},
	{name: "fors", text: repeated("locals { x = ", "[for a in ", many, ""), says: nested},
	{name: "object fors over lines", text: repeated("locals { x = ", "{for a in [1] : a =>\n", many, ""), says: "nested more than"},
	{name: "heredocs", text: repeated("locals { x = ", "<<A\n${", many, ""), says: "nested more than"},
	{name: "a type", text: repeated("variable \"x\" { type = ", "list(", many, ""), says: nested},
	{name: "JSON lists", file: "a.hcl.json", text: repeated(`{"locals": {"x": `, "[", many, ""), says: "nested more than"},
	{name: "JSON objects", file: "a.hcl.json", text: repeated("", `{"a": `, many, ""), says: "nested more than"},
	{name: "a template in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "${`, "-", many, `1}"}}`), says: "nested more than"},
	{name: "an escaped template in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "\u0024{`, "!", many, `1}"}}`), says: "nested more than"},
	{name: "a number", text: repeated("locals { x = ", "7", 10_000_000, " }"), says: "more than 1000 digits"},
	{name: "a number in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": `, "7", 10_000_000, "}}"), says: "more than 1000 digits"},
	{name: "tokens", text: repeated("locals {\n", "a=1\n", 3_000_000, "}\n"), says: "more than 6000000 words and signs"},
	{name: "a huge file", text: repeated("", "# comment\n", 2_000_000, ""), says: "it is too large: more than 16 MiB"},

	{name: "percent signs", text: repeated("locals { x = \"", "%a", 100_000, "\" }"), says: "(?s)a.hcl line 1.*too many lines, or characters % and"},
	{name: "dollar signs", text: repeated("locals { x = \"", "$a", 100_000, "\" }"), says: "(?s)a.hcl line 1.*too many lines, or characters % and"},
	{name: "lines of a heredoc", text: repeated("locals {\n x = <<A\n", "a\n", 200_000, "A\n}"), says: "(?s)a.hcl line .*too many lines"},
	{name: "percent signs in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "`, "%a", 100_000, `"}}`), says: "(?s)a.hcl.json line 1.*too many lines"},
	{name: "lines in JSON", file: "a.hcl.json", text: repeated(`{"locals": {"x": "`, `\n`, 200_000, `"}}`), says: "(?s)a.hcl.json line 1.*too many lines"},
	{name: "many errors", text: repeated("", "= \n", 100_000, ""), says: "a.hcl line 1"},
	{name: "one attribute, often", text: repeated("locals {\n", "x = 1\n", 50_000, "}"), says: "a.hcl line 3"},
	{name: "one key of JSON, often", file: "a.hcl.json", text: repeated(`{"locals": {"x": 1`, `,"k":1`, 20_000, "}}"), says: "(?s)a.hcl.json line 1.*Duplicate|Duplicate.*a.hcl.json line 1"},
	{name: "nothing of JSON", file: "a.hcl.json", text: fixed(""), says: "a.hcl.json line 1"},
	{name: "a file in Latin-1", text: fixed("locals { x = \"caf\xe9\" }\n"), says: "(?s)a.hcl line 1.*not UTF-8"},
	{name: "a file in UTF-16", text: fixed("\xff\xfel\x00o\x00"), says: "(?s)a.hcl line 1.*UTF-16"},
	{name: "quotes of JSON", file: "a.hcl.json", text: repeated("", `"`, 500_000, ""), says: "(?s)a.hcl.json line 1.*not JSON|Invalid JSON"},
	{name: "commas of JSON", file: "a.hcl.json", text: repeated("{", `,`, 500_000, ""), says: "(?s)Invalid JSON.*a.hcl.json line 1"},
	{name: "labels", text: repeated("pool", ` "x"`, 100_000, " {}"), says: "a.hcl line 1"},

	{name: "doubling texts", text: doubling(`"xxxxxxxxxx"`, `"${BEFORE}${BEFORE}"`), says: "(?s)a.hcl line .*longer than 16 MiB"},
	{name: "doubling lists", text: doubling(`[1, 2]`, `concat(BEFORE, BEFORE)`), says: "(?s)a.hcl line .*(more than 1000000 elements|takes more than)", slow: true},
	{name: "doubling tuples", text: doubling(`[1]`, `[BEFORE, BEFORE]`), says: "(?s)a.hcl line .*more than 1000000 elements"},
	{name: "doubling objects", text: doubling(`{}`, `{ a = BEFORE, b = BEFORE }`), says: "(?s)a.hcl line .*more than 1000000 elements"},
	{name: "doubling joined", text: doubling(`"xxxxxxxxxx"`, `join(BEFORE, [BEFORE, BEFORE])`), says: "(?s)a.hcl line .*longer than 16 MiB"},
	{name: "doubling numbers", text: doubling(`10`, `BEFORE * BEFORE`), says: "(?s)a.hcl line .*beyond"},
	{name: "doubling in JSON", file: "a.hcl.json", text: fixed(`{"locals": {"x": "${[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [for d in range(1000) : 1]]]]}"}}`), says: "(?s)a.hcl.json line 1.*takes more than", slow: true},
	{name: "doubling in one", text: locals("s = \""+strings.Repeat("x", 100_000)+"\"", "t = \""+strings.Repeat("${local.s}", 30_000)+"\""), says: "(?s)a.hcl line 3.*longer than 64 MiB"},
	{name: "doubling in a loop", text: locals("s = \""+strings.Repeat("x", 100_000)+"\"", "t = \"%{for i in range(100000)}${local.s}%{endfor}\""), says: "(?s)a.hcl line 3.*takes more than"},
	{name: "loops in loops", text: locals("r = range(1000)", "x = [for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : [for e in local.r : 1]]]]]"), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "loops in a function that catches errors", text: locals("r = range(1000)", "x = can([for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : 1]]]]) ? 1 : 2"), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "loops that give nothing", text: locals("r = range(1000)", "x = [for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : 1 if false]]]]"), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "loops in a template", text: locals("r = range(1000)", `x = "%{for a in local.r}%{for b in local.r}%{for c in local.r}x%{endfor}%{endfor}%{endfor}"`), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "loops in a condition", text: fixed("variable \"a\" {\n default = 1\n validation {\n  condition = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : var.a]]] == []\n  error_message = \"no\"\n }\n}\n"), says: "(?s)a.hcl line 4.*takes more than", slow: true},
	{name: "loops in a config", text: fixed("pool \"a\" {\n driver = \"dir\"\n config = { source = join(\"\", [for a in range(5000) : join(\"\", [for b in range(5000) : \"\"])]) }\n}\n"), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "searches", text: locals("m = [for i in range(100000) : \"k${i}\"]", "x = [for v in local.m : contains(local.m, v)]"), says: "(?s)a.hcl line 3.*takes more than", slow: true},
	{name: "a range", text: local("range(1e9)"), says: "(?s)a.hcl line 1.*more than 100000 numbers"},
	{name: "products", text: local("setproduct(range(1000), range(1000), range(1000))"), says: "(?s)a.hcl line 1.*would give more than"},
	{name: "a wide format", text: local(`format("%1000000000d", 1)`), says: "(?s)a.hcl line 1.*widths end at 9999"},
	{name: "many wide formats", text: local(`format("` + strings.Repeat("%[1]9999d", 2000) + `", 1)`), says: "(?s)a.hcl line 1.*longer than 16 MiB"},
	{name: "a format of a vast number", text: local(`format("%d", "1e99999999")`), says: "(?s)a.hcl line 1.*out of range"},
	{name: "an indent", text: local(`indent(9999, join("\n", range(100000)))`), says: "(?s)a.hcl line 1.*longer than 16 MiB"},
	{name: "a join", text: local(`join(join(",", range(10000)), range(100000))`), says: "(?s)a.hcl line 1.*longer than 16 MiB"},
	{name: "a join of one text", text: locals("s = \""+strings.Repeat("x", 100_000)+"\"", `x = join("", [for i in range(100000) : local.s])`), says: "(?s)a.hcl line 3.*longer than 16 MiB"},
	{name: "a replacement", text: local(`replace(join(",", range(100000)), "", join(",", range(10000)))`), says: "(?s)a.hcl line 1.*longer than 16 MiB"},
	{name: "a replacement of all", text: local(`replace(join(",", range(100000)), "/.*/", "` + strings.Repeat("$0", 1000) + `")`), says: "(?s)a.hcl line 1.*longer than 16 MiB"},
	{name: "a large regular expression", text: local(`regexall("` + strings.Repeat("x{1000}", 500) + `", join(",", range(100000)))`), says: "(?s)a.hcl line 1.*too large to search"},
	{name: "a long regular expression", text: local(`regex("` + strings.Repeat("(x|y)", 100_000) + `", "x")`), says: "(?s)a.hcl line 1.*at most 10000 bytes"},
	{name: "matches", text: locals(`t = join(",", range(100000))`, `x = regexall("(.)(())", "${local.t}${local.t}")`), says: "(?s)a.hcl line 3.*more than 1000000 matches"},
	{name: "parts", text: locals(`t = join(",", range(100000))`, `x = split("", "${local.t}${local.t}")`), says: "(?s)a.hcl line 3.*more than 1000000 parts"},
	{name: "a tiny number", text: local("tostring(1e-9999999)"), says: "(?s)a.hcl line 1.*out of range"},
	{name: "a vast number", text: local("jsonencode(1e99999999)"), says: "(?s)a.hcl line 1.*out of range"},
	{name: "a vast number in a template", text: local(`"${1E+0099999999}"`), says: "(?s)a.hcl line 1.*out of range"},
	{name: "a vast number in a text", text: local(`tostring(tonumber("1e99999999"))`), says: "(?s)a.hcl line 1.*out of range"},
	{name: "a vast number by itself", text: local(`"1e99999999" * 1`), says: "(?s)a.hcl line 1.*beyond"},
	{name: "a vast number in JSON", text: local(`jsonencode(jsondecode("[1e99999999]"))`), says: "(?s)a.hcl line 1.*out of range"},
	{name: "a vast number in YAML", text: local(`yamlencode(yamldecode("- 1e99999999"))`), says: "(?s)a.hcl line 1.*beyond"},
	{name: "a vast product", text: local("1e300 * 1e300 * 1e300 * 1e300"), says: "(?s)a.hcl line 1.*beyond"},
	{name: "a vast power", text: local("pow(10, 99999999)"), says: "(?s)a.hcl line 1.*(beyond|failed)"},
	{name: "a long number", text: local(`parseint(join("", range(100000)), 10)`), says: "(?s)a.hcl line 1.*at most 1000 digits"},
	{name: "a long number in a text", text: local(`tonumber(join("", range(100000)))`), says: "(?s)a.hcl line 1.*at most 1000 digits"},
	{name: "a vast number in a JSON spec", file: "a.hcl.json", text: fixed(`{"locals": {"x": 1e99999999}}`), says: "(?s)a.hcl.json line 1.*out of range"},
	{name: "nested JSON", text: local(`jsondecode(join("", [for i in range(100000) : "["]))`), says: "(?s)a.hcl line 1.*nested more than 1000"},
	{name: "nested YAML", text: local(`yamldecode(join("", [for i in range(100000) : "["]))`), says: "(?s)a.hcl line 1.*(takes more than|YAML|yaml|nest|depth)"},
	{name: "nested lists of YAML", text: local(`yamldecode(join("", [for i in range(100000) : "- "]))`), says: "(?s)a.hcl line 1.*(takes more than|YAML|yaml|nest|depth)"},
	{name: "deep lists of YAML", text: local(`yamldecode(join("", [for i in range(100000) : "- - - - - - - - - - "]))`), says: "(?s)a.hcl line 1.*(takes more than|YAML|yaml|nest|depth)"},
	{name: "a YAML bomb", text: fixed("locals { x = yamldecode(<<A\n" + yamlBomb(40) + "A\n) }\n"), says: "(?s)a.hcl line 1.*takes more than"},
	{name: "a wide table", text: local(`csvdecode(join(",", range(100000)))`), says: "(?s)a.hcl line 1.*at most 1000 columns"},
	{name: "for_each of too many", text: fixed("pool \"p\" {\n driver = \"dir\"\n volume \"v\" {\n  for_each = toset([for p in setproduct(range(1000), range(400)) : \"${p[0]}-${p[1]}\"])\n  name = each.key\n }\n}\n"), says: "a.hcl line 4"},
	{name: "a volume that is large", text: fixed("locals { t = join(\",\", range(100000)) }\npool \"p\" {\n driver = \"dir\"\n volume \"v\" {\n  for_each = toset([for i in range(10000) : \"v${i}\"])\n  name = each.key\n  description = \"${each.key}${local.t}\"\n }\n}\n"), says: "(?s)a.hcl line 7.*takes more than"},
	{name: "a cycle of locals", text: func() string {
		var b strings.Builder
		b.WriteString("locals {\n")
		for i := range 50_000 {
			fmt.Fprintf(&b, " a%d = local.a%d\n", i, (i+1)%50_000)
		}
		return b.String() + "}\n"
	}, says: "4998[0-9] others"},

	{name: "lookups", ok: true, slow: true, text: fixed("locals {\n m = { for i in range(50000) : \"k${i}\" => i }\n x = [for k, v in local.m : lookup(local.m, k, 0)]\n y = [for i in range(50000) : element(keys(local.m), i) if i < 1]\n}\n" + onePool), says: "Valid"},
	{name: "indices", ok: true, slow: true, text: fixed("locals {\n m = { for i in range(50000) : \"k${i}\" => i }\n x = [for k, v in local.m : local.m[k] + try(local.m[k], 0)]\n}\n" + onePool), says: "Valid"},
	{name: "a chain of locals", ok: true, slow: true, text: func() string {
		var b strings.Builder
		b.WriteString(onePool + "locals {\n")
		for i := range 100_000 {
			fmt.Fprintf(&b, " a%d = local.a%d\n", i, i+1)
		}
		return b.String() + " a100000 = 1\n}\n"
	}, says: "Valid"},
	{name: "volumes by for_each", ok: true, slow: true, text: fixed("pool \"p\" {\n driver = \"dir\"\n volume \"v\" {\n  for_each = toset([for i in range(100000) : \"v${i}\"])\n  name = each.key\n  description = \"volume ${each.key}\"\n  config = { size = \"1GiB\", \"user.a\" = each.key }\n }\n}\n"), says: "100000 volumes"},
	{name: "volumes that are written out", ok: true, slow: true, text: func() string {
		var b strings.Builder
		b.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
		for i := range 50_000 {
			fmt.Fprintf(&b, "  volume \"v%d\" {\n    description = \"Number %[1]d\"\n    config = { size = \"%dMiB\" }\n  }\n", i, i+1)
		}
		return b.String() + "}\n"
	}, says: "50000 volumes"},
	{name: "100,000 different texts", ok: true, slow: true, text: fixed("locals { x = distinct([for i in range(100000) : \"v${i}\"]) }\n" + onePool), says: "Valid"},
	{name: "mixed elements", ok: true, slow: true, text: fixed("locals { x = distinct(concat([for i in range(100000) : i], [\"a\"])) }\n" + onePool), says: "Valid"},
	{name: "a sorted union", ok: true, slow: true, text: fixed("locals { x = sort(setunion([for i in range(5000) : \"v${i}\"], [for i in range(5000) : \"w${i}\"])) }\n" + onePool), says: "Valid"},
	{name: "a table of 50,000", ok: true, slow: true, text: fixed("locals { x = csvdecode(join(\"\\n\", concat([\"a,b,c\"], [for i in range(50000) : \"${i},x,y\"]))) }\n" + onePool), says: "Valid"},
	{name: "a million comments", ok: true, text: repeated("pool \"a\" { driver = \"dir\" }\n", "# comment\n", 1_000_000, ""), says: "Valid: 1 pool"},
	{name: "a line of 10 MB", ok: true, text: repeated("pool \"a\" {\n driver = \"dir\"\n description = \"", "x", 10_000_000, "\"\n}\n"), says: "Valid: 1 pool"},
}

// TestHostileFiles: whatever is in a file, the command ends soon, without all memory, and says what is wrong and where.
func TestHostileFiles(t *testing.T) {
	program := filepath.Join(t.TempDir(), "tarn")
	itself, err := os.Executable()
	if err == nil {
		err = os.Symlink(itself, program)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range hostileFiles {
		t.Run(c.name, func(t *testing.T) {
			if c.slow {
				lxdtest.Nightly(t)
			}
			dir := t.TempDir()
			if c.file == "" {
				c.file = "a.hcl"
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text()), 0o600); err != nil {
				t.Fatal(err)
			}
			commands := [][]string{{"validate", "."}}
			if !c.ok && lxdtest.Full() {
				commands = append(commands, []string{"drift", "--remote", "sim:", "."})
			}
			for _, args := range commands {
				tryHostileFile(t, program, dir, c, args)
			}
		})
	}
}

func tryHostileFile(t *testing.T, program, dir string, c hostileFile, args []string) {
	t.Helper()
	// The time is against commands that do not end at all: machines are slow at times.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// A command that is not on its guard must not take the machine. Of the addresses Go takes more than a GiB for nothing.
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", `ulimit -v 4000000; ulimit -t 60; exec "$0" "$@"`, program}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	code, want := cmd.ProcessState.ExitCode(), 1
	if c.ok {
		want = 0
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%s, %s: exit code %d, %.1f s, %d MiB", c.name, args[0], code, took.Seconds(), usage.Maxrss>>10)
	if code != want || !regexp.MustCompile(c.says).Match(output.Bytes()) || output.Len() > 100_000 {
		t.Errorf("%s: %v, exit code %d; it says\n%.1500s", args, err, code, output.String())
	}
	limit := int64(300 << 10)
	if c.ok {
		limit *= 2 // what is honest may cost what it needs, and how much that is differs between runs
	}
	if usage.Maxrss > limit {
		t.Errorf("%s took %d MiB", args, usage.Maxrss>>10)
	}
	if took > 5*time.Second && !c.ok || took > 20*time.Second {
		t.Errorf("%s took %v of a processor", args, took)
	}
}
