package spec

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
)

// WriteGitLab writes the diagnostics as a Code Quality report, which GitLab shows in merge requests.
func (r *ValidateReport) WriteGitLab(w io.Writer) error {
	issues := make([]gitlabIssue, 0, len(r.Diagnostics))
	same := map[string]int{}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		issue := gitlabIssue{
			Description: d.Summary + ": " + d.message(), CheckName: d.rule(), Severity: "major",
			Location: gitlabLocation{Path: ".", Lines: gitlabLines{1}}, // GitLab takes none without a place
		}
		if d.Severity == "warning" {
			issue.Severity = "minor"
		}
		if d.Range != nil {
			issue.Location = gitlabLocation{filepath.ToSlash(filepath.Clean(d.Range.Filename)), gitlabLines{d.Range.Start.Line}}
		}
		// Without the line, so that lines above it do not make it a new one. The nth of its like is told from the others.
		what := fmt.Sprintf("%s\x00%s\x00%s", issue.CheckName, issue.Location.Path, issue.Description)
		same[what]++
		issue.Fingerprint = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", what, same[what])))
		issues = append(issues, issue)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(issues)
}

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"` // info, minor, major, critical or blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"` // from the top of the repository
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}
