package applier

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tarn/lxd"
	"tarn/planner/plan"
)

func ptr(s string) *string { return &s }

func TestMerge(t *testing.T) {
	a, b := plan.ConfigAttr("user.a"), plan.ConfigAttr("user.b")
	const changed = " has changed since the plan was made; plan again"
	for _, c := range []struct {
		name    string
		now     plan.Attributes
		changes []plan.Change
		moved   bool
		want    values
		fails   string
	}{
		{"as the plan saw it", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "1", "user.z": "9"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}}, false, values{a: "2"}, ""},
		{"as it is to be already", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "2"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}}, false, values{}, ""},
		{"one of two is", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "2"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}, {Attr: b, To: ptr("3")}}, false, values{b: "3"}, ""},
		{"neither as it was nor as it is to be", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "7"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}}, false, nil, "config.user.a" + changed},
		{"set meanwhile", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "7"}},
			[]plan.Change{{Attr: a, To: ptr("2")}}, false, nil, "config.user.a" + changed},
		{"unset meanwhile", plan.Attributes{Description: "d"},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}}, false, nil, "config.user.a" + changed},
		{"to be unset", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "1"}},
			[]plan.Change{{Attr: a, From: ptr("1")}}, false, values{a: ""}, ""},
		{"unset already", plan.Attributes{Description: "d", Config: map[string]string{"user.a": ""}},
			[]plan.Change{{Attr: a, From: ptr("1")}}, false, values{}, ""},
		{"set to nothing is not set", plan.Attributes{Description: "d", Config: map[string]string{"user.a": ""}},
			[]plan.Change{{Attr: a, To: ptr("2")}}, false, values{a: "2"}, ""},
		{"whatever a move has made of it", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "7"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2")}, {Attr: b, From: ptr("1"), To: ptr("2")}}, true, values{a: "2", b: "2"}, ""},
		{"description", plan.Attributes{Description: "d"},
			[]plan.Change{{Attr: plan.Description, From: ptr("d"), To: ptr("e")}}, false, values{plan.Description: "e"}, ""},
		{"description to nothing", plan.Attributes{Description: "d"},
			[]plan.Change{{Attr: plan.Description, From: ptr("d"), To: ptr("")}}, false, values{plan.Description: ""}, ""},
		{"description changed meanwhile", plan.Attributes{Description: "theirs"},
			[]plan.Change{{Attr: plan.Description, From: ptr("d"), To: ptr("e")}}, false, nil, "description" + changed},
		{"a secret that a saved plan does not hold", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "1"}},
			[]plan.Change{{Attr: a, From: ptr(""), To: ptr("2"), Secret: true}}, false, values{a: "2"}, ""},
		{"a secret that was unset meanwhile", plan.Attributes{Description: "d"},
			[]plan.Change{{Attr: a, From: ptr(""), To: ptr("2"), Secret: true}}, false, nil, "config.user.a" + changed},
		{"a secret that the plan holds", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "7"}},
			[]plan.Change{{Attr: a, From: ptr("1"), To: ptr("2"), Secret: true}}, false, nil, "config.user.a" + changed},
		{"a secret that was not set", plan.Attributes{Description: "d", Config: map[string]string{"user.a": "7"}},
			[]plan.Change{{Attr: a, To: ptr("2"), Secret: true}}, false, nil, "config.user.a" + changed},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := merge(c.changes, c.now, c.moved)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if text := ""; err != nil {
				if text = err.Error(); text != c.fails {
					t.Errorf("%q, want %q", text, c.fails)
				}
			} else if c.fails != "" {
				t.Errorf("no error, want %q", c.fails)
			}
		})
	}
}

// The description always goes along, as it is unless it is to change.
func TestPatchOf(t *testing.T) {
	now := plan.Attributes{Description: "kept", Config: map[string]string{"user.a": "1", "user.z": "9"}}
	for _, c := range []struct {
		values values
		want   lxd.Patch
	}{
		{values{plan.ConfigAttr("user.a"): "2"}, lxd.Patch{Description: "kept", Config: map[string]string{"user.a": "2"}}},
		{values{plan.ConfigAttr("user.a"): ""}, lxd.Patch{Description: "kept", Config: map[string]string{"user.a": ""}}},
		{values{plan.Description: "new"}, lxd.Patch{Description: "new", Config: map[string]string{}}},
		{values{plan.Description: ""}, lxd.Patch{Config: map[string]string{}}},
	} {
		if diff := cmp.Diff(c.want, patchOf(now, c.values)); diff != "" {
			t.Errorf("%v: %s", c.values, diff)
		}
	}
}
