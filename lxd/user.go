package lxd

import (
	"context"
	"net/url"
)

// UserID names an instance or a profile.
type UserID struct{ Project, Name string }

// Instance is an instance, as far as volumes are concerned.
type Instance struct {
	Name     string `json:"name"`
	Project  string `json:"project"`
	Status   string `json:"status"` // StatusStopped, Running, Frozen; StatusError when its member does not answer
	Location string `json:"location"`

	Profiles   []string          `json:"profiles"`
	OwnDevices map[string]Device `json:"devices"`
	Devices    map[string]Device `json:"expanded_devices"` // with those of its profiles
}

// Status of an instance.
const (
	StatusStopped = "Stopped"
	StatusError   = "Error"
)

// Device is a device of an instance or a profile.
type Device map[string]string

// Takes tells whether it is a disk that has a custom volume for its source. In which project that lives follows from the
// device's owner.
func (d Device) Takes(id VolumeID) bool {
	source := d["source"]
	return d["type"] == "disk" && d["pool"] == id.Pool && (source == id.Name || source == id.Type+"/"+id.Name)
}

// Profile is a profile of instances, as far as volumes are concerned.
type Profile struct {
	Name    string            `json:"name"`
	Project string            `json:"project"` // filled in by this package; LXD 5.0.2 does not send it
	UsedBy  []string          `json:"used_by"` // the instances that have it
	Devices map[string]Device `json:"devices"`
}

// AllProjects asks a list for the objects of every project. Clients that are restricted to some get ErrForbidden.
const AllProjects = "*"

// Instances lists the instances of a project.
func (c *Client) Instances(ctx context.Context, project string) ([]*Instance, error) {
	query := recursion()
	if project == AllProjects {
		query.Set("all-projects", "true")
	} else {
		query.Set("project", project)
	}
	return getList[Instance](ctx, c, "/1.0/instances", query)
}

// Profiles lists the profiles of a project.
func (c *Client) Profiles(ctx context.Context, project string) ([]*Profile, error) {
	profiles, err := getList[Profile](ctx, c, "/1.0/profiles", url.Values{"recursion": {"1"}, "project": {project}})
	for _, profile := range profiles {
		profile.Project = project
	}
	return profiles, err
}
