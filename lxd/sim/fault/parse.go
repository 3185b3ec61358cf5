package fault

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Parse reads a fault as people write it: a method, a path, and what goes wrong.
//
//	POST /1.0/storage-pools/*/volumes/* nth=2 status=503 text="database is locked"
//
// The method * is any. In the path * stands for text without a slash and ** for any; with a question mark in it the query
// has to match too. The words after it are in any order:
//
//	nth=2            the second request that matches, and no other
//	delay=2s         wait before anything happens
//	status=503       answer this, with text="…", and do nothing
//	drop=before      break the connection before anything is done, or drop=after
//	fail="no space"  the background operation fails with this text
//	lasts=5s         the background operation takes so long
//	die=3s           so long after the request has come the server is killed and started again
//
// An error begins with the place in the text, counted in characters from 1.
func Parse(text string) (*Fault, error) {
	words, err := splitWords(text)
	if err != nil {
		return nil, err
	}
	if len(words) < 3 {
		return nil, token{line: text, at: len(text)}.errorf("a method, a path and what goes wrong are needed, as in: POST /1.0/storage-pools status=503")
	}
	f := &Fault{}
	if err := f.match(words[0], words[1]); err != nil {
		return nil, err
	}
	said := map[string]token{}
	for _, word := range words[2:] {
		name, value, ok := strings.Cut(word.text, "=")
		if !ok {
			return nil, word.errorf("%q is not NAME=VALUE", word.text)
		}
		if _, twice := said[name]; twice {
			return nil, word.errorf("%s is there twice", name)
		}
		said[name] = word
		if err := f.set(name, value); err != nil {
			return nil, word.errorf("%w", err)
		}
	}
	if word, ok := said["text"]; ok && f.Code == 0 {
		return nil, word.errorf("text is that of a status, and there is none")
	}
	if word, ok := said["drop"]; ok && f.Code != 0 {
		return nil, word.errorf("a connection that breaks has no status")
	}
	if f.Code != 0 && f.Text == "" {
		f.Text = http.StatusText(f.Code)
	}
	if f.Delay == 0 && f.Code == 0 && !f.DropBefore && !f.DropAfter && f.Operation == "" && f.Lasts == 0 && f.Dies == 0 {
		return nil, words[2].errorf("nothing goes wrong: add delay, status, drop, fail, lasts or die")
	}
	return f, nil
}

// match sets which requests a fault is about.
func (f *Fault) match(method, path token) error {
	switch method.text {
	case "*":
	case "GET", "POST", "PUT", "PATCH", "DELETE":
		f.Method = method.text
	default:
		return method.errorf("%q is not *, GET, POST, PUT, PATCH or DELETE", method.text)
	}
	if !strings.HasPrefix(path.text, "/") {
		return path.errorf("a path begins with a slash")
	}
	pattern := regexp.QuoteMeta(path.text)
	pattern = strings.ReplaceAll(pattern, `\*\*`, ".*")
	pattern = strings.ReplaceAll(pattern, `\*`, "[^/?]*")
	if !strings.Contains(path.text, "?") {
		pattern = strings.ReplaceAll(pattern, ".*", "[^?]*") + `(\?.*)?`
	}
	var err error
	if f.Path, err = regexp.Compile("^" + pattern + "$"); err != nil {
		return path.errorf("the path is no text in UTF-8")
	}
	return nil
}

// set sets what one of the words after the path says.
func (f *Fault) set(name, value string) (err error) {
	switch name {
	case "nth":
		if f.Nth, err = strconv.Atoi(value); err != nil || f.Nth < 1 {
			return fmt.Errorf("nth is a number from 1 up, not %q", value)
		}
	case "status":
		if f.Code, err = strconv.Atoi(value); err != nil || f.Code < 400 || f.Code > 599 {
			return fmt.Errorf("status is a number from 400 to 599, not %q", value)
		}
	case "delay":
		f.Delay, err = duration(name, value)
	case "lasts":
		f.Lasts, err = duration(name, value)
	case "die":
		f.Dies, err = duration(name, value)
	case "drop":
		f.DropBefore, f.DropAfter = value == "before", value == "after"
		if !f.DropBefore && !f.DropAfter {
			return fmt.Errorf("drop is before or after, not %q", value)
		}
	case "text":
		f.Text, err = value, notEmpty(name, value)
	case "fail":
		f.Operation, err = value, notEmpty(name, value)
	default:
		return fmt.Errorf("%q is none of nth, delay, status, text, drop, fail, lasts, die", name)
	}
	return err
}

func notEmpty(name, value string) error {
	if value == "" {
		return fmt.Errorf("%s is empty", name)
	}
	return nil
}

func duration(name, value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s is a time such as 2s or 500ms, not %q", name, value)
	}
	return d, nil
}

// token is a word of a fault's text, and where it begins.
type token struct {
	line string // the whole text
	text string // without its quotes
	at   int    // bytes before it
}

func (t token) errorf(format string, args ...any) error {
	return fmt.Errorf("at character %d: %w", len([]rune(t.line[:t.at]))+1, fmt.Errorf(format, args...))
}

// splitWords splits at spaces, of which double quotes keep those between them; a backslash in these keeps what follows it.
func splitWords(text string) ([]token, error) {
	var words []token
	var word strings.Builder
	start, quote := -1, -1
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote >= 0 && c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
		case c == '"' && quote >= 0:
			quote = -1
		case c == '"':
			quote = i
			if start < 0 {
				start = i
			}
		case c == ' ' && quote < 0:
			if start >= 0 {
				words = append(words, token{text, word.String(), start})
			}
			word.Reset()
			start = -1
		default:
			if start < 0 {
				start = i
			}
			word.WriteByte(c)
		}
	}
	if quote >= 0 {
		return nil, token{line: text, at: quote}.errorf("the quote is not closed")
	}
	if start >= 0 {
		words = append(words, token{text, word.String(), start})
	}
	return words, nil
}
