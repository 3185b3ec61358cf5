package spec

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"tarn/cli/lazyregexp"
)

// Limits on the value of one expression: of a local value, a variable, an attribute. Nothing that a server takes comes near them.
const (
	maxElements = 1_000_000 // in a value, with those in its elements
	maxText     = 16 << 20  // bytes of one text
	maxExponent = 1024      // of a number, in bits; to write a larger one takes hundreds of digits, or all time there is
)

// oversize is what there is too much of in a value.
type oversize struct{ summary, detail string }

var (
	tooManyElements = &oversize{"Too large a value", fmt.Sprintf("The value has more than %d elements, with those in its elements.", maxElements)}
	tooDeepValue    = &oversize{"Too large a value", fmt.Sprintf("The value is nested more than %d deep.", maxDepth)}
	tooLongText     = &oversize{"Too large a value", fmt.Sprintf("A text in the value is longer than %d MiB.", maxText>>20)}
	vastNumber      = &oversize{"Number out of range", "A number in the value is beyond ±10^308, or too close to zero."}
)

// examination goes once through a value with all that is in it. It ends where the value is too large: a list may hold one value a
// million times, which costs nothing until somebody looks at all of it.
type examination struct {
	elements int
	depth    int
	unknown  bool      // something in the value is not known
	over     *oversize // nil while there is not too much of anything
}

// examine tells whether a value is known as a whole, and what there is too much of in it, nil for nothing.
func examine(v cty.Value) (known bool, over *oversize) {
	var e examination
	e.add(v)
	return !e.unknown, e.over
}

func (e *examination) add(v cty.Value) {
	if e.elements++; e.elements > maxElements {
		e.over = tooManyElements
	}
	if e.over != nil {
		return
	}
	v, _ = v.Unmark()
	if !v.IsKnown() {
		e.unknown = true
		return
	}
	if v.IsNull() {
		return
	}
	switch ty := v.Type(); {
	case ty == cty.String:
		e.addText(v.AsString())
	case ty == cty.Number:
		if isVast(v.AsBigFloat()) {
			e.over = vastNumber
		}
	case ty.IsCollectionType(), ty.IsTupleType(), ty.IsObjectType():
		keys := ty.IsMapType() || ty.IsObjectType()
		if e.depth++; e.depth > maxDepth {
			e.over = tooDeepValue
		}
		for it := v.ElementIterator(); it.Next() && e.over == nil; {
			key, element := it.Element()
			if keys {
				e.addText(key.AsString())
			}
			e.add(element)
		}
		e.depth--
	}
}

func (e *examination) addText(text string) {
	if len(text) > maxText {
		e.over = tooLongText
	}
}

// isVast tells of numbers that are never written out.
func isVast(n *big.Float) bool {
	return n.IsInf() || n.MantExp(nil) > maxExponent || n.MantExp(nil) < -maxExponent
}

// vastText is a text that is such a number, or nearly: of any use only where a number of thousands of digits is.
var vastText = lazyregexp.New(`^[-+0-9.]+[eEpP][-+]?0*[0-9]{4,}$`)

// maxReferred is how long the texts are together that an expression refers to, each time it does, in bytes. A template puts them
// together in one go.
const maxReferred = 4 * maxText

// refersToTooMuch reports an expression that names long texts too often, before these are put together.
func (l *loader) refersToTooMuch(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	const shortest = 40 // of an expression that has room for so many references
	at := expr.Range()
	if ctx == nil || at.End.Byte-at.Start.Byte < shortest {
		return false
	}
	total := 0
	for _, reference := range expr.Variables() {
		v, diags := reference.TraverseAbs(ctx)
		if v, _ = v.Unmark(); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
			total += len(v.AsString())
		}
	}
	if total > maxReferred {
		l.errorf(at, "Too large a value", "The texts that the expression refers to are together longer than %d MiB.", maxReferred>>20)
	}
	return total > maxReferred
}
