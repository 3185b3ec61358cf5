// Package migrate takes a volume to another pool, project or cluster member, or to another server, so that nothing is lost
// whoever else is at it and whatever dies meanwhile.
//
// Two clients, two names and what to do go in; [Volume] returns when the volume is under its new name and the old one is
// gone. Several runs may do the same at once, in one process or in many; each may be killed at any time, and the next one
// goes on. Runs share nothing but what is written on the servers: marks in the config of volumes, and names.
//
// # How
//
// The data goes to an arriving volume, whose name belongs to one run and is never used again (tarn-arriving-RUN). When the
// server has said that all of it is there, and it has been compared with the source, it is renamed to the target's name:
// of all runs one gets that name. Then its mark says that it has arrived, and only then the source is deleted. Nothing is
// ever deleted under a name that somebody else may use at the same time: what is to go is first renamed to a name of this
// run's own (tarn-leaving-HASH-RUN, the hash of what it was called), looked at once more, and given back when it is not what
// it should be. For no server looks at an ETag when it deletes or renames, and LXD 5.0.2 takes two changes with one ETag
// when they come close together; but of two renames of one volume, or to one name, every server refuses one.
//
// A volume that something uses, and that stays on its server and member, is moved by the server, which takes the devices
// of instances and profiles along.
//
// The marks are config keys, whose value names the target:
//
//	user.tarn.moving     on the source: it is the one that goes there. The server's own move copies it, so on the
//	                     target: moved by the server.
//	user.tarn.migrating  on an arriving volume: not complete as far as anybody can know who has not seen its operation
//	                     end well
//	user.tarn.arrived    on the target: complete, and compared; the source may go
//
// # What a run does
//
// It reads both names and all volumes with a mark for this target, and does the first thing in this table that fits; then
// it reads again. [Sight.Next] is this table, and nothing else decides. What a run remembers is which operations it has
// seen end well, which of its renames were answered, and what it has begun, nothing more.
//
//	target     source   others                     then
//	arrived    moving                              the source leaves, unless it is used or has what the target lacks
//	arrived    any      a source that is leaving   delete it
//	arrived    any      incomplete                 clear it away
//	arrived    any                                 take the mark off; done
//	moving     any      an operation writes it     wait for it
//	moving     absent                              take the mark off; done
//	moving     there                               stuck: the server's move broke off, and a person has to look
//	migrating  any      renamed by this run        say that it has arrived
//	migrating  any      this run got no answer     rename it away and back: only what is whole on the disk can be renamed
//	migrating  any      an operation writes it     wait for it
//	migrating  any                                 clear it away
//	unmarked   any      incomplete, or leaving     clear it away, delete it
//	unmarked   moving                              both are there: a person has to look
//	unmarked   absent                              done
//	unmarked   unmarked it was under way before    done: another run was faster
//	unmarked   unmarked                            conflict: the name is taken
//	absent     moving   arrived, leaving           say that it is not complete; the next thing is to delete it
//	absent     any      arrived or unmarked,       give it its name back: it was taken away by mistake
//	                    leaving
//	absent     absent   complete                   rename it to the target's name
//	absent     absent   a source that is leaving   give it its name back: whoever deleted the target did not mean it
//	absent     absent   an operation writes one    wait for it
//	absent     absent                              not found
//	absent     there    complete                   compare it, rename it to the target's name
//	absent     there    an operation writes one    wait for it
//	absent     there    incomplete                 clear it away
//	absent     there                               mark the source; transfer
//
// To clear away is to rename to a leaving name, look again, and delete. What another run has begun is left alone until it
// has stood still for some seconds: its run may be about to go on. That is politeness and saves work, no more; nothing is
// lost when it is wrong. What ends a run, or gives a name back, is decided from two readings of both names that agree, with
// a list of the others between them.
//
// What this cannot do: a daemon that is killed inside a rename may have changed its database and not its disk. Then the
// source is still there, and the target is refused by each rename until a person deletes it.
package migrate
