package conform

import (
	"fmt"
	"slices"

	"tarn/lxd"
	"tarn/lxd/live"
)

var serverCases = []Case{
	{
		Name: "the server names itself",
		Do: func(e *Env) any {
			s, err := e.Server(e)
			e.check(err)
			return fmt.Sprint(s.Product, " ", s.Trusted, s.Clustered, s.Certificate != "", slices.Contains(s.Drivers, "dir"), slices.Contains(s.Drivers, "btrfs"))
		},
		Want: "LXD true false true true true",
		On: map[Kind]string{
			Cluster: "LXD true true true true true",
			Incus:   "Incus true false true true true",
		},
	},
	{
		Name: "extensions that tarn makes use of",
		Do: func(e *Env) any {
			s, err := e.Server(e)
			e.check(err)
			var has []string
			for _, name := range []string{
				"etag", "resources", "storage_volume_api_filtering", "storage_volumes_all_projects", "storage_volume_project_move",
				"custom_volume_refresh", "storage_volumes_all", "storage_and_profile_operations", "storage_pool_loop_resize",
			} {
				if s.Has(name) {
					has = append(has, name)
				}
			}
			return has
		},
		Want: "[etag resources storage_volume_api_filtering storage_volumes_all_projects storage_volume_project_move custom_volume_refresh]",
		On: map[Kind]string{
			Incus: "[etag resources storage_volume_api_filtering storage_volumes_all_projects storage_volume_project_move custom_volume_refresh storage_pool_loop_resize]",
		},
	},
	{
		Name: "projects",
		Do: func(e *Env) any {
			projects, err := e.Projects(e)
			e.check(err)
			var names []string
			for _, p := range projects {
				names = append(names, fmt.Sprintf("%s:%v", p.Name, p.OwnVolumes()))
			}
			slices.Sort(names)
			return names
		},
		Want: "[default:true own:true shared:false]",
	},
	{
		Name: "members",
		Do: func(e *Env) any {
			members, err := e.Members(e)
			if err != nil {
				return err
			}
			var names []string
			for _, m := range members {
				names = append(names, m.Name+" "+m.Status)
			}
			return names
		},
		Want: "500 Server is not clustered",
		On: map[Kind]string{
			Cluster: "[n1 Online n2 Online]",
		},
	},
	{
		Name: "an operation that nobody knows",
		Do:   func(e *Env) any { _, err := e.Operation(e, "00000000-0000-0000-0000-000000000000"); return err },
		Want: "404 Operation not found [not found]",
	},
	{
		Name: "an operation that has ended is seen, and cannot be cancelled",
		Do: func(e *Env) any {
			id := e.volume()
			op, err := e.CopyVolume(e, id, e.id("-copy"), lxd.Copy{})
			e.succeed(op, err)
			ops, err := e.Operations(e, "")
			e.check(err)
			seen := slices.ContainsFunc(ops, func(o *lxd.Operation) bool { return o.Info().ID == op.Info().ID })
			return fmt.Sprint(seen, " ", showError(op.Cancel(e)))
		},
		Want: "true 400 Only running operations can be cancelled",
	},
	{
		Name: "a read sees pools, volumes and who holds what",
		Do: func(e *Env) any {
			id := e.volume()
			before := e.Requests()
			state, err := live.Read(e, e.Client, live.Scope{Pools: map[string]live.Names{"plain": {id.Name}}})
			e.check(err)
			requests := e.Requests() - before
			var found []string
			for id := range state.Volumes.All() {
				found = append(found, id.Project+" "+id.String()+" "+id.Member)
			}
			held := 0
			for id := range state.VolumeIDs.All() {
				if id.Name == e.name {
					held++
				}
			}
			return fmt.Sprint(found, held, state.Pools["plain"] != nil, requests)
		},
		Want: "[default plain/* ] 1 true 3",
		On: map[Kind]string{
			Cluster: "[default plain/* n1] 1 true 4",
		},
	},
	{
		Name: "a read of a project that does not exist",
		Do: func(e *Env) any {
			_, err := live.Read(e, e.Client, live.Scope{Projects: []string{"nope"}})
			return err != nil
		},
		Want: "true",
	},
}
