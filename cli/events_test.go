package cli

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tarn/applier"
	"tarn/cli/help"
	"tarn/lxd/schema"
)

// The help about JSON has every field of the events, in the row of its event, and every state of a step.
func TestEventsInHelp(t *testing.T) {
	var topic strings.Builder
	if err := help.Write(&topic, "json", schema.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	_, events, _ := strings.Cut(topic.String(), "EVENT  WITH\n")
	row := func(event string) string {
		return regexp.MustCompile(`(?m)^  ` + event + ` .*$`).FindString(events)
	}
	for event, line := range map[string]any{"plan": planLine{}, "step": stepLine{}, "end": endLine{}, "stale": staleLine{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(line)) {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name != "event" && !regexp.MustCompile(`\b`+name+`\b`).MatchString(row(event)) {
				t.Errorf("the row of %s says nothing of %s: %s", event, name, row(event))
			}
		}
	}
	for kind := applier.Started; kind <= applier.Skipped; kind++ {
		if !strings.Contains(row("step"), kind.String()) {
			t.Errorf("the row of step says nothing of %s: %s", kind, row("step"))
		}
	}
}
