package edit

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"tarn/cli/lazyregexp"
	"tarn/spec"
)

// plainNumber is a number as both syntaxes have it, and as it comes back.
var plainNumber = lazyregexp.New(`^(0|-?[1-9][0-9]{0,14})$`)

// quoted is a text as a file has it.
func (src *source) quoted(text string) string {
	if !src.json {
		return spec.Quote(text)
	}
	return jsonQuoted(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text))
}

func jsonQuoted(text string) string {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_ = out.Encode(text)
	return strings.TrimSuffix(b.String(), "\n")
}

// literal is a text as a file has it in the place of an expression: a number stays one.
func (src *source) literal(old hclsyntax.Expression, text string) string {
	if literal, ok := old.(*hclsyntax.LiteralValueExpr); ok {
		switch ty := literal.Val.Type(); {
		case ty == cty.Number && plainNumber().MatchString(text), ty == cty.Bool && (text == "true" || text == "false"):
			return text
		}
	}
	return src.quoted(text)
}

// newLiteral is a text as a file has it where nothing was: true and false without quotes.
func (src *source) newLiteral(text string) string {
	if text == "true" || text == "false" {
		return text
	}
	return src.quoted(text)
}

// name is the name of an element of an object.
func (src *source) elementName(name string) string {
	if src.json {
		return jsonQuoted(name)
	}
	return spec.ConfigKey(name)
}

// replace puts another text in the place of an expression.
func (f *finder) replace(e hclsyntax.Expression, env env, op op) {
	if !f.mayChange(e, env) {
		return
	}
	at := e.Range()
	text := "null"
	switch op.kind {
	case set:
		text = env.src.literal(e, op.text)
		if heredoc, ok := env.src.heredoc(e, op.text); ok {
			text = heredoc
		}
	case unset:
	default:
		return
	}
	f.add(candidate{{env.src, at.Start.Byte, at.End.Byte, text}})
}

// replacePart puts another text in the place of a part of a text in quotes.
func (f *finder) replacePart(part hclsyntax.Expression, env env, text string) {
	if env.fixed || env.src.json {
		return
	}
	at := part.Range()
	if strings.Contains(env.src.slice(at.Start.Byte, at.End.Byte), "\n") {
		return
	}
	quoted := spec.Quote(text)
	f.add(candidate{{env.src, at.Start.Byte, at.End.Byte, quoted[1 : len(quoted)-1]}})
}

// heredoc is a text of several lines in the place of a heredoc, ok is false where it cannot be one.
func (src *source) heredoc(e hclsyntax.Expression, text string) (string, bool) {
	old := src.textOf(e)
	lines := strings.Split(strings.ReplaceAll(old, "\r\n", "\n"), "\n")
	if !strings.HasPrefix(old, "<<") || len(lines) < 2 || !strings.HasSuffix(text, "\n") || strings.ContainsAny(text, "\r\\") {
		return "", false
	}
	end := len(lines) - 1
	for end > 0 && strings.TrimSpace(lines[end]) == "" {
		end--
	}
	marker := strings.TrimSpace(lines[end])
	indent := ""
	if strings.HasPrefix(old, "<<-") {
		for i, line := range lines[1:end] {
			own := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
			if i == 0 || strings.TrimSpace(line) != "" && len(own) < len(indent) {
				indent = own
			}
		}
	}
	var b strings.Builder
	b.WriteString(lines[0] + src.newline)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.TrimSpace(line) == marker {
			return "", false
		}
		for _, r := range line {
			if r < ' ' && r != '\t' || r == 0x7f {
				return "", false
			}
		}
		if line != "" {
			line = indent + strings.NewReplacer("${", "$${", "%{", "%%{").Replace(line)
		}
		b.WriteString(line + src.newline)
	}
	b.WriteString(strings.Join(lines[end:], src.newline))
	return b.String(), true
}

// renameKey gives the key of an element another name.
func (f *finder) renameKey(key hclsyntax.Expression, env env, name string) {
	if wrapped, ok := key.(*hclsyntax.ObjectConsKeyExpr); ok {
		if _, literal := wrapped.Wrapped.(*hclsyntax.TemplateExpr); !literal && (wrapped.ForceNonLiteral || hclsyntaxKeyword(wrapped) == "") {
			f.find(wrapped.Wrapped, env, nil, setTo(name))
			return
		}
	}
	if !f.mayChange(key, env) {
		return
	}
	at := key.Range()
	text := env.src.elementName(name)
	if old := env.src.slice(at.Start.Byte, at.End.Byte); strings.HasPrefix(old, `"`) {
		text = env.src.quoted(name)
	}
	f.add(candidate{{env.src, at.Start.Byte, at.End.Byte, text}})
}

// hclsyntaxKeyword is a key that is a plain word, "" for another one.
func hclsyntaxKeyword(key *hclsyntax.ObjectConsKeyExpr) string {
	if traversal, ok := key.Wrapped.(*hclsyntax.ScopeTraversalExpr); ok && len(traversal.Traversal) == 1 {
		return traversal.Traversal.RootName()
	}
	return ""
}
