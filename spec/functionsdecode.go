package spec

import (
	"fmt"
	"strings"

	yaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// The functions that read and write texts in which characters may stand as codes, see exacttext.go.

var (
	jsonDecode = decoding(stdlib.JSONDecodeFunc, jsonPlace, func(text string) (string, error) {
		return mapCodes(text, same, protectedCode), nil
	})
	yamlDecode = decoding(yaml.YAMLDecodeFunc, func(string) error { return nil }, func(text string) (decoded string, err error) {
		decoded = mapCodes(text, same, func(r rune, code string) string {
			if recoded(r) || r == apart { // only some texts of YAML have codes, and nothing here tells which
				err = fmt.Errorf("%s has to be written as the character itself", code)
			}
			return protectedCode(r, code)
		})
		return decoded, err
	})
)

// decoding protects the codes in the text that a function decodes. place says what is wrong with a text and where, nil when it does not know.
func decoding(f function.Function, place func(string) error, protect func(string) (string, error)) function.Function {
	placed := func(err error, args []cty.Value) error {
		if err == nil {
			return nil
		}
		if text, _ := args[0].Unmark(); text.IsKnown() && !text.IsNull() {
			if better := place(textOf(text)); better != nil {
				return better
			}
		}
		return err
	}
	protectArg := func(args []cty.Value) ([]cty.Value, error) {
		text, marks := args[0].Unmark()
		if !text.IsKnown() || text.IsNull() || !strings.Contains(text.AsString(), `\`) {
			return args, nil
		}
		protected, err := protect(text.AsString())
		if err != nil {
			return nil, function.NewArgError(0, err)
		}
		return []cty.Value{cty.StringVal(protected).WithMarks(marks)}, nil
	}
	return function.New(&function.Spec{
		Params: f.Params(),
		Type: func(args []cty.Value) (cty.Type, error) {
			args, err := protectArg(args)
			if err != nil {
				return cty.NilType, err
			}
			ty, err := f.ReturnTypeForValues(args)
			return ty, placed(err, args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			args, err := protectArg(args)
			if err != nil {
				return cty.NilVal, err
			}
			v, err := f.Call(args)
			return v, placed(err, args)
		},
	})
}

// yamlEncode writes the marks of protected texts as they are, which the library takes for unprintable. A value would not keep a mark's
// code apart from what is behind it.
var yamlEncode = function.New(&function.Spec{
	Params: yaml.YAMLEncodeFunc.Params(),
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(cty.String), nil
		}
		text, err := yaml.Standard.Marshal(args[0])
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(mapCodes(string(text), same, func(r rune, code string) string {
			if r == apart || r >= digit0 && r <= digit0+15 {
				return string(r)
			}
			return code
		})), nil
	},
})

func same(text string) string { return text }
