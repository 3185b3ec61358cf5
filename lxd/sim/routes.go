package sim

// methods are the ways to use one address.
type methods map[string]func(call) (reply, error)

// route finds what an address can do, nil for no such address.
func (s *Server) route(c call) methods {
	p := c.path
	if len(p) == 0 {
		return methods{"GET": s.getServer, "PUT": s.putServer, "PATCH": s.patchServer}
	}
	switch p[0] {
	case "operations":
		switch {
		case len(p) == 1:
			return methods{"GET": s.listOperations}
		case len(p) == 2:
			return methods{"GET": s.getOperation, "DELETE": s.cancelOperation}
		case len(p) == 3 && p[2] == "wait":
			return methods{"GET": s.waitOperation}
		}
	case "projects":
		switch len(p) {
		case 1:
			return methods{"GET": s.listProjects, "POST": s.createProject}
		case 2:
			return methods{"GET": s.getProject, "DELETE": s.deleteProject, "PUT": s.putProject, "PATCH": s.putProject, "POST": s.renameProject}
		case 3:
			if p[2] == "state" {
				return methods{"GET": s.getProjectState}
			}
		}
	case "profiles":
		switch len(p) {
		case 1:
			return methods{"GET": s.listProfiles, "POST": s.createProfile}
		case 2:
			return methods{"GET": s.getProfile, "PUT": s.putProfile, "PATCH": s.putProfile, "POST": s.renameProfile, "DELETE": s.deleteProfile}
		}
	case "instances":
		if len(p) == 1 {
			return methods{"GET": s.listInstances, "POST": s.createInstance}
		}
		if len(p) == 2 {
			return methods{"GET": s.getInstance, "PUT": s.putInstance, "PATCH": s.putInstance, "DELETE": s.deleteInstance}
		}
	case "cluster":
		switch {
		case len(p) == 1:
			return methods{"GET": s.getCluster}
		case len(p) == 2 && p[1] == "members":
			return methods{"GET": s.listMembers}
		case len(p) == 3 && p[1] == "members":
			return methods{"GET": s.getMember}
		}
	case "storage-pools":
		return s.routePools(c)
	}
	return nil
}

func (s *Server) routePools(c call) methods {
	p := c.path
	switch {
	case len(p) == 1:
		return methods{"GET": s.listPools, "POST": s.createPool}
	case len(p) == 2:
		return methods{"GET": s.getPool, "PUT": s.putPool, "PATCH": s.patchPool, "DELETE": s.deletePool}
	case p[2] == "resources" && len(p) == 3:
		return methods{"GET": s.getResources}
	case p[2] != "volumes":
		return nil
	}
	switch {
	case len(p) == 3 || len(p) == 4:
		return methods{"GET": s.listVolumes, "POST": s.createVolume}
	case len(p) == 5:
		return methods{"GET": s.getVolume, "PUT": s.putVolume, "PATCH": s.patchVolume, "POST": s.postVolume, "DELETE": s.deleteVolume}
	case len(p) == 6 && p[5] == "state":
		return methods{"GET": s.getState}
	case len(p) == 6 && p[5] == "backups":
		if !s.product.Backups {
			return methods{"GET": s.listBackups}
		}
		return methods{"GET": s.listBackups, "POST": s.createBackup}
	case len(p) == 7 && p[5] == "backups" && s.product.Backups:
		return methods{"GET": s.getBackup, "POST": s.renameBackup, "DELETE": s.deleteBackup}
	case len(p) == 8 && p[5] == "backups" && p[7] == "export" && s.product.Backups:
		return methods{"GET": s.exportBackup}
	case len(p) == 6 && p[5] == "snapshots":
		return methods{"GET": s.listSnapshots, "POST": s.createSnapshot}
	case len(p) == 7 && p[5] == "snapshots":
		return methods{"GET": s.getSnapshot, "PUT": s.putSnapshot, "PATCH": s.putSnapshot, "POST": s.renameSnapshot, "DELETE": s.deleteSnapshot}
	}
	return nil
}
