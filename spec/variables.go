package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/lxd/schema"
)

// variable is a variable block and the value that it got. The value is unknown when there was a mistake in it.
type variable struct {
	name        string
	at          hcl.Range          // header
	typ         cty.Type           // cty.NilType without one: any
	defaults    *typeexpr.Defaults // of optional() attributes, nil without any
	defaultAttr *hcl.Attribute     // the default, nil without one
	noDefault   bool               // there is none because of a mistake, which was reported
	nullable    bool
	sensitive   bool
	validations []*hcl.Block

	value  cty.Value
	origin origin
}

// unknown is any value that the variable may have.
func (v *variable) unknown() cty.Value {
	value := cty.DynamicVal
	if v.typ != cty.NilType {
		value = cty.UnknownVal(v.typ.WithoutOptionalAttributesDeep())
	}
	if !v.nullable {
		value = value.RefineNotNull()
	}
	if v.sensitive {
		value = value.Mark(sensitive)
	}
	return value
}

// origin is where a variable's value was given.
type origin struct {
	name string    // --var size, TARN_VAR_size; "" for a place in a file
	at   hcl.Range // zero without a place in a file
}

var variableBlock = &blockType{
	name: "variable", label: "name",
	doc: "A value that is given from outside, for expressions to use as var.NAME: with --var, --var-file or TARN_VAR_NAME.",
	attrs: []attribute{
		{name: "type", typ: "a type", doc: "The type that the value is converted to, such as string or list(number). Any without it."},
		{name: "default", typ: "any value", doc: "The value when none is given. Without it one must be given."},
		{name: "description", typ: "text", doc: "For readers of the spec."},
		{name: "sensitive", typ: "true or false", doc: "The value is never shown."},
		{name: "nullable", typ: "true or false", doc: "Whether the value may be null; true without it."},
	},
	blocks: []*blockType{validationBlock},
}

func (l *loader) declareVariable(block *hcl.Block) {
	content := l.content(block.Body, variableBlock)
	v := &variable{name: block.Labels[0], at: header(block), typ: cty.DynamicPseudoType, nullable: true, value: cty.DynamicVal}
	if !hclsyntax.ValidIdentifier(v.name) {
		l.errorf(v.at, "Invalid name", "%q cannot be the name of a variable, because var.%s could not be read. "+
			"Use letters, digits, underscores and dashes, with a letter at the start.", v.name, v.name)
		return
	}
	if first, ok := l.vars[v.name]; ok {
		first.sensitive = first.sensitive || l.constantBool(content.Attributes["sensitive"], false, true)
		l.errorf(v.at, "Duplicate variable", "The variable %q is declared at %s already.", v.name, fileLine(first.at))
		return
	}
	l.vars[v.name] = v

	attrs := content.Attributes
	if attr, ok := attrs["type"]; ok {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		for _, d := range diags {
			explainType(d, attr.Expr)
			l.report(d)
		}
		if !diags.HasErrors() {
			v.typ, v.defaults = typ, defaults
		}
	} else {
		v.typ = cty.NilType
	}
	v.sensitive = l.constantBool(attrs["sensitive"], content.meant["sensitive"], true)
	v.nullable = l.constantBool(attrs["nullable"], true, true)
	v.defaultAttr, v.noDefault = attrs["default"], content.meant["default"]
	if attr, ok := attrs["description"]; ok {
		if d, ok := l.evaluate(attr.Expr, nil); ok && d.Type() != cty.String {
			l.errorf(attr.Expr.Range(), "Wrong type", "The description of a variable is a text in quotes.")
		}
	}
	for _, nested := range content.Blocks {
		v.validations = append(v.validations, nested)
	}
}

// constantBool reads an attribute of the variable block itself, which cannot depend on anything. It is absent when the block does not
// have it, and mistaken when it has a mistake.
func (l *loader) constantBool(attr *hcl.Attribute, absent, mistaken bool) bool {
	if attr == nil {
		return absent
	}
	v, ok := l.evaluate(attr.Expr, nil)
	if !ok {
		return mistaken
	}
	if v.Type() != cty.Bool || v.IsNull() {
		l.errorf(attr.Expr.Range(), "Wrong type", "%q is true or false here, and this is %s.", attr.Name, kindOf(v))
		return mistaken
	}
	return v.True()
}

// otherTypes are the types that words of other languages mean.
var otherTypes = map[string]string{
	"text": "string", "str": "string", "String": "string", "int": "number", "integer": "number", "float": "number", "Number": "number", "num": "number",
	"boolean": "bool", "Bool": "bool", "list": "list(string)", "array": "list(string)", "map": "map(string)", "dict": "map(string)", "set": "set(string)",
	"object": "object({ name = string })", "tuple": "tuple([string, number])", "size": "string",
}

// explainType says which type is meant by what is none.
func explainType(d *hcl.Diagnostic, expr hcl.Expression) {
	word := hcl.ExprAsKeyword(expr)
	if template, ok := expr.(*hclsyntax.TemplateExpr); ok && template.IsStringLiteral() {
		if v, diags := expr.Value(nil); !diags.HasErrors() {
			word = v.AsString()
		}
		if _, isOther := otherTypes[word]; !isOther {
			d.Detail = fmt.Sprintf("A type is written without quotes: type = %s.", word)
			return
		}
	}
	if meant, ok := otherTypes[word]; ok {
		d.Detail = fmt.Sprintf("%q is no type. Write type = %s.", word, meant)
	} else if word != "" {
		d.Detail = schema.NoSuchSentence(fmt.Sprintf("%q is no type", word), word, []string{"string", "number", "bool", "list(string)", "map(string)", "set(string)", "any"})
	}
}
