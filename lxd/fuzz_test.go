package lxd

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// answering is a transport that gives every request the same answer.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: req,
	}, nil
}

// Whatever answers, there is a value or an error of one of our kinds, never a crash.
func FuzzEnvelope(f *testing.F) {
	f.Add(200, `{"type":"sync","status":"Success","status_code":200,"operation":"","error_code":0,"error":"","metadata":{}}`)
	f.Add(200, `{"type":"sync","metadata":[{"name":"p","config":{"a":"b"},"used_by":["/1.0/instances/x"]},null]}`)
	f.Add(202, `{"type":"async","operation":"/1.0/operations/x","metadata":{"id":"x","status_code":200,"metadata":{"fs_progress":"1"}}}`)
	f.Add(202, `{"type":"async","operation":"%zz","metadata":null}`)
	f.Add(404, `{"type":"error","error":"Storage pool not found","error_code":404}`+"\n\n")
	f.Add(500, `{"type":"error"}`)
	f.Add(502, `<html>`)
	f.Add(200, `{"type":"sync","metadata":{"config":{"a":null},"environment":{"storage_supported_drivers":[null]}}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			status = 200
		}
		// What is asked again waits on a clock of its own.
		synctest.Test(t, func(t *testing.T) {
			c := &Client{http: &http.Client{Transport: answering{status, body}}, base: "http://lxd", address: "unix:x"}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			check := func(err error) {
				if err == nil {
					return
				}
				if err.Error() == "" {
					t.Errorf("an error without a text: %#v", err)
				}
				var refused *Error
				if errors.As(err, &refused) && refused.Message == "" {
					t.Errorf("a refusal without a text: %#v", err)
				}
			}
			id := VolumeID{Pool: "p", Type: TypeCustom, Name: "v"}
			_, err := c.Server(ctx)
			check(err)
			_, err = c.Pools(ctx)
			check(err)
			_, err = c.Pool(ctx, PoolID{Name: "p"})
			check(err)
			_, err = c.Volumes(ctx, "p", VolumeList{})
			check(err)
			_, err = c.Volume(ctx, id)
			check(err)
			_, err = c.Snapshots(ctx, id)
			check(err)
			_, err = c.Usage(ctx, id)
			check(err)
			_, err = c.Operations(ctx, "")
			check(err)
			_, err = c.Members(ctx)
			check(err)
			op, err := c.DeleteVolume(ctx, id)
			check(err)
			if err == nil && op.Done() {
				check(op.Wait(ctx, nil))
			}
		})
	})
}

func FuzzUsedBy(f *testing.F) {
	f.Add("/1.0/storage-pools/p/volumes/custom/a%2520b?project=x&target=n1", true)
	for _, name := range []string{"v", "v/", "/v", "v/snapshots/s", "", ".", "..", "a_b-c.d", "a%20b", "v?project=p", "v?", "v#", "a+b", "é", "x/volumes/custom/y"} {
		f.Add("/1.0/storage-pools/p/volumes/custom/"+name, true)
		f.Add("/1.0/storage-pools/"+name+"/volumes/custom/v", false)
	}
	f.Add("/1.0/instances/c1?project=web", false)
	f.Add("/1.0/profiles/default", true)
	f.Add("/1.0", false)
	f.Add("%", true)
	f.Add("//[::1", false)
	f.Fuzz(func(t *testing.T, raw string, twice bool) {
		use := parseUse(raw, twice)
		if slow := parseAddress(raw, twice); use != slow {
			t.Errorf("%q is read as %+v, not %+v", raw, use, slow)
		}
		if use.Kind == "" && use.String() != raw {
			t.Errorf("%q is shown as %q", raw, use)
		}
		if (use.Kind == UsedByVolume || use.Kind == UsedBySnapshot) && use.Volume.Project == "" {
			t.Errorf("%q is a volume of no project: %+v", raw, use)
		}
	})
}

// What we write ourselves as a path is read back as the volume that it names.
func FuzzUsedByRoundTrip(f *testing.F) {
	f.Add("p", "v")
	f.Add("a b%20", "..é\n")
	f.Fuzz(func(t *testing.T, pool, name string) {
		if pool == "" || name == "" {
			t.Skip()
		}
		id := VolumeID{Project: DefaultProject, Pool: pool, Type: TypeCustom, Name: name}
		if use := parseUse(id.path(), false); use.Kind != UsedByVolume || use.Volume != id {
			t.Errorf("%+v comes back as %+v", id, use)
		}
	})
}
