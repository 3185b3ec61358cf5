package lxd_test

import (
	"testing"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/lxdtest/conform"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for kind, start := range map[conform.Kind]func(testing.TB) *lxdtest.Server{
		conform.LXD:     lxdtest.New,
		conform.Cluster: func(t testing.TB) *lxdtest.Server { return lxdtest.NewCluster(t, 2)[0] },
		conform.Incus:   lxdtest.NewIncus,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			server := start(t)
			conform.Run(t, conform.Server{
				Kind:    kind,
				Connect: func(opts lxd.Options) *lxd.Client { return lxd.NewUnix(server.Socket(), opts) },
				Query: func(method, path, body string) error {
					_, err := server.LXC(t.Context(), "query", "-X", method, "-d", body, path)
					return err
				},
			})
		})
	}
}
