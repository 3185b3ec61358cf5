//go:build linux

package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tarn/lxd/sim"
)

// derivedFrom is the secret that the values below are made of: two runs of letters, and between them what programs escape.
const derivedFrom = `Zq7Wx3Kp9Tb5Vm2Hs"'\<&>%/ü Jd8Rf4Lc6Yn`

// derivations are what specs make of a sensitive variable.
var derivations = []string{
	`var.pw`, `"${var.pw}!"`, `"https://u:${var.pw}@h:8443/p?q=1"`, `upper(var.pw)`, `lower(var.pw)`, `title(var.pw)`, `strrev(var.pw)`,
	`substr(var.pw, 0, 9)`, `substr(var.pw, 4, 12)`, `substr(var.pw, 2, 3)`, `replace(var.pw, "7", "-")`, `join("-", [var.pw, var.pw])`,
	`split("9", var.pw)[1]`, `jsonencode({ a = [var.pw] })`, `jsonencode(jsonencode(var.pw))`, `yamlencode({ a = var.pw })`, `format("%q", var.pw)`, `format("%60s", var.pw)`,
	`formatlist("%s-x", [var.pw])[0]`, `try(var.none.of, var.pw)`, `coalesce(var.none, var.pw)`, `regex("^.{10}", var.pw)`, `trimsuffix(var.pw, "Yn")`,
	`trimprefix(var.pw, "Zq")`, `trim(var.pw, "Zn")`, `lookup({ a = var.pw }, "a", "")`, `element([var.pw], 3)`, `merge({ a = 1 }, { a = var.pw }).a`,
	`values({ a = var.pw })[0]`, `sort([var.pw, "zz"])[0]`, `join(",", [for c in split("", var.pw) : c])`, `indent(2, "a\n${var.pw}")`,
	`jsondecode(var.json).deep[0].password`, `yamldecode("p: ${jsonencode(var.pw)}").p`, `csvdecode("p,q\n${substr(var.pw, 0, 16)},1")[0].p`,
	`chunklist([var.pw], 1)[0][0]`, `zipmap(["a"], [var.pw]).a`, `tostring(parseint(substr(var.number, 0, 9), 10))`, `var.number + 1`, `local.of.it`, `<<-EOT
    -----BEGIN-----
    ${var.pw}
    -----END-----
  EOT
`,
}

// repeats are how a server may write the values of a request into a refusal.
var repeats = map[string]func(config map[string]string) string{
	"as they are": func(c map[string]string) string { return eachValue(c, func(v string) string { return v }) },
	"quoted": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return fmt.Sprintf("%q", v) })
	},
	"quoted in ASCII": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return fmt.Sprintf("%+q", v) })
	},
	"quoted twice": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return fmt.Sprintf("%q", fmt.Sprintf("x: %q", v)) })
	},
	"as a map of Go":  func(c map[string]string) string { return fmt.Sprint(c) },
	"as source of Go": func(c map[string]string) string { return fmt.Sprintf("%#v", c) },
	"as JSON":         func(c map[string]string) string { return asJSON(c) },
	"as JSON in JSON": func(c map[string]string) string { return asJSON(map[string]string{"request": asJSON(c)}) },
	"as a query": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return "?v=" + url.QueryEscape(v) })
	},
	"as a path": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return "/" + url.PathEscape(v) })
	},
	"as base64": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) })
	},
	"as base64 of more": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + v)) })
	},
	"as hexadecimal": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return hex.EncodeToString([]byte(v)) })
	},
	"as bytes of Go": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return fmt.Sprint([]byte(v)) })
	},
	"as HTML": func(c map[string]string) string { return eachValue(c, html.EscapeString) },
	"for a shell": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'" })
	},
	"in upper case": func(c map[string]string) string { return eachValue(c, strings.ToUpper) },
	"in one line": func(c map[string]string) string {
		return eachValue(c, func(v string) string { return strings.Join(strings.Fields(v), " ") })
	},
}

func eachValue(config map[string]string, as func(string) string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(config)) {
		out = append(out, fmt.Sprintf("Bad value %s of %s", as(config[key]), key))
	}
	return strings.Join(out, "; ")
}

func asJSON(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err) // a string can always be
	}
	return string(encoded)
}

// piecesOf are all parts of a secret of so many bytes, in lower case, that are nothing but letters and digits.
func piecesOf(secret string, length int, pieces map[string]string) {
	for i := 0; i+length <= len(secret); i++ {
		piece := strings.ToLower(secret[i : i+length])
		if strings.Trim(piece, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
			pieces[piece] = secret
		}
	}
}

// A value that is made of a sensitive variable is as secret as that: no text of tarn has a piece of it, whatever expression made it, and in
// whatever way the server repeats it.
func TestDerivedSecrets(t *testing.T) {
	const number = "904817263554"
	reversed := []rune(derivedFrom)
	slices.Reverse(reversed)
	pieces := map[string]string{}
	piecesOf(derivedFrom, 5, pieces)
	piecesOf(string(reversed), 5, pieces)
	piecesOf(number, 6, pieces)
	for _, part := range []string{derivedFrom[:17], derivedFrom[27:]} { // the runs of letters
		for shift := range 3 {
			encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + part))
			piecesOf(encoded[4:len(encoded)-4], 7, pieces)
		}
		piecesOf(hex.EncodeToString([]byte(part)), 10, pieces)
	}
	inBytes := strings.Trim(fmt.Sprint([]byte(derivedFrom[:8])), "[]")
	found := func(text string) (found []string) {
		low := strings.ToLower(text)
		for piece := range pieces {
			if strings.Contains(low, piece) {
				found = append(found, piece)
			}
		}
		if strings.Contains(low, inBytes) {
			found = append(found, inBytes)
		}
		slices.Sort(found)
		return found
	}
	if len(found("a zq7wx and 5a71375778334b and "+number)) < 3 {
		t.Fatal("the search is blind")
	}

	dir := t.TempDir()
	var spec strings.Builder
	spec.WriteString("variable \"pw\" { sensitive = true }\nvariable \"json\" { sensitive = true }\nvariable \"number\" {\n  sensitive = true\n  type = number\n}\nvariable \"none\" { default = null }\n" +
		"locals {\n  of = { it = var.pw }\n}\npool \"main\" {\n  driver = \"dir\"\n  volume \"one\" {\n    config = {\n")
	for i, expression := range derivations {
		fmt.Fprintf(&spec, "      \"user.k%02d\" = %s\n", i, expression)
	}
	spec.WriteString("    }\n  }\n}\n")
	vars := fmt.Sprintf("pw = %s\njson = %s\nnumber = %s\n", asHCL(derivedFrom), asHCL(asJSON(map[string]any{"deep": []any{map[string]string{"password": "Zq7Wx3Kp9Tb5" + "-of-json"}}})), number)
	for name, text := range map[string]string{"storage.hcl": spec.String(), "my.vars": vars} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	repeated := 0
	how := ""
	socket := refusing(t, dir, func(config map[string]string) string {
		repeated = len(config)
		return repeats[how](config)
	})
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("tarn", append(args, "--remote", "unix:"+socket, "--var-file", "my.vars", "storage.hcl")...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		if got := found(string(out)); got != nil {
			t.Errorf("%s, %s: %v in\n%s", how, args, got, out)
		}
		return string(out)
	}
	for _, args := range [][]string{{"plan"}, {"plan", "--json"}, {"plan", "--markdown"}, {"plan", "--debug"}, {"plan", "--out", "plan.json"}, {"plan", "--rehearse"}, {"drift"}} {
		how = "a plan"
		if out := run(args...); !strings.Contains(out, "one") {
			t.Errorf("%s: %s", args, out)
		}
	}
	if saved, err := os.ReadFile(filepath.Join(dir, "plan.json")); err != nil || found(string(saved)) != nil {
		t.Errorf("plan.json: %v, %v", err, found(string(saved)))
	}
	for how = range repeats {
		for _, args := range [][]string{{"apply", "--auto-approve", "--debug"}, {"apply", "--auto-approve", "--json"}} {
			repeated = 0
			if out := run(args...); repeated != len(derivations) || !strings.Contains(out, "(secret)") {
				t.Errorf("%s: the server was sent %d values, and tarn wrote\n%s", how, repeated, out)
			}
		}
	}
}

// asHCL is a text as HCL quotes it.
func asHCL(text string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(asJSON(text))
}

// refusing serves a simulator that refuses to create a volume, with a text that is made of its config.
func refusing(t *testing.T, dir string, text func(config map[string]string) string) (socket string) {
	t.Helper()
	simulator := sim.New(nil)
	socket = filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/volumes/custom") {
			simulator.ServeHTTP(w, r)
			return
		}
		var volume struct{ Config map[string]string }
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(body, &volume)
		}
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, asJSON(map[string]any{"type": "error", "error_code": 400, "error": text(volume.Config)}))
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close(); simulator.Close() })
	return socket
}
