package live_test

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tarn/lxd"
	"tarn/lxd/lxdtest"
)

// TestReadsAgreeInCluster is TestReadsAgree on a cluster of two, whose members have volumes of the same names.
func TestReadsAgreeInCluster(t *testing.T) {
	lxdtest.Nightly(t)
	servers := lxdtest.NewCluster(t, 2)
	a := realServer(t, servers[0].Socket())
	var members []struct {
		Name string `json:"server_name"`
	}
	if err := a.send("GET", "/1.0/cluster/members?recursion=1", nil, &members); err != nil {
		t.Fatal(err)
	}
	for _, member := range members {
		a.members = append(a.members, member.Name)
	}
	a.agree(t, 4)
}

// agree is TestReadsAgree for one server.
func (a *agreeing) agree(t *testing.T, n int) {
	a.chooseWays(t)
	checks(t, n)
	rapid.Check(t, func(t *rapid.T) {
		a.rand = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		a.run(t)
	})
	fmt.Fprintf(os.Stdout, "reads agree, %s: %v\n", t.Name(), a.counted)
	if a.counted["found"] == 0 {
		t.Error("nothing was found")
	}
}

// TestReadsAgreeRestricted is TestReadsAgree for a client that may see some projects only. Incus 6.0.4 shows such a one no pools.
func TestReadsAgreeRestricted(t *testing.T) {
	server := lxdtest.New(t)
	address, err := server.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := realServer(t, server.Socket())
	var says struct {
		Environment struct{ Certificate string }
	}
	if err := all.send("GET", "/1.0", nil, &says); err != nil {
		t.Fatal(err)
	}
	certificate, key := lxdtest.Certificate(t)
	der, _ := pem.Decode([]byte(certificate))
	sum := sha256.Sum256(der.Bytes)
	a := &agreeing{scopes: 40, counted: map[string]int{}, lot: rand.New(rand.NewPCG(1, 1)), restricted: true}
	a.client, err = lxd.NewHTTPS("https://"+address, lxd.Credentials{
		Certificate: []byte(certificate), Key: []byte(key), Server: []byte(says.Environment.Certificate),
	}, lxd.Options{Trace: a.trace})
	if err != nil {
		t.Fatal(err)
	}
	defer a.client.Close()
	pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	a.plain = plain{&http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true, // of a server of this test
	}}}, "https://" + address}
	a.refill = func(t *rapid.T) {
		_ = all.send("DELETE", "/1.0/certificates/"+hex.EncodeToString(sum[:]), nil, nil) // the first time there is none
		all.rand = a.rand
		all.refill(t)
		held, err := all.readAll()
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		for _, project := range slices.Sorted(maps.Keys(held.projects)) {
			if held.projects[project] && (len(seen) == 0 || a.chance(60)) {
				seen = append(seen, project)
			}
		}
		if a.chance(50) && len(seen) > 1 {
			seen = seen[1:]
		}
		if err := all.send("POST", "/1.0/certificates", map[string]any{
			"name": "some", "type": "client", "certificate": base64.StdEncoding.EncodeToString(der.Bytes), "restricted": true, "projects": seen,
		}, nil); err != nil {
			t.Fatal(err)
		}
	}
	a.agree(t, 2)
}
