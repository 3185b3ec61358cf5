package main

import "runtime/debug"

// dieBySignal has a crash of this process end it with a signal. Go would have it exit with 2, which says of "tarn drift" that
// there is drift. That is for what nothing can recover from: the end of the stack or of the memory, and panics beside the
// command, which itself recovers.
func dieBySignal() {
	debug.SetTraceback("crash")
	withoutCore()
}
