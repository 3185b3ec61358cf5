package applier

import "testing"

func TestHowFar(t *testing.T) {
	for text, want := range map[string]string{
		"default_pg: 1.20GB (310.11MB/s)":    "1.20GB (310.11MB/s)",
		"1.20GB (310.11MB/s)":                "1.20GB (310.11MB/s)",
		"waiting for another run: it copies": "waiting for another run: it copies",
		"":                                   "",
		"waiting for another run: default_pg: 1.20GB (310.11MB/s)": "waiting for another run: 1.20GB (310.11MB/s)",
		"waiting for another run to go on":                         "waiting for another run to go on",
	} {
		if got := howFar(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
