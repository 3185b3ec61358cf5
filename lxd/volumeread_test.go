package lxd

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

// plainVolumes are volumes of a list that servers write, and texts that are nearly as they are.
var plainVolumes = []string{
	`{"config":{"user.kind":"data"},"description":"","name":"vol-1","type":"custom","used_by":[],"location":"none","content_type":"filesystem","project":"default","created_at":"0001-01-01T00:00:00Z"}`,
	`{"name":"vol-2","config":{},"used_by":["/1.0/instances/a","/1.0/instances/b?project=c"],"created_at":"2026-11-26T10:11:12.123456789+02:00","pool":"p","type":"custom"}`,
	`{"config":{"size":"1GiB","user.kind":"data"},"description":"a","name":"vol-3"}`,
	`{"config":{"user.kind":"data","size":"1GiB"},"description":"a","name":"vol-4"}`,
	`{"config":{"user.kind":"data","size":"2GiB"},"description":"","name":"vol-4"}`,
	`{"name":"vol-5"}`,
	`{}`,
	`{"name":"vol-6","name":"vol-7"}`,
	`{"config":{"a":"1"},"config":{"b":"2"}}`,
	`{"config":{"a":"1","a":"2"}}`,
	`{"Name":"vol-8"}`,
	`{"name":"vol-9","restore":"x"}`,
	`{"name":null,"config":null,"used_by":null}`,
	`{"name":"a\"b"}`,
	`{"name":"\u0061"}`,
	`{"name":"é"}`,
	`{ "name": "vol-10" }`,
	`{"config":{"a":null}}`,
	`{"config":{"a":{"b":"c"}}}`,
	`{"used_by":[""]}`,
	`{"used_by":[null]}`,
	`{"created_at":""}`,
	`{"created_at":"2026-1-1T00:00:00Z"}`,
	`{"created_at":"2026-11-26T1:00:00Z"}`,
	`null`,
	`[]`,
	`"a"`,
}

// A list that is read in the short way gives the volumes that encoding/json does, and one that it refuses is refused.
func TestVolumeReader(t *testing.T) {
	for _, first := range plainVolumes {
		for _, second := range plainVolumes {
			checkVolumeReader(t, first, second, first)
			checkVolumeReader(t, first, `{"name":"x"}`, second, first)
		}
	}
}

func FuzzVolumeReader(f *testing.F) {
	for i, text := range plainVolumes {
		f.Add(text, plainVolumes[(i+1)%len(plainVolumes)])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if json.Valid([]byte(first)) && json.Valid([]byte(second)) { // as what takes the list apart has seen
			checkVolumeReader(t, first, second, first, second)
		}
	})
}

func checkVolumeReader(t *testing.T, texts ...string) {
	t.Helper()
	var r volumeReader
	var volumes []*Volume
	var copies []Volume
	for _, text := range texts {
		want, got := new(Volume), new(Volume)
		wrong, err := decodeObject([]byte(text), want), r.read([]byte(text), got)
		if fmt.Sprint(wrong) != fmt.Sprint(err) {
			t.Fatalf("%q: %v, not %v", texts, err, wrong)
		}
		if err != nil {
			return
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%q is read as\n%#v, not\n%#v", texts, got, want)
		}
		volumes, copies = append(volumes, got), append(copies, *want)
	}
	for i, volume := range volumes { // none has been changed by those after it
		if !reflect.DeepEqual(*volume, copies[i]) {
			t.Fatalf("%q has become %#v", texts, volume)
		}
	}
}

// A volume that is as the one before takes no more than itself and its name.
func TestVolumeReaderTakesLittle(t *testing.T) {
	var r volumeReader
	text, v := []byte(plainVolumes[0]), new(Volume)
	if err := r.read(text, new(Volume)); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := r.read(text, v); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkVolumeReader(b *testing.B) {
	for _, bench := range []struct {
		name string
		read func([]byte, *Volume) error
	}{
		{"short way", new(volumeReader).read},
		{"encoding/json", func(text []byte, v *Volume) error { return decodeObject(text, v) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			text := []byte(plainVolumes[0])
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.read(text, new(Volume)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
