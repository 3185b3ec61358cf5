package spec

import (
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
)

// otherNames are what is written for names that other tools and languages have, and for words that are no values without quotes.
var otherNames = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"True": "Write true.", "TRUE": "Write true.", "yes": "Write true.", "Yes": "Write true.", "on": "Write true.", "enabled": "Write true.",
		"False": "Write false.", "FALSE": "Write false.", "no": "Write false.", "No": "Write false.", "off": "Write false.", "disabled": "Write false.",
		"None": "Write null, or leave the attribute out.", "nil": "Write null, or leave the attribute out.", "none": "Write null, or leave the attribute out.",
		"NULL": "Write null, or leave the attribute out.", "undefined": "Write null, or leave the attribute out.",

		"self":      "A block cannot read its own attributes. Put the value into locals { NAME = … }, and read it as local.NAME.",
		"count":     "Blocks are repeated by for_each, and each.key and each.value are what count.index is.",
		"key":       "Of a block with for_each it is each.key.",
		"value":     "Of a block with for_each it is each.value.",
		"item":      "Blocks are repeated by for_each, and each.key and each.value are what item is.",
		"path":      "file(\"NAME\") reads files beside the spec without a path.",
		"terraform": "What differs from one environment to the other is a variable: var.NAME.",
		"module":    "There are no modules. A value of another file of the spec is local.NAME or var.NAME.",
		"data":      "What is on the server cannot be read in a spec. A value from outside is a variable: var.NAME.",
		"env":       "A variable of the environment is env(\"NAME\").",
		"ENV":       "A variable of the environment is env(\"NAME\").",
	}
})

// meantBy says what is probably meant by a reference to a name that means nothing.
func (l *loader) meantBy(t hcl.Traversal) string {
	root := t.RootName()
	rest := strings.TrimPrefix(traversalText(t), root)
	switch root {
	case "vars", "variable", "variables", "Var", "VAR":
		return fmt.Sprintf("Write var%s.", orName(rest))
	case "locals", "Local", "LOCAL":
		return fmt.Sprintf("Write local%s.", orName(rest))
	case "volume", "pool", "lxd_volume", "lxd_storage_volume", "lxd_storage_pool", "incus_storage_volume":
		return l.namedByText(t)
	}
	if text, ok := otherNames()[root]; ok {
		return text
	}
	if rest == "" {
		if _, ok := l.vars[root]; ok {
			return fmt.Sprintf("Write var.%s for the variable.", root)
		}
		if _, ok := l.locals[root]; ok {
			return fmt.Sprintf("Write local.%s for the local value.", root)
		}
	}
	var names []string
	for _, name := range []string{"var", "local", "each"} {
		if near := schema.Suggest(root, []string{name}); len(near) > 0 && rest != "" {
			names = append(names, name+rest)
		}
	}
	if len(names) > 0 {
		return fmt.Sprintf("Did you mean %s?", strings.Join(names, " or "))
	}
	return fmt.Sprintf("Text is written in quotes, %q; a variable is var.NAME, a local value local.NAME.", root+rest)
}

// orName is what stands behind var or local, or a word for it.
func orName(rest string) string {
	if rest == "" {
		return ".NAME"
	}
	return rest
}

// namedByText says how a volume or pool is named: pool.fast.volume.pg is "fast/pg".
func (l *loader) namedByText(t hcl.Traversal) string {
	var names []string
	for _, step := range t[1:] {
		if attr, ok := step.(hcl.TraverseAttr); ok && attr.Name != "volume" && attr.Name != "name" && attr.Name != "id" {
			names = append(names, attr.Name)
		}
	}
	const what = "Blocks are no values: a volume or pool is named by text"
	if len(names) == 0 || len(names) > 2 {
		return what + ", \"name\" or \"pool/name\"."
	}
	return fmt.Sprintf("%s, %q.", what, strings.Join(names, "/"))
}
