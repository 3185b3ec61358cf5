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
	words, err := filterWords(text)
	if err != nil {
		return nil, err
	}
	var f filter
	for i := 0; i < len(words); {
		var c clause
		if len(f) > 0 {
			switch strings.ToLower(words[i]) {
			case "and":
			case "or":
				c.or = true
			default:
				return nil, errors.New("invalid clause composition")
			}
			if i++; i == len(words) {
				return nil, errors.New("unterminated compound clause")
			}
		}
		if strings.EqualFold(words[i], "not") {
			c.not = true
			if i++; i == len(words) {
				return nil, errors.New("incomplete not clause")
			}
		}
		c.field = words[i]
		if i+1 == len(words) {
			return nil, errors.New("clause has no operator")
		}
		c.differs = strings.EqualFold(words[i+1], "ne")
		if i+2 == len(words) {
			return nil, errors.New("clause has no value")
		}
		c.value = words[i+2]
		c.pattern, _ = regexp.Compile("(?i)^" + c.value + "$") // what does not compile is compared as it is
		i += 3
		f = append(f, c)
	}
	return f, nil
}

// filterWords splits at spaces, of which quotes keep those between them.
func filterWords(text string) ([]string, error) {
	var words []string
	for _, word := range strings.Fields(text) {
		if n := len(words); n > 0 && strings.HasPrefix(words[n-1], `"`) && !(len(words[n-1]) > 1 && strings.HasSuffix(words[n-1], `"`)) {
			words[n-1] += " " + word
			continue
		}
		words = append(words, word)
	}
	for i, word := range words {
		if !strings.HasPrefix(word, `"`) {
			continue
		}
		if len(word) < 2 || !strings.HasSuffix(word, `"`) {
			return nil, errors.New("unterminated quote")
		}
		words[i] = word[1 : len(word)-1]
	}
	return words, nil
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
		"location", v.Location, "project", v.Project, "created_at", v.CreatedAt}
	if i := slices.Index(fields, name); i >= 0 && i%2 == 0 {
		return fields[i+1], true
	}
	return "", false
}
