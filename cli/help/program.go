package help

import (
	"strings"

	"tarn/cli/lines"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// programText is what the program knows itself, by the label of the link that stands for it in a topic.
var programText = map[string]func(schema.TextOptions) (string, error){
	"The attributes of each block": blocks,
	"The functions":                functions,
	"The limits":                   limits,
	"Codes of blockers": func(opts schema.TextOptions) (string, error) {
		return codes("BLOCKER", plan.BlockerCodes, opts)
	},
	"Codes of notices": func(opts schema.TextOptions) (string, error) {
		return codes("NOTICE", plan.NoticeCodes, opts)
	},
}

func blocks(opts schema.TextOptions) (string, error) {
	var texts []string
	for _, name := range spec.BlockNames() {
		var text strings.Builder
		if err := spec.WriteBlock(&text, name, opts); err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(text.String()))
	}
	return strings.Join(texts, "\n\n"), nil
}

func functions(opts schema.TextOptions) (string, error) {
	return lines.Wrap("The functions: "+strings.Join(spec.FunctionNames(), ", ")+".", "", "", opts.Width), nil
}

func limits(opts schema.TextOptions) (string, error) {
	rows := [][]string{{"OF", "AT MOST"}}
	for _, limit := range spec.Limits() {
		rows = append(rows, []string{limit.Of, limit.At})
	}
	return table(rows, opts)
}

func codes(head string, meanings []plan.Meaning, opts schema.TextOptions) (string, error) {
	rows := [][]string{{head, "MEANING"}}
	for _, meaning := range meanings {
		rows = append(rows, []string{meaning.Code, meaning.Text})
	}
	return table(rows, opts)
}
