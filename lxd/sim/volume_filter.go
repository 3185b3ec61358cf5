package sim

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// filter selects entries of a list: clauses, each joined to what is before it.
type filter []clause

type clause struct {
	or      bool // joined by or, otherwise by and
	not     bool
	field   string
	differs bool // ne
	value   string
	pattern *regexp.Regexp // nil when the value is none
}

// parseFilter reads: [not] field operator value [and|or …]. LXD 5.0.2 takes every operator that is not ne for eq.
func parseFilter(text string) (filter, error) {
	words := strings.Fields(text)
	var f filter
	for len(words) > 0 {
		var c clause
		if len(f) > 0 {
			switch words[0] {
			case "and":
			case "or":
				c.or = true
			default:
				return nil, errors.New("invalid clause composition")
			}
			if words = words[1:]; len(words) == 0 {
				return nil, errors.New("unterminated compound clause")
			}
		}
		if strings.EqualFold(words[0], "not") {
			c.not = true
			if words = words[1:]; len(words) == 0 {
				return nil, errors.New("incomplete not clause")
			}
		}
		c.field = words[0]
		if len(words) == 1 {
			return nil, errors.New("clause has no operator")
		}
		c.differs = words[1] == "ne"
		if len(words) == 2 {
			return nil, errors.New("clause has no value")
		}
		c.value, words = words[2], words[3:]
		if strings.HasPrefix(c.value, `"`) { // it goes on to a word that ends with a quote, though its own first one may
			end := slices.IndexFunc(words, func(word string) bool { return strings.HasSuffix(word, `"`) })
			if end < 0 {
				return nil, errors.New("unterminated quote")
			}
			c.value = strings.Trim(strings.Join(append([]string{c.value}, words[:end+1]...), " "), `"`)
			words = words[end+1:]
		}
		anchored := c.value
		if !strings.ContainsAny(anchored, "^$") { // with one of them anywhere, in [^/] for instance, it need not match the whole text
			anchored = "^" + anchored + "$"
		}
		c.pattern, _ = regexp.Compile("(?i)" + anchored) // what does not compile is compared as it is
		f = append(f, c)
	}
	return f, nil
}

func (f filter) match(v shownVolume) bool {
	match := true
	for _, c := range f {
		if c.or {
			match = match || c.match(v)
		} else {
			match = match && c.match(v)
		}
	}
	return match
}

func (c clause) match(v shownVolume) bool {
	value, ok := v.field(c.field)
	match := ok && (c.pattern != nil && c.pattern.MatchString(value) || c.pattern == nil && strings.EqualFold(c.value, value))
	return match != (c.not != c.differs)
}

// field is what a filter finds in an entry.
func (v shownVolume) field(name string) (string, bool) {
	if option, ok := strings.CutPrefix(name, "config."); ok {
		value, ok := v.Config[option]
		return value, ok
	}
	fields := []string{"name", v.Name, "type", v.Type, "description", v.Description, "content_type", v.ContentType,
		"location", v.Location, "project", v.Project}
	if i := slices.Index(fields, name); i >= 0 && i%2 == 0 {
		return fields[i+1], true
	}
	return "", false
}
