package lxd

import (
	"strings"
	"testing"

	"tarn/lxd/secrets"
)

// Of a text of a server as much is shown as a person reads, and never half of a secret.
func TestLongTextsAreCut(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	c := &Client{opts: Options{Secrets: &secrets.Set{}}}
	c.opts.Secrets.Add(secret)
	for lead := range messageLimit {
		if lead < messageLimit-2*len(secret) && lead%100 != 0 {
			continue
		}
		text := c.refusal(500, strings.Repeat("x", lead)+secret+strings.Repeat("y", messageLimit)).Error()
		if strings.Contains(text, secret[:8]) || len(text) > messageLimit+100 || !strings.HasSuffix(text, " bytes more)") {
			t.Fatalf("%d: %q", lead, text)
		}
	}
	if got := cut("über", 1); got != "… (4 bytes more)" {
		t.Errorf("%q", got)
	}
	if got := (&Error{Message: "short"}).Error(); got != "short" {
		t.Errorf("%q", got)
	}
}
