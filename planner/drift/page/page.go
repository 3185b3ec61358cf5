// Package page writes a drift run as one HTML file, for a mail, a CI artifact or a wall.
//
// A [drift.Run] goes in, the file comes out, and the same run always gives the same bytes. The file loads nothing and runs nothing: it
// has no script, no font, no picture but inline SVG, and a policy that forbids browsers all of that. It is readable without its styles
// and without SVG, as some mail clients show it, in print, and by a screen reader. Values that are secret are not in it.
package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"
	"time"

	"tarn/planner/drift"
)

// Options are how a page is written.
type Options struct {
	Zone *time.Location // of the times that people read, nil for UTC
}

var (
	//go:embed page.html
	markup string
	// Mail clients that know only some of CSS drop a whole style element that has more, or one of more than 8,192 characters: what each
	// knows has an element of its own.
	//go:embed plain.css
	plainStyle string
	//go:embed media.css
	mediaStyle string
)

// parsed is the template, which only those runs parse that write a page.
var parsed = sync.OnceValue(func() *template.Template { return template.Must(template.New("page").Parse(markup)) })

// Write writes a run as a page.
func Write(w io.Writer, run *drift.Run, opts Options) error {
	out := bufio.NewWriter(w)
	if err := parsed().Execute(out, newView(run, opts)); err != nil {
		return err
	}
	return out.Flush()
}

// style is a style element, and the policy that lets browsers take it and nothing else.
type style struct{ CSS template.CSS }

// Source is the style as the policy of a page names it.
func (s style) Source() string {
	sum := sha256.Sum256([]byte(s.CSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
