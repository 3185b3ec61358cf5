package lxd

import "context"

// Member is a server of a cluster.
type Member struct {
	Name    string   `json:"server_name"`
	URL     string   `json:"url"`    // https://host:port
	Status  string   `json:"status"` // Online, Offline, Evacuated …
	Message string   `json:"message"`
	Roles   []string `json:"roles"`
}

// MemberOffline is the status of a member that has not been heard of for some time.
const MemberOffline = "Offline"

// Members lists the members of the cluster. A server without a cluster gives an *Error.
func (c *Client) Members(ctx context.Context) ([]*Member, error) {
	return getList(ctx, c, path("cluster", "members"), recursion(), func(m *Member) error { return misnamed("member", m.Name) })
}
