package spec

import (
	"fmt"
	"slices"
	"strings"

	"tarn/lxd/schema"
)

// blockType is one type of block of the language, with all that a block of it may hold. Whatever depends on the language is
// derived from here: what a body may hold, the names that a misspelled one may have meant, how attributes get into the model,
// which of them contradict each other, the order in which Format puts them, and the reference that WriteBlock prints.
//
// Each block of the language is declared beside its model: tarn in settings.go, pool and member in pool.go, volume in
// volume.go, variable and validation in variables.go. A new attribute of one is a row in its table and a field in its model.
type blockType struct {
	name   string
	label  string // what the label says, "" for a block without one
	doc    string // what the block declares, for its reference
	attrs  []attribute
	blocks []*blockType
}

// attribute is one attribute of a block. Attributes stand in their canonical order, in which they answer: how many (for_each)
// and called what (name), of what kind (driver, content_type, description), where (project, target), set how (config), what
// was it before (renamed_from), and what may tarn do with it (existing, absent, prevent_delete, exclusive, ignore_config).
type attribute struct {
	name string
	typ  string // what its value is, in prose
	doc  string // what it says, for the block's reference

	// field gives the field of the model that holds the attribute. Its type decides how the attribute is read, see
	// reader.set. It is nil for what is not read into a model: for_each, and the attributes of variables and validations.
	field func(object any) any

	conflicts []conflict
}

// conflict is another attribute of the same block that an attribute cannot go together with, and the detail of the
// diagnostic for an author who sets both. An attribute is set when it is given; one that is true or false, when it is true.
type conflict struct{ with, detail string }

// attr is an attribute that is read into a field of the model's type T.
func attr[T, F any](name string, field func(*T) *F, doc string, conflicts ...conflict) attribute {
	return attribute{
		name: name, typ: typeOfField(new(F)), doc: doc,
		field:     func(object any) any { return field(object.(*T)) },
		conflicts: conflicts,
	}
}

// topLevel is what a file may hold.
var topLevel = &blockType{blocks: []*blockType{tarnBlock, variableBlock, localsBlock, poolBlock, acknowledgeBlock}}

var localsBlock = &blockType{name: "locals", doc: "Values with a name, for expressions to use as local.NAME. Any name is an attribute."}

// String names the block type in prose.
func (t *blockType) String() string {
	if t.name == "" {
		return "a spec"
	}
	article := "a"
	if strings.ContainsRune("aeiou", rune(t.name[0])) {
		article = "an"
	}
	return fmt.Sprintf("%s %s block", article, t.name)
}

// header is how a block of the type begins: pool "name".
func (t *blockType) header() string {
	if t.label == "" {
		return t.name
	}
	return fmt.Sprintf("%s %q", t.name, t.label)
}

// attribute is the attribute of a name, nil for none.
func (t *blockType) attribute(name string) *attribute {
	for i := range t.attrs {
		if t.attrs[i].name == name {
			return &t.attrs[i]
		}
	}
	return nil
}

// nested is the type of nested blocks of a name, nil for none.
func (t *blockType) nested(name string) *blockType {
	for _, b := range t.blocks {
		if b.name == name {
			return b
		}
	}
	return nil
}

func (t *blockType) attributeNames() []string {
	names := make([]string, len(t.attrs))
	for i, a := range t.attrs {
		names[i] = a.name
	}
	return names
}

func (t *blockType) blockNames() []string {
	names := make([]string, len(t.blocks))
	for i, b := range t.blocks {
		names[i] = b.name
	}
	return names
}

// words are all names that mean something in the block, in canonical order.
func (t *blockType) words() []string { return slices.Concat(t.attributeNames(), t.blockNames()) }

// noSuch is the message that the block has no attribute or block of a name. Whether the author meant an attribute or a block
// is not certain, so either is suggested; names are those of the kind.
func (t *blockType) noSuch(kind, name string, names []string) string {
	missing := fmt.Sprintf("%s has no %s %q", capital(t.String()), kind, name)
	words := t.words()
	switch {
	case len(schema.Suggest(name, words)) > 0:
		names = words
	case t.attribute("config") != nil && isConfigKey(name):
		return fmt.Sprintf("%s. It is a key of LXD: write config = { %s = … }.", missing, name)
	}
	return schema.NoSuchSentence(missing, name, names)
}

// addMeant adds the attributes of the block that something else was probably meant to be.
func (t *blockType) addMeant(meant map[string]bool, name string) {
	if t.attribute(name) != nil { // written as a block
		meant[name] = true
	}
	if word, ok := t.otherWord(name); ok {
		meant[word.meant] = true
	}
	for _, word := range schema.Suggest(name, t.words()) {
		meant[word] = true
	}
}
