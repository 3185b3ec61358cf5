package spec

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// setVariables gives every variable its value: from --var, else a file, else the environment, else its default.
func (l *loader) setVariables() {
	given := map[string]func(*variable){}
	for name := range l.vars {
		env := "TARN_VAR_" + exact(name)
		if text, ok := l.env[env]; ok {
			given[name] = func(v *variable) { l.assignText(v, text, env) }
		}
	}
	for _, file := range l.opts.VarFiles {
		maps.Copy(given, l.readVarFile(file))
	}
	for i, arg := range l.opts.Vars {
		name, text, ok := strings.Cut(arg, "=")
		if !ok {
			l.errorf(hcl.Range{}, "Invalid --var", "%s is not of the form NAME=VALUE. It is not shown, as it may be a secret.", varFlag("The", i, len(l.opts.Vars)))
			continue
		}
		if name = protect(name); l.vars[name] == nil {
			flags := len(l.opts.Vars)
			l.undeclaredVariable(name, undeclared{hcl.DiagError, hcl.Range{}, func(l *loader) string { return l.noSuchVar(i, flags, name, text) }})
			continue
		}
		given[name] = func(v *variable) { l.assignText(v, text, "--var "+name) }
	}
	l.spec.declared = sortedKeys(l.vars)
	for _, name := range l.spec.declared {
		v := l.vars[name]
		if set, ok := given[name]; ok {
			set(v)
		} else {
			l.assignDefault(v)
		}
	}
	l.publish("var", l.variableValues())
	l.validateVariables()
	l.publish("var", l.variableValues())
}

// noSuchVar says that the spec does not declare what the ith --var sets.
func (l *loader) noSuchVar(i, flags int, name, text string) string {
	forWhat := " for " + varFlag("the", i, flags) + " to set"
	if strings.Trim(text, "=") == "" { // the end of a value in base64 that has no name before it
		return "The spec declares no such variable" + forWhat + ". It is not shown, as it may be a value without NAME= before it."
	}
	return l.noSuchVariable(name, forWhat)
}

// varFlag is the ith of so many --var, told from others where there are some.
func varFlag(the string, i, flags int) string {
	if flags == 1 {
		return "--var"
	}
	return the + " " + nth(i+1) + " --var"
}

// nth is a place in a list: 1st, 2nd, 11th.
func nth(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n) + end
}

// variableValues are the values of all variables by name.
func (l *loader) variableValues() map[string]cty.Value {
	values := make(map[string]cty.Value, len(l.vars))
	for name, v := range l.vars {
		values[name] = v.value
	}
	return values
}

// assignDefault gives a variable its default, and reports one that has none.
func (l *loader) assignDefault(v *variable) {
	if v.defaultAttr == nil {
		if l.brokenVarFile || v.noDefault {
			return
		}
		if l.opts.ValuesMayLack {
			l.spec.Lacking = append(l.spec.Lacking, v.name)
			l.spec.plainLacks = l.spec.plainLacks || !v.sensitive
			v.value = v.unknown()
			return
		}
		l.errorf(v.at, "Variable without a value", "The variable %q has no default, so it must be given: "+
			"--var %s=…, a --var-file, or TARN_VAR_%s in the environment.", v.name, v.name, v.name)
		return
	}
	if value, ok := l.evaluate(v.defaultAttr.Expr, nil); ok {
		l.assign(v, value, origin{at: v.defaultAttr.Expr.Range()})
	}
}

// assignText sets a variable from text outside of files; name says where. Text and numbers are taken as they stand; for a type
// made of other types, the text is an expression.
func (l *loader) assignText(v *variable, text, name string) {
	from := origin{name: name}
	if !utf8.ValidString(text) {
		l.invalid(v, from, "it is not UTF-8 text")
		return
	}
	if v.typ == cty.NilType || v.typ.IsPrimitiveType() {
		l.assign(v, cty.StringVal(protect(text)), from)
		return
	}
	switch wrongInExpression([]byte(text)) {
	case "":
	case nestedTooDeep:
		l.invalid(v, from, "it is nested too deep")
		return
	case tooManyPieces:
		l.invalid(v, from, "a text in it has too many lines, or characters % and $")
		return
	default:
		l.invalid(v, from, "a number in it is out of range")
		return
	}
	expr, diags := hclsyntax.ParseExpression(protectSource([]byte(text)), name, hcl.InitialPos)
	var value cty.Value
	if !diags.HasErrors() {
		value, diags = expr.Value(nil)
	}
	if diags.HasErrors() {
		l.invalid(v, from, "it is not an expression for that type, such as [\"a\", \"b\"] for list(string)")
		return
	}
	l.assign(v, value, from)
}

// assign gives a variable its value, converted to the variable's type.
func (l *loader) assign(v *variable, value cty.Value, from origin) {
	v.origin = from
	if v.sensitive {
		l.addSecret(value)
	}
	if _, over := examine(value); over != nil {
		at, fromWhere := v.rangeFor(from)
		l.errorf(at, over.summary, "The variable %q cannot take this value. %s%s", v.name, over.detail, fromWhere)
		return
	}
	if value.IsNull() && !v.nullable {
		if v.defaultAttr != nil && from.at != v.defaultAttr.Expr.Range() {
			l.assignDefault(v)
			return
		}
		l.invalid(v, from, "it cannot be null")
		return
	}
	if v.typ != cty.NilType {
		if v.defaults != nil {
			value = v.defaults.Apply(value)
		}
		if v.typ.IsCollectionType() {
			value = collected(value, v.typ)
		}
		converted, err := convert.Convert(value, v.typ)
		if err != nil {
			l.invalid(v, from, v.convertError(err))
			return
		}
		value = converted
	}
	if v.sensitive {
		value = value.Mark(sensitive)
	}
	v.value = value
}

// convertError says what is wrong with a value and where in it. Where that is, the keys of maps say, which are the value's own.
func (v *variable) convertError(err error) string {
	if path, ok := err.(cty.PathError); ok && len(path.Path) > 0 {
		if v.sensitive {
			return "a part of it is not of that type"
		}
		return fmt.Sprintf("at %s, %s", pathText(path.Path), plainTypes(path.Error()))
	}
	return plainTypes(err.Error())
}

// pathText is a place within a value: .name[0].
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
func (l *loader) invalid(v *variable, from origin, why string) {
	detail := fmt.Sprintf("The variable %q cannot take this value: %s.", v.name, why)
	if typ := v.typ; typ != cty.NilType && typ != cty.DynamicPseudoType {
		detail += fmt.Sprintf(" Its type is %s.", typeexpr.TypeString(typ))
	}
	at, fromWhere := v.rangeFor(from)
	l.errorf(at, "Invalid value for variable", "%s%s", detail, fromWhere)
}

// rangeFor is where to show a mistake in a value, and a sentence about its origin when that is elsewhere.
func (v *variable) rangeFor(from origin) (at hcl.Range, fromWhere string) {
	switch {
	case from.name != "":
		return v.at, fmt.Sprintf(" The value is from %s.", from.name)
	case v.sensitive:
		return v.at, fmt.Sprintf(" The value is from %s.", fileLine(from.at))
	default:
		return from.at, ""
	}
}
