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
	deleted     bool
	driver      string                // of a pool that is created
	contentType string                // of a volume that is created, "" for any
	values      map[plan.Attr]*string // of what the steps set; nil is unset
	secret      map[plan.Attr]bool
}

// NotConverged tells what is not as the plan says, of all that its steps work on, once they have been carried out. What the
// server fills in by itself, and whatever the steps do not speak of, is not looked at.
func NotConverged(p *plan.Plan, live *live.State) []plan.Finding {
	var findings []plan.Finding
	outcomes := outcomesOf(p)
	for object, want := range outcomes {
		var what []string
		switch _, there := currentState(live, object); {
		case want.deleted && there && outcomes.replaced(live, object):
		case want.deleted && there:
			what = []string{"it is still there"}
		case !want.deleted && !there:
			what = []string{"it is not there"}
		case !want.deleted && object.IsPool():
			pool := live.Pools[object.Pool]
			if pool.Status != "" && pool.Status != lxd.StatusCreated {
				what = append(what, fmt.Sprintf("its status is %s", plan.Plain(pool.Status)))
			}
			what = append(what, want.kind("driver", pool.Driver, want.driver)...)
			if pool.Config != nil {
				what = append(what, want.compare(plan.PoolAttributes(pool), rules{
					key:   poolKeys(pool.Driver),
					equal: func(name, value string) bool { return poolKeeps(pool, name, value) },
				})...)
			}
		case !want.deleted:
			volume, _ := volumeOf(live, object.Volume)
			what = append(what, want.kind("content_type", volume.ContentType, want.contentType)...)
			what = append(what, want.compare(plan.VolumeAttributes(volume), rules{key: func(name string) (schema.Key, bool) {
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
	chosen := plan.VolumeObject(withoutMember(gone.Volume))
	if o[chosen] == nil || o[chosen].deleted || chosen == gone {
		return false
	}
	only, _ := volumeOf(live, chosen.Volume)
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
		all[plan.VolumeObject(from)] = &outcome{deleted: true}
	}
	for _, step := range p.Steps {
		switch action := step.Action.(type) {
		case plan.CreatePool:
			all[plan.PoolObject(action.Pool)] = newOutcome().create(action.Attributes)
			of(plan.PoolObject(action.Pool)).driver = action.Driver
		case plan.CreateVolume:
			all[plan.VolumeObject(action.Volume)] = newOutcome().create(action.Attributes)
			of(plan.VolumeObject(action.Volume)).contentType = action.ContentType
		case plan.PatchPool:
			of(plan.PoolObject(action.Pool)).patch(action.Changes)
		case plan.PatchVolume:
			of(plan.VolumeObject(action.Volume)).patch(action.Changes)
		case plan.RenameVolume:
			arrive(action.Volume, action.To())
		case plan.MoveVolume:
			arrive(action.Volume, action.To)
		case plan.CopyVolume:
			all[plan.VolumeObject(action.To)] = newOutcome()
		case plan.MigrateVolume:
			all[plan.VolumeObject(action.To)] = newOutcome()
		case plan.DeletePool:
			all[plan.PoolObject(action.Pool)] = &outcome{deleted: true}
		case plan.DeleteVolume:
			all[plan.VolumeObject(action.Volume)] = &outcome{deleted: true}
		}
	}
	return all
}

func newOutcome() *outcome {
	return &outcome{values: map[plan.Attr]*string{}, secret: map[plan.Attr]bool{}}
}

func (o *outcome) create(attributes plan.Attributes) *outcome {
	for attr, value := range attributes.Fields() {
		o.values[attr] = &value
	}
	for attr, value := range attributes.All() {
		o.values[attr], o.secret[attr] = &value.Text, value.Secret
	}
	return o
}

func (o *outcome) patch(changes []plan.Change) {
	for _, change := range changes {
		o.values[change.Attr], o.secret[change.Attr] = change.To, change.Secret
	}
}

func (o *outcome) kind(name, is, want string) []string {
	if want == "" || is == want {
		return nil
	}
	return []string{fmt.Sprintf("%s is %q and not %q", name, is, want)}
}

// compare compares what the steps set with what the server has, in the way in which a plan is made.
func (o *outcome) compare(live plan.Attributes, r rules) []string {
	want := wanted{config: spec.Config{}}
	for attr, value := range o.values {
		switch key, isConfig := attr.ConfigKey(); {
		case value == nil:
		case isConfig:
			want.config[key] = spec.Value{Text: *value, Sensitive: o.secret[attr]}
		default:
			want.fields = append(want.fields, wantedField{attr, *value})
		}
	}
	r.explained = func(string, schema.Key) bool { return true }
	var what []string
	for _, change := range newPair(want, live, r).changes() {
		if change.Secret && change.From != nil {
			what = append(what, change.Attr.Label()+" has another value than the secret one that was to be set")
			continue
		}
		what = append(what, fmt.Sprintf("%s is %s and not %s", change.Attr.Label(), plan.Shown(change.From, change.Secret), plan.Shown(change.To, change.Secret)))
	}
	for _, attr := range slices.SortedFunc(maps.Keys(o.values), plan.Attr.Compare) {
		now := live.Config[attr.Key]
		if o.values[attr] == nil && now != "" {
			what = append(what, fmt.Sprintf("%s is %s and not (unset)", attr.Label(), plan.Shown(&now, o.secret[attr])))
		}
	}
	return what
}
