package spec

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
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

// quoted is text as HCL writes it, with codes as [schema.Quoted] has them.
func quoted(text string) string {
	inHCL := exact(string(hclwrite.TokensForValue(cty.StringVal(protect(text))).Bytes()))
	if schema.IsNormal(text) {
		return inHCL
	}
	var b strings.Builder
	for _, r := range inHCL {
		if changeable(r) {
			quoted := strconv.QuoteToASCII(string(r))
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ColonHint says how a name with a colon is written, where the spec may mean one by what it takes for a remote; "" where it cannot.
func (s *Spec) ColonHint(remote string) string {
	for _, p := range s.Pools {
		for _, v := range p.Volumes {
			ref, attribute := v.RenamedFrom, "renamed_from"
			if ref == nil {
				ref, attribute = v.CopyOf, copyOf
			}
			if ref != nil && ref.Remote == remote && ref.Pool == "" {
				pool, name, inPool := strings.Cut(remote, "/")
				if !inPool {
					pool, name = "", remote
				}
				meant := VolumeRef{Pool: pool, Name: name + ":" + ref.Name}
				return "a name with a colon is written in parts, " + attribute + " = " + meant.Source()
			}
		}
	}
	return ""
}
