package trials

import (
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// openTerminal makes a pseudo-terminal: our side, and the one of the program that runs on it.
func openTerminal() (ours, its *os.File, err error) {
	ours, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			_ = ours.Close()
		}
	}()
	var unlocked, number int32
	size := [4]uint16{40, 120, 0, 0} // rows and columns
	for _, call := range []struct {
		request uintptr
		value   unsafe.Pointer
	}{
		{syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked)},
		{syscall.TIOCGPTN, unsafe.Pointer(&number)},
		{syscall.TIOCSWINSZ, unsafe.Pointer(&size)},
	} {
		// Not by Fd, after which reads would block the thread and Close not end them.
		if err := control(ours, call.request, call.value); err != nil {
			return nil, nil, err
		}
	}
	its, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	return ours, its, err
}

func control(file *os.File, request uintptr, value unsafe.Pointer) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(value))
	})
	if err == nil && failed != 0 {
		err = failed
	}
	return err
}
