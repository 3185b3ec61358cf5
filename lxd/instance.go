package lxd

import "context"

// InstanceID names one instance of a server.
type InstanceID struct{ Project, Name string }

// Instance is a container or a virtual machine, as far as volumes are concerned.
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

// ID is the instance's name among all of the server's.
func (i *Instance) ID() InstanceID { return InstanceID{i.Project, i.Name} }

// Device is a device of an instance or a profile.
type Device map[string]string

// Uses tells whether the device is a disk whose source is a custom volume. In which project that volume is follows from the
// instance or profile that has the device.
func (d Device) Uses(id VolumeID) bool {
	source := d["source"]
	return d["type"] == "disk" && d["pool"] == id.Pool && (source == id.Name || source == id.Type+"/"+id.Name)
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
	return getList(ctx, c, path("instances"), query, func(i *Instance) error { return misnamed("instance", i.Name) })
}
