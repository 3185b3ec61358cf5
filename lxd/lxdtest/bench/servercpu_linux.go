package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// serverCPU is the CPU time that the process behind a unix socket has taken so far, its ended children included.
//
// It tells what requests cost the server also while something else keeps the machine busy, which the time that has passed does not.
func serverCPU(socket string) (time.Duration, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return 0, err
	}
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0, errors.Join(err, conn.Close())
	}
	var peer *syscall.Ucred
	var peerErr error
	err = raw.Control(func(fd uintptr) {
		peer, peerErr = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(err, peerErr, conn.Close()); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", peer.Pid))
	if err != nil {
		return 0, err
	}
	// What stands before the bracket is the pid and the name, which may have spaces. See proc(5).
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const utime, cstime, perSecond = 11, 14, 100
	if len(fields) <= cstime {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", peer.Pid, len(fields))
	}
	ticks := 0
	for _, field := range fields[utime : cstime+1] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / perSecond, nil
}
