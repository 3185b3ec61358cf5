package spec

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tarn/lxd/schema"
)

// Every function is explained, and its example gives what is said.
func TestFunctionDocs(t *testing.T) {
	if len(functionDocs()) != len(FunctionNames()) {
		t.Errorf("%d functions are explained, and there are %d", len(functionDocs()), len(FunctionNames()))
	}
	ctx := &hcl.EvalContext{Functions: functions(nil)}
	for _, name := range FunctionNames() {
		doc, ok := functionDocs()[name]
		if !ok || doc.does == "" || doc.call == "" {
			t.Errorf("%s is not explained", name)
			continue
		}
		if doc.result == "" {
			continue
		}
		value, diags := evaluateText(doc.call, ctx)
		want, more := evaluateText(doc.result, ctx)
		if diags = append(diags, more...); diags.HasErrors() {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		if same, err := convert.Convert(want, value.Type()); err != nil || !same.RawEquals(value) {
			t.Errorf("%s is %#v, not %s", doc.call, value, doc.result)
		}
	}
}

// The examples of blocks and config keys are specs without a mistake, in canonical layout, and every key that an author may set has one.
func TestReferenceExamples(t *testing.T) {
	check := func(name, text string) {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.hcl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, diags := Load(nil, Options{Dir: dir}); len(diags) > 0 {
			t.Errorf("%s: %v in\n%s", name, diags, text)
		}
		if tidy, diags := Format([]byte(text), "a.hcl"); diags.HasErrors() || string(tidy) != text {
			t.Errorf("%s: the layout is\n%s\nnot\n%s", name, tidy, text)
		}
	}
	for _, name := range BlockNames() {
		check(name, exampleOf(name))
	}
	for _, name := range schema.KeyNames() {
		for _, use := range schema.KeyUses(name) {
			if use.Key.Does == "" {
				t.Errorf("nothing is said of %s of %s", name, use.Of)
			}
			for _, driver := range use.Drivers {
				alone := use
				alone.Drivers = []*schema.Driver{driver}
				alone.Key = keyOf(t, driver, use, name)
				text := alone.Spec()
				if text == "" && !use.Key.ServerOnly && alone.Key.Name != "source" && alone.Key.Name != "volume.source" {
					t.Errorf("%s of %s, %s has no example", name, use.Of, driver.Name)
				}
				if text != "" {
					check(name, text)
				}
			}
		}
	}
}

func keyOf(t *testing.T, driver *schema.Driver, use schema.KeyUse, name string) schema.Key {
	t.Helper()
	key, ok := driver.PoolKey(name)
	if use.Of == "volumes" {
		key, ok = driver.VolumeKey(use.Key.Content, name)
	}
	if !ok {
		t.Fatalf("%s has no %s", driver.Name, name)
	}
	return key
}

func evaluateText(text string, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	expr, diags := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return expr.Value(ctx)
}
