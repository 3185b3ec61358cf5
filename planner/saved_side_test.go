package planner_test

import (
	"testing"

	"tarn/lxd"
	"tarn/planner"
	"tarn/planner/plan"
	"tarn/spec"
)

// A pool may stop working on one member of a cluster between the plan and the apply of its file, and the list of pools does not tell.
func TestRejudgePoolOnMember(t *testing.T) {
	state := newState()
	state.Server.Clustered = true
	state.Members = []*lxd.Member{{Name: "n1", Status: "Online"}, {Name: "n2", Status: "Online"}, {Name: "n3", Status: lxd.MemberOffline}}
	state.Pools["d1"] = &lxd.Pool{Name: "d1", Driver: "dir", Status: lxd.StatusCreated, Config: map[string]string{}}
	old := &lxd.Volume{Pool: "d1", Name: "old", Location: "n2", Type: lxd.TypeCustom, ContentType: lxd.ContentFilesystem, Project: lxd.DefaultProject}
	state.Volumes.Set(old.ID(), old)
	state.VolumeIDs.Add(old.ID())
	made, diags := planner.New(&spec.Spec{Pools: []*spec.Pool{{Name: "d1", Existing: true, Volumes: []*spec.Volume{
		{Name: "new", RenamedFrom: &spec.VolumeRef{Name: "old"}, Target: "n2"},
	}}}}, state, planner.Options{Remote: "prod"})
	if diags.HasErrors() || len(made.Steps) != 1 || len(made.Blockers) > 0 {
		t.Fatal(diags, made)
	}
	side := lxd.PoolID{Name: "d1", Member: "n2"}
	if asked := planner.SavedDetails(made, state).MemberPools; len(asked) != 1 || asked[0] != side {
		t.Fatal(asked)
	}
	state.MemberPools[side] = &lxd.Pool{Name: "d1", Driver: "dir", Status: lxd.StatusCreated}
	planner.Rejudge(made, state)
	if len(made.Blockers) > 0 {
		t.Fatal(made.Blockers)
	}
	state.MemberPools[side] = &lxd.Pool{Name: "d1", Driver: "dir", Status: "Unavailable"}
	planner.Rejudge(made, state)
	if len(made.Blockers) != 1 || made.Blockers[0].Code != plan.NeedsRepair {
		t.Fatal(made.Blockers)
	}
	state.Members[1].Status = lxd.MemberOffline
	if asked := planner.SavedDetails(made, state).MemberPools; len(asked) > 0 {
		t.Errorf("a member that is offline is asked: %v", asked)
	}
}
