package page

import (
	"bytes"
	"html/template"
	"strings"
	"testing"
	"text/template/parse"
)

// TestFilledAsByATemplate holds pages to what html/template makes of the same template and the same values, to the byte. It knows at each place
// whether that is text, an attribute, a link or a style, and escapes for that. One sign it escapes only for browsers of old, the plus.
func TestFilledAsByATemplate(t *testing.T) {
	const css = "<style>{{.CSS}}</style>"
	if !strings.Contains(markup, css) {
		t.Fatalf("page.html has no %s", css)
	}
	safe := template.FuncMap{"style": func(css verbatim) template.CSS { return template.CSS(css) }}
	oracle := template.Must(template.New("page").Funcs(safe).Parse(strings.Replace(markup, css, "<style>{{style .CSS}}</style>", 1)))
	for name, run := range samples() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := oracle.Execute(&out, newView(run, Options{})); err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.ReplaceAll(out.String(), "&#43;", "+"), "\n")
			is := strings.Split(string(written(t, name, run)), "\n")
			for i, line := range want {
				if i >= len(is) || is[i] != line {
					t.Fatalf("line %d is\n%s, want\n%s", i+1, strings.Join(is[i:min(i+1, len(is))], ""), line)
				}
			}
			if len(is) != len(want) {
				t.Errorf("%d lines, want %d", len(is), len(want))
			}
		})
	}
}

// TestSamplesFillAllOfThePage holds the samples to have something of each part of page.html, so that none of them is tried by users first.
func TestSamplesFillAllOfThePage(t *testing.T) {
	var pages strings.Builder
	for name, run := range samples() {
		pages.Write(written(t, name, run))
	}
	for name, tree := range trees() {
		for _, text := range texts(tree.Root) {
			if !strings.Contains(pages.String(), text) {
				t.Errorf("no page has this of %s: %s", name, text)
			}
		}
	}
}

// texts are those of a part of a template.
func texts(part *parse.ListNode) []string {
	if part == nil {
		return nil
	}
	var all []string
	both := func(branch parse.BranchNode) {
		all = append(append(all, texts(branch.List)...), texts(branch.ElseList)...)
	}
	for _, node := range part.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
			all = append(all, string(node.Text))
		case *parse.IfNode:
			both(node.BranchNode)
		case *parse.WithNode:
			both(node.BranchNode)
		case *parse.RangeNode:
			both(node.BranchNode)
		}
	}
	return all
}
