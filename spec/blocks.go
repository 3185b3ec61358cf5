package spec

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
)

// blockType is what a block of the language may hold. Attributes and blocks are in the order in which Format puts them.
type blockType struct {
	name   string
	label  string // what the label says, "" for a block without one
	attrs  []string
	blocks []*blockType
}

var (
	validationBlock = &blockType{name: "validation", attrs: []string{"condition", "error_message"}}
	variableBlock   = &blockType{name: "variable", label: "name",
		attrs:  []string{"type", "default", "description", "sensitive", "nullable"},
		blocks: []*blockType{validationBlock}}
	localsBlock = &blockType{name: "locals"}
	tarnBlock   = &blockType{name: "tarn", attrs: []string{"owner", "remote", "project", "ignore_config", "max_deletes"}}
	memberBlock = &blockType{name: "member", label: "name", attrs: []string{"config"}}
	volumeBlock = &blockType{name: "volume", label: "name",
		attrs: []string{"for_each", "name", "content_type", "description", "project", "target", "config", "renamed_from",
			"absent", "prevent_delete", "ignore_config"}}
	poolBlock = &blockType{name: "pool", label: "name",
		attrs: []string{"for_each", "name", "driver", "description", "config", "existing", "absent", "prevent_delete",
			"exclusive", "ignore_config"},
		blocks: []*blockType{memberBlock, volumeBlock}}
	topLevel = &blockType{blocks: []*blockType{tarnBlock, variableBlock, localsBlock, poolBlock}}
)

// String names the block type in prose.
func (t *blockType) String() string {
	if t.name == "" {
		return "a spec"
	}
	return fmt.Sprintf("a %s block", t.name)
}

func (t *blockType) nested(name string) *blockType {
	for _, b := range t.blocks {
		if b.name == name {
			return b
		}
	}
	return nil
}

func (t *blockType) blockNames() []string {
	names := make([]string, len(t.blocks))
	for i, b := range t.blocks {
		names[i] = b.name
	}
	return names
}

// words are all names that mean something in the block.
func (t *blockType) words() []string { return slices.Concat(t.attrs, t.blockNames()) }

// content reads a body and reports what does not belong there.
func (l *loader) content(body hcl.Body, t *blockType) *hcl.BodyContent {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		return l.jsonContent(body, t)
	}
	content := &hcl.BodyContent{Attributes: make(hcl.Attributes, len(native.Attributes))}
	for name, attr := range native.Attributes {
		if slices.Contains(t.attrs, name) {
			content.Attributes[name] = attr.AsHCLAttribute()
		} else {
			l.unsupportedAttribute(attr.NameRange, name, t)
		}
	}
	for _, block := range native.Blocks {
		if nested := t.nested(block.Type); nested == nil {
			l.unsupportedBlock(block.TypeRange, block.Type, t)
		} else if l.labelled(block, nested) {
			content.Blocks = append(content.Blocks, block.AsHCLBlock())
		}
	}
	return content
}

// jsonContent is content for the JSON syntax, in which only the schema tells blocks from attributes.
func (l *loader) jsonContent(body hcl.Body, t *blockType) *hcl.BodyContent {
	bodySchema := &hcl.BodySchema{}
	for _, name := range t.attrs {
		bodySchema.Attributes = append(bodySchema.Attributes, hcl.AttributeSchema{Name: name})
	}
	for _, b := range t.blocks {
		header := hcl.BlockHeaderSchema{Type: b.name}
		if b.label != "" {
			header.LabelNames = []string{b.label}
		}
		bodySchema.Blocks = append(bodySchema.Blocks, header)
	}
	content, diags := body.Content(bodySchema)
	for _, d := range diags {
		l.report(d)
	}
	return content
}

func (l *loader) unsupportedAttribute(at hcl.Range, name string, t *blockType) {
	const summary = "Unsupported attribute"
	if t.nested(name) != nil {
		l.errorf(at, summary, "In %s, %q is a block: write it without the equals sign.", t, name)
		return
	}
	if t.name == "" {
		l.errorf(at, summary, "A spec consists of blocks (%s); %q outside of a block has no meaning.", schema.QuotedList(t.words(), "and"), name)
		return
	}
	l.errorf(at, summary, "%s", t.noSuch("attribute", name, t.attrs))
}

func (l *loader) unsupportedBlock(at hcl.Range, name string, t *blockType) {
	const summary = "Unsupported block"
	if slices.Contains(t.attrs, name) {
		l.errorf(at, summary, "In %s, %q is an attribute: write it with an equals sign, %s = …", t, name, name)
		return
	}
	if t.name == "" && name == "volume" {
		l.errorf(at, summary, "A volume belongs to a pool: move this block into its pool block.")
		return
	}
	l.errorf(at, summary, "%s", t.noSuch("block", name, t.blockNames()))
}

// noSuch says that the block has no attribute or block of a name. Whether the author meant an attribute or a block is not
// certain, so either is suggested; names are those of the kind.
func (t *blockType) noSuch(kind, name string, names []string) string {
	missing := fmt.Sprintf("%s has no %s %q", capital(t.String()), kind, name)
	words := t.words()
	switch {
	case len(schema.Suggest(name, words)) > 0:
		names = words
	case slices.Contains(t.attrs, "config") && isConfigKey(name):
		return fmt.Sprintf("%s. It is a key of LXD: write config = { %s = … }.", missing, name)
	}
	return schema.NoSuchSentence(missing, name, names)
}

// labelled checks the labels of a block in native syntax.
func (l *loader) labelled(block *hclsyntax.Block, t *blockType) bool {
	switch {
	case t.label == "" && len(block.Labels) > 0:
		l.errorf(block.LabelRanges[0], "Extraneous label", "%s has no label.", capital(t.String()))
	case t.label != "" && len(block.Labels) == 0:
		l.errorf(block.TypeRange, "Missing label", "%s needs its %s as a label: %s \"%s\" { … }",
			capital(t.String()), t.label, t.name, t.label)
	case len(block.Labels) > 1:
		l.errorf(block.LabelRanges[1], "Extraneous label", "%s has one label, its %s.", capital(t.String()), t.label)
	default:
		return true
	}
	return false
}

// header is the range of a block's header. The JSON syntax has no headers: there it is the label, or else the type.
func header(block *hcl.Block) hcl.Range {
	switch {
	case block.DefRange.Start == block.TypeRange.Start:
		return block.DefRange
	case len(block.LabelRanges) > 0:
		return block.LabelRanges[len(block.LabelRanges)-1]
	default:
		return block.TypeRange
	}
}
