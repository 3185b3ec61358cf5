package secrets_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"tarn/lxd/secrets"
)

func TestHide(t *testing.T) {
	const odd = "pa\"ss 'wörd'\n<&>/x\\"
	for _, c := range []struct{ secret, text, want string }{
		{"hunter2", "Source path 'hunter2' doesn't exist", "Source path '(secret)' doesn't exist"},
		{"hunter2", "HUNTER2 hunter2hunter2 hunter22", "(secret) hunter2hunter2 hunter22"}, // a short one is found as a word
		{"correct horse", "xcorrect horsex", "x(secret)x"},
		{"/srv//s3cret-disk/", "/srv/s3cret-disk: no such file", "(secret): no such file"},
		{odd, "is " + odd, "is (secret)"},
		{odd, fmt.Sprintf("is %q", odd), `is "(secret)"`},
		{odd, fmt.Sprintf("is %+q", odd), `is "(secret)"`},
		{odd, `is "pa\"ss 'wörd'\n\u003c\u0026\u003e/x\\"`, `is "(secret)"`},
		{odd, "?v=pa%22ss+%27w%C3%B6rd%27%0A%3C%26%3E%2Fx%5C", "?v=(secret)"},
		{odd, base64.StdEncoding.EncodeToString([]byte(odd)), "(secret)"},
		{"hunter2 & co", "68756e74657232202620636f", "(secret)"},
		{"hunter2 & co", "is " + fmt.Sprint([]byte("hunter2 & co")), "is [(secret)]"},
		{odd, fmt.Sprintf("is %q", fmt.Sprintf("a %q", odd)), `is "a \"(secret)\""`},

		{odd, `{"a":"{\"b\":\"pa\\\"ss 'wörd'\\n\\u003c\\u0026\\u003e/x\\\\\"}"}`, `{"a":"{\"b\":\"(secret)\"}"}`},
		{odd, `"pa\"ss 'w\u00f6rd'\n<&>/x\\"`, `"(secret)"`},
		{"correct horse 🐎", `"correct horse \ud83d\udc0e"`, `"(secret)"`},
		{odd, "IS PA\"SS 'WÖRD'\n<&>/X\\", "IS (secret)"},
		{"correct horse", "Basic " + base64.StdEncoding.EncodeToString([]byte("me:correct horse")), "Basic bWU6(secret)"},
		{"correct horse", "Basic " + base64.StdEncoding.EncodeToString([]byte("user:correct horse,")), "Basic dXNlcjp(secret)LA=="},
		{"-----BEGIN KEY-----\nMIIabcdefgh\n-----END KEY-----\n", "bad line MIIabcdefgh", "bad line (secret)"},
		{"abc", "abc", "abc"},
		{"true", "this is true", "this is true"},
		{"default", "/1.0/projects/default", "/1.0/projects/default"},
		{"10GiB", "size 10GiB", "size 10GiB"},
		{"1234", "pin 1234 of 12345", "pin (secret) of 12345"},
		{"hunter2", "\xff\xfehunter2\xff", "\xff\xfe(secret)\xff"},
	} {
		var set secrets.Set
		set.Add(c.secret)
		if got := set.Hide(c.text); got != c.want {
			t.Errorf("%q in %q: got %q, want %q", c.secret, c.text, got, c.want)
		}
	}
	var none *secrets.Set
	if got := none.Hide("a text"); got != "a text" {
		t.Errorf("without secrets: %q", got)
	}
}

// Of two secrets one of which begins with the other the whole is hidden.
func TestHideLonger(t *testing.T) {
	var set secrets.Set
	set.Add("password", "password-of-the-king")
	if got := set.Hide("password-of-the-king, password"); got != "(secret), (secret)" {
		t.Error(got)
	}
}

// A text without secrets stays as it is, and what is left of one with secrets is of the text.
func FuzzHide(f *testing.F) {
	f.Add("hunter2", "the hunter2")
	f.Add("wörd", "\xffwÖrd\x00")
	f.Fuzz(func(t *testing.T, secret, text string) {
		var set secrets.Set
		set.Add(secret)
		got := set.Hide(text)
		if len(set.Values()) == 0 && got != text {
			t.Errorf("%q became %q without a secret", text, got)
		}
		if len(secret) >= 8 && len(set.Values()) > 0 && strings.Contains(strings.ReplaceAll(got, secrets.Hidden, "\n\n"), secret) {
			t.Errorf("%q is in %q", secret, got)
		}
	})
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"https://10.1.0.4:8443":           "https://10.1.0.4:8443",
		"https://me:pw@10.1.0.4:8443":     "https://(secret)@10.1.0.4:8443",
		"https://token@host":              "https://(secret)@host",
		"https://me:p/w@x@host/a":         "https://(secret)@host/a",
		"https://me:p%2Fw@host?token=abc": "https://(secret)@host?(secret)",
		"https://me:a?b@host":             "https://(secret)@host",
		"me:pw@host":                      "(secret)@host",
		"prod@eu":                         "prod@eu",
		"eyJ":                             "eyJ",
		"eyJjbGllbnRfbmFtZSI6Im1lIiwic2VjcmV0IjoiMTIzNDU2Nzg5MCJ9": "(secret)",
		"prod":                 "prod",
		"unix:/run/lxd.socket": "unix:/run/lxd.socket",
	} {
		if got := secrets.Address(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// A spec of thousands of secrets is read in no time.
func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		var set secrets.Set
		for i := range 1000 {
			set.Add(fmt.Sprintf("a \"password\" of <%d> & more", i))
		}
		set.Hide("a text of a server, with nothing in it")
	}
}
