package sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// target is the member of a cluster that a call names, if it does. A server of its own has the name none.
func (s *Server) target(c call) (member string, given bool, err error) {
	member = c.query.Get("target")
	if member == "none" && !s.state.Clustered() {
		return "", true, nil
	}
	if member != "" {
		err = s.checkOnline(member)
	}
	return member, member != "", err
}

// member is the one that carries a call out: its target, or who answers.
func (s *Server) member(c call) (string, error) {
	target, given, err := s.target(c)
	if !given {
		target = s.state.Self()
	}
	return target, err
}

// checkOnline refuses a member that there is not or that is offline.
func (s *Server) checkOnline(name string) error {
	member := s.state.Members[name]
	switch {
	case member == nil:
		return httpError(http.StatusNotFound, "Cluster member not found")
	case member.Offline:
		return serverError("Missing event connection with target cluster member")
	}
	return nil
}

// checkAllOnline refuses what all members have to be there for.
func (s *Server) checkAllOnline() error {
	for _, name := range s.state.MemberNames() {
		if s.state.Members[name].Offline {
			return serverError("peer node %s is down", s.host(name))
		}
	}
	return nil
}

// host is where a member listens.
func (s *Server) host(member string) string {
	return fmt.Sprintf("10.0.0.%d:8443", slices.Index(s.state.MemberNames(), member)+1)
}

func (s *Server) getCluster(call) (reply, error) {
	type option struct {
		Entity      string `json:"entity"`
		Name        string `json:"name"`
		Key         string `json:"key"`
		Value       string `json:"value"`
		Description string `json:"description"`
	}
	options := []option{}
	for _, name := range slices.Sorted(maps.Keys(s.state.Pools)) {
		pool := s.state.Pools[name]
		for _, key := range slices.Sorted(maps.Keys(pool.ConfigOn(s.state.Self()))) {
			if s.memberKey(key) && !strings.HasPrefix(key, "volatile.") && pool.Status == "" {
				options = append(options, option{"storage-pool", name, key, "", fmt.Sprintf("%q property for storage pool %q", key, name)})
			}
		}
	}
	shown := struct {
		Name    string   `json:"server_name"`
		Enabled bool     `json:"enabled"`
		Options []option `json:"member_config"`
	}{s.state.Self(), s.state.Clustered(), options}
	answer := syncReply(shown)
	answer.etag = etagOf(shown)
	return answer, nil
}

func (s *Server) listMembers(c call) (reply, error) {
	if !s.state.Clustered() {
		return reply{}, serverError("Server is not clustered")
	}
	all, urls := []any{}, []string{}
	for _, name := range s.state.MemberNames() {
		all, urls = append(all, s.showMember(name)), append(urls, "/1.0/cluster/members/"+name)
	}
	if c.recursive() {
		return syncReply(all), nil
	}
	return syncReply(urls), nil
}

func (s *Server) getMember(c call) (reply, error) {
	switch {
	case !s.state.Clustered():
		return reply{}, serverError("Server is not clustered")
	case s.state.Members[c.path[2]] == nil:
		return reply{}, httpError(http.StatusNotFound, "Cluster member not found")
	}
	shown := s.showMember(c.path[2])
	answer := syncReply(shown)
	answer.etag = etagOf(shown)
	return answer, nil
}

func (s *Server) showMember(name string) any {
	i := slices.Index(s.state.MemberNames(), name)
	roles, database := []string{}, true
	// Up to two members have one database, more have three, and two others stand by.
	voters := 1
	if len(s.state.Members) > 2 {
		voters = 3
	}
	switch {
	case name == s.state.Self():
		roles = []string{"database-leader", "database"}
		if s.product.LeaderHasOneRole {
			roles = roles[:1]
		}
	case i < voters:
		roles = []string{"database"}
	case i < voters+2:
		roles = []string{"database-standby"}
	default:
		database = false
	}
	shown := struct {
		Roles         []string          `json:"roles"`
		FailureDomain string            `json:"failure_domain"`
		Description   string            `json:"description"`
		Config        map[string]string `json:"config"`
		Groups        []string          `json:"groups"`
		Name          string            `json:"server_name"`
		URL           string            `json:"url"`
		Database      bool              `json:"database"`
		Status        string            `json:"status"`
		Message       string            `json:"message"`
		Architecture  string            `json:"architecture"`
	}{roles, "default", "", map[string]string{}, []string{"default"}, name, "https://" + s.host(name), database,
		"Online", "Fully operational", "x86_64"}
	if s.state.Members[name].Offline {
		shown.Status, shown.Message = "Offline", "No heartbeat for 1m0s"
	}
	return shown
}
