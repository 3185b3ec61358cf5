package spec

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tarn/cli/paint"
)

// planted is the secret of the cases below. It has what makes programs quote and escape.
const planted = `Hunt3r'2 <"x">`

// A mistake has its place, and shows no secret, in any form of the output: none of a file of variables, of a sensitive variable, of what
// is computed from one, of a config key that is secret.
func TestMistakesShowNoSecrets(t *testing.T) {
	const pool = "pool \"main\" {\n  driver = \"dir\"\n  %s\n}\n"
	const sensitiveVar = "variable \"pw\" {\n  sensitive = true\n}\n"
	quoted := fmt.Sprintf("%q", planted)
	volume := func(attrs string) string { return fmt.Sprintf(pool, "volume \"v\" {\n    "+attrs+"\n  }") }
	cases := map[string]struct {
		spec, vars string // the spec and, unless it is "", a file of variables
		json       bool   // that file is JSON
		given      []string
		env, files []string // files of variables that are not there
		place      string   // that must be in the text
	}{
		// Files of variables.
		"var file: no end of quote":     {spec: sensitiveVar, vars: "pw = \"" + strings.ReplaceAll(planted, `"`, "") + "Hunt3r'2\n", place: "on my.vars line 1"},
		"var file: no quotes":           {spec: sensitiveVar, vars: "pw = Hunt3r'2\n", place: "on my.vars line 1"},
		"var file: a word":              {spec: sensitiveVar, vars: "pw = Hunt3r\n", place: "on my.vars line 1"},
		"var file: call":                {spec: sensitiveVar, vars: "pw = Hunt3r(" + quoted + ")\n", place: "on my.vars line 1"},
		"var file: no equals sign":      {spec: sensitiveVar, vars: "a = 1\npw " + quoted + "\n", place: "on my.vars line 2"},
		"var file: escape":              {spec: sensitiveVar, vars: "pw = \"Hunt3r\\'2\\H\"\n", place: "on my.vars line 1"},
		"var file: two on a line":       {spec: sensitiveVar, vars: "pw = " + quoted + " " + quoted + "\n", place: "on my.vars line 1"},
		"var file: block":               {spec: sensitiveVar, vars: "Hunt3r {\n  pw = " + quoted + "\n}\n", place: "on my.vars line 1"},
		"var file: undeclared":          {spec: sensitiveVar, vars: "pwd = " + quoted + "\npw = \"x\"\n", place: "on my.vars line 1"},
		"var file: twice":               {spec: sensitiveVar, vars: "pw = " + quoted + "\npw = " + quoted + "\n", place: "on my.vars line 2"},
		"var file: template":            {spec: sensitiveVar, vars: "pw = \"Hunt3r${" + quoted + "}${x}\"\n", place: "on my.vars line 1"},
		"var file: reference":           {spec: sensitiveVar, vars: "pw = var.Hunt3r\n", place: "on my.vars line 1"},
		"var file: heredoc":             {spec: sensitiveVar, vars: "pw = <<EOT\n" + planted + "\n", place: "my.vars line "},
		"var file: not text":            {spec: sensitiveVar, vars: "pw = \"Hunt3r'2\xff\"\n", place: "on my.vars line 1"},
		"var file: deep":                {spec: sensitiveVar, vars: "pw = \"Hunt3r'2\" " + strings.Repeat("[", 3000), place: "on my.vars line 1"},
		"var file: type":                {spec: "variable \"pw\" {\n  type = number\n}\n", vars: "pw = " + quoted + "\n", place: "on my.vars line 1"},
		"var file: type of a part":      {spec: "variable \"pw\" {\n  type = map(number)\n  sensitive = true\n}\n", vars: "pw = { \"Hunt3r'2\" = " + quoted + " }\n", place: "my.vars:1"},
		"var file: spelt as a key":      {spec: sensitiveVar, vars: quoted + " = 1\n", place: "on my.vars line 1"},
		"var file: JSON, a word":        {spec: sensitiveVar, json: true, vars: `{"pw": Hunt3r}`, place: "on my.json line 1"},
		"var file: JSON, a name":        {spec: sensitiveVar, json: true, vars: `{"Hunt3r'2": "pw", "pw": 1}`, place: "on my.json line 1"},
		"var file: JSON, no comma":      {spec: sensitiveVar, json: true, vars: `{"pw": "Hunt3r'2" "x": 1}`, place: "on my.json line 1"},
		"var file: JSON, escape":        {spec: sensitiveVar, json: true, vars: `{"pw": "Hunt3r'2\H"}`, place: "on my.json line 1"},
		"var file: JSON, list":          {spec: sensitiveVar, json: true, vars: `["Hunt3r'2"]`, place: "on my.json line 1"},
		"var file: JSON, twice":         {spec: sensitiveVar, json: true, vars: `{"pw": "Hunt3r'2", "pw": "Hunt3r'2"}`, place: "on my.json line 1"},
		"var file: JSON, two documents": {spec: sensitiveVar, json: true, vars: `{"pw": "x"} Hunt3r'2`, place: "on my.json line 1"},

		// --var and the environment.
		"--var: no equals sign": {spec: sensitiveVar, given: []string{"pw:" + planted}, place: "is not of the form NAME=VALUE"},
		"--var: base64 alone":   {spec: sensitiveVar, given: []string{"Hunt3rx="}},
		"--var: type":           {spec: "variable \"pw\" {\n  sensitive = true\n  type = number\n}\n", given: []string{"pw=" + planted}, place: "from --var pw"},
		"--var: list":           {spec: "variable \"pw\" {\n  sensitive = true\n  type = list(string)\n}\n", given: []string{"pw=" + planted}, place: "from --var pw"},
		"TARN_VAR: type":        {spec: "variable \"pw\" {\n  sensitive = true\n  type = number\n}\n", env: []string{"TARN_VAR_pw=" + planted}, place: "from TARN_VAR_pw"},

		"--var-file: a setting": {spec: sensitiveVar, files: []string{"pw=" + planted}, place: "--var pw=… sets the variable"},

		// Declarations.
		"default: type":               {spec: "variable \"pw\" {\n  sensitive = true\n  type = number\n  default = " + quoted + "\n}\n", place: "on a.hcl line 1"},
		"default: syntax":             {spec: "variable \"pw\" {\n  sensitive = true\n  default = " + quoted + " = 1\n}\n", place: "on a.hcl line 3"},
		"default: on the same line":   {spec: "variable \"pw\" { default = " + quoted + ", sensitive = true }\n", place: "on a.hcl line 1"},
		"default: no quotes":          {spec: "variable \"pw\" {\n  default = Hunt3r\n  sensitive = true\n}\n", place: "on a.hcl line 2"},
		"sensitive: of another type":  {spec: "variable \"pw\" {\n  sensitive = \"true\"\n  validation {\n    condition     = length(var.pw) > 99\n    error_message = \"${var.pw} is short\"\n  }\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 2"},
		"sensitive: misspelled":       {spec: "variable \"pw\" {\n  sensitve = true\n  validation {\n    condition     = length(var.pw) > 99\n    error_message = \"${var.pw} is short\"\n  }\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 2"},
		"sensitive: in the second":    {spec: "variable \"pw\" {}\nvariable \"pw\" {\n  sensitive = true\n}\n" + volume("config = { size = var.pw }"), given: []string{"pw=" + planted}},
		"validation: message":         {spec: "variable \"pw\" {\n  sensitive = true\n  validation {\n    condition     = length(var.pw) > 99\n    error_message = \"${upper(var.pw)} is short\"\n  }\n}\n", given: []string{"pw=" + planted}},
		"validation: of another":      {spec: sensitiveVar + "variable \"n\" {\n  default = 1\n  validation {\n    condition     = var.n > 1\n    error_message = \"${var.pw} is why\"\n  }\n}\n", given: []string{"pw=" + planted}},
		"validation: fails":           {spec: "variable \"pw\" {\n  sensitive = true\n  validation {\n    condition     = parseint(var.pw, 10) > 1\n    error_message = \"x\"\n  }\n}\n", given: []string{"pw=" + planted}},
		"validation: not a condition": {spec: "variable \"pw\" {\n  sensitive = true\n  validation {\n    condition     = var.pw\n    error_message = \"x\"\n  }\n}\n", given: []string{"pw=" + planted}},

		// What is computed.
		"parseint":          {spec: sensitiveVar + "locals { a = parseint(var.pw, 10) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"file":              {spec: sensitiveVar + "locals { a = file(\"/nowhere/${var.pw}\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"env":               {spec: sensitiveVar + "locals { a = env(var.pw) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"jsondecode":        {spec: sensitiveVar + "locals { a = jsondecode(var.pw) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"yamldecode":        {spec: sensitiveVar + "locals { a = yamldecode(\"a: [${var.pw}\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"csvdecode":         {spec: sensitiveVar + "locals { a = csvdecode(\"${var.pw}\\n\\\"\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"regex":             {spec: sensitiveVar + "locals { a = regex(\"(${var.pw}\", \"x\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"timeadd":           {spec: sensitiveVar + "locals { a = timeadd(var.pw, \"1h\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"formatdate":        {spec: sensitiveVar + "locals { a = formatdate(var.pw, \"2020-01-01T00:00:00Z\") }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"format":            {spec: sensitiveVar + "locals { a = format(\"%d\", var.pw) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"tonumber":          {spec: sensitiveVar + "locals { a = tonumber(var.pw) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"try":               {spec: sensitiveVar + "locals { a = try(parseint(var.pw, 10), tonumber(var.pw)) }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"sum in a local":    {spec: sensitiveVar + "locals {\n  b = \"${var.pw}!\"\n  a = 1 + local.b\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 6"},
		"template":          {spec: sensitiveVar + "locals { a = \"a${[var.pw]}\" }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"index of a map":    {spec: sensitiveVar + "locals { a = tomap({ x = 1 })[var.pw] }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"index of a list":   {spec: sensitiveVar + "locals { a = [1][var.pw] }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"index of a thing":  {spec: sensitiveVar + "locals { a = { x = 1 }[var.pw] }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"for":               {spec: sensitiveVar + "locals { a = [for x in [var.pw] : parseint(x, 10)] }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"for, twice a key":  {spec: sensitiveVar + "locals { a = { for x in [1, 2] : var.pw => x } }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"lookup":            {spec: sensitiveVar + "locals { a = lookup({ x = 1 }, var.pw, 1) + [] }\n", given: []string{"pw=" + planted}, place: "on a.hcl line 4"},
		"each":              {spec: sensitiveVar + volume("name = each.key\n    for_each = { a = var.pw }\n    config = { size = parseint(each.value, 10) }"), given: []string{"pw=" + planted}, place: "on a.hcl line 9"},
		"conditional":       {spec: sensitiveVar + volume(`description = var.pw == "x" ? "a" : "b"`), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"keys of what is":   {spec: sensitiveVar + volume("name = each.value\n    for_each = toset(keys({ (var.pw) = 1 }))"), given: []string{"pw=" + planted}, place: "on a.hcl line 8"},
		"for_each":          {spec: sensitiveVar + volume("name = each.value\n    for_each = toset([var.pw])"), given: []string{"pw=" + planted}, place: "on a.hcl line 8"},
		"for_each by split": {spec: sensitiveVar + volume("name = each.value\n    for_each = toset(split(\"<\", var.pw))"), given: []string{"pw=" + planted}, place: "on a.hcl line 8"},

		// Where a secret cannot be.
		"name":         {spec: sensitiveVar + volume("name = var.pw"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"description":  {spec: sensitiveVar + volume("description = upper(var.pw)"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"project":      {spec: sensitiveVar + volume("project = var.pw"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"renamed_from": {spec: sensitiveVar + volume("renamed_from = { name = var.pw }"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"copy_of":      {spec: sensitiveVar + volume("copy_of = \"x/${var.pw}\""), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"driver":       {spec: sensitiveVar + "pool \"p\" {\n  driver = var.pw\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 5"},
		"remote":       {spec: sensitiveVar + "tarn {\n  remote = \"https://${var.pw}@h\"\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 5"},
		"owner":        {spec: sensitiveVar + "tarn {\n  owner = var.pw\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 5"},
		"config key":   {spec: sensitiveVar + volume("config = { (var.pw) = 1 }"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},

		// Config.
		"value":            {spec: sensitiveVar + volume("config = { size = var.pw }"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"value of a list":  {spec: sensitiveVar + volume("config = { size = [var.pw] }"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"relative source":  {spec: sensitiveVar + "pool \"p\" {\n  driver = \"dir\"\n  config = { source = var.pw }\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 6"},
		"source twice":     {spec: sensitiveVar + "pool \"p\" {\n  driver = \"dir\"\n  config = { source = \"/${var.pw}\" }\n}\npool \"q\" {\n  driver = \"dir\"\n  config = { source = \"/${var.pw}\" }\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 10"},
		"source in source": {spec: sensitiveVar + "pool \"p\" {\n  driver = \"dir\"\n  config = { source = \"/${var.pw}\" }\n}\npool \"q\" {\n  driver = \"dir\"\n  config = { source = \"/${var.pw}/a\" }\n}\n", given: []string{"pw=" + planted}, place: "on a.hcl line 10"},
		"pattern":          {spec: sensitiveVar + volume("config = { \"snapshots.pattern\" = \"a/${var.pw}\" }"), given: []string{"pw=" + planted}, place: "on a.hcl line 7"},
		"secret key": {spec: "pool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = " + quoted + ", sizzz = 1 }\n}\n",
			place: `config = { "powerflex.user.password" = "(secret)", sizzz = 1 }`},
		"secret key without quotes": {spec: "pool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = Hunt3r }\n}\n", place: "on a.hcl line 3"},
		"secret key, syntax":        {spec: "pool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = \"Hunt3r'2 }\n}\n", place: "on a.hcl line 3"},
		"secret key, list":          {spec: "pool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = [" + quoted + "] }\n}\n", place: "on a.hcl line 3"},
		"secret key by a variable":  {spec: "variable \"x\" {}\npool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = [var.x, 1] }\n}\n", given: []string{"x=" + planted}, place: "on a.hcl line 4"},
		"secret key by a local":     {spec: "locals {\n  p = " + quoted + "\n}\nlocals {\n  p = " + quoted + "\n}\npool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = local.p }\n}\n", place: "on a.hcl line 5"},
		"secret_config":             {spec: "tarn {\n  secret_config = [\"user.pin\"]\n}\n" + volume("config = { \"user.pin\" = "+quoted+", sizzz = 1 }"), place: "on a.hcl line 7"},
		"secret_config, syntax":     {spec: "tarn {\n  secret_config = [\"user.pin\"]\n}\n" + volume("config = { \"user.pin\" = "+quoted+"; sizzz = 1 }"), place: "on a.hcl line 7"},
		"secret_config of a member": {spec: "pool \"p\" {\n  driver = \"dir\"\n  member \"n1\" { config = { \"user.a.password\" = " + quoted + ", x = 1 } }\n}\n", place: "on a.hcl line 3"},
		"default of volumes":        {spec: "pool \"p\" {\n  driver = \"dir\"\n  config = { \"volume.user.a.password\" = " + quoted + ", x = 1 }\n}\n", place: "on a.hcl line 3"},
		"unknown driver":            {spec: "pool \"p\" {\n  driver = \"newone\"\n  config = { \"newone.password\" = " + quoted + " }\n  x = 1\n}\n" + "pool \"q\" { config = { \"newone.password\" = " + quoted + " } }"},
		"address":                   {spec: "tarn { remote = \"https://u:Hunt3r'2@host\", x = 1 }\n", place: "on a.hcl line 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"a.hcl": c.spec}
			opts := Options{Vars: c.given, Env: c.env, Portable: true}
			opts.VarFiles = c.files
			if c.vars != "" {
				file := "my.vars"
				if c.json {
					file = "my.json"
				}
				files[file], opts.VarFiles = c.vars, []string{file}
			}
			opts.Dir = write(t, files)
			s, diags := Load([]string{"a.hcl"}, opts)
			if len(diags) == 0 {
				t.Fatal("no diagnostics, so that the case shows nothing")
			}
			var out bytes.Buffer
			for _, width := range []int{0, 40, 80} {
				if err := s.WriteDiagnostics(&out, diags, width, paint.Painter{}); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.Contains(out.String(), c.place) {
				t.Errorf("no %q in\n%s", c.place, &out)
			}
			report := NewValidateReport()
			report.Add(s, diags)
			if err := report.WriteJSON(&out); err != nil {
				t.Fatal(err)
			}
			for _, write := range []func(io.Writer) error{
				report.WriteGitHub, report.WriteJUnit, report.WriteGitLab, func(w io.Writer) error { return report.WriteSARIF(w, "1") },
			} {
				if err := write(&out); err != nil {
					t.Fatal(err)
				}
			}
			low := bytes.ToLower(out.Bytes())
			for _, form := range forms("Hunt3r") {
				if bytes.Contains(low, []byte(form)) {
					t.Errorf("%q is in\n%s", form, &out)
					return
				}
			}
		})
	}
}

// forms are the ways in which a secret would be found in lower case.
func forms(secret string) []string {
	low := strings.ToLower(secret)
	found := map[string]bool{low: true, hex.EncodeToString([]byte(secret)): true, url.QueryEscape(low): true}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for _, text := range []string{secret, low, strings.ToUpper(secret)} {
			found[strings.ToLower(encoding.EncodeToString([]byte(text)))] = true
		}
	}
	if encoded, err := json.Marshal(low); err == nil {
		found[string(bytes.Trim(encoded, `"`))] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// Offsets in a snippet are those of the text that is there.
func TestSnippetWithoutSecrets(t *testing.T) {
	src := "pool \"p\" {\n  driver = \"powerflex\"\n  config = { \"powerflex.user.password\" = \"hunter2 long\", sizzz = 1 }\n}\n"
	dir := write(t, map[string]string{"a.hcl": src})
	s, diags := Load([]string{"a.hcl"}, Options{Dir: dir})
	report := NewValidateReport()
	report.Add(s, diags)
	for _, d := range report.Diagnostics {
		if d.Summary == "Unsupported config key" {
			if got := d.Snippet.Code[d.Snippet.HighlightStartOffset:d.Snippet.HighlightEndOffset]; got != "sizzz" {
				t.Errorf("%q is marked in %q", got, d.Snippet.Code)
			}
			return
		}
	}
	t.Error("no such diagnostic")
}
