//go:build linux

package main

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"tarn/lxd/lxdtest"
)

// An overview tells how many snapshots volumes have on each product, though only LXD names them among what uses a pool.
func TestShowSnapshots(t *testing.T) {
	shows := func(t *testing.T, remote string, args ...string) []byte {
		cmd := exec.Command("tarn", append([]string{"show", "--remote", remote}, args...)...)
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return out
	}
	fill := func(t *testing.T, socket string) {
		overSocket(t, socket, http.MethodPost, "/1.0/storage-pools", `{"name":"fast","driver":"dir"}`)
		for _, name := range []string{"one", "none"} {
			overSocket(t, socket, http.MethodPost, "/1.0/storage-pools/fast/volumes/custom", `{"name":"`+name+`"}`)
		}
		overSocket(t, socket, http.MethodPost, "/1.0/storage-pools/fast/volumes/custom/one/snapshots", `{"name":"s1"}`)
	}
	check := func(t *testing.T, socket string, skipped string) {
		fill(t, socket)
		for _, want := range []string{`fast/one +default +- +filesystem +- +- +1 `, `fast/none +default +- +filesystem +- +- +0 `} {
			if out := shows(t, "unix:"+socket); !regexp.MustCompile(want).Match(out) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if out := shows(t, "unix:"+socket, "--usage=false"); !regexp.MustCompile(`fast/one +default +- +filesystem +- +- +` + skipped + ` `).Match(out) {
			t.Errorf("without asking each volume:\n%s", out)
		}
	}
	t.Run("simulator", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		socket, _ := simulatorIn(t, dir)
		if !filepath.IsAbs(socket) {
			socket = filepath.Join(dir, socket)
		}
		check(t, socket, "1")
	})
	t.Run("Incus", func(t *testing.T) {
		t.Parallel()
		check(t, lxdtest.NewIncus(t).Socket(), "1")
	})
}
