package spec

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Source is the name as a spec may say it: as text where that means the same, else in parts.
func (ref VolumeRef) Source() string {
	if ref.Project == "" && !strings.Contains(ref.Remote+ref.Pool+ref.Name, ":") {
		return quoted(ref.String())
	}
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"name", ref.Name}, {"pool", ref.Pool}, {"project", ref.Project}, {"remote", ref.Remote},
	} {
		if part.value != "" {
			parts = append(parts, part.name+" = "+quoted(part.value))
		}
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// quoted is text as HCL writes it.
func quoted(text string) string {
	return exact(string(hclwrite.TokensForValue(cty.StringVal(protect(text))).Bytes()))
}
