package conform

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tarn/lxd"
)

// Operations that last: a volume of 15 MiB goes from one pool to another with 10 MB a second. Servers say at any time how far
// they are, and with what name each file is still being written, so these cases are about timing.
var operationCases = []Case{
	{
		Name: "a wait runs out, and the operation goes on",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			op, err := e.MoveVolume(e, from, to)
			e.check(err)
			over := e.waitAnswer(op, "timeout=0")
			e.check(op.Wait(e, func(string) {})) // which waits for a second at a time
			return fmt.Sprint(over, "; ", e.waitAnswer(op, ""), "; ", e.showVolume(from), " ", e.showVolume(to))
		},
		Want: `200 Running; 200 Success; 404 Storage pool volume not found [not found] "volume *" map[user.a:1]`,
		On: map[Kind]string{
			Incus: `500 context deadline exceeded; 200 Success; 404 Storage pool volume not found [not found] "volume *" map[user.a:1]`,
		},
		Racing: true,
	},
	{
		Name: "a wait with a time that is none",
		Do: func(e *Env) any {
			op, err := e.CopyVolume(e, e.volume(), e.id("-copy"), lxd.Copy{})
			e.succeed(op, err)
			return fmt.Sprint(e.waitAnswer(op, "timeout=x"), "; ", e.waitAnswer(op, "timeout="), "; ", e.waitAnswer(op, "timeout=-5"))
		},
		Want: `500 strconv.Atoi: parsing "x": invalid syntax; 200 Success; 200 Success`,
	},
	{
		Name: "a move that is under way is cancelled",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			op, err := e.MoveVolume(e, from, to)
			e.check(err)
			refused := op.Cancel(e)
			e.check(op.Wait(e, nil))
			return fmt.Sprint(showError(refused), "; ", e.showVolume(to))
		},
		Want:   `400 This operation can't be cancelled; "volume *" map[user.a:1]`,
		Racing: true,
	},
	{
		Name: "what is listed while a volume moves",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			e.check(e.request("POST", "/1.0/profiles", fmt.Sprintf(`{"name":%q,"devices":{"d":{"type":"disk","pool":%q,"source":%q,"path":"/mnt"}}}`, e.name, from.Pool, from.Name)))
			defer func() { e.check(e.request("DELETE", "/1.0/profiles/"+e.name, "")) }()
			op, err := e.MoveVolume(e, from, to)
			e.check(err)
			e.awaitTransfer(to)
			meanwhile := fmt.Sprint(e.showVolume(from), e.snapshotNames(from), e.usedBy(from), " ", e.showVolume(to), e.snapshotNames(to), e.usedBy(to))
			e.check(op.Wait(e, nil))
			return fmt.Sprint(meanwhile, "; ", e.showVolume(from), " ", e.showVolume(to), e.snapshotNames(to), e.usedBy(to))
		},
		Want: `"volume *" map[user.a:1][s] [] "volume *" map[user.a:1][s] [/1.0/profiles/*]; ` +
			`404 Storage pool volume not found [not found] "volume *" map[user.a:1][s] [/1.0/profiles/*]`,
		Racing: true,
	},
	{
		Name: "names and pools that a move needs are asked for meanwhile",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			op, err := e.MoveVolume(e, from, to)
			e.check(err)
			e.awaitTransfer(to)
			other := e.newClient() // one client writes a volume only once at a time
			defer other.Close()
			create := e.wait(other.CreateVolume(e, to, lxd.VolumeCreate{}))
			pool := e.wait(other.DeletePool(e, lxd.PoolID{Name: to.Pool}))
			patch := e.wait(other.PatchVolume(e, from, lxd.Patch{Config: pairs("user.a", "2")}, nil))
			e.check(op.Wait(e, nil))
			return fmt.Sprint(showError(create), "; ", showError(pool), "; ", patch, "; ", e.showVolume(to))
		},
		Want:   `409 Volume by that name already exists [exists already]; 400 The storage pool is currently in use [in use]; <nil>; "volume *" map[user.a:1]`,
		Racing: true,
	},
	{
		Name: "a volume is deleted while it moves: that fails at its end, and the copy stays",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			op, err := e.MoveVolume(e, from, to)
			e.check(err)
			e.awaitTransfer(to)
			other := e.newClient()
			defer other.Close()
			e.succeed(other.DeleteVolume(e, from))
			return fmt.Sprint(showError(op.Wait(e, nil)), "; ", e.showVolume(from), " ", e.showVolume(to))
		},
		Want: `0 Storage volume "*" in project "default" of type "custom" does not exist on pool "*-from": Storage volume not found [not found]; ` +
			`404 Storage pool volume not found [not found] "volume *" map[user.a:1]`,
		On: map[Kind]string{
			Incus: `404 Storage volume "*" in project "default" of type "custom" does not exist on pool "*-from": Storage volume not found [not found]; ` +
				`404 Storage pool volume not found [not found] "volume *" map[user.a:1]`,
		},
		Racing: true,
	},
	{
		Name: "a copy fails at its end: what it has made is gone",
		Do: func(e *Env) any {
			from, to := e.slowPools()
			op, err := e.CopyVolume(e, from, to, lxd.Copy{})
			e.check(err)
			e.awaitTransfer(to)
			other := e.newClient()
			defer other.Close()
			e.succeed(other.DeleteVolume(e, to))
			text, _, _ := strings.Cut(showError(op.Wait(e, nil)), ": /") // the rest names files
			text, _, _ = strings.Cut(text, "failed: /")
			return fmt.Sprint(text, "; ", e.showVolume(from), " ", e.showVolume(to))
		},
		Want: `0 Create custom volume from copy failed: [Rsync receive failed; "volume *" map[user.a:1] 404 Storage pool volume not found [not found]`,
		On: map[Kind]string{
			Incus: `500 Create custom volume from copy failed: [Rsync receive failed; "volume *" map[user.a:1] 404 Storage pool volume not found [not found]`,
		},
		Racing: true,
	},
	{
		Name: "an operation is asked for until it is forgotten",
		Do: func(e *Env) any {
			op, err := e.CopyVolume(e, e.volume(), e.id("-copy"), lxd.Copy{})
			e.succeed(op, err)
			ended := time.Now()
			for err == nil {
				_, err = e.Operation(e, op.Info().ID)
				time.Sleep(50 * time.Millisecond)
			}
			return fmt.Sprint(showError(err), " ", time.Since(ended) > 4*time.Second, "; ", showError(op.Cancel(e)), "; ", e.waitAnswer(op, ""))
		},
		Want:   "404 Operation not found [not found] true; 404 Operation not found [not found]; 404 Operation not found",
		Racing: true,
	},
}

// slowPools makes two pools of driver dir between which data go slowly, and in the first of them a volume with a snapshot that
// takes a second and a half to go. It gives that volume and its name in the second one.
func (e *Env) slowPools() (from, to lxd.VolumeID) {
	from, to = e.idIn(e.name+"-from"), e.idIn(e.name+"-to")
	for _, pool := range []string{from.Pool, to.Pool} {
		e.check(e.createPool(pool, "dir", map[string]string{"rsync.bwlimit": "10MB"}))
	}
	e.create(from, "user.a", "1")
	e.snapshots(from, "s")
	if e.server.Slow != nil {
		e.server.Slow(e.name)
		return from, to
	}
	data := make([]byte, 15<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(data) // it never fails
	e.check(os.WriteFile(filepath.Join(e.server.Dirs[0], "storage-pools", from.Pool, "custom", from.Project+"_"+from.Name, "data"), data, 0o600))
	return from, to
}

// awaitTransfer waits until the data of a volume of slowPools are under way. Its snapshot has arrived then: as long as that goes
// nothing of the source can be deleted.
func (e *Env) awaitTransfer(id lxd.VolumeID) {
	for {
		found, err := e.HasVolume(e, id)
		e.check(err)
		if e.server.Slow == nil {
			// rsync gives a file its name when all of it is there.
			partial, err := filepath.Glob(filepath.Join(e.server.Dirs[0], "storage-pools", id.Pool, "custom", id.Project+"_"+id.Name, ".data.*"))
			e.check(err)
			found = partial != nil
		}
		if found {
			return
		}
		e.check(e.Err())
	}
}

// usedBy are what uses a volume.
func (e *Env) usedBy(id lxd.VolumeID) []string {
	volume, err := e.Client.Volume(e, id)
	e.check(err)
	return volume.UsedBy
}

// waitAnswer waits for an operation as package lxd hides it: it gives the code of the answer or of the error in it, and the
// status of the operation or the error.
func (e *Env) waitAnswer(op *lxd.Operation, query string) string {
	req, err := http.NewRequestWithContext(e, http.MethodGet, "http://lxd/1.0/operations/"+op.Info().ID+"/wait?"+query, nil)
	e.check(err)
	resp, err := singleRequest(e.server.Socket).RoundTrip(req)
	e.check(err)
	answer := struct {
		Type, Error string
		ErrorCode   int `json:"error_code"`
		Metadata    struct{ Status string }
	}{}
	e.check(errors.Join(json.NewDecoder(resp.Body).Decode(&answer), resp.Body.Close()))
	if answer.Type == "error" {
		return fmt.Sprint(answer.ErrorCode, " ", answer.Error)
	}
	return fmt.Sprint(resp.StatusCode, " ", answer.Metadata.Status)
}
