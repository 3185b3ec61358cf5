package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// usedValue is a value that the expression of a diagnostic uses.
type usedValue struct {
	name string // as the expression has it: each.value["size"]
	text string // the value when it is plain, or what kind of value it is
}

// eachKey is the reference each.key, which says which element of a for_each something is about.
var eachKey = hcl.Traversal{hcl.TraverseRoot{Name: "each"}, hcl.TraverseAttr{Name: "key"}}

// usedValues are the values that the expression of a diagnostic uses, by name, with each.key when it uses anything of the
// element of a for_each. Sensitive values are not among them.
func usedValues(d *hcl.Diagnostic) []usedValue {
	if d.Expression == nil || d.EvalContext == nil {
		return nil
	}
	var values []usedValue
	used := d.Expression.Variables()
	if slices.ContainsFunc(used, func(t hcl.Traversal) bool { return t.RootName() == "each" }) {
		used = append(used, eachKey)
	}
	for _, t := range used {
		v, diags := t.TraverseAbs(d.EvalContext)
		if diags.HasErrors() || v.ContainsMarked() || !v.IsWhollyKnown() {
			continue
		}
		values = append(values, usedValue{traversalText(t), valueText(v)})
	}
	slices.SortFunc(values, func(a, b usedValue) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.text, b.text))
	})
	return slices.Compact(values)
}

// longestValue is how long a text is at most that is shown as the value of something, in bytes.
const longestValue = 500

// valueText is a plain value as a spec would have it, and of another one its kind and how many elements it has.
func valueText(v cty.Value) string {
	ty := v.Type()
	elements := func(n int, what string) string {
		if n != 1 {
			what += "s"
		}
		return fmt.Sprintf("%s with %d %s", ty.FriendlyName(), n, what)
	}
	switch {
	case v.IsNull():
		return "null"
	case ty == cty.String && len(v.AsString()) > longestValue:
		return fmt.Sprintf("a text of %d bytes", len(v.AsString()))
	case ty == cty.String:
		return fmt.Sprintf("%q", textOf(v))
	case ty == cty.Number:
		return v.AsBigFloat().Text('g', 10)
	case ty == cty.Bool:
		return strconv.FormatBool(v.True())
	case ty.IsObjectType():
		return elements(len(ty.AttributeTypes()), "attribute")
	case ty.IsCollectionType(), ty.IsTupleType():
		return elements(v.LengthInt(), "element")
	default:
		return ty.FriendlyName()
	}
}

// traversalText is a reference as an expression has it.
func traversalText(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			if step.Key.IsKnown() && !step.Key.IsNull() {
				fmt.Fprintf(&b, "[%s]", valueText(step.Key))
			}
		}
	}
	return exact(b.String())
}
