package spec

import (
	"fmt"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// reader evaluates the attributes of one block, for one element of its for_each. An attribute that is null counts as not
// given; one with a mistake in it counts as given and has the zero value.
type reader struct {
	l      *loader
	ctx    *hcl.EvalContext
	attrs  hcl.Attributes
	ranges Ranges

	mistaken bool // an attribute has a mistake in it, so that its zero value says nothing
}

func (l *loader) reader(at hcl.Range, attrs hcl.Attributes, ctx *hcl.EvalContext) *reader {
	return &reader{l: l, ctx: ctx, attrs: attrs, ranges: Ranges{Block: at, Attrs: make(map[string]hcl.Range, len(attrs)+1)}}
}

// get evaluates an attribute and converts it to the type that it should have.
func (r *reader) get(name string, want cty.Type) (cty.Value, bool) {
	attr, ok := r.attrs[name]
	if !ok {
		return cty.NilVal, false
	}
	rng := attr.Expr.Range()
	r.ranges.Attrs[name] = rng
	v, ok := r.l.value(attr.Expr, r.ctx)
	if ok && v.IsNull() && !v.IsMarked() {
		delete(r.ranges.Attrs, name)
		return cty.NilVal, false
	}
	if ok {
		v, ok = r.l.typed(name, v, want, rng)
	}
	r.mistaken = r.mistaken || !ok
	return v, ok
}

// typed converts the value of an attribute.
func (l *loader) typed(name string, v cty.Value, want cty.Type, rng hcl.Range) (cty.Value, bool) {
	if v.ContainsMarked() {
		l.errorf(rng, "Sensitive value", "%q would be shown in plans, so it cannot come from a sensitive variable. "+
			"Only the values of config can.", name)
		return v, false
	}
	if v.Type().Equals(want) {
		return v, true
	}
	if v.Type() == cty.Number && want == cty.String {
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
		l.errorf(rng, "Wrong type", "%q must be %s, and this is %s.", name, typeName(want), kindOf(v))
		return v, false
	}
	return converted, true
}

func (r *reader) text(name string) string {
	if v, ok := r.get(name, cty.String); ok {
		return v.AsString()
	}
	return ""
}

// textOrNil is nil when the attribute is not given.
func (r *reader) textOrNil(name string) *string {
	if v, ok := r.get(name, cty.String); ok {
		text := v.AsString()
		return &text
	}
	return nil
}

func (r *reader) flag(name string) bool {
	v, ok := r.get(name, cty.Bool)
	return ok && v.True()
}

// globs reads the patterns of ignore_config and puts those of the outer blocks after them.
func (r *reader) globs(name string, outer []string) []string {
	v, ok := r.get(name, cty.List(cty.String))
	if !ok {
		return slices.Clip(outer)
	}
	var globs []string
	for it := v.ElementIterator(); it.Next(); {
		_, element := it.Element()
		if element.IsNull() {
			r.l.errorf(r.ranges.Of(name), "Invalid pattern", "%q has an element that is null.", name)
			continue
		}
		glob := element.AsString()
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			r.l.errorf(r.ranges.Of(name), "Invalid pattern", "%q is not a pattern for config keys. "+
				"A pattern is a key in which * stands for any text, ? for one character and [a-z] for one of several: \"user.*\".", glob)
			continue
		}
		globs = append(globs, glob)
	}
	return append(globs, outer...)
}

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

// settings reads the tarn block.
func (l *loader) settings(blocks hcl.Blocks) {
	for i, block := range blocks {
		attrs := l.content(block.Body, tarnBlock).Attributes
		if i > 0 {
			l.errorf(header(block), "Duplicate tarn block", "A spec has at most one tarn block, over all its files; "+
				"the other one is at %s.", at(header(blocks[0])))
			continue
		}
		for _, attr := range attrs {
			attr.Expr = l.checked(attr.Expr, references{})
		}
		r := l.reader(header(block), attrs, l.scope(block.TypeRange.Filename))
		s := &l.spec.Settings
		s.Owner = r.text("owner")
		s.Remote = r.text("remote")
		s.Project = r.text("project")
		s.IgnoreConfig = r.globs("ignore_config", nil)
		if n, ok := r.get("max_deletes", cty.Number); ok {
			s.MaxDeletes = l.wholeNumber(n, r.ranges.Of("max_deletes"))
		}
		s.Ranges = r.ranges
		if rest, ok := trimColon(s.Remote); ok && rest != "sim" { // sim: is the simulator
			l.errorf(r.ranges.Of("remote"), "Invalid remote", "A remote is given by its name alone: write %q, without the colon.", rest)
		}
	}
}

func (l *loader) wholeNumber(v cty.Value, at hcl.Range) *int {
	f := v.AsBigFloat()
	n, _ := f.Int64()
	if !f.IsInt() || n < 0 || n > 1<<31-1 {
		l.errorf(at, "Invalid number", "\"max_deletes\" must be a whole number from 0 on. Leave it out for no limit.")
		return nil
	}
	count := int(n)
	return &count
}
