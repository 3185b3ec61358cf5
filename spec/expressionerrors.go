package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/lazyregexp"
)

var (
	operandOf   = lazyregexp.New(`^Unsuitable value for (left|right|unary) operand: (.+)\.$`)
	iteratedOf  = lazyregexp.New(`^A value of type (.+) cannot be used as the collection`)
	resultTypes = lazyregexp.New(`The 'true' value is (.+), but the 'false' value is (.+)\.$`)
	haveType    = lazyregexp.New(`required, but have (.+)\.$`)
)

// explainExpression replaces HCL's message on an operator, a template or a for expression that is given a value it cannot have.
func explainExpression(d *hcl.Diagnostic) {
	switch d.Summary {
	case "Invalid operand":
		m := operandOf().FindStringSubmatch(d.Detail)
		if m == nil {
			return
		}
		where := map[string]string{"left": "On the left of this operator", "right": "On the right of this operator", "unary": "Behind this operator"}[m[1]]
		d.Detail = fmt.Sprintf("%s %s.", where, plainTypes(m[2]))
		if _, text := d.Expression.(*hclsyntax.TemplateExpr); text && m[1] == "left" {
			d.Detail += " Texts are joined by writing them in one: \"${…}${…}\"."
		}
	case "Invalid template interpolation value":
		if strings.Contains(d.Detail, "null") {
			d.Detail = "A value within text cannot be null. Where it may be, write coalesce(VALUE, DEFAULT)."
		} else if m := haveType().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("A value within text is text, a number or a boolean, and this is %s. Elements are joined by join(\",\", LIST).", plainType(m[1]))
		}
	case "Incorrect condition type":
		d.Detail = "What stands before the ? must be true or false: a comparison, such as var.size == \"10GiB\"."
	case "Null condition":
		d.Detail = "What stands before the ? is null, and must be true or false."
	case "Inconsistent conditional result types":
		if m := resultTypes().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("The values before and behind the : must be of one type, and they are %s and %s.", plainType(m[1]), plainType(m[2]))
		}
	case "Iteration over non-iterable value":
		if m := iteratedOf().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("for goes through a list, a set or an object, and this is %s.", plainType(m[1]))
		}
	case "Iteration over null value":
		d.Detail = "for goes through a list, a set or an object, and this is null."
	case "Invalid 'for' condition":
		d.Detail = "What stands behind if must be true or false: a comparison, such as x != \"\"."
	case "Null value as key", "Invalid object key":
		d.Detail = "A key of an object must be text, and this is null."
	case "Incorrect key type":
		if m := haveType().FindStringSubmatch(d.Detail); m != nil {
			d.Detail = fmt.Sprintf("A key of an object must be text, and this is %s.", plainType(m[1]))
		}
	case "Operation failed":
		if strings.Contains(d.Detail, "must not be null") {
			d.Detail = "Neither side of this operator can be null."
		}
	}
}
