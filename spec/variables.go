package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tarn/lxd/schema"
)

// variable is a variable block and the value that it got. The value is unknown when there was a mistake in it.
type variable struct {
	name        string
	at          hcl.Range // header
	typ         cty.Type
	defaults    *typeexpr.Defaults // of optional() attributes, nil without any
	fallback    *hcl.Attribute     // the default, nil without one
	nullable    bool
	sensitive   bool
	validations []*hcl.Block

	value  cty.Value
	source source
}

// source is where a variable's value was given.
type source struct {
	name string    // --var size, TARN_VAR_size; "" for a place in a file
	at   hcl.Range // zero without a place in a file
}

var variableBlock = &blockType{
	name: "variable", label: "name",
	doc: "A value that is given from outside, for expressions to use as var.NAME: with --var, --var-file or TARN_VAR_NAME.",
	attrs: []attribute{
		{name: "type", typ: "type", doc: "The type that the value is converted to, such as string or list(number). Any without it."},
		{name: "default", typ: "any", doc: "The value when none is given. Without it one must be given."},
		{name: "description", typ: "text", doc: "For readers of the spec."},
		{name: "sensitive", typ: "true or false", doc: "The value is never shown."},
		{name: "nullable", typ: "true or false", doc: "Whether the value may be null; true without it."},
	},
	blocks: []*blockType{validationBlock},
}

var validationBlock = &blockType{
	name: "validation",
	doc:  "What the value of the variable around it must be like.",
	attrs: []attribute{
		{name: "condition", typ: "true or false", doc: "True for a value that is right. It uses var.NAME."},
		{name: "error_message", typ: "text", doc: "What to say of another value."},
	},
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
		l.errorf(v.at, "Duplicate variable", "The variable %q is declared at %s already.", v.name, at(first.at))
		return
	}
	l.vars[v.name] = v

	attrs := content.Attributes
	if attr, ok := attrs["type"]; ok {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
		for _, d := range diags {
			l.report(d)
		}
		if !diags.HasErrors() {
			v.typ, v.defaults = typ, defaults
		}
	} else {
		v.typ = cty.NilType
	}
	v.sensitive = l.constantBool(attrs["sensitive"], false)
	v.nullable = l.constantBool(attrs["nullable"], true)
	v.fallback = attrs["default"]
	if attr, ok := attrs["description"]; ok {
		if d, ok := l.value(attr.Expr, nil); ok && d.Type() != cty.String {
			l.errorf(attr.Expr.Range(), "Wrong type", "The description of a variable is a text in quotes.")
		}
	}
	for _, nested := range content.Blocks {
		v.validations = append(v.validations, nested)
	}
}

// constantBool reads an attribute of the variable block itself, which cannot depend on anything.
func (l *loader) constantBool(attr *hcl.Attribute, fallback bool) bool {
	if attr == nil {
		return fallback
	}
	v, ok := l.value(attr.Expr, nil)
	if !ok {
		return fallback
	}
	if v.Type() != cty.Bool || v.IsNull() {
		l.errorf(attr.Expr.Range(), "Wrong type", "%q is true or false here, and this is %s.", attr.Name, kindOf(v))
		return fallback
	}
	return v.True()
}

// setVariables gives every variable its value: from --var, else a file, else the environment, else its default.
func (l *loader) setVariables() {
	given := map[string]func(*variable){}
	for name := range l.vars {
		env := "TARN_VAR_" + name
		if text, ok := l.env[env]; ok {
			given[name] = func(v *variable) { l.setText(v, text, env) }
		}
	}
	for _, file := range l.opts.VarFiles {
		maps.Copy(given, l.readVarFile(file))
	}
	for _, arg := range l.opts.Vars {
		name, text, ok := strings.Cut(arg, "=")
		if !ok {
			l.errorf(hcl.Range{}, "Invalid --var", "%q is not of the form NAME=VALUE.", arg)
			continue
		}
		if _, ok := l.vars[name]; !ok {
			l.errorf(hcl.Range{}, "Unknown variable", "%s", schema.NoSuchSentence(
				fmt.Sprintf("The spec declares no variable %q for --var to set", name), name, sortedKeys(l.vars)))
			continue
		}
		given[name] = func(v *variable) { l.setText(v, text, "--var "+name) }
	}
	for _, name := range sortedKeys(l.vars) {
		v := l.vars[name]
		if set, ok := given[name]; ok {
			set(v)
		} else {
			l.setDefault(v)
		}
	}
	l.publish("var", l.variableValues())
	l.validate()
	l.publish("var", l.variableValues())
}

func (l *loader) variableValues() map[string]cty.Value {
	values := make(map[string]cty.Value, len(l.vars))
	for name, v := range l.vars {
		values[name] = v.value
	}
	return values
}

func (l *loader) setDefault(v *variable) {
	if v.fallback == nil {
		if l.unreadVars {
			return
		}
		l.errorf(v.at, "Variable without a value", "The variable %q has no default, so it must be given: "+
			"--var %s=…, a --var-file, or TARN_VAR_%s in the environment.", v.name, v.name, v.name)
		return
	}
	if value, ok := l.value(v.fallback.Expr, nil); ok {
		l.set(v, value, source{at: v.fallback.Expr.Range()})
	}
}

// setText sets a variable from text outside of files. Text and numbers are taken as they stand; for a type made of other
// types, the text is an expression.
func (l *loader) setText(v *variable, text, from string) {
	src := source{name: from}
	if v.typ == cty.NilType || v.typ.IsPrimitiveType() {
		l.set(v, cty.StringVal(text), src)
		return
	}
	if tooDeep([]byte(text)) >= 0 {
		l.invalid(v, src, "its brackets are nested too deep")
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), from, hcl.InitialPos)
	var value cty.Value
	if !diags.HasErrors() {
		value, diags = expr.Value(nil)
	}
	if diags.HasErrors() {
		l.invalid(v, src, "it is not an expression for that type, such as [\"a\", \"b\"] for list(string)")
		return
	}
	l.set(v, value, src)
}

// readVarFile gives the settings of a file by variable.
func (l *loader) readVarFile(name string) map[string]func(*variable) {
	file := l.parse(name)
	if file == nil {
		l.unreadVars = true
		return nil
	}
	attrs, diags := file.Body.JustAttributes()
	for _, d := range diags {
		l.report(d)
	}
	given := map[string]func(*variable){}
	for name, attr := range attrs {
		if _, ok := l.vars[name]; !ok {
			l.errorf(attr.NameRange, "Unknown variable", "%s", schema.NoSuchSentence(
				fmt.Sprintf("The spec declares no variable %q", name), name, sortedKeys(l.vars)))
			continue
		}
		given[name] = func(v *variable) {
			if value, ok := l.value(attr.Expr, nil); ok {
				l.set(v, value, source{at: attr.Expr.Range()})
			}
		}
	}
	return given
}

// set converts a value to the variable's type.
func (l *loader) set(v *variable, value cty.Value, src source) {
	v.source = src
	if value.IsNull() && !v.nullable {
		if v.fallback != nil && src.at != v.fallback.Expr.Range() {
			l.setDefault(v)
			return
		}
		l.invalid(v, src, "it cannot be null")
		return
	}
	if v.typ != cty.NilType {
		if v.defaults != nil {
			value = v.defaults.Apply(value)
		}
		converted, err := convert.Convert(value, v.typ)
		if err != nil {
			l.invalid(v, src, convertError(err))
			return
		}
		value = converted
	}
	if v.sensitive {
		value = value.Mark(sensitive)
	}
	v.value = value
}

// convertError says what is wrong with a value and where in it.
func convertError(err error) string {
	if path, ok := err.(cty.PathError); ok && len(path.Path) > 0 {
		return fmt.Sprintf("at %s, %s", pathText(path.Path), path.Error())
	}
	return err.Error()
}

func pathText(path cty.Path) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case cty.GetAttrStep:
			fmt.Fprintf(&b, ".%s", step.Name)
		case cty.IndexStep:
			if key := step.Key; key.Type() == cty.String {
				fmt.Fprintf(&b, "[%q]", key.AsString())
			} else if key.Type() == cty.Number {
				fmt.Fprintf(&b, "[%s]", key.AsBigFloat().Text('f', -1))
			} else {
				b.WriteString("[…]")
			}
		}
	}
	return b.String()
}

// invalid reports a value that a variable cannot take, where it was given. The place of a sensitive value is never
// shown, because the excerpt would show the value: the declaration stands in.
func (l *loader) invalid(v *variable, src source, why string) {
	detail := fmt.Sprintf("The variable %q cannot take this value: %s.", v.name, why)
	if typ := v.typ; typ != cty.NilType && typ != cty.DynamicPseudoType {
		detail += fmt.Sprintf(" Its type is %s.", typeexpr.TypeString(typ))
	}
	place, from := v.place(src)
	l.errorf(place, "Invalid value for variable", "%s%s", detail, from)
}

// place is where to show a mistake in a value, and words about its source when that is elsewhere.
func (v *variable) place(src source) (hcl.Range, string) {
	switch {
	case src.name != "":
		return v.at, fmt.Sprintf(" The value is from %s.", src.name)
	case v.sensitive:
		return v.at, fmt.Sprintf(" The value is from %s.", at(src.at))
	default:
		return src.at, ""
	}
}

// validate evaluates the validation blocks. A rule may use every variable, and must use its own.
func (l *loader) validate() {
	var failed []*variable
	for _, name := range sortedKeys(l.vars) {
		v := l.vars[name]
		for _, block := range v.validations {
			if !l.valid(v, block) {
				failed = append(failed, v)
			}
		}
	}
	for _, v := range failed {
		v.value = cty.DynamicVal
	}
}

func (l *loader) valid(v *variable, block *hcl.Block) bool {
	attrs := l.content(block.Body, validationBlock).Attributes
	condition, message := attrs["condition"], attrs["error_message"]
	for _, name := range validationBlock.attributeNames() {
		if _, ok := attrs[name]; !ok {
			l.errorf(header(block), "Missing attribute", "A validation block needs %q.", name)
		}
	}
	refs := references{noLocal: "A validation may use variables only: local values are computed after variables are validated."}
	ok := true
	for _, attr := range []*hcl.Attribute{condition, message} {
		ok = ok && attr != nil && l.resolvable(attr.Expr, refs)
	}
	if !ok {
		return true
	}
	if !slices.ContainsFunc(condition.Expr.Variables(), func(t hcl.Traversal) bool {
		step, ok := traverseAttr(t)
		return ok && t.RootName() == "var" && step == v.name
	}) {
		l.errorf(condition.Expr.Range(), "Invalid validation", "The condition must use var.%s, the variable that it validates.", v.name)
		return true
	}
	ctx := l.scope(block.TypeRange.Filename)
	result, ok := l.value(condition.Expr, ctx)
	if !ok {
		return true
	}
	result, _ = result.Unmark()
	result, err := convert.Convert(result, cty.Bool)
	if err != nil || result.IsNull() {
		l.errorf(condition.Expr.Range(), "Wrong type", "The condition of a validation must be true or false.")
		return true
	}
	text, ok := l.value(message.Expr, ctx)
	if !ok {
		return true
	}
	text, marks := text.Unmark()
	text, err = convert.Convert(text, cty.String)
	if err != nil || text.IsNull() {
		l.errorf(message.Expr.Range(), "Wrong type", "The error_message of a validation must be a text.")
		return true
	}
	if result.True() {
		return true
	}
	words := text.AsString()
	if len(marks) > 0 {
		words = "The error message uses a sensitive value, so it is not shown."
	}
	place, from := v.place(v.source)
	l.errorf(place, "Invalid value for variable", "%s\n\nThe variable %q is validated at %s.%s",
		words, v.name, at(condition.Expr.Range()), from)
	return false
}
