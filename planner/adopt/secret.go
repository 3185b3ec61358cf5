package adopt

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tarn/cli/lazyregexp"
	"tarn/planner/plan"
	"tarn/spec/write"
)

// secretOf is a secret value of a config key. All that has it says so with one variable.
type secretOf struct{ key, value string }

var notInNames = lazyregexp.New(`[^A-Za-z0-9]+`)

// variable is the name of the variable for a secret value of a key.
func (a *adoption) variable(key, value string) string {
	of := secretOf{key, value}
	if name, known := a.named[of]; known {
		return name
	}
	base := strings.ToLower(strings.Trim(notInNames().ReplaceAllString(key, "_"), "_"))
	if base == "" || base[0] >= '0' && base[0] <= '9' {
		base = "secret_" + base
	}
	name := base
	for n := 2; ; n++ {
		if _, taken := a.values[name]; !taken {
			break
		}
		name = base + "_" + strconv.Itoa(n)
	}
	a.named[of], a.values[name] = name, value
	return name
}

// variables are the blocks of the variables that the file uses. Of the others the values are forgotten.
func (a *adoption) variables(file *write.File) []write.Variable {
	type use struct {
		key   string
		first string
		count int
	}
	uses := map[string]*use{}
	add := func(object string, config write.Config) {
		for _, key := range slices.Sorted(maps.Keys(config)) {
			name := config[key].Variable
			switch {
			case name == "":
			case uses[name] == nil:
				uses[name] = &use{key, object, 1}
			default:
				uses[name].count++
			}
		}
	}
	for _, pool := range file.Pools {
		object := plan.PoolObject(pool.Name).String()
		add(object, pool.Config)
		for _, member := range pool.Members {
			add(object, member.Config)
		}
		for _, volume := range pool.Volumes {
			add(plan.VolumeObject(a.ids[volume]).String(), volume.Config)
		}
	}
	var variables []write.Variable
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		u := uses[name]
		text := fmt.Sprintf("%s of %s", plan.Plain(u.key), u.first)
		if u.count > 1 {
			text += fmt.Sprintf(" and %d more", u.count-1)
		}
		variable := write.Variable{Name: name, Description: a.secret.Hide(text)}
		if a.opts.byName(u.key) {
			variable.Comment = []string{"Secret because of the name of its config key; see --not-secret."}
		}
		variables = append(variables, variable)
	}
	maps.DeleteFunc(a.values, func(name, _ string) bool { return uses[name] == nil })
	return variables
}

// byName are the config keys of the variables that have one for the name of their key alone.
func (a *adoption) byName() []string {
	keys := map[string]bool{}
	for of, name := range a.named {
		if _, used := a.values[name]; used && a.opts.byName(of.key) {
			keys[a.secret.Hide(plan.Plain(of.key))] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}
