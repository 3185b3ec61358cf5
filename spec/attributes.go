package spec

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tarn/lxd/schema"
)

// reader evaluates the attributes of one block, for one element of its for_each, into an object of the model. An attribute
// that is null counts as not given.
type reader struct {
	l      *loader
	ctx    *hcl.EvalContext
	attrs  hcl.Attributes // without config
	config *configExpr    // nil without
	ranges Ranges

	unset map[string]hcl.Range // config keys whose value is "", with the places of the values

	patterns map[string][]pattern // of the attributes that hold some
}

func (l *loader) newReader(at hcl.Range, attrs hcl.Attributes, config *configExpr, ctx *hcl.EvalContext) *reader {
	return &reader{l: l, ctx: ctx, attrs: attrs, config: config,
		ranges: Ranges{Block: at, Attrs: make(map[string]hcl.Range, len(attrs)+1)}}
}

// unknown notes that the value of an attribute is not known. It counts as given, and has the zero value.
func (r *reader) unknown(name string) {
	if r.ranges.Unknown == nil {
		r.ranges.Unknown = map[string]bool{}
	}
	r.ranges.Unknown[name] = true
}

// read sets the fields of an object from the attributes of its block. A field whose attribute is not given stays as it was,
// which is how the object gets its defaults.
func (r *reader) read(t *blockType, object any) {
	for i := range t.attrs {
		a := &t.attrs[i]
		if a.field == nil {
			continue
		}
		if config, ok := a.field(object).(*Config); ok {
			*config = r.readConfig()
		} else if attr, given := r.attrs[a.name]; given {
			r.set(a.field(object), a.name, attr)
		}
	}
}

// set gives a field the value of an attribute, of the type that the field has.
func (r *reader) set(field any, name string, attr *hcl.Attribute) {
	v, ok := r.evaluate(name, attr, fieldType(field))
	if !ok {
		if text, isText := field.(*string); isText && r.ranges.Unknown[name] {
			*text = "" // the default would say something that the author did not mean
		}
		return
	}
	switch field := field.(type) {
	case *string:
		*field = textOf(v)
	case **string: // nil when the attribute is not given
		text := textOf(v)
		*field = &text
	case *bool:
		*field = v.True()
	case **int: // nil when the attribute is not given
		*field = r.wholeNumber(name, v)
	case *[]string:
		*field = append(r.globs(name, attr.Expr, v), *field...) // those of the outer blocks come last
	case **VolumeRef:
		*field = r.l.volumeRef(name, v, r.ranges.Of(name))
	}
}

// typeOfField is the type of an attribute in prose, by the field that it is read into.
func typeOfField(field any) string {
	switch field.(type) {
	case *Config:
		return "an object"
	case **VolumeRef:
		return "text or an object"
	}
	return typeName(fieldType(field))
}

// fieldType is the type of values that a field of the model holds.
func fieldType(field any) cty.Type {
	switch field.(type) {
	case *string, **string:
		return cty.String
	case **VolumeRef:
		return cty.DynamicPseudoType
	case *bool:
		return cty.Bool
	case **int:
		return cty.Number
	case *[]string:
		return cty.List(cty.String)
	}
	panic(fmt.Sprintf("spec: no attribute can be read into a field of type %T", field))
}

// evaluate evaluates an attribute and converts it. It is not ok when the value is null or has a mistake.
func (r *reader) evaluate(name string, attr *hcl.Attribute, want cty.Type) (cty.Value, bool) {
	rng := attr.Expr.Range()
	r.ranges.Attrs[name] = rng
	v, ok := r.l.evaluate(attr.Expr, r.ctx)
	if ok && v.IsNull() && !v.IsMarked() {
		delete(r.ranges.Attrs, name)
		return cty.NilVal, false
	}
	v, fits := r.l.convert(name, v, want, rng) // an unknown one too, for its type
	if !ok || !fits {
		r.unknown(name)
	}
	return v, ok && fits
}

// convert gives the value of an attribute the type that it should have.
func (l *loader) convert(name string, v cty.Value, want cty.Type, rng hcl.Range) (cty.Value, bool) {
	if v.ContainsMarked() {
		l.errorf(rng, "Sensitive value", "%q would be shown in plans, so it cannot come from a sensitive variable. "+
			"Only the values of config can.", name)
		return v, false
	}
	if v.Type().Equals(want) || want == cty.DynamicPseudoType {
		return v, true
	}
	if v.Type() == cty.Number && want == cty.String && v.IsKnown() {
		// Not by conversion, which writes out any number, however many digits it has.
		text, err := numberText(v)
		if err != nil {
			l.errorf(rng, "Wrong type", "%q must be text, and this cannot be written as such: %s.", name, err)
			return v, false
		}
		return cty.StringVal(text), true
	}
	converted, err := convert.Convert(v, want)
	if err != nil {
		hint := ""
		if want == cty.Bool {
			hint = flagMeant(name, v)
		}
		l.errorf(rng, "Wrong type", "%q must be %s, and this is %s.%s", name, typeName(want), kindOf(v), hint)
		return v, false
	}
	return converted, true
}

func (r *reader) wholeNumber(name string, v cty.Value) *int {
	f := v.AsBigFloat()
	n, _ := f.Int64()
	if !f.IsInt() || n < 0 || n > 1<<31-1 {
		r.l.errorf(r.ranges.Of(name), "Invalid number", "%q must be a whole number, 0 or more. Leave it out for no limit.", name)
		return nil
	}
	number := int(n)
	return &number
}

const contradictoryAttributes = "Contradictory attributes"

// checkConflicts reports attributes that contradict others of their block, each once.
func (l *loader) checkConflicts(t *blockType, object any, ranges *Ranges) {
	for i := range t.attrs {
		a := &t.attrs[i]
		if len(a.conflicts) == 0 || !a.isSet(object, ranges) {
			continue
		}
		for _, c := range a.conflicts {
			if t.attribute(c.with).isSet(object, ranges) {
				l.errorf(ranges.Of(a.name), contradictoryAttributes, "%s", c.detail)
				break
			}
		}
	}
}

// isSet reports whether an object's attribute says something; see conflict.
func (a *attribute) isSet(object any, ranges *Ranges) bool {
	switch field := a.field(object).(type) {
	case *bool:
		return *field
	case **string:
		return *field != nil
	case **VolumeRef:
		return *field != nil
	}
	return ranges.Given(a.name)
}

// typeName says in words what a value should be.
func typeName(ty cty.Type) string {
	switch {
	case ty == cty.String:
		return "text"
	case ty == cty.Bool:
		return "true or false"
	case ty == cty.Number:
		return "a number"
	default:
		return "a list of texts"
	}
}

// kindOf says in words what a value is, without the value.
func kindOf(v cty.Value) string {
	ty := v.Type()
	switch {
	case v.IsNull():
		return "null"
	case ty == cty.String:
		return "text"
	case ty == cty.Number:
		return "a number"
	case ty == cty.Bool:
		return "a boolean"
	case ty.IsListType(), ty.IsTupleType():
		return "a list"
	case ty.IsObjectType():
		return "an object"
	default:
		return fmt.Sprintf("a %s", ty.FriendlyName())
	}
}

// flagMeant says how a value that is no boolean is written as one, "" when that is not known.
func flagMeant(name string, v cty.Value) string {
	if v.IsNull() || !v.IsKnown() {
		return ""
	}
	text := ""
	switch v.Type() {
	case cty.String:
		text = strings.TrimSpace(v.AsString())
	case cty.Number:
		text, _ = numberText(v)
	}
	flag, err := schema.ParseBool(text)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" Write %s = %t.", name, flag)
}
