// Package lxd is a client for the storage API of LXD and Incus: storage pools, custom volumes and what belongs to them.
//
// Names and config go in, requests go out over a unix socket, and what the server says comes back as values of this
// package or as errors that keep the server's words. A call that the server carries out in the background and one that
// it carries out at once look the same: both give an [Operation] to wait for.
//
// Where the facts about servers in these comments come from is said with them; "seen on LXD 5.0.2" means that a test or
// an experiment showed it on that server. The package never decides what should change and never prints.
package lxd
