package spec

import (
	"bytes"
	"encoding/json"

	"github.com/hashicorp/hcl/v2"

	"tarn/cli/lazyregexp"
)

// notASpec says of a file that cannot be parsed what it is instead, or what happened to it; nil when that is not known.
func notASpec(src []byte, name string) *hcl.Diagnostic {
	problem := func(at, length int, summary, detail string) *hcl.Diagnostic {
		rng := byteRange(src, name, at)
		rng.End.Byte += length - 1
		rng.End.Column += length - 1
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &rng}
	}
	if at := conflictMarker().FindIndex(src); at != nil {
		return problem(at[0], at[1]-at[0], "Unresolved merge conflict", "A merge left both versions of these lines here. Keep one, and take out the lines "+
			"that begin with <<<<<<<, ======= and >>>>>>>.")
	}
	start := len(src) - len(bytes.TrimLeft(src, " \t\r\n\ufeff"))
	if json.Valid(bytes.TrimSpace(src[start:])) && len(src) > start && (src[start] == '{' || src[start] == '[') {
		return problem(start, 1, "File is JSON", "This is JSON and not the native syntax. A spec in JSON is in a file whose name ends in .hcl.json.")
	}
	if at := yamlStart().FindSubmatchIndex(src); at != nil {
		from, to := at[2], at[3]
		switch {
		case preseedWords().Match(src):
			return problem(from, to-from, "File is YAML", "This is YAML, as lxd init --preseed and lxc storage show have it. In a spec it is:\n\n"+
				"  pool \"default\" {\n    driver = \"dir\"\n    config = { size = \"10GiB\" }\n  }")
		case composeWords().Match(src):
			return problem(from, to-from, "File is YAML", "This is YAML of docker compose. tarn manages volumes of LXD and Incus, in pools:\n\n"+
				"  pool \"default\" {\n    existing = true\n    volume \"data\" {}\n  }")
		}
		return problem(from, to-from, "File is YAML", "This is YAML, and a spec is not: blocks have braces, and values equals signs. \"tarn help spec\" shows what a spec looks like.")
	}
	return nil
}

var (
	conflictMarker = lazyregexp.New(`(?m)^(<{7}|>{7}|={7})( [^\r\n]*)?\r?$`)

	// yamlStart is how files of YAML begin: a list, a document, or a key with a colon outside of any block.
	yamlStart    = lazyregexp.New(`^(?:[ \t]*(?:#[^\n]*)?\r?\n)*(---[ \t]*|- [^\n]*|["']?[\w.-]+["']?:(?:[ \t][^\r\n]*)?)\r?(?:\n|$)`)
	preseedWords = lazyregexp.New(`(?m)^(storage_pools|storage_volumes|profiles|used_by|- name|config):`)
	composeWords = lazyregexp.New(`(?m)^(services|volumes):`)
)
