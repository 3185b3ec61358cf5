package lxdtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// shutdownSignal is what LXD and Incus take for an orderly shutdown of the host: instances, then pools, then themselves.
const shutdownSignal = syscall.SIGPWR

// A process is a daemon that runs in its own mount namespace and process group.
type process struct {
	cmd    *exec.Cmd
	mounts *os.File      // its mount namespace, held so that what it left there can be found
	done   chan struct{} // closed when it has ended
	err    error         // how it ended; to be read after done
}

// startProcess starts a program that the kernel kills when this process ends. The kernel ties that promise to the thread that
// forked, so one goroutine keeps its thread from the fork until the program has ended. The program inherits owner, and with
// it the lock, which so lasts until both have ended.
func startProcess(path string, args, env []string, output, owner *os.File) (*process, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = env
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = output, output
	cmd.ExtraFiles = []*os.File{owner}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:      true, // Ctrl-C is for us; we stop the daemon
		Pdeathsig:    syscall.SIGKILL,
		Unshareflags: syscall.CLONE_NEWNS,
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	var err error
	p.mounts, err = os.Open(fmt.Sprintf("/proc/%d/ns/mnt", p.pid()))
	if err != nil {
		p.signal(syscall.SIGKILL)
		<-p.done
		return nil, err
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal may come too late: the process has then ended, which is what signals are sent for here.
func (p *process) signal(sig syscall.Signal) { _ = p.cmd.Process.Signal(sig) }

// end sends sig, kills the process when it is still there after limit, kills what it has started, and lets its mounts go.
func (p *process) end(sig syscall.Signal, limit time.Duration) error {
	p.signal(sig)
	select {
	case <-p.done:
	case <-time.After(limit):
		p.signal(syscall.SIGKILL)
		<-p.done
	}
	return errors.Join(killNamespace(p.mounts, stopLimit), p.mounts.Close())
}

// killNamespace kills every process in a mount namespace that is not our own. That finds helpers of a daemon also when they left
// its process group.
func killNamespace(mounts *os.File, limit time.Duration) error {
	ns, err := mounts.Stat()
	if err != nil {
		return err
	}
	own, err := os.Stat("/proc/self/ns/mnt")
	if err != nil {
		return err
	}
	if os.SameFile(ns, own) {
		return errors.New("the daemon runs in our own mount namespace")
	}
	for deadline := time.Now().Add(limit); ; time.Sleep(pollEvery) {
		pids, err := inNamespace(ns)
		if err != nil || len(pids) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes still there after SIGKILL: %v", pids)
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by now
		}
	}
}

func inNamespace(ns os.FileInfo) ([]int, error) {
	names, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		// A process that is ending, or has, has no namespace any more.
		if info, err := os.Stat(name + "/ns/mnt"); err == nil && os.SameFile(ns, info) {
			pid, err := strconv.Atoi(filepath.Base(name))
			if err != nil {
				return nil, err
			}
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// mountsBelow lists the mount points at dir and below it, as this process sees them.
func mountsBelow(dir string) ([]string, error) {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var points []string
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 5 {
			continue
		}
		point := unescape.Replace(fields[4])
		if point == dir || strings.HasPrefix(point, dir+"/") {
			points = append(points, point)
		}
	}
	return points, nil
}

// unescape undoes the octal escapes of mountinfo.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// loopsBelow lists the loop devices whose file is below dir, deleted files included.
func loopsBelow(dir string) ([]string, error) {
	files, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	if err != nil {
		return nil, err
	}
	var loops []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // detached since
		}
		if strings.HasPrefix(string(data), dir+"/") {
			loops = append(loops, "/dev/"+filepath.Base(filepath.Dir(filepath.Dir(file))))
		}
	}
	return loops, nil
}

var errLocked = errors.New("locked by another process")

// lock takes f until every process that holds it open, through inheritance, has closed it or ended.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
