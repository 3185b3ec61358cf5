package planner

import (
	"fmt"
	"maps"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
	"tarn/lxd/schema"
	"tarn/planner/plan"
	"tarn/spec"
)

// outcome is how an object is to be when a plan has been carried out, as far as its steps say.
type outcome struct {
	gone        bool
	driver      string // of a pool that is created
	contentType string // of a volume that is created, "" for any
	description *string
	config      map[string]*string // nil is unset
	secret      map[string]bool
}

// Unsettled tells what is not as the plan says, of all that its steps work on, once they have been carried out. What the
// server fills in by itself, and whatever the steps do not speak of, is of no account.
func Unsettled(p *plan.Plan, live *live.State) []plan.Finding {
	var findings []plan.Finding
	outcomes := outcomesOf(p)
	for object, want := range outcomes {
		var what []string
		switch _, there := look(live, object); {
		case want.gone && there && outcomes.replaced(live, object):
		case want.gone && there:
			what = []string{"it is still there"}
		case !want.gone && !there:
			what = []string{"it is not there"}
		case !want.gone && object.IsPool():
			pool := live.Pools[object.Pool]
			if pool.Status != "" && pool.Status != lxd.StatusCreated {
				what = append(what, fmt.Sprintf("its status is %s", pool.Status))
			}
			what = append(what, want.kind("driver", pool.Driver, want.driver)...)
			if pool.Config != nil {
				what = append(what, want.differs(pool.Description, pool.Config, rules{
					key:  poolKeys(pool.Driver),
					same: func(name, value string) bool { return samePoolValue(pool, name, value) },
				})...)
			}
		case !want.gone:
			volume, _ := find(live, object.Volume)
			what = append(what, want.kind("content_type", volume.ContentType, want.contentType)...)
			what = append(what, want.differs(volume.Description, volume.Config, rules{key: func(name string) (schema.Key, bool) {
				return schema.VolumeKey(live.Pools[object.Pool].Driver, volume.ContentType, name)
			}})...)
		}
		if len(what) > 0 {
			findings = append(findings, plan.Finding{Object: object, What: what})
		}
	}
	slices.SortFunc(findings, func(x, y plan.Finding) int { return plan.CompareObjects(x.Object, y.Object) })
	return findings
}

// outcomes are what becomes of the objects.
type outcomes map[plan.Object]*outcome

// replaced tells whether a cluster has put a volume of the plan's, for which it chose the member, where one of the same name
// was that is gone.
func (o outcomes) replaced(live *live.State, gone plan.Object) bool {
	chosen := plan.VolumeObject(anywhere(gone.Volume))
	if o[chosen] == nil || o[chosen].gone || chosen == gone {
		return false
	}
	only, _ := find(live, chosen.Volume)
	return only != nil
}

// outcomesOf follows the objects through the steps.
func outcomesOf(p *plan.Plan) outcomes {
	all := outcomes{}
	of := func(object plan.Object) *outcome {
		if all[object] == nil {
			all[object] = newOutcome()
		}
		return all[object]
	}
	arrive := func(from, to lxd.VolumeID) {
		all[plan.VolumeObject(to)] = of(plan.VolumeObject(from))
		all[plan.VolumeObject(from)] = &outcome{gone: true}
	}
	for _, step := range p.Steps {
		switch action := step.Action.(type) {
		case plan.CreatePool:
			all[plan.PoolObject(action.Pool)] = newOutcome().create(action.Description, action.Config, action.Secret)
			of(plan.PoolObject(action.Pool)).driver = action.Driver
		case plan.CreateVolume:
			all[plan.VolumeObject(action.Volume)] = newOutcome().create(action.Description, action.Config, action.Secret)
			of(plan.VolumeObject(action.Volume)).contentType = action.ContentType
		case plan.PatchPool:
			of(plan.PoolObject(action.Pool)).patch(action.Changes)
		case plan.PatchVolume:
			of(plan.VolumeObject(action.Volume)).patch(action.Changes)
		case plan.RenameVolume:
			arrive(action.Volume, action.To())
		case plan.MoveVolume:
			arrive(action.Volume, action.To)
		case plan.MigrateVolume:
			all[plan.VolumeObject(action.To)] = newOutcome()
		case plan.DeletePool:
			all[plan.PoolObject(action.Pool)] = &outcome{gone: true}
		case plan.DeleteVolume:
			all[plan.VolumeObject(action.Volume)] = &outcome{gone: true}
		}
	}
	return all
}

func newOutcome() *outcome {
	return &outcome{config: map[string]*string{}, secret: map[string]bool{}}
}

func (o *outcome) create(description string, config map[string]string, secret map[string]bool) *outcome {
	o.description = &description
	for key, value := range config {
		o.config[key], o.secret[key] = &value, secret[key]
	}
	return o
}

func (o *outcome) patch(changes []plan.Change) {
	for _, change := range changes {
		if key, ok := change.Attr.ConfigKey(); ok {
			o.config[key], o.secret[key] = change.To, change.Secret
		} else {
			o.description = change.To
		}
	}
}

func (o *outcome) kind(name, is, want string) []string {
	if want == "" || is == want {
		return nil
	}
	return []string{fmt.Sprintf("%s is %q and not %q", name, is, want)}
}

// differs compares what the steps set with what the server has, in the way in which a plan is made.
func (o *outcome) differs(description string, config map[string]string, r rules) []string {
	want := spec.Config{}
	var what []string
	for key, value := range o.config {
		if value != nil {
			want[key] = spec.Value{Text: *value, Sensitive: o.secret[key]}
		}
	}
	r.explained = func(string, schema.Key) bool { return true }
	for _, change := range newPair(o.description, want, description, config, r).changes() {
		if change.Secret && change.From != nil {
			what = append(what, change.Attr.Label()+" has another value than the secret one that was to be set")
			continue
		}
		what = append(what, fmt.Sprintf("%s is %s and not %s", change.Attr.Label(), plan.Shown(change.From, change.Secret), plan.Shown(change.To, change.Secret)))
	}
	for _, key := range slices.Sorted(maps.Keys(o.config)) {
		if now, set := config[key]; o.config[key] == nil && set && now != "" {
			what = append(what, fmt.Sprintf("%s is %s and not (unset)", plan.ConfigAttr(key).Label(), plan.Shown(&now, o.secret[key])))
		}
	}
	return what
}
