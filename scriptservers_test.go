package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
	"tarn/lxd/sim"
	"tarn/lxd/sim/fault"
)

// serverKind starts the servers of scripts. stop ends what was started.
type serverKind interface {
	start(ctx context.Context) (server scriptServer, stop func() error, err error)
	startCluster(ctx context.Context, names ...string) (members map[string]scriptServer, stop func() error, err error)
}

// scriptServer is a server as scripts use it.
type scriptServer interface {
	socket() string
	env() []string // for lxc and tarn

	// remote makes the server listen and gives the folder of a client configuration that knows it by a name.
	remote(ctx context.Context, name string) (conf string, err error)

	// put writes the text into a volume, and content reads what is there now. Both speak of one file.
	put(pool, volume, text string) error
	content(pool, volume string) (string, error)

	// fill writes so many bytes into a volume.
	fill(pool, volume string, bytes int) error

	// lose ends a member of a cluster as a crash would, and returns when the other has noticed.
	lose(ctx context.Context, other scriptServer) error
}

// realServers are private LXDs.
type realServers struct{}

type realServer struct{ *lxdtest.Server }

func (realServers) start(ctx context.Context) (scriptServer, func() error, error) {
	server, err := lxdtest.Start(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	return realServer{server}, server.Stop, nil
}

func (realServers) startCluster(ctx context.Context, names ...string) (map[string]scriptServer, func() error, error) {
	servers, err := lxdtest.StartCluster(ctx, "", len(names)) // which calls them so
	if err != nil {
		return nil, nil, err
	}
	members := map[string]scriptServer{}
	for _, server := range servers {
		members[server.Name] = realServer{server}
	}
	return members, func() error {
		var all sync.WaitGroup // one that has lost the others waits for them
		errs := make([]error, len(servers))
		for i, server := range servers {
			all.Go(func() { errs[i] = server.Stop() })
		}
		all.Wait()
		return errors.Join(errs...)
	}, nil
}

func (s realServer) socket() string { return s.Socket() }
func (s realServer) env() []string  { return s.Env() }

func (s realServer) remote(ctx context.Context, name string) (string, error) {
	if _, err := s.Listen(ctx); err != nil {
		return "", err
	}
	return s.Remote(ctx, name)
}

func (s realServer) file(pool, volume string) string {
	return filepath.Join(s.Path("storage-pools", pool, "custom", "default_"+volume), "file")
}

func (s realServer) put(pool, volume, text string) error {
	return os.WriteFile(s.file(pool, volume), []byte(text), 0o600)
}

func (s realServer) content(pool, volume string) (string, error) {
	data, err := os.ReadFile(s.file(pool, volume))
	return string(data), err
}

func (s realServer) fill(pool, volume string, bytes int) error {
	data := make([]byte, bytes)
	mathrand.NewChaCha8([32]byte{}).Read(data) // what does not compress
	if err := os.WriteFile(s.file(pool, volume), data, 0o600); err != nil {
		return err
	}
	return exec.Command("sync", "-f", s.file(pool, volume)).Run() // so that the file system accounts for it
}

func (s realServer) lose(ctx context.Context, other scriptServer) error {
	if err := s.Kill(); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		out, err := other.(realServer).LXC(ctx, "query", "/1.0/cluster/members/"+s.Name)
		if err != nil {
			return err
		}
		if strings.Contains(out, `"Offline"`) {
			return nil
		}
	}
	return fmt.Errorf("nobody noticed that %s is gone", s.Name)
}

// simulatedServers are simulators in this process.
type simulatedServers struct{}

type simulatedServer struct {
	sim  *sim.Server
	dir  string
	name string // as a cluster member
}

func (simulatedServers) start(context.Context) (scriptServer, func() error, error) {
	server, stop, err := simulate(&sim.State{Drivers: scriptDrivers})
	return server, stop, err
}

// scriptDrivers are those of the private LXDs.
var scriptDrivers = []string{"btrfs", "dir"}

func (simulatedServers) startCluster(_ context.Context, names ...string) (map[string]scriptServer, func() error, error) {
	state := &sim.State{Drivers: scriptDrivers, Members: map[string]*sim.Member{}}
	for _, name := range names {
		state.Members[name] = &sim.Member{}
	}
	server, stop, err := simulate(state)
	if err != nil {
		return nil, nil, err
	}
	members := map[string]scriptServer{}
	for _, name := range names {
		members[name] = &simulatedServer{server.sim, server.dir, name}
	}
	return members, stop, nil
}

// simulate serves a state at a socket.
func simulate(state *sim.State) (*simulatedServer, func() error, error) {
	dir, err := os.MkdirTemp("", "tarn-sim-") // a socket's path is short
	if err != nil {
		return nil, nil, err
	}
	s := &simulatedServer{sim: sim.New(state), dir: dir}
	stop := func() error { return errors.Join(s.sim.Close(), os.RemoveAll(dir)) }
	if err := os.WriteFile(filepath.Join(dir, "config.yml"), []byte("remotes: {}\n"), 0o600); err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	listener, err := net.Listen("unix", s.socket())
	if err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	go s.sim.Serve(listener)
	return s, func() error { return errors.Join(listener.Close(), stop()) }, nil
}

func (s *simulatedServer) socket() string { return filepath.Join(s.dir, "unix.socket") }

func (s *simulatedServer) env() []string {
	return []string{"LXD_DIR=" + s.dir, "LXD_CONF=" + s.dir, "LXD_GLOBAL_CONF=" + s.dir}
}

func (s *simulatedServer) remote(ctx context.Context, name string) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	secure, err := s.sim.Secure(listener)
	if err != nil {
		return "", errors.Join(err, listener.Close())
	}
	go s.sim.Serve(secure)
	client := lxd.NewDialed("sim:", s.sim.Dial, lxd.Options{})
	defer client.Close()
	itself, err := client.Server(ctx)
	if err != nil {
		return "", err
	}
	certificate, key, err := clientCertificate()
	if err != nil {
		return "", err
	}
	conf := filepath.Join(s.dir, "remote")
	if err := os.MkdirAll(filepath.Join(conf, "servercerts"), 0o700); err != nil {
		return "", err
	}
	for file, text := range map[string]string{
		"config.yml":                   fmt.Sprintf("remotes:\n  %s: {addr: 'https://%s', protocol: lxd, auth_type: tls}\n", name, listener.Addr()),
		"client.crt":                   certificate,
		"client.key":                   key,
		"servercerts/" + name + ".crt": itself.Certificate,
	} {
		if err := os.WriteFile(filepath.Join(conf, file), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	return conf, nil
}

// clientCertificate is one as lxc makes it for itself, as PEM.
func clientCertificate() (certificate, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tarn"}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return "", "", err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	return text("CERTIFICATE", der), text("PRIVATE KEY", keyDER), nil
}

// edit changes a volume of the state.
func (s *simulatedServer) edit(pool, volume string, change func(*sim.Volume)) error {
	found := false
	err := s.sim.Edit(func(state *sim.State) {
		if p := state.Pools[pool]; p != nil {
			if v := p.Volumes[sim.Key{Project: lxd.DefaultProject, Type: lxd.TypeCustom, Name: volume}]; v != nil {
				found = true
				change(v)
			}
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("no volume %s/%s", pool, volume)
	}
	return err
}

func (s *simulatedServer) put(pool, volume, text string) error {
	return s.edit(pool, volume, func(v *sim.Volume) { v.Content = text })
}

func (s *simulatedServer) content(pool, volume string) (text string, err error) {
	err = s.edit(pool, volume, func(v *sim.Volume) { text = v.Content })
	return text, err
}

func (s *simulatedServer) fill(pool, volume string, bytes int) error {
	return s.edit(pool, volume, func(v *sim.Volume) { v.Used = int64(bytes) })
}

func (s *simulatedServer) lose(context.Context, scriptServer) error {
	return s.sim.Edit(func(state *sim.State) { state.Members[s.name].Offline = true })
}

func (s *simulatedServer) fault(text string) error {
	f, err := fault.Parse(text)
	if err == nil {
		s.sim.Inject(f)
	}
	return err
}
