package lxd

import "context"

// ProfileID names one profile of a server.
type ProfileID struct{ Project, Name string }

// Profile is a profile of instances, as far as volumes are concerned.
type Profile struct {
	Name    string            `json:"name"`
	Project string            `json:"project"` // filled in by this package; LXD 5.0.2 does not send it
	UsedBy  []string          `json:"used_by"` // the instances that have it
	Devices map[string]Device `json:"devices"`
}

// ID is the profile's name among all of the server's.
func (p *Profile) ID() ProfileID { return ProfileID{p.Project, p.Name} }

// Profiles lists the profiles of a project.
func (c *Client) Profiles(ctx context.Context, project string) ([]*Profile, error) {
	query := recursion()
	query.Set("project", project)
	return getList(ctx, c, path("profiles"), query, func(p *Profile) error {
		p.Project = project
		return misnamed("profile", p.Name)
	})
}
