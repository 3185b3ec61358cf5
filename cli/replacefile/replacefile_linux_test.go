package replacefile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"tarn/cli/replacefile"
)

// as runs a function as a user who is not root, as far as files go.
func as(t *testing.T, uid, gid int, run func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		_, _, err := syscall.RawSyscall(syscall.SYS_SETGROUPS, 0, 0, 0)
		if err == 0 {
			_, _, err = syscall.RawSyscall(syscall.SYS_SETFSGID, uintptr(gid), 0, 0)
		}
		if err == 0 {
			_, _, err = syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(uid), 0, 0)
		}
		if err != 0 {
			t.Error(err)
			return
		}
		run()
	}()
	<-done
}

// accessList is the extended attribute of an access list that lets one more user read and write.
func accessList(uid byte) []byte {
	const none = "\xff\xff\xff\xff"
	return []byte("\x02\x00\x00\x00" + "\x01\x00\x06\x00" + none + "\x02\x00\x06\x00" + string([]byte{uid, 0, 0, 0}) +
		"\x04\x00\x04\x00" + none + "\x10\x00\x06\x00" + none + "\x20\x00\x00\x00" + none)
}

// What a file has besides its content is kept, in whatever way the content is written.
func TestAllElseStays(t *testing.T) {
	for _, c := range []struct {
		name    string
		uid     int                     // who replaces it
		prepare func(file string) error // of root, with mode 0640, in a folder that is the user's
		inPlace bool                    // the file is still the same one
		fails   error
	}{
		{name: "of root"},
		{name: "root, a file of another user", prepare: func(file string) error { return os.Chown(file, user, group) }},
		{name: "a user, an own file", uid: user, prepare: func(file string) error { return os.Chown(file, user, group) }},
		{name: "a user, an own file of another group", uid: user, inPlace: true, prepare: func(file string) error { return os.Chown(file, user, 1) }},
		{name: "a user, a file of another user that the group may write", uid: user, inPlace: true, prepare: func(file string) error {
			return errors.Join(os.Chown(file, 1, group), os.Chmod(file, 0o660))
		}},
		{name: "a user, a folder of others", uid: user, inPlace: true, prepare: func(file string) error {
			return errors.Join(os.Chown(filepath.Dir(file), 0, 0), os.Chown(file, user, group))
		}},
		{name: "a user, a file that may not be written", uid: user, fails: fs.ErrPermission, prepare: func(file string) error {
			return errors.Join(os.Chown(file, user, group), os.Chmod(file, 0o440))
		}},
		{name: "a user, a file that only others may write", uid: user, fails: fs.ErrPermission, prepare: func(file string) error { return os.Chmod(file, 0o644) }},
		{name: "hard links", inPlace: true, prepare: func(file string) error { return os.Link(file, file+".other") }},
		{name: "extended attributes", prepare: func(file string) error { return syscall.Setxattr(file, "user.note", []byte("kept"), 0) }},
		{name: "an access list", prepare: func(file string) error { return syscall.Setxattr(file, "system.posix_acl_access", accessList(7), 0) }},
		{name: "a folder whose access list new files get", prepare: func(file string) error {
			return syscall.Setxattr(filepath.Dir(file), "system.posix_acl_default", accessList(9), 0)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if os.Getuid() != 0 {
				t.Skip("only root gives files away")
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "file")
			err := errors.Join(os.WriteFile(file, []byte("old"), 0o640), os.Chmod(file, 0o640), os.Chown(dir, user, group), os.Chmod(filepath.Dir(dir), 0o755))
			if err == nil && c.prepare != nil {
				err = c.prepare(file)
			}
			if errors.Is(err, syscall.ENOTSUP) {
				t.Skip("this file system has no such attributes")
			}
			if err != nil {
				t.Fatal(err)
			}
			before, attributes := look(t, file)
			gid := 0
			if c.uid != 0 {
				gid = group
			}
			as(t, c.uid, gid, func() { err = replacefile.Existing(file, []byte("old"), []byte("new")) })
			if !errors.Is(err, c.fails) {
				t.Fatalf("%v, want %v", err, c.fails)
			}
			content := "new"
			if c.fails != nil {
				content, c.inPlace = "old", true
			}
			if is, err := os.ReadFile(file); string(is) != content {
				t.Errorf("it holds %q, %v", is, err)
			}
			after, kept := look(t, file)
			if was, is := before.Sys().(*syscall.Stat_t), after.Sys().(*syscall.Stat_t); was.Uid != is.Uid || was.Gid != is.Gid || was.Nlink != is.Nlink || before.Mode() != after.Mode() {
				t.Errorf("%v %d:%d with %d names was %v %d:%d with %d", after.Mode(), is.Uid, is.Gid, is.Nlink, before.Mode(), was.Uid, was.Gid, was.Nlink)
			}
			if attributes != kept {
				t.Errorf("extended attributes %q were %q", kept, attributes)
			}
			if os.SameFile(before, after) != c.inPlace {
				t.Errorf("written over the old content: %v, want %v", os.SameFile(before, after), c.inPlace)
			}
			if other, err := os.ReadFile(file + ".other"); err == nil && string(other) != content {
				t.Errorf("its other name has %q", other)
			}
			entries, err := os.ReadDir(dir)
			for _, entry := range entries {
				if !strings.HasPrefix(entry.Name(), "file") {
					t.Error(entry.Name(), "was left there")
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// look gives what a file has besides its content; the extended attributes with their values as one text.
func look(t *testing.T, file string) (fs.FileInfo, string) {
	t.Helper()
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]byte, 1000)
	n, err := syscall.Listxattr(file, names)
	if err != nil && !errors.Is(err, syscall.ENOTSUP) {
		t.Fatal(err)
	}
	var text strings.Builder
	for name := range bytes.SplitSeq(names[:max(n, 0)], []byte{0}) {
		value := make([]byte, 1000)
		if n, err := syscall.Getxattr(file, string(name), value); err == nil {
			text.WriteString(string(name) + "=" + string(value[:n]) + "\n")
		}
	}
	return info, text.String()
}

// A disk that is full in the middle costs nothing of what was there.
func TestOverwriteFullDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o600), os.Link(file, file+".other")); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := syscall.Rlimit{Cur: 1000, Max: limit.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	err := replacefile.Existing(file, []byte("old"), bytes.Repeat([]byte("n"), 2000))
	if restored := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); restored != nil {
		t.Fatal(restored)
	}
	content, _ := os.ReadFile(file)
	if !errors.Is(err, syscall.EFBIG) || string(content) != "old" {
		t.Errorf("%v, and it holds %d bytes", err, len(content))
	}
}
