package spec

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

var validationBlock = &blockType{
	name: "validation",
	doc:  "What the value of the variable around it must be like.",
	attrs: []attribute{
		{name: "condition", typ: "true or false", doc: "True for a value that is right. It uses var.NAME."},
		{name: "error_message", typ: "text", doc: "What to say of another value."},
	},
}

// validateVariables evaluates the validation blocks. A rule may use every variable, and must use its own.
func (l *loader) validateVariables() {
	var failed []*variable
	for _, name := range sortedKeys(l.vars) {
		v := l.vars[name]
		for _, block := range v.validations {
			if !l.passes(v, block) {
				failed = append(failed, v)
			}
		}
	}
	for _, v := range failed {
		v.value = cty.DynamicVal
	}
}

// passes evaluates one validation block. A mistake in the block itself is reported, and says nothing of the value.
func (l *loader) passes(v *variable, block *hcl.Block) bool {
	condition, message, ok := l.validationRule(v, block)
	if !ok {
		return true
	}
	ctx := l.scope(block.TypeRange.Filename)
	result, ok := l.evaluate(condition, ctx)
	if !ok {
		return true
	}
	result, _ = result.Unmark()
	result, err := convert.Convert(result, cty.Bool)
	if err != nil || result.IsNull() {
		l.errorf(condition.Range(), "Wrong type", "The condition of a validation must be true or false.")
		return true
	}
	text, ok := l.evaluate(message, ctx)
	if !ok && !result.True() && l.opts.ValuesMayLack {
		text = cty.StringVal("The error message uses a variable without a value, so it is not shown.")
	} else if !ok {
		return true
	}
	text, marks := text.Unmark()
	text, err = convert.Convert(text, cty.String)
	if err != nil || text.IsNull() {
		l.errorf(message.Range(), "Wrong type", "The error_message of a validation must be a text.")
		return true
	}
	if result.True() {
		return true
	}
	words := text.AsString()
	if len(marks) > 0 {
		words = "The error message uses a sensitive value, so it is not shown."
	}
	at, fromWhere := v.rangeFor(v.origin)
	l.errorf(at, "Invalid value for variable", "%s\n\nThe variable %q is validated at %s.%s",
		words, v.name, fileLine(condition.Range()), fromWhere)
	return false
}

// validationRule gives the expressions of a validation block. It is not ok when one is missing or has a mistake.
func (l *loader) validationRule(v *variable, block *hcl.Block) (condition, message hcl.Expression, ok bool) {
	content := l.content(block.Body, validationBlock)
	attrs := content.Attributes
	refs := references{noLocal: "A validation may use variables only: local values are computed after variables are validated."}
	ok = true
	for _, name := range validationBlock.attributeNames() {
		attr := attrs[name]
		if attr == nil && !content.meant[name] {
			l.errorf(header(block), "Missing attribute", "A validation block needs %q.", name)
		}
		ok = ok && attr != nil && l.checkReferences(attr.Expr, refs)
	}
	if !ok {
		return nil, nil, false
	}
	condition, message = attrs["condition"].Expr, attrs["error_message"].Expr
	if !slices.ContainsFunc(condition.Variables(), func(t hcl.Traversal) bool {
		step, ok := traverseAttr(t)
		return ok && t.RootName() == "var" && step == v.name
	}) {
		l.errorf(condition.Range(), "Invalid validation", "The condition must use var.%s, the variable that it validates.", v.name)
		return nil, nil, false
	}
	return condition, message, true
}
