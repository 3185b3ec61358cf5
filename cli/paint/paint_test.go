package paint

import (
	"testing"
)

func TestNew(t *testing.T) {
	for _, c := range []struct {
		choice   string
		terminal bool
		env      map[string]string
		want     bool
	}{
		{auto, true, nil, true},
		{auto, false, nil, false},
		{auto, true, map[string]string{"NO_COLOR": "1"}, false},
		{auto, true, map[string]string{"NO_COLOR": ""}, true}, // as no-color.org has it
		{auto, true, map[string]string{"TERM": "dumb"}, false},
		{auto, true, map[string]string{"TERM": "xterm"}, true},
		{always, false, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, true},
		{never, true, nil, false},
	} {
		p := New(c.choice, c.terminal, func(name string) string { return c.env[name] })
		if got := p.Paint(Create, "x") != "x"; got != c.want {
			t.Errorf("%+v: colours %v", c, got)
		}
	}
}

// Every role has a look, and an empty text has no escape sequences around it.
func TestPaint(t *testing.T) {
	painter := New(always, false, nil)
	for role := Create; role <= RemovedValue; role++ {
		if text := painter.Paint(role, "x"); text == "x" || len(attributes[role]) == 0 {
			t.Errorf("role %d: %q", role, text)
		}
		if text := painter.Paint(role, ""); text != "" {
			t.Errorf("role %d: %q", role, text)
		}
		if text := (Painter{}).Paint(role, "x"); text != "x" {
			t.Errorf("role %d without colours: %q", role, text)
		}
	}
	if got, want := painter.Paint(Destroys, "gone"), "\x1b[31;1mgone\x1b[0;22m"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
