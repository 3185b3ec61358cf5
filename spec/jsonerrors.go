package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// explainJSON says in one diagnostic why a file is not JSON, in place of the parser's, which stumbles over one mistake several times.
// Other mistakes than those of JSON itself stay as they are.
func explainJSON(src []byte, name string, diags hcl.Diagnostics) hcl.Diagnostics {
	var value json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(src, &value); !errors.As(err, &syntax) {
		return diags
	}
	at := byteRange(src, name, min(max(int(syntax.Offset)-1, 0), max(len(src)-1, 0)))
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Invalid JSON", Subject: &at}
	if len(strings.TrimSpace(string(src))) > 0 && !strings.ContainsAny(strings.TrimSpace(string(src))[:1], "{['") {
		d.Detail = "This is not JSON, which the ending of the name says. A spec in the native syntax is in a file whose name ends in .hcl alone."
		return hcl.Diagnostics{d}
	}
	_, why, _ := strings.Cut(jsonPlace(string(src)).Error(), ": ")
	d.Detail = capital(why) + "."
	if len(src) > 0 && src[at.Start.Byte] == '\'' {
		d.Detail += " Text is in double quotes."
	}
	return hcl.Diagnostics{d}
}

// explainJSONContent replaces HCL's words on what stands in a block of the JSON syntax. It gives nil for what another diagnostic of the same place
// says already.
func explainJSONContent(d *hcl.Diagnostic, before hcl.Diagnostics) *hcl.Diagnostic {
	own := *d
	switch d.Summary {
	case "Incorrect JSON value type":
		own.Summary = "Wrong type"
		own.Detail = "Blocks of one kind are an object here, by their labels: { \"LABEL\": { … } }. Those without a label are an object by themselves."
	case "Missing block label":
		for _, other := range before {
			if other.Summary == "Incorrect JSON value type" && other.Subject != nil && d.Subject != nil && other.Subject.Start.Line == d.Subject.Start.Line {
				return nil
			}
		}
		own.Summary = "Missing label"
		own.Detail = "Here is no block. Blocks of one kind are an object, by their labels: { \"LABEL\": { … } }."
	case "Duplicate argument":
		own.Summary = "Attribute twice"
		own.Detail = "The block has a value for this already. Keep one of the two."
		if d.Subject != nil {
			if name, _, ok := strings.Cut(strings.TrimPrefix(d.Detail, "The argument \""), "\""); ok {
				own.Detail = fmt.Sprintf("The block has a value for %q already. Keep one of the two.", name)
			}
		}
	}
	return &own
}
