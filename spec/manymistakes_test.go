package spec

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tarn/cli/paint"
)

// Of thousands of mistakes the first ones are shown, and how many more there are.
func TestManyMistakes(t *testing.T) {
	for _, c := range []struct {
		mistakes int
		more     string
	}{{50, ""}, {51, "There is one more "}, {3000, "There are 2950 more "}} {
		var text strings.Builder
		text.WriteString("pool \"p\" {\n  driver = \"dir\"\n")
		for i := range c.mistakes {
			fmt.Fprintf(&text, "  volume \"v%d\" { config = { siez = \"1GiB\" } }\n", i)
		}
		text.WriteString("}\n")
		s, diags := Load([]string{write(t, map[string]string{"a.hcl": text.String()})}, Options{})
		var out bytes.Buffer
		if err := s.WriteDiagnostics(&out, diags, 0, paint.Painter{}); err != nil {
			t.Fatal(err)
		}
		if shown := strings.Count(out.String(), "Error:"); len(diags) != c.mistakes || shown != 50 {
			t.Errorf("%d mistakes: %d found, %d shown", c.mistakes, len(diags), shown)
		}
		if more := strings.Contains(out.String(), "are shown here"); more != (c.more != "") || !strings.Contains(out.String(), c.more) {
			t.Errorf("%d mistakes end with %q", c.mistakes, out.String()[out.Len()-150:])
		}
	}
}
