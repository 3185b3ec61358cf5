package lxdtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing"
)

// NewCluster starts a cluster of members n1, n2, … that talk to each other on loopback, and treats t as New does.
func NewCluster(t testing.TB, members int) []*Server {
	t.Helper()
	need(t, Available())
	servers, err := StartCluster(context.Background(), "", members)
	if err != nil {
		t.Fatal(err)
	}
	stopAtEnd(t, servers...)
	return servers
}

// StartCluster starts members n1, n2, … each as Start does, and joins them to a cluster that has no storage pools yet.
// Stop them all: a member that is left alone answers no more.
func StartCluster(ctx context.Context, parent string, members int) (servers []*Server, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, stopAll(servers))
			servers = nil
		}
	}()
	for i := range members {
		s, err := Start(ctx, parent)
		if err != nil {
			return servers, err
		}
		s.Name = "n" + strconv.Itoa(i+1)
		servers = append(servers, s)
		if i == 0 {
			err = s.bootstrap(ctx)
		} else {
			err = s.join(ctx, servers[0])
		}
		if err != nil {
			return servers, fmt.Errorf("start cluster member %s: %w", s.Name, err)
		}
	}
	return servers, nil
}

// Preseeds are YAML, of which JSON is a part.
type preseed struct {
	Config  map[string]string `json:"config,omitempty"`
	Cluster clusterPreseed    `json:"cluster"`
}

type clusterPreseed struct {
	Enabled bool   `json:"enabled"`
	Name    string `json:"server_name,omitempty"`
	Address string `json:"server_address,omitempty"`
	Token   string `json:"cluster_token,omitempty"`
}

func (s *Server) bootstrap(ctx context.Context) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	err = s.init(ctx, preseed{
		Config:  map[string]string{"core.https_address": addr},
		Cluster: clusterPreseed{Enabled: true, Name: s.Name},
	})
	if err != nil {
		return err
	}
	// The least there is, and half of it the time between heartbeats. Until the next one a member that was restarted is
	// not reached: "Missing event connection with target cluster member" (5.0.2, whose daemon crashes when it is told
	// before it is in a cluster).
	_, err = s.LXC(ctx, "config", "set", "cluster.offline_threshold", "11")
	return err
}

func (s *Server) join(ctx context.Context, first *Server) error {
	out, err := first.LXC(ctx, "cluster", "add", s.Name)
	if err != nil {
		return err
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	return s.init(ctx, preseed{
		Cluster: clusterPreseed{Enabled: true, Address: addr, Token: lastLine(out)},
	})
}

func (s *Server) init(ctx context.Context, p preseed) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = s.run(ctx, nil, bytes.NewReader(text), "lxd", "init", "--preseed")
	return err
}
