package sim_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"tarn/lxd/sim"
)

// One port answers in TLS and in plain text, as the client begins.
func TestSecureAnswersPlainTextToo(t *testing.T) {
	address := strings.TrimPrefix(serveHTTPS(t, sim.New(nil)), "https://")
	silent, err := net.Dial("tcp", address) // is in nobody's way
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	for _, url := range []string{"http://" + address + "/1.0", "https://" + address + "/1.0", "http://" + address + "/1.0"} {
		answer, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), `"auth":"trusted"`) {
			t.Errorf("%s: %v %s", url, err, body)
		}
	}
}
