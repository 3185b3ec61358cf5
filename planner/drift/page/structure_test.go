package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tarn/planner/drift"
)

// node is an element of a page, or a text when it has no name.
type node struct {
	name     string
	attrs    map[string]string
	text     string
	children []*node
}

// parse reads a page by the rules of XML, which are stricter than those of HTML: what is not closed, quoted or escaped is an error, and
// so is a character that controls something.
func parse(t *testing.T, page []byte) *node {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(page))
	decoder.Strict, decoder.AutoClose = false, []string{"meta", "br"}
	root := &node{name: "document"}
	path := []*node{root}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		top := path[len(path)-1]
		switch token := token.(type) {
		case xml.StartElement:
			element := &node{name: token.Name.Local, attrs: map[string]string{}}
			for _, attr := range token.Attr {
				if _, twice := element.attrs[attr.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", element.name, attr.Name.Local)
				}
				element.attrs[attr.Name.Local] = attr.Value
			}
			top.children = append(top.children, element)
			path = append(path, element)
		case xml.EndElement:
			if top.name != token.Name.Local {
				t.Fatalf("</%s> closes <%s>", token.Name.Local, top.name)
			}
			path = path[:len(path)-1]
		case xml.CharData:
			top.children = append(top.children, &node{text: string(token)})
		}
	}
	if len(path) != 1 {
		t.Fatalf("<%s> is not closed", path[len(path)-1].name)
	}
	return root
}

// all are the elements of some names, in their order.
func (n *node) all(names ...string) []*node {
	var found []*node
	for _, child := range n.children {
		if slices.Contains(names, child.name) {
			found = append(found, child)
		}
		found = append(found, child.all(names...)...)
	}
	return found
}

// words is the text of an element, as a screen reader reads it: without what is hidden from it.
func (n *node) words() string {
	if n.name == "" {
		return n.text
	}
	if n.attrs["aria-hidden"] == "true" || n.name == "style" {
		return ""
	}
	var words strings.Builder
	for _, child := range n.children {
		words.WriteString(child.words())
	}
	return words.String()
}

// TestStructure holds pages to what browsers, mail clients and screen readers need of them.
func TestStructure(t *testing.T) {
	for name, run := range samples() {
		t.Run(name, func(t *testing.T) {
			page := written(t, name, run)
			root := parse(t, page)
			checkElements(t, root)
			checkHead(t, root)
			checkHeadings(t, root)
			checkTables(t, root)
			checkFindings(t, root, run)
			if len(page) > 2_000_000 {
				t.Errorf("%d bytes, which is too much for a mail", len(page))
			}
			if again := written(t, name, run); !bytes.Equal(page, again) {
				t.Error("written again it differs")
			}
			for _, secret := range []string{"old-secret", "new-secret", "s3cret"} {
				if bytes.Contains(page, []byte(secret)) {
					t.Errorf("it holds %s", secret)
				}
			}
		})
	}
}

// elements are all that a page has. Nothing of them runs or loads anything.
var elements = strings.Fields(`html head meta title style body header main footer section article div h1 h2 h3 h4 p br b ul li a bdi code span
	table thead tbody tr th td details summary time svg rect path circle`)

// attributes are all that elements have. None is a style, or something to run or load.
var attributes = strings.Fields(`lang charset http-equiv content name class id href scope role cellpadding datetime data-is aria-hidden aria-label aria-labelledby
	viewBox preserveAspectRatio width height fill stroke d cx cy r`)

func checkElements(t *testing.T, root *node) {
	ids := map[string]bool{}
	every := root.all(elements...)
	for _, element := range every {
		id := element.attrs["id"]
		if id != "" && ids[id] {
			t.Errorf("two elements have the id %s", id)
		}
		ids[id] = true
	}
	var count func(n *node) int
	count = func(n *node) int {
		total := 0
		for _, child := range n.children {
			if child.name != "" {
				total += 1 + count(child)
				if !slices.Contains(elements, child.name) {
					t.Errorf("there is <%s>", child.name)
				}
			}
		}
		return total
	}
	if n := count(root); n != len(every) {
		t.Errorf("%d elements of %d are known", len(every), n)
	}
	for _, element := range every {
		for name, value := range element.attrs {
			if !slices.Contains(attributes, name) {
				t.Errorf("<%s> has %s=%q", element.name, name, value)
			}
		}
		if href, ok := element.attrs["href"]; ok && (!strings.HasPrefix(href, "#") || !ids[href[1:]]) {
			t.Errorf("a link leads to %q", href)
		}
		if by := element.attrs["aria-labelledby"]; by != "" && !ids[by] {
			t.Errorf("<%s> is named by %q, which is not there", element.name, by)
		}
		switch element.name {
		case "svg":
			if element.attrs["role"] != "img" || len(element.attrs["aria-label"]) < 5 {
				t.Errorf("a picture has no words: %v", element.attrs)
			}
		case "time":
			at := element.attrs["datetime"]
			_, err := time.Parse(time.RFC3339, at)
			if _, day := time.Parse(time.DateOnly, at); err != nil && day != nil {
				t.Errorf("a time is %q", at)
			}
		case "section", "article":
			if element.attrs["aria-labelledby"] == "" {
				t.Errorf("<%s> has no name", element.name)
			}
		}
	}
}

func checkHead(t *testing.T, root *node) {
	if html := root.all("html"); len(html) != 1 || html[0].attrs["lang"] != "en" {
		t.Error("it does not say that it is English")
	}
	if title := root.all("title"); len(title) != 1 || strings.TrimSpace(title[0].words()) == "" {
		t.Error("it has no title")
	}
	for _, landmark := range []string{"header", "main", "footer"} {
		if len(root.all(landmark)) != 1 {
			t.Errorf("there is not one %s", landmark)
		}
	}
	policy := ""
	for _, meta := range root.all("meta") {
		if meta.attrs["http-equiv"] == "Content-Security-Policy" {
			policy = meta.attrs["content"]
		}
	}
	want := "default-src 'none'; style-src"
	for _, style := range root.all("style") {
		css := style.children[0].text
		sum := sha256.Sum256([]byte(css))
		want += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		for _, loads := range []string{"url(", "@import", "image-set", "expression", "<"} {
			if strings.Contains(css, loads) {
				t.Errorf("a style has %s", loads)
			}
		}
		if len(css) > 8192 {
			t.Errorf("a style is of %d bytes, and some mail clients take no more than 8,192", len(css))
		}
	}
	if want += "; base-uri 'none'; form-action 'none'"; policy != want {
		t.Errorf("its policy is\n%s, want\n%s", policy, want)
	}
}

func checkHeadings(t *testing.T, root *node) {
	level := 0
	for i, heading := range root.all("h1", "h2", "h3", "h4", "h5", "h6") {
		is := int(heading.name[1] - '0')
		if is > level+1 || (is == 1) != (i == 0) {
			t.Errorf("%s %q comes after h%d", heading.name, heading.words(), level)
		}
		if strings.TrimSpace(heading.words()) == "" {
			t.Errorf("%s has no words", heading.name)
		}
		level = is
	}
}

func checkTables(t *testing.T, root *node) {
	for _, table := range root.all("table") {
		head := table.all("thead")[0].all("th", "td")
		for _, th := range head {
			if th.name != "th" || th.attrs["scope"] != "col" || strings.TrimSpace(th.words()) == "" {
				t.Errorf("the head of a column is %v %q", th.attrs, th.words())
			}
		}
		for _, row := range table.all("tbody")[0].all("tr") {
			cells := row.all("th", "td")
			if len(cells) != len(head) {
				t.Errorf("a row has %d cells, the head %d", len(cells), len(head))
			}
			if heads := row.all("th"); len(heads) != 1 || heads[0].attrs["scope"] != "row" {
				t.Errorf("the row %q has not one head", row.words())
			}
			for i, cell := range cells {
				// Where a narrow window stacks the cells, this stands in front of them.
				if is, ok := cell.attrs["data-is"]; ok && is != head[i].words() {
					t.Errorf("a cell of %q says that it is %q", head[i].words(), is)
				}
				if strings.TrimSpace(cell.words()) == "" && len(cell.all("svg")) == 0 {
					t.Errorf("a cell of %q is empty", head[i].words())
				}
			}
		}
	}
}

// checkFindings holds a page to show each finding, with each of its values.
func checkFindings(t *testing.T, root *node, run *drift.Run) {
	shown := map[string][]string{} // by the object
	articles := root.all("article")
	for _, article := range articles {
		object := ""
		if bold := article.all("h4")[0].all("b"); len(bold) > 0 {
			object = bold[0].words()
		}
		shown[object] = append(shown[object], article.words())
	}
	findings := findingsOf(run)
	if len(articles) != len(findings) {
		t.Errorf("%d findings of %d are shown", len(articles), len(findings))
	}
	for _, f := range findings {
		if slices.Contains(hostileTexts, f.Object.Pool) {
			continue // how such names and values are shown is not for this test
		}
		what := []string{f.Hint}
		for _, change := range f.Changes {
			for _, value := range []*string{change.From, change.To} {
				switch {
				case value == nil && f.Code == "patch":
					what = append(what, "(unset)")
				case value == nil:
				case change.Secret:
					what = append(what, "(secret)")
				default:
					what = append(what, `"`+*value+`"`)
				}
			}
			what = append(what, change.Attr.Name, change.Attr.Key)
		}
		for _, a := range []*drift.Acknowledgment{f.Known, f.Expired} {
			if a != nil {
				what = append(what, a.Reason, fmt.Sprintf("%s:%d", a.Place.Filename, a.Place.Start.Line))
			}
		}
		if f.Kind == drift.BlockedKind {
			what = append(what, f.Code, f.Text)
		}
		whole := func(text string) bool {
			return !slices.ContainsFunc(what, func(part string) bool { return !strings.Contains(text, part) })
		}
		found := false
		for object, texts := range shown {
			found = found || strings.HasPrefix(object, "volume "+f.Object.Pool+"/"+f.Object.Volume.Name) && slices.ContainsFunc(texts, whole)
		}
		if !found {
			t.Errorf("nothing shows %q of %v", what, f.Object)
		}
	}
}

// TestGolden is a page as it is written, for those who read what changes in it.
func TestGolden(t *testing.T) {
	page := written(t, "few", samples()["few"])
	path := filepath.Join("testdata", "few.html")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, page, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, want) {
		is, was := strings.Split(string(page), "\n"), strings.Split(string(want), "\n")
		for i, line := range is {
			if i >= len(was) || line != was[i] {
				t.Fatalf("line %d is\n%s\nUPDATE=1 writes %s anew", i+1, line, path)
			}
		}
		t.Fatal("its end lacks")
	}
}
