package spec

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"tarn/cli/readfile"
)

// The functions that read something from outside of the spec: env and file.

// environment reads what os.Environ gives.
func environment(entries []string) map[string]string {
	env := make(map[string]string, len(entries))
	for _, entry := range entries {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return env
}

// envFunc is env(NAME) and env(NAME, default). A variable that is set to nothing is set.
func envFunc(env map[string]string) function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "name", Type: cty.String}},
		VarParam: &function.Parameter{Name: "default", Type: cty.String, AllowNull: true},
		Type:     function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if len(args) > 2 {
				return cty.NilVal, errors.New("it takes a name and at most one default")
			}
			name := textOf(args[0])
			value, ok := env[name]
			switch {
			case ok && !utf8.ValidString(value):
				return cty.NilVal, function.NewArgErrorf(0, "the value of %s in the environment is not UTF-8 text", name)
			case ok:
				return cty.StringVal(protect(value)), nil
			case len(args) == 2:
				return args[1], nil
			}
			return cty.NilVal, function.NewArgErrorf(0, "%q is not set in the environment; env(%q, \"…\") gives a default", name, name)
		},
	})
}

// fileFunctions is the file function for specs in one directory.
func fileFunctions(dir string) map[string]function.Function {
	file := function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			path := textOf(args[0])
			if path == "" {
				return cty.NilVal, function.NewArgErrorf(0, "the name of the file is missing")
			}
			if !filepath.IsAbs(path) {
				path = filepath.Join(dir, path)
			}
			text, err := readText(path)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(protect(text)), nil
		},
	})
	return map[string]function.Function{"file": file}
}

func readText(path string) (string, error) {
	text, err := readfile.Regular(path, readfile.Spec)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %q; paths are relative to the spec", path)
	case err != nil:
		return "", fmt.Errorf("%q cannot be read: %w", path, err)
	case !utf8.Valid(text):
		return "", fmt.Errorf("%q is not UTF-8 text", path)
	}
	return string(text), nil
}
