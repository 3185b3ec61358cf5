package spec

import (
	"encoding/json"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/lxd/schema"
)

// content is what a block holds that belongs there.
type content struct {
	*hcl.BodyContent
	meant map[string]bool // attributes that something else in the block is probably meant to be, so that they are not missing besides
}

// content takes what a block holds out of its body, and reports what does not belong there.
func (l *loader) content(body hcl.Body, t *blockType) content {
	native, ok := body.(*hclsyntax.Body)
	if !ok {
		return l.jsonContent(body, t)
	}
	content := content{&hcl.BodyContent{Attributes: make(hcl.Attributes, len(native.Attributes))}, map[string]bool{}}
	for name, attr := range native.Attributes {
		if t.attribute(name) != nil {
			content.Attributes[name] = attr.AsHCLAttribute()
		} else {
			l.unsupportedAttribute(attr.NameRange, name, t)
			t.addMeant(content.meant, name)
		}
	}
	for _, block := range native.Blocks {
		if nested := t.nested(block.Type); nested == nil {
			l.unsupportedBlock(block.TypeRange, block.Type, t)
			t.addMeant(content.meant, block.Type)
		} else if l.checkLabels(block, nested) {
			content.Blocks = append(content.Blocks, block.AsHCLBlock())
		}
	}
	native.Blocks = nil // whoever is done with one of them frees it
	return content
}

// jsonContent is content for the JSON syntax, in which only the schema tells blocks from attributes.
func (l *loader) jsonContent(body hcl.Body, t *blockType) content {
	bodySchema := &hcl.BodySchema{}
	for _, name := range t.attributeNames() {
		bodySchema.Attributes = append(bodySchema.Attributes, hcl.AttributeSchema{Name: name})
	}
	for _, b := range t.blocks {
		header := hcl.BlockHeaderSchema{Type: b.name}
		if b.label != "" {
			header.LabelNames = []string{b.label}
		}
		bodySchema.Blocks = append(bodySchema.Blocks, header)
	}
	found, diags := body.Content(bodySchema)
	content := content{found, map[string]bool{}}
	for _, d := range diags {
		name, ok := l.extraneousProperty(d)
		t.addMeant(content.meant, name)
		switch {
		case ok && t == topLevel:
			l.unsupportedBlock(*d.Subject, name, t)
		case ok:
			l.unsupportedAttribute(*d.Subject, name, t)
		default:
			if own := explainJSONContent(d, diags); own != nil {
				l.report(own)
			}
		}
	}
	return content
}

// extraneousProperty is the name of a property that a block does not have, when a diagnostic of HCL's is about one. HCL's words
// are not those of the native syntax.
func (l *loader) extraneousProperty(d *hcl.Diagnostic) (name string, ok bool) {
	if d.Summary != "Extraneous JSON object property" || d.Subject == nil {
		return "", false
	}
	err := json.Unmarshal(d.Subject.SliceBytes(l.spec.Files[d.Subject.Filename].Bytes), &name)
	return name, err == nil
}

// unsupportedAttribute reports an attribute that a block does not have.
func (l *loader) unsupportedAttribute(at hcl.Range, name string, t *blockType) {
	const summary = "Unsupported attribute"
	if t.nested(name) != nil {
		l.errorf(at, summary, "In %s, %q is a block: write it without the equals sign, %s { … }", t, name, t.nested(name).header())
		return
	}
	if word, ok := t.otherWord(name); ok {
		l.errorf(at, summary, "%s has no %q. %s", capital(t.place(name)), name, word.text)
		return
	}
	if t.name == "" {
		l.errorf(at, summary, "A spec consists of blocks (%s); %q outside of a block has no meaning.", schema.QuotedList(t.words(), "and"), name)
		return
	}
	l.errorf(at, summary, "%s", t.noSuchWord("attribute", name, t.attributeNames()))
}

// unsupportedBlock reports a block that a block, or a spec, does not have.
func (l *loader) unsupportedBlock(at hcl.Range, name string, t *blockType) {
	const summary = "Unsupported block"
	if t.attribute(name) != nil {
		value := "…"
		if t.attribute(name).typ == "an object" {
			value = "{ … }"
		}
		l.errorf(at, summary, "In %s, %q is an attribute: write it with an equals sign, %s = %s", t, name, name, value)
		return
	}
	if word, ok := t.otherWord(name); ok {
		l.errorf(at, summary, "%s has no %q. %s", capital(t.place(name)), name, word.text)
		return
	}
	l.errorf(at, summary, "%s", t.noSuchWord("block", name, t.blockNames()))
}

// checkLabels checks the labels of a block in native syntax.
func (l *loader) checkLabels(block *hclsyntax.Block, t *blockType) bool {
	switch {
	case t.label == "" && len(block.Labels) > 0:
		l.errorf(block.LabelRanges[0], "Extraneous label", "%s has no label.", capital(t.String()))
	case t.label != "" && len(block.Labels) == 0:
		l.errorf(block.TypeRange, "Missing label", "%s needs its %s as a label: %s \"%s\" { … }",
			capital(t.String()), t.label, t.name, t.label)
	case len(block.Labels) > 1 && t == poolBlock && isDriver(block.Labels[1]):
		l.errorf(block.LabelRanges[1], "Extraneous label", "%s has one label, its %s. Write driver = %q in the block.", capital(t.String()), t.label, block.Labels[1])
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

func isDriver(name string) bool {
	_, ok := schema.Lookup(name)
	return ok
}
