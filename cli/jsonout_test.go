package cli

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
)

// What is read is what was written, and no character of it is one that a terminal obeys or does not show.
func FuzzJSONOut(f *testing.F) {
	f.Add("a\u202eb\u009b31m\x7f\ufeff\U000e0041ü")
	f.Add("plain")
	f.Fuzz(func(t *testing.T, value string) {
		var out bytes.Buffer
		encoder := json.NewEncoder(jsonOut{&out})
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			t.Fatal(err)
		}
		for _, r := range bytes.TrimSuffix(out.Bytes(), []byte("\n")) {
			if r < ' ' || r == 0x7f {
				t.Fatalf("%q has %q", out.String(), r)
			}
		}
		for _, r := range out.String() {
			if r > '~' && !unicode.IsPrint(r) {
				t.Fatalf("%q has %q", out.String(), r)
			}
		}
		var want bytes.Buffer
		if err := json.NewEncoder(&want).Encode(value); err != nil {
			t.Fatal(err)
		}
		var got, plain string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(want.Bytes(), &plain); err != nil || got != plain {
			t.Errorf("%q became %q, %v", plain, got, err)
		}
	})
}
