package tofu

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/spec"
)

// withoutSecrets is an expression of the spec in which texts that are written out as values of secret config keys are sensitive
// variables: what is secret has no place in a spec, even when it had one in the configuration.
func (c *converter) withoutSecrets(text string, at place) string {
	e, err := newExpression(text, at)
	if err != nil {
		return text
	}
	w := &rewriter{e: e}
	_ = hclsyntax.VisitAll(e.node, func(node hclsyntax.Node) hcl.Diagnostics {
		object, ok := node.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return nil
		}
		for _, item := range object.Items {
			key, diags := item.KeyExpr.Value(nil)
			if diags.HasErrors() || key.Type() != cty.String || !c.isSecretKey(key.AsString()) {
				continue
			}
			value, err := e.part(item.ValueExpr)
			if err != nil {
				continue
			}
			if plain, ok := value.literal(); ok && plain != "" {
				rng := item.ValueExpr.Range()
				name := c.secretVariable(key.AsString(), plain, place{at.file, e.placeOf(item.ValueExpr).line})
				w.edits = append(w.edits, edit{rng.Start.Byte, rng.End.Byte, "var." + name})
			}
		}
		return nil
	})
	return w.apply()
}

// isSecretKey tells whether the values of a config key are secret.
func (c *converter) isSecretKey(key string) bool {
	if c.secretKey == nil { // in every spec that does not say otherwise
		return new(spec.Settings).IsSecret(key)
	}
	return c.secretKey(key)
}

// secretStep is the secret config key that a step reads, "" for another one.
func (c *converter) secretStep(s step) string {
	if s.attr == "" && s.key == cty.NilVal {
		return ""
	}
	if key, ok := stepName(s); ok && c.isSecretKey(key) {
		return key
	}
	return ""
}

// secretVariable is the variable of the spec for the secret value of a key, one for each value.
func (c *converter) secretVariable(key, value string, at place) string {
	of := key + "\x00" + value
	if name, known := c.secret[of]; known {
		return name
	}
	base := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(identifier(key), ".", "_"), "-", "_"))
	name := base
	for i := 2; c.variables[name] != nil || c.root.variables[name] != nil; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	c.secret[of] = name
	c.variables[name] = &usedVariable{name: name, at: at, in: c.root, decl: &block{kind: "variable", labels: []string{name}, at: at, attrs: []*attribute{
		{name: "type", value: &expression{text: "string"}},
		{name: "description", value: &expression{text: quoted(key)}},
		{name: "sensitive", value: &expression{text: "true"}},
	}}}
	c.leave(at, fmt.Sprintf("value of %s", oneLine(key)), "it is secret: give it with --var-file or TARN_VAR_"+name)
	return name
}
