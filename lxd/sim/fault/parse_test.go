package fault

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Fault{
		`POST /1.0/storage-pools/*/volumes/* nth=2 status=503`: {Method: "POST", Nth: 2, Code: 503, Text: "Service Unavailable"},
		`* /1.0/** text="a \"b\" c" status=412`:                {Code: 412, Text: `a "b" c`},
		`PUT /x drop=before delay=1500ms`:                      {Method: "PUT", DropBefore: true, Delay: 1500 * time.Millisecond},
		`PUT  /x   drop=after`:                                 {Method: "PUT", DropAfter: true},
		`DELETE /x fail="no space" lasts=2s`:                   {Method: "DELETE", Operation: "no space", Lasts: 2 * time.Second},
		"POST /x lasts=1h die=2s":                              {Method: "POST", Lasts: time.Hour, Dies: 2 * time.Second},
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(&want, got, cmpopts.IgnoreUnexported(Fault{}), cmpopts.IgnoreTypes(&regexp.Regexp{})); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestParsePath(t *testing.T) {
	for _, test := range []struct {
		path     string
		yes, not []string
	}{
		{"/1.0/storage-pools", []string{"/1.0/storage-pools", "/1.0/storage-pools?recursion=1"}, []string{"/1.0/storage-pools/p", "/x/1.0/storage-pools", "/1x0/storage-pools"}},
		{"/1.0/storage-pools/*/volumes/custom", []string{"/1.0/storage-pools/a/volumes/custom?project=x"}, []string{"/1.0/storage-pools/a/b/volumes/custom", "/1.0/storage-pools/a/volumes/custom/v"}},
		{"/1.0/**/v*?x=*", []string{"/1.0/storage-pools/a/volumes/custom/v1?x=2"}, []string{"/1.0/storage-pools/a/volumes/custom/v1", "/1.0/v1?y=1"}},
		{"/1.0/**", []string{"/1.0/operations/x/wait?timeout=2"}, []string{"/1.0?x=/1.0/y"}},
		{"/1.0/storage-pools?recursion=1", []string{"/1.0/storage-pools?recursion=1"}, []string{"/1.0/storage-pools"}},
	} {
		f, err := Parse("* " + test.path + " status=500")
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		for _, uri := range test.yes {
			if !f.Path.MatchString(uri) {
				t.Errorf("%s does not match %s", test.path, uri)
			}
		}
		for _, uri := range test.not {
			if f.Path.MatchString(uri) {
				t.Errorf("%s matches %s", test.path, uri)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "at character 1: a method, a path and what goes wrong are needed, as in: POST /1.0/storage-pools status=503",
		"POST /x":                         "at character 8: a method, a path and what goes wrong are needed, as in: POST /1.0/storage-pools status=503",
		"POTS /x status=500":              `at character 1: "POTS" is not *, GET, POST, PUT, PATCH or DELETE`,
		"POST x status=500":               "at character 6: a path begins with a slash",
		"POST /é stauts=500":              `at character 9: "stauts" is none of nth, delay, status, text, drop, fail, lasts, die`,
		"POST /x 500":                     `at character 9: "500" is not NAME=VALUE`,
		"POST /x nth=two status=500":      `at character 9: nth is a number from 1 up, not "two"`,
		"POST /x nth=1 nth=2 status=500":  "at character 15: nth is there twice",
		"POST /x status=200":              `at character 9: status is a number from 400 to 599, not "200"`,
		"POST /x delay=2":                 `at character 9: delay is a time such as 2s or 500ms, not "2"`,
		"POST /x drop=maybe":              `at character 9: drop is before or after, not "maybe"`,
		"POST /x drop=after status=500":   "at character 9: a connection that breaks has no status",
		"POST /x nth=1":                   "at character 9: nothing goes wrong: add delay, status, drop, fail, lasts or die",
		"POST /x drop=after text=no":      "at character 20: text is that of a status, and there is none",
		"POST /x fail=":                   "at character 9: fail is empty",
		`POST /x status=500 text="broken`: "at character 25: the quote is not closed",
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`POST /1.0/storage-pools/*/volumes/** nth=2 status=503 text="a \"b\""`)
	f.Add(`* /x drop=after delay=1s`)
	f.Add("GET /\x82 drop=after")
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := Parse(text)
		if (err == nil) != (fault != nil) {
			t.Errorf("%v, %v", fault, err)
		}
	})
}
