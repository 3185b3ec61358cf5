//go:build !unix

package main

func withoutCore() {}

func filesAllowed() uint64 { return leastFiles }
