package schema

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tarn/cli/lazyregexp"
)

// A snapshots.pattern is a pongo2 template that knows creation_date, with one %d at the most, which becomes a number. Servers store it
// unread, and a snapshot that it gives no name is not taken: of a schedule nobody is told.

var (
	// expression is {{ name }} or {{ name|filter:'argument'|… }}.
	expression = lazyregexp.New(`\{\{-?\s*(.*?)\s*-?\}\}`)
	// term is the value of an expression and its filters.
	term = lazyregexp.New(`^([A-Za-z_][\w.]*|"[^"]*"|'[^']*'|-?[0-9.]+)((?:\s*\|\s*[A-Za-z_]\w*(?:\s*:\s*(?:"[^"]*"|'[^']*'|[\w.]+))?)*)$`)
	// dateFilter is the date filter among them, or time, which is the same.
	dateFilter = lazyregexp.New(`\|\s*(?:date|time)\s*:\s*(?:"([^"]*)"|'([^']*)')`)
	filter     = lazyregexp.New(`\|\s*([A-Za-z_]\w*)`)
	// strftime is what strftime writes for a part of a date. %d is not among them: here it is the number.
	strftime = lazyregexp.New(`%[YymHMSjFTsBbUu]`)
)

// filters are those that templates have.
var filters = strings.Fields(`add addslashes capfirst center cut date default default_if_none divisibleby escape escapejs first float
floatformat force_escape get_digit integer iriencode join last length length_is linebreaks linebreaksbr linenumbers ljust lower
make_list phone2numeric pluralize random removetags rjust safe slice split stringformat striptags time title truncatechars
truncatechars_html truncatewords truncatewords_html upper urlencode urlize urlizetrunc wordcount wordwrap yesno`)

const dateExample = `{{ creation_date|date:'2006-01-02_15-04-05' }}`

// pattern is a snapshots.pattern that has been read.
type pattern struct {
	literal string   // what is not in an expression, each of which is a NUL
	layouts []string // of the dates, "" for one without a filter
	judged  bool     // false when it has what only the server can read, such as {% if %}
}

// CheckPattern is nil when a server could take more than one snapshot with a snapshots.pattern.
func CheckPattern(text string) error {
	if found := strftime().FindString(text); found != "" {
		return fmt.Errorf("%q has %s, which is for strftime: write the date as %s", text, found, dateExample)
	}
	if n := strings.Count(text, "%d"); n > 1 {
		return fmt.Errorf("%q has %%d %d times, and servers take it once", text, n)
	}
	p, err := readPattern(text)
	if err != nil {
		return fmt.Errorf("%q is no template: %w", text, err)
	}
	if !p.judged {
		return nil
	}
	for _, part := range append(slices.Clone(p.layouts), p.literal) {
		if strings.Contains(part, "/") {
			return fmt.Errorf("%q gives names with a slash, which no snapshot has", text)
		}
	}
	for _, layout := range p.layouts {
		if layout != "" && finest(layout) == 0 {
			return fmt.Errorf("%q has a date that is always the same: %q is none of Go's layouts, in which 2006-01-02 stands for year, month and day: write %s", text, layout, dateExample)
		}
	}
	if !strings.Contains(text, "%d") && len(p.layouts) == 0 {
		return fmt.Errorf("%q gives each snapshot the same name, so that only the first can be taken: add %%d or %s", text, dateExample)
	}
	return nil
}

// readPattern reads a template as far as it can be judged here.
func readPattern(text string) (pattern, error) {
	p := pattern{judged: !strings.Contains(text, "{%") && !strings.Contains(text, "{#")}
	if strings.Count(text, "{%") != strings.Count(text, "%}") {
		return p, fmt.Errorf("a {%% has no %%}")
	}
	if !p.judged {
		return p, nil
	}
	for _, found := range expression().FindAllStringSubmatch(text, -1) {
		inner := found[1]
		parts := term().FindStringSubmatch(inner)
		if parts == nil {
			if strings.ContainsAny(inner, "+*()<>=") || inner != "" && strings.Contains(inner, " ") {
				p.judged = false // perhaps arithmetic
				continue
			}
			return p, fmt.Errorf("{{ %s }} is no expression", inner)
		}
		for _, used := range filter().FindAllStringSubmatch(parts[2], -1) {
			if !slices.Contains(filters, used[1]) {
				return p, fmt.Errorf("it has no filter %q; that of dates is called date", used[1])
			}
		}
		switch name := parts[1]; {
		case name == "creation_date":
			layout := ""
			if date := dateFilter().FindStringSubmatch(parts[2]); date != nil {
				layout = date[1] + date[2]
			} else if parts[2] != "" {
				p.judged = false
			}
			p.layouts = append(p.layouts, layout)
		case strings.ContainsAny(name[:1], `"'-0123456789`):
		default:
			return p, fmt.Errorf("there is no %s: a pattern knows creation_date alone", name)
		}
	}
	p.literal = expression().ReplaceAllString(text, "\x00")
	if strings.Contains(p.literal, "{{") || strings.Contains(p.literal, "}}") {
		return p, fmt.Errorf("a {{ has no }}, or the other way round")
	}
	return p, nil
}

// spans are lengths of time from short to long, each the least that a layout can tell apart.
var spans = []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour, 28 * 24 * time.Hour, 365 * 24 * time.Hour}

// finest is the least time after which a layout gives another text, 0 when it never does.
func finest(layout string) time.Duration {
	at := time.Date(2011, time.March, 4, 7, 8, 9, 0, time.UTC) // no two of its parts are alike
	for _, span := range spans {
		if at.Add(span).Format(layout) != at.Format(layout) {
			return span
		}
	}
	return 0
}

// PatternDoubt says why a server may not take all of the snapshots that a schedule asks for, or not every server all of them, ""
// for no doubt. schedule and expiry are those of the snapshots, "" where there is none, or it is not known.
func PatternDoubt(text, schedule, expiry string) string {
	p, err := readPattern(text)
	if err != nil || !p.judged || CheckPattern(text) != nil {
		return ""
	}
	switch {
	case slices.Contains(p.layouts, ""):
		return fmt.Sprintf("without a format the date has white space, which LXD 5.21 and later do not take in a name: write %s", dateExample)
	case strings.ContainsAny(p.literal+strings.Join(p.layouts, ""), " \t"):
		return "it gives names with white space, which LXD 5.21 and later do not take"
	case strings.HasPrefix(p.literal, "."):
		return "it gives names that begin with a dot, which LXD 5.21 and later do not take"
	case strings.Contains(text, "%d"):
		return ""
	}
	if after := p.again(); after != "" && expiry == "" {
		return fmt.Sprintf("its names come again after %s, and then no snapshot is taken while the older one is there: add the rest of the date, or snapshots.expiry", after)
	}
	if schedule == "" {
		return ""
	}
	least := spans[len(spans)-1]
	for _, layout := range p.layouts {
		least = min(least, finest(layout))
	}
	if every := shortest(schedule); every > 0 && every < least {
		return fmt.Sprintf("snapshots.schedule = %q asks for several snapshots in the time for which it gives one name, and only the first of them can be taken: add %%d, or the time to the date",
			schedule)
	}
	return ""
}

// again says after which time a pattern without a number gives the same name again, "" for never.
func (p pattern) again() string {
	at := time.Date(2011, time.March, 4, 7, 8, 9, 0, time.UTC)
	text := func(at time.Time) string {
		var b strings.Builder
		for _, layout := range p.layouts {
			b.WriteString(at.Format(layout) + "|")
		}
		return b.String()
	}
	for _, later := range []struct {
		name string
		at   time.Time
	}{{"an hour", at.Add(time.Hour)}, {"a day", at.AddDate(0, 0, 1)}, {"a week", at.AddDate(0, 0, 7)}, {"a month", at.AddDate(0, 1, 0)}, {"a year", at.AddDate(1, 0, 0)}} {
		least := finest(p.layouts[0])
		for _, layout := range p.layouts {
			least = min(least, finest(layout))
		}
		if later.at.Sub(at) > least && text(later.at) == text(at) {
			return later.name
		}
	}
	return ""
}

// shortest is about the least time between two moments of a schedule, 0 when that is not known.
func shortest(schedule string) time.Duration {
	least := time.Duration(0)
	for part := range strings.SplitSeq(strings.ToLower(schedule), ", ") {
		every := map[string]time.Duration{"@hourly": time.Hour, "@daily": 24 * time.Hour, "@midnight": 24 * time.Hour, "@weekly": 7 * 24 * time.Hour,
			"@monthly": 28 * 24 * time.Hour, "@annually": 365 * 24 * time.Hour, "@yearly": 365 * 24 * time.Hour}[part]
		if fields := strings.Fields(part); len(fields) == 5 {
			several := func(field string) bool { return strings.ContainsAny(field, "*,-/?") }
			switch {
			case several(fields[0]):
				every = time.Minute
			case several(fields[1]):
				every = time.Hour
			default:
				every = 24 * time.Hour
			}
		}
		if every == 0 || CheckSchedule(schedule) != nil {
			return 0
		}
		if least == 0 || every < least {
			least = every
		}
	}
	return least
}
