package sim_test

import (
	"encoding/json"
	"net/url"
	"strings"

	"pgregory.net/rapid"
)

// conditionalCall is a call with conditions.
type conditionalCall struct {
	call
	ifMatch string // how If-Match names the state that the server has: right, quoted, wrong; "" for no header
}

// call is what is asked of a server.
type call struct{ Method, Path, Body string }

func (c call) String() string            { return strings.TrimSpace(c.Method + " " + c.Path + " " + c.Body) }
func (r conditionalCall) String() string { return strings.TrimSpace(r.call.String() + " " + r.ifMatch) }

func get(path string) conditionalCall { return conditionalCall{call: call{"GET", path, ""}} }

// Choices that are made often enough to meet each other.
var (
	poolNames    = []string{"a", "a", "a", "a", "b", "b", "b", "c", "nope"}
	volumeNames  = []string{"v1", "v1", "v2", "v2", "v 3", "w-1", "é%"}
	newVolumes   = []string{"v1", "v2", "v 3", "w-1", "é%", "v1", "v2", "v1", "v2", "", "x/y", "a:b", ".", "..", "a+b?c#d", "-x", "a\nb", strings.Repeat("n", 300)}
	snapNames    = []string{"s1", "s2", "snap0", "s1", "snap1"}
	newSnaps     = []string{"s1", "s2", "snap0", "s1", "snap1", "", "x/y", "x y", "é", "..", "snap%d"}
	projectNames = []string{"own", "own", "shared", "limited", "default", "nope", "p q"}
	projectQuery = []string{"", "", "", "", "project=own", "project=own", "project=shared", "project=limited", "project=default", "project=nope"}
	profileNames = []string{"default", "p1", "p1", "p2", "p é"}
	types        = []string{"custom", "custom", "custom", "custom", "custom", "custom", "custom", "custom", "custom", "container", "image", "virtual-machine", "bogus"}

	volumeOptions = []string{
		`"user.a":"1"`, `"user.a":""`, `"user.b":"<&>"`, `"size":"32MiB"`, `"size":"8MiB"`, `"size":"33554432"`, `"size":""`, `"size":"0"`,
		`"size":"10000000"`, `"size":"16MB"`, `"size":" 8MiB"`, `"size":"8 MiB"`, `"size":"8mib"`, `"size":"-1"`, `"size":"8388608B"`, `"size":"1e7"`, `"size":"8kB"`,
		`"snapshots.expiry":"1d"`, `"snapshots.schedule":"@hourly"`, `"snapshots.pattern":"x"`, `"snapshots.pattern":"{{ x"`, `"security.shifted":"true"`,
		`"security.unmapped":"yes"`, `"security.shifted":null`, `"security.unmapped":"TRUE"`, `"security.shifted":"false"`, `"security.shifted":" true"`,
		`"security.shifted":"true","security.unmapped":"true"`, `"user.a":"1","size":"16MiB","snapshots.expiry":"2w 1d"`,
		`"bogus":"1"`, `"bogus":""`, `"zfs.blocksize":"4KiB"`, `"size":"1.5GB"`, `"size":"9EiB"`, `"size":"max"`, `"security.shifted":"maybe"`,
		`"snapshots.expiry":"never"`, `"snapshots.expiry":"1x"`, `"snapshots.expiry":"1d 1d"`, `"snapshots.schedule":"@never"`, `"snapshots.schedule":"1 2 3"`,
		`"snapshots.schedule":"@daily, @weekly"`, `"snapshots.schedule":"*/5 * * * *"`, `"snapshots.schedule":"@startup"`,
		`"snapshots.schedule":"99 * * * *"`, `"size":5`, `"user.a":true`, `"block.filesystem":"xfs"`, `"volatile.idmap.last":"x"`, `"volatile.x":"1"`, `"volatile.uuid":"x"`,
		`"user.":"1"`, `"user":"1"`, `"":"1"`, `"":""`, `"User.a":"1"`, `"security.shared":"true"`,
	}
	blockOptions = []string{`"size":"8MiB"`, `"size":"10000000"`, `"size":"16MiB"`, `"size":"8MiB","user.a":"1"`, `"size":"8MiB","bogus":"1"`, `"size":"8MiB","security.shifted":"true"`,
		`"size":"4096"`, `"size":"8193"`, `"size":"8MiB","snapshots.expiry":"1d"`}
	poolOptions = []string{
		`"user.a":"1"`, `"user.a":""`, `"rsync.bwlimit":"1MB"`, `"rsync.compression":"off"`, `"volume.size":"64MiB"`, `"volume.size":""`,
		`"volume.snapshots.expiry":"3d"`, `"volume.security.shifted":"true"`, `"volume.snapshots.pattern":"p"`, `"volume.security.unmapped":"true"`,
		`"bogus":"1"`, `"bogus":""`, `"size":"2GiB"`, `"size":""`, `"volume.user.x":"1"`, `"rsync.compression":"maybe"`, `"volume.size":"x"`,
		`"zfs.clone_copy":"true"`, `"rsync.bwlimit":3`, `"volatile.initial_source":"q"`, `"volume.bogus":"1"`, `"btrfs.mount_options":"noatime"`,
		`"volume.snapshots.schedule":"@weekly"`, `"volume.snapshots.schedule":"x"`, `"volume.snapshots.expiry":"x"`, `"volume.block.filesystem":"ext4"`, `"source":""`,
		`"source":"relative"`, `"volume.zfs.blocksize":"4KiB"`, `"lvm.vg_name":"x"`, `"rsync.bwlimit":"x"`, `"rsync.compression":null`,
	}
	descriptions = []string{"", "", `,"description":"one"`, `,"description":"two <&>"`, `,"description":null`, `,"description":""`}
	filters      = []string{
		"name eq v1", "name eq (v1|w-1)", "not name eq v1", "name ne V1", "config.user.a eq 1", "name eq v1 or name eq v2", "name eq V1", "type eq custom", "content_type eq block",
		"config.size eq 32.* and name eq v.*", "name", "name eq", "name eq v1 and", "not", "name eq v1 name", `name eq "v 3"`, `name eq "v 3`, "description ne one",
		"config.user.a ne 1", "not config.user.a eq 1", "bogus eq x", "bogus ne x", "config eq x", "name xx v1", "name eq v1 AND type EQ custom", "used_by eq x", "config.bogus eq ''",
		"location eq none", "project eq own", "name eq [", "name eq v1 or not type eq custom and name eq v2", " ", "and", "name eq v1 and not", `description eq ""`, `description eq "two <&>"`,
		"name eq *", "created_at eq 0001-01-01T00:00:00Z", "config.user.b eq <&>", `"name" eq v1`, "name  eq  v1", "not not name eq v1", "name eq v1 or", "pool eq a",
	}
	badBodies = []string{"{", "[]", "", `"x"`, "null", "5", `{"config":[]}`, `{"config":{"size":5}}`, `{"name":5}`, `{"description":5}`, `{"name":null}`, `{"config":"x"}`,
		`{"config":{"a":{}}}`, `{} {}`, `{"Name":"v1"}`, `{"source":5}`, `{"restore":5}`, `{"devices":[]}`, "{}", `{"driver":5}`, `{"expires_at":"x"}`, `{"expires_at":5}`, `{"pool":5}`, `{"target":5}`}
	oddPaths = []string{"/", "/1.0/", "/2.0", "/1.0/nope", "/1.0/storage-pools/", "/1.0/storage-pools/a/", "/1.0/storage-pools/a/volumes/custom/v1/", "/1.0/storage-pools/a/nope",
		"/1.0/storage-pools/a/volumes/custom/v1/nope", "/1.0/storage-pools//volumes", "/1.0/storage-pools/a/volumes/custom/v1/snapshots/s1/nope", "/1.0/storage-pools/%2F",
		"/1.0/storage-pools/a/volumes/custom/x%2Fy", "/1.0/storage-pools/a%2Fvolumes", "/1.0/storage-pools/a/volumes/custom/v1%2Fs1", "/1.0/operations/nope", "/1.0/operations/nope/wait",
		"/1.0/projects/nope/nope", "/1.0/profiles/p1/x", "/nope", "/1.0/storage-pools/a/volumes/", "/1.0/storage-pools/a/volumes/custom/"}
)

// generator makes random parts of a call.
type generator struct{ *rapid.T }

func (t generator) oneOf(texts ...string) string   { return rapid.SampledFrom(texts).Draw(t.T, "one of") }
func (t generator) pickFrom(texts []string) string { return rapid.SampledFrom(texts).Draw(t.T, "from") }
func (t generator) rarely() bool                   { return rapid.IntRange(0, 7).Draw(t.T, "rarely") == 0 }

func quote(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// config is the config of a body, with one of the options, or without.
func (t generator) config(options []string) string {
	return t.oneOf(`,"config":{}`, "", `,"config":null`, `,"config":{`+t.pickFrom(options)+`}`, `,"config":{`+t.pickFrom(options)+`}`, `,"config":{`+t.pickFrom(options)+`}`)
}

func (t generator) pool() string {
	return "/1.0/storage-pools/" + url.PathEscape(t.pickFrom(poolNames))
}

func (t generator) volume() string {
	return t.pool() + "/volumes/" + t.pickFrom(types) + "/" + url.PathEscape(t.pickFrom(volumeNames))
}

func (t generator) snapshot() string {
	return t.volume() + "/snapshots/" + url.PathEscape(t.pickFrom(snapNames))
}

// query is the project that a call is for, and what else can follow the question mark.
func (t generator) query(w serverKind, more ...string) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(t.pickFrom(projectQuery))
	if len(more) > 0 {
		add(t.pickFrom(more))
	}
	if len(w.members) > 0 && rapid.IntRange(0, 2).Draw(t.T, "targets") > 0 {
		add("target=" + t.oneOf(append(w.members, append(w.members, "n9")...)...))
	}
	if t.rarely() {
		add(t.oneOf("target=none", "target=n1", "bogus=1", "project=", "target="))
	}
	if len(parts) == 0 {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

func (t generator) match() string { return t.oneOf("", "", "", "", "right", "quoted", "wrong", "weak") }

// newName is the name of a volume to be.
func (t generator) newName() string {
	if t.rarely() {
		return `"name":` + quote(t.pickFrom(newVolumes))
	}
	return `"name":` + quote(t.pickFrom(newVolumes[:7]))
}

func (t generator) expires() string {
	return t.oneOf("", "", `,"expires_at":"2040-01-02T03:04:05Z"`, `,"expires_at":"2040-01-02T03:04:05.678+01:00"`, `,"expires_at":null`, `,"expires_at":"0001-01-01T00:00:00Z"`)
}

func randomRequest(w serverKind) *rapid.Generator[conditionalCall] {
	kinds := []func(t generator) conditionalCall{}
	add := func(weight int, kind func(t generator) conditionalCall) {
		for range weight {
			kinds = append(kinds, kind)
		}
	}
	add(12, func(t generator) conditionalCall { // create a volume
		content := t.oneOf("", "", "", `,"content_type":"block"`, `,"content_type":"filesystem"`, `,"content_type":"tape"`)
		config := t.config(volumeOptions)
		if strings.Contains(content, "block") {
			config = `,"config":{` + t.pickFrom(blockOptions) + `}`
		}
		path := t.pool() + "/volumes"
		kind := ""
		if t.rarely() {
			kind = t.oneOf(`,"type":"custom"`, `,"type":"container"`, `,"type":"bogus"`, "")
		} else {
			path += "/" + t.pickFrom(types)
		}
		return conditionalCall{call{"POST", path + t.query(w), "{" + t.newName() + kind + content + t.pickFrom(descriptions) + config + "}"}, ""}
	})
	add(8, func(t generator) conditionalCall { // change a volume
		body := `{"x":1` + t.pickFrom(descriptions) + t.config(volumeOptions) + "}"
		return conditionalCall{call{t.oneOf("PATCH", "PATCH", "PUT"), t.volume() + t.query(w), body}, t.match()}
	})
	add(3, func(t generator) conditionalCall {
		return conditionalCall{call{"DELETE", t.volume() + t.query(w), ""}, t.match()}
	})
	add(5, func(t generator) conditionalCall { // rename or move a volume
		to := t.oneOf("", "", `,"pool":`+quote(t.pickFrom(poolNames)), `,"pool":`+quote(t.pickFrom(poolNames)), `,"project":`+quote(t.pickFrom(projectNames)),
			`,"pool":`+quote(t.pickFrom(poolNames))+`,"project":`+quote(t.pickFrom(projectNames)), `,"pool":""`, `,"migration":false`)
		return conditionalCall{call{"POST", t.volume() + t.query(w), "{" + t.newName() + to + "}"}, ""}
	})
	add(5, func(t generator) conditionalCall { // make a snapshot
		return conditionalCall{call{"POST", t.volume() + "/snapshots" + t.query(w), `{"name":` + quote(t.pickFrom(newSnaps)) + t.expires() + t.pickFrom(descriptions) + "}"}, ""}
	})
	add(5, func(t generator) conditionalCall { // a snapshot
		path := t.snapshot() + t.query(w)
		switch t.oneOf("get", "delete", "rename", "change", "change") {
		case "get":
			return get(path)
		case "delete":
			return conditionalCall{call{"DELETE", path, ""}, ""}
		case "rename":
			return conditionalCall{call{"POST", path, `{"name":` + quote(t.pickFrom(newSnaps)) + "}"}, ""}
		}
		return conditionalCall{call{t.oneOf("PUT", "PATCH"), path, `{"x":1` + t.pickFrom(descriptions) + t.expires() + t.oneOf("", `,"config":{"user.a":"1"}`) + "}"}, t.match()}
	})
	add(2, func(t generator) conditionalCall { // restore a volume
		config := t.oneOf("", "", `,"config":{}`, `,"config":{"user.a":"2"}`, `,"description":"restored"`)
		return conditionalCall{call{t.oneOf("PUT", "PUT", "PATCH"), t.volume() + t.query(w), `{"restore":` + quote(t.pickFrom(snapNames)) + config + `}`}, t.match()}
	})
	add(6, func(t generator) conditionalCall { // copy a volume or a snapshot
		name := t.pickFrom(volumeNames)
		if t.rarely() {
			name += "/" + t.pickFrom(snapNames)
		}
		more := t.oneOf("", "", "", `,"volume_only":true`, `,"project":`+quote(t.pickFrom(projectNames)), `,"refresh":true`, `,"refresh":true,"volume_only":true`)
		source := `"source":{"type":` + quote(t.oneOf("copy", "copy", "copy", "copy", "copy", "copy", "bogus", "migration", "none")) + `,"pool":` + quote(t.pickFrom(poolNames)) + `,"name":` + quote(name) + more + "}"
		return conditionalCall{call{"POST", t.pool() + "/volumes/" + t.oneOf("custom", "custom", "custom", "custom", "image") + t.query(w),
			"{" + t.newName() + "," + source + t.oneOf("", "", "", `,"content_type":"filesystem"`, `,"content_type":"block"`) + t.pickFrom(descriptions) + t.config(volumeOptions) + "}"}, ""}
	})
	add(2, func(t generator) conditionalCall { // create a pool
		name := t.oneOf("c", "c", "c", "c", "a", "", "x/y", "x y", "..", "é")
		driver := t.oneOf(`,"driver":"dir"`, `,"driver":"dir"`, `,"driver":"dir"`, `,"driver":"zfs"`, `,"driver":"ceph"`, `,"driver":"cephfs"`, `,"driver":"tape"`, "")
		return conditionalCall{call{"POST", "/1.0/storage-pools" + strings.ReplaceAll(t.query(w), "target=none", "target=n7"), `{"name":` + quote(name) + driver + t.pickFrom(descriptions) + t.config(poolOptions) + "}"}, ""}
	})
	add(5, func(t generator) conditionalCall { // change a pool
		name := t.pickFrom(poolNames)
		config := t.config(poolOptions)
		if source := map[string]string{"a": "LXD_DIR/storage-pools/a", "c": "LXD_DIR/storage-pools/c", "b": "LXD_DIR/disks/b.img"}[name]; source != "" && len(w.members) == 0 && !t.rarely() {
			config = strings.Replace(config, `"config":{"`, `"config":{"source":"`+source+`","`, 1)
			config = strings.Replace(config, `"config":{}`, `"config":{"source":"`+source+`"}`, 1)
		}
		return conditionalCall{call{t.oneOf("PATCH", "PATCH", "PUT"), "/1.0/storage-pools/" + name + t.query(w), `{"x":1` + t.pickFrom(descriptions) + config + "}"}, t.match()}
	})
	add(1, func(t generator) conditionalCall {
		return conditionalCall{call{t.oneOf("DELETE", "GET", "PUT", "POST"), t.pool() + t.query(w), "{}"}, ""}
	})
	add(8, func(t generator) conditionalCall { return t.readCall(w) })
	odd := 3
	if w.state.Product == "incus" {
		odd = 0 // it has other words for what is not about volumes
	} else {
		add(5, func(t generator) conditionalCall { return t.profileCall(w) })
		add(4, func(t generator) conditionalCall { return t.projectCall() })
	}
	add(odd, func(t generator) conditionalCall { // something odd
		path := t.oneOf(t.volume(), t.pool(), t.snapshot(), t.volume()+"/snapshots", t.pool()+"/volumes/custom", "/1.0/storage-pools", t.volume()+"/state", t.pool()+"/resources",
			"/1.0/projects", "/1.0/projects/own", "/1.0/profiles/p1", "/1.0/profiles", t.pool()+"/volumes", t.pickFrom(oddPaths), t.pickFrom(oddPaths))
		return conditionalCall{call{t.oneOf("PUT", "PATCH", "POST", "POST", "PUT", "DELETE", "GET", "HEAD", "OPTIONS", "FOO"), path + t.query(w), t.pickFrom(badBodies)}, ""}
	})
	return rapid.Custom(func(t *rapid.T) conditionalCall {
		r := rapid.SampledFrom(kinds).Draw(t, "kind")(generator{t})
		if r.Method == "PATCH" && strings.Contains(r.Path, "/snapshots/") && strings.Contains(r.Path, "target=") {
			r.Method = "PUT" // LXD 5.0.2 hangs up when there is no such snapshot
		}
		if w.state.Product == "incus" {
			r.Body = strings.ReplaceAll(r.Body, "{{ x", "x")           // it tries the pattern when a snapshot has a name
			r.Body = strings.ReplaceAll(r.Body, `,"refresh":true`, "") // between volumes of different content it fails in dd
		}
		return r
	})
}

// profileCall is about profiles, whose devices use volumes.
func (t generator) profileCall(w serverKind) conditionalCall {
	device := func(texts ...string) string { return `,"devices":{"d":{` + t.oneOf(texts...) + `}}` }
	disk := func(pool, source string) string {
		return `"type":"disk","pool":` + quote(pool) + `,"source":` + quote(source) + `,"path":"/mnt"`
	}
	used := disk(t.pickFrom(poolNames[:7]), t.pickFrom(volumeNames))
	devices := t.oneOf("", `,"devices":{}`, device(used), device(used), device(used), device(used),
		device(`"type":"disk","path":"/","pool":"a"`, `"type":"disk","path":"/","pool":"nope"`, disk("nope", "v1"), disk("a", "nope"), `"type":"disk","pool":"a","source":"v1"`, `"type":"none"`,
			`"type":"bogus"`, `"path":"/mnt"`, `"type":"disk","path":"/mnt"`, `"type":"disk","path":"/mnt","source":"/"`, disk("a", "v1")+`,"bogus":"1"`, disk("a", "v1")+`,"readonly":"maybe"`,
			`"type":"disk","path":"/","pool":"a","size":"x"`, `"type":"disk","path":"/","pool":"a","source":"v1"`))
	config := t.oneOf("", "", `,"config":{}`, `,"config":{"user.a":"1"}`, `,"config":{"bogus":"1"}`, `,"config":{"limits.cpu":"1"}`)
	name := t.pickFrom(profileNames)
	path := "/1.0/profiles/" + url.PathEscape(name) + t.query(w)
	body := `{"x":1` + t.pickFrom(descriptions) + config + devices + "}"
	switch t.oneOf("create", "create", "create", "put", "put", "patch", "delete", "get", "list", "rename") {
	case "create":
		if t.rarely() {
			name = t.oneOf("", "x/y", ".", "..", "x y")
		}
		return conditionalCall{call{"POST", "/1.0/profiles" + t.query(w), `{"name":` + quote(name) + body[6:]}, ""}
	case "put":
		return conditionalCall{call{"PUT", path, body}, t.match()}
	case "patch":
		return conditionalCall{call{"PATCH", path, body}, t.match()}
	case "delete":
		return conditionalCall{call{"DELETE", path, ""}, ""}
	case "rename":
		return conditionalCall{call{"POST", path, `{"name":` + quote(t.oneOf("p1", "p2", "default", "", "x/y")) + "}"}, ""}
	case "get":
		return get(path)
	}
	return get("/1.0/profiles" + t.query(w, "", "recursion=1"))
}

// projectCall is about projects.
func (t generator) projectCall() conditionalCall {
	name := t.oneOf("own", "own", "shared", "limited", "limited", "limited", "new", "new", "default", "missing")
	options := []string{
		`"features.storage.volumes":"true"`, `"features.storage.volumes":"false"`, `"features.storage.volumes":"maybe"`, `"features.profiles":"true"`, `"user.a":"1"`, `"user.a":""`, `"bogus":"1"`, `"bogus":""`,
		`"limits.disk":"64MiB"`, `"limits.disk":"1GiB"`, `"limits.disk":"100"`, `"limits.disk":""`, `"limits.disk":"x"`, `"limits.containers":"1"`, `"restricted":"true"`, `"restricted":"maybe"`,
		`"restricted.devices.disk":"allow"`, `"restricted.devices.disk":"block"`, `"restricted":"true","restricted.devices.disk":"allow"`, `"restricted.snapshots":"allow"`, `"features.images":"false"`,
		`"restricted":"true","restricted.devices.disk":"bogus"`, `"limits.disk":"64MiB","features.storage.volumes":"false"`, `"features.storage.volumes":5`, `"features.networks":"false"`,
	}
	path := "/1.0/projects/" + name
	body := `{"x":1` + t.pickFrom(descriptions) + t.config(options) + "}"
	switch t.oneOf("create", "create", "change", "change", "change", "change", "delete", "get", "list", "rename") {
	case "create":
		name = t.oneOf("new", "own")
		if t.rarely() {
			name = t.oneOf("", "x/y", "..", "x y", "*", "_x", "é", "'")
		}
		return conditionalCall{call{"POST", "/1.0/projects", `{"name":` + quote(name) + body[6:]}, ""}
	case "change":
		return conditionalCall{call{t.oneOf("PUT", "PATCH", "PATCH"), path, body}, t.match()}
	case "delete":
		return conditionalCall{call{"DELETE", strings.Replace(path, "limited", "new", 1), ""}, ""} // LXD 5.0.2 would leave what its volumes hold on disk
	case "get":
		return get(path)
	case "rename":
		return conditionalCall{call{"POST", strings.Replace(path, "limited", "new", 1), `{"name":` + quote(t.oneOf("new", "own", "", "x/y", "default")) + "}"}, ""}
	}
	return get("/1.0/projects" + t.oneOf("", "?recursion=1", "?recursion=2", "?recursion=0"))
}

// readCall reads something.
func (t generator) readCall(w serverKind) conditionalCall {
	recursion := []string{"", "recursion=0", "recursion=1", "recursion=1", "recursion=2", "recursion=x"}
	filter := t.pickFrom(filters)
	if w.state.Product == "incus" {
		filter = t.pickFrom(filters[:8]) // it judges fields and operators
	}
	filter = url.QueryEscape(filter)
	volumes := t.pool() + "/volumes" + t.oneOf("", "/"+t.pickFrom(types), "/"+t.pickFrom(types))
	filtered := "filter=" + filter
	return get(t.oneOf(
		t.volume()+t.query(w), t.volume()+"/snapshots"+t.query(w, recursion...), t.volume()+"/state"+t.query(w), t.pool()+t.query(w), t.pool()+"/resources"+t.query(w),
		volumes+t.query(w, filtered, filtered+"&recursion=1"), volumes+t.query(w, filtered, filtered+"&recursion=1", filtered+"&all-projects=true&recursion=1"),
		volumes+t.query(w, "all-projects=true", "all-projects=1&recursion=1", "all-projects=false&recursion=1", "all-projects=x", "all-projects=yes"),
		volumes+t.query(w, recursion...), volumes+t.query(w, recursion...),
		"/1.0/storage-pools"+t.query(w, recursion...), t.snapshot()+t.query(w), t.volume()+"/backups"+t.query(w),
	))
}
