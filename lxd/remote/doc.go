// Package remote finds out which server somebody means by a name, and how it is reached: the remotes of lxc's and incus's
// own configuration, the sockets where these look for the server of this machine, and the certificates that belong to them.
//
// A name and an environment go in, a client of package lxd comes out whose errors also say what people can do about them:
// this is the one package that knows which configuration an address is from, and which command mends it. It reads files, and
// sends nothing.
package remote
