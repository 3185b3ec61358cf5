package spec

import (
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// prepared is a function that gets its arguments as prepare gives them. What its parameters say about marks, null and what is not known
// is for the function to judge: prepare gets all of that. A parameter whose type is free takes anything, and it is for prepare
// to make of it what the function wants.
func prepared(f function.Function, free func(cty.Type) bool, prepare func(args []cty.Value) ([]cty.Value, error)) function.Function {
	parameter := func(p function.Parameter) function.Parameter {
		p.AllowNull, p.AllowUnknown, p.AllowDynamicType, p.AllowMarked = true, true, true, true
		if free(p.Type) {
			p.Type = cty.DynamicPseudoType
		}
		return p
	}
	own := &function.Spec{
		Description: f.Description(),
		Type: func(args []cty.Value) (cty.Type, error) {
			args, err := prepare(args)
			if err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			args, err := prepare(args)
			if err != nil {
				return cty.NilVal, err
			}
			return f.Call(args)
		},
	}
	for _, p := range f.Params() {
		own.Params = append(own.Params, parameter(p))
	}
	if p := f.VarParam(); p != nil {
		more := parameter(*p)
		own.VarParam = &more
	}
	return function.New(own)
}

// asDeclared is for functions whose parameters keep their types.
func asDeclared(cty.Type) bool { return false }
