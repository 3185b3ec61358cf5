package spec

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// WriteGitHub writes the diagnostics as workflow commands, which GitHub shows beside the lines that they are about.
func (r *ValidateReport) WriteGitHub(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, d := range r.Diagnostics {
		fmt.Fprintf(out, "::%s ", d.Severity)
		if rng := d.Range; rng != nil {
			fmt.Fprintf(out, "file=%s,line=%d", githubProperty.Replace(filepath.ToSlash(rng.Filename)), rng.Start.Line)
			if rng.Start.Line == rng.End.Line { // GitHub takes columns of a single line only
				fmt.Fprintf(out, ",col=%d,endLine=%d,endColumn=%d", rng.Start.Column, rng.End.Line, rng.End.Column)
			} else {
				fmt.Fprintf(out, ",endLine=%d", rng.End.Line)
			}
			fmt.Fprint(out, ",")
		}
		fmt.Fprintf(out, "title=%s::%s\n", githubProperty.Replace(visible(d.Summary)), githubMessage.Replace(d.message()))
	}
	return out.Flush()
}

// What has a meaning in workflow commands, in the message and in a property.
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
