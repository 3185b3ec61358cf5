package page

import (
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"tarn/lxd/lxdtest"
	"testing"
)

// looks is JavaScript that measures a page; what it finds wrong comes out as lines.
//
//go:embed testdata/looks.js
var looks string

// measured are the samples that a browser shows: the first two for each change, the others at length.
var measured = []string{"few", "clean", "none", "all-clean", "one", "fleet", "all-errors", "unreachable", "hostile", "narrowed", "many"}

// TestBrowser shows pages in a real browser, wide and narrow, light and dark, and in print: nothing is asked for but the page itself,
// nothing runs, nothing is wider than the window, and every text stands out from what is behind it.
func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	runs := samples()
	var mu sync.Mutex
	var asked []string
	pages := map[string][]byte{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Path)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(pages[strings.TrimPrefix(r.URL.Path, "/")])
	}))
	t.Cleanup(site.Close)
	names := measured
	if !lxdtest.Full() {
		names = names[:2]
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			b.t = t
			mu.Lock()
			asked, pages[name] = nil, written(t, name, runs[name])
			mu.Unlock()
			url := site.URL + "/" + name
			b.show(1280, "light", "screen")
			for _, fault := range wrong(b.open(url), url) {
				t.Error(fault)
			}
			for _, scheme := range []string{"light", "dark"} {
				b.show(1280, scheme, "screen")
				b.looksRight(scheme, "[...faint(), ...active()]")
				for _, width := range []int{320, 360, 768, 1280} {
					b.show(width, scheme, "screen")
					if scheme == "light" { // no width depends on colours
						b.looksRight(strconv.Itoa(width), fmt.Sprintf("wide(%d)", width))
					}
					b.picture(fmt.Sprintf("%s-%d-%s", name, width, scheme))
				}
			}
			b.show(700, "dark", "print") // which is light all the same
			b.looksRight("print", fmt.Sprintf("printed(%d)", len(findingsOf(runs[name]))))
			b.print(name)
			b.show(360, "light", "screen")
			narrow := b.accessible()
			b.show(1280, "light", "screen")
			if wide := b.accessible(); !slices.Equal(narrow, wide) {
				t.Errorf("a screen reader meets other tables on a phone: %d rows and cells, %d on a wide screen", len(narrow), len(wide))
			}
			// What the browser has not told yet comes before the answer to this.
			var title string
			b.evaluate("document.title", &title)
			if title == "" {
				t.Error("it has no title")
			}
			for _, fault := range wrong(b.events, url) {
				t.Error(fault)
			}
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(asked, []string{"/" + name}) {
				t.Errorf("the browser has asked for %q", asked)
			}
		})
	}
}

// looksRight measures the page.
func (b *browser) looksRight(how, call string) {
	b.t.Helper()
	var faults []string
	b.evaluate(looks+"\n"+call, &faults)
	for i, fault := range faults {
		if i == 12 {
			b.t.Errorf("%s: and %d more", how, len(faults)-i)
			break
		}
		b.t.Errorf("%s: %s", how, fault)
	}
}

// accessible gives the roles of tables and their parts as a screen reader gets them, and holds images to have names.
func (b *browser) accessible() []string {
	b.t.Helper()
	type value struct{ Value json.RawMessage }
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name value
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	var roles []string
	for _, node := range tree.Nodes {
		role, name := strings.Trim(string(node.Role.Value), `"`), strings.Trim(string(node.Name.Value), `"`)
		switch {
		case node.Ignored:
			continue
		case (role == "image" || role == "img" || role == "link" || role == "heading" || role == "article" || role == "region") && name == "":
			b.t.Errorf("a screen reader meets %s without a name", role)
		}
		switch role {
		case "table", "row", "cell", "gridcell", "rowheader", "columnheader":
			roles = append(roles, role)
		}
	}
	return roles
}

// picture leaves a picture of the whole page where TARN_PAGES says.
func (b *browser) picture(name string) {
	dir := os.Getenv("TARN_PAGES")
	if dir == "" {
		return
	}
	var shot struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	b.leave(filepath.Join(dir, name+".png"), shot.Data)
}

// print prints the page, as its readers do, where TARN_PAGES says. How it looks in print is measured without that.
func (b *browser) print(name string) {
	dir := os.Getenv("TARN_PAGES")
	if dir == "" {
		return
	}
	var printed struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "paperWidth": 8.27, "paperHeight": 11.69}, &printed)
	b.leave(filepath.Join(dir, name+".pdf"), printed.Data)
}

func (b *browser) leave(path, data string) {
	content, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		err = os.WriteFile(path, content, 0o666)
	}
	if err != nil {
		b.t.Error(err)
	}
}
