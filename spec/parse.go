package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tarn/cli/readfile"
)

// readFiles parses all files of the paths and gives their blocks in order. It is not ok when one of them cannot be read:
// what a broken file declares is not known, so what the others say about it could only mislead.
func (l *loader) readFiles(paths []string) (blocks hcl.Blocks, ok bool) {
	var files []*hcl.File
	for _, name := range l.filesOf(paths) {
		if file := l.parse(name, false); file != nil {
			files = append(files, file)
		}
	}
	if l.failed {
		return nil, false
	}
	for _, file := range files {
		blocks = append(blocks, l.content(file.Body, topLevel).Blocks...)
	}
	return blocks, true
}

// parse reads one file, of a spec or of variables, and keeps the former for excerpts. It is nil when the file is broken.
func (l *loader) parse(name string, variables bool) *hcl.File {
	src, given := l.opts.Inputs[name]
	if !given {
		var err error
		if src, err = readfile.Named(l.osPath(name), readfile.Spec); err != nil {
			if !variables || !l.isSetting(name) {
				l.unreadable(name, err)
			}
			return nil
		}
	}
	if key := foreignKey(src); key != "" && !variables {
		l.errorf(hcl.Range{}, "Not a spec", "%q has %q at its top, as plans and states of programs have. It is not shown, as these hold secrets.", name, key)
		return nil
	}
	l.fileOrder[name] = len(l.fileOrder)
	l.reading.bytes.Add(int64(len(src)))
	l.reading.begin(hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos})
	if variables {
		l.spec.varFiles[name] = true
	} else {
		l.spec.Files[name] = &hcl.File{Bytes: src}
	}
	if d := unparsable(src, name); d != nil {
		l.report(d)
		return nil
	}
	if l.reading.tokens.Add(int64(tokensOf(src))) > maxTokens {
		l.errorf(byteRange(src, name, 0), "Too much in a spec", "%s", tooManyTokens())
		return nil
	}
	isJSON, protectIn := IsJSON(name), protectSource
	if isJSON || given && bytes.HasPrefix(bytes.TrimSpace(src), []byte("{")) { // as no text in the native syntax begins
		isJSON, protectIn = true, protectJSON
	}
	src = protectIn(src)
	if !variables {
		l.spec.Files[name].Bytes = src // what places are places in
	}
	file, diags := parserOf(isJSON)(src, name)
	if variables {
		l.reportVarFile(diags)
	} else {
		if !diags.HasErrors() { // the blocks of a broken file may not be what they seem to be
			l.spec.Files[name] = withoutTree(file, name, isJSON)
		} else if !IsJSON(name) {
			diags = explainSyntax(src, name, diags)
		} else {
			diags = explainJSON(src, name, diags)
		}
		for _, d := range diags {
			l.report(d)
		}
	}
	if diags.HasErrors() {
		return nil
	}
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		quickenCalls(body)
	}
	return file
}

// foreignKeys are at the top of JSON that is no spec: a plan or a state, of tarn or of another program.
var foreignKeys = []string{"format_version", "terraform_version", "serial", "lineage", "resource_changes", "planned_values"}

// foreignKey is the first key of a JSON object that is one of these, "" for none.
func foreignKey(src []byte) string {
	in := json.NewDecoder(bytes.NewReader(src))
	if start, err := in.Token(); err != nil || start != json.Delim('{') {
		return ""
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return ""
		}
		if name, ok := key.(string); ok && slices.Contains(foreignKeys, name) {
			return name
		}
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return ""
		}
	}
	return ""
}

// unparsable is the reason not to give a file to the parsers, nil for none.
func unparsable(src []byte, name string) *hcl.Diagnostic {
	problem := func(at int, summary, detail string) *hcl.Diagnostic {
		rng := byteRange(src, name, at)
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &rng}
	}
	if at := notText(src); at >= 0 {
		detail := "The file has bytes that are not UTF-8 text, the first one here. If it is in Latin-1 or Windows-1252, save it as UTF-8."
		if src[at] == 0 {
			detail = "The file has bytes that are zero, the first one here, which no text has: it is damaged, or something else than a spec."
		}
		if bytes.HasPrefix(src, []byte{0xff, 0xfe}) || bytes.HasPrefix(src, []byte{0xfe, 0xff}) {
			detail = "The file is in UTF-16. Save it as UTF-8."
		}
		return problem(at, "Not a text file", detail)
	}
	if tokensOf(src) > maxTokens {
		return problem(0, "Too much in a spec", tooManyTokens())
	}
	if at, detail := tooDeep(src, name); at >= 0 {
		return problem(at, summaryOf[detail], detail)
	}
	return nil
}

// notText finds the first byte that no text has, -1 for none. The parsers would report each of them.
func notText(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// byteRange is the place of one byte. Columns count bytes.
func byteRange(src []byte, name string, at int) hcl.Range {
	line := bytes.Count(src[:at], []byte{'\n'}) + 1
	column := at - bytes.LastIndexByte(src[:at], '\n')
	return hcl.Range{
		Filename: name,
		Start:    hcl.Pos{Line: line, Column: column, Byte: at},
		End:      hcl.Pos{Line: line, Column: column + 1, Byte: at + 1},
	}
}

// CheckText says why a text is not given to a parser of HCL or JSON, nil when it may be: it is no text, too long, or nested deeper than
// the parsers can take. It is for files of HCL that are no specs; the name tells the syntax, see [IsJSON].
func CheckText(src []byte, name string) error {
	d := unparsable(src, name)
	if d == nil {
		return nil
	}
	return fmt.Errorf("%s: %s", fileLine(*d.Subject), strings.TrimSuffix(d.Detail, "."))
}
