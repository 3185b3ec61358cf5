// Package migrate copies or moves a volume to another pool, project or cluster member, or to another server. Nothing is lost
// when somebody else does the same at the same time, or when a program or a server is killed meanwhile.
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
// it should be. The reason is that no server looks at an ETag when it deletes or renames, and that LXD 5.0.2 accepts two
// changes with one ETag when they come close together; but of two renames of one volume, or to one name, every server refuses
// one.
//
// A volume that something uses, and that stays on its server and member and in its project, is moved by the server, which takes the
// devices of instances and profiles along. One that something uses does not go elsewhere.
//
// The marks are config keys, whose value is a name and the target (3f9c1a2b4d5e to fast/pgdata). The member is in it when the volume goes
// to another one under its own name (3f9c1a2b4d5e to fast/pgdata on n2):
//
//	user.tarn.moving     on the source: it is the one that goes there. The server's own move copies it, so on the
//	                     target: moved by the server.
//	user.tarn.migrating  on an arriving volume: not complete as far as anybody can know who has not seen its operation
//	                     end well
//	user.tarn.arrived    on the target: complete, and compared with the source whose mark has the same name, which may go
//
// # What a run does
//
// It reads both names and all volumes with a mark for this target, and does the first thing in this table that fits; then
// it reads again. [Sight.Next] is this table, and nothing else decides. What a run remembers is which operations it has
// seen end well, which of its renames were answered, and what it has begun, nothing more.
//
//	target     source     others                   then
//	arrived    any        incomplete               clear it away, when no operation writes it any more
//	arrived    its own    -                        the source leaves, unless it is used or has what the target lacks
//	arrived    any        its source, leaving      say that it is not complete, and delete it
//	arrived    any        -                        take the mark off; done
//	moving     any        -                        wait while an operation writes it
//	moving     absent     -                        take the mark off; done
//	moving     there      -                        stuck: the server's move broke off, and a person has to look
//	migrating  any        -                        renamed by this run: say that it has arrived
//	migrating  any        -                        wait while an operation writes it
//	migrating  there      -                        clear it away
//	migrating  absent     a source, leaving        give it its name back
//	migrating  absent     -                        orphan: a person has to look whether that is all
//	unmarked   any        incomplete, or leaving   clear it away, delete it
//	unmarked   moving     -                        both are there: a person has to look
//	unmarked   absent     -                        done
//	unmarked   unmarked   -                        done when it was under way before, by another run; else a conflict
//	absent     any        unmarked, leaving        give it its name back: it was taken away by mistake
//	absent     absent     a source, leaving        give it its name back
//	absent     not moving arrived, leaving         give it its name back
//	absent     absent     complete                 rename it to the target's name
//	absent     absent     incomplete               wait while an operation writes it
//	absent     absent     -                        not found
//	absent     unmarked   a source, leaving        name taken: a person has to rename one of them
//	absent     there      complete                 compare it, rename it to the target's name
//	absent     there      incomplete               wait while an operation writes it; clear it away
//	absent     there      -                        mark the source; transfer
//
// To clear away is to rename to a leaving name, look again, and delete. What another run has begun is left alone until it
// has stood still for some seconds: its run may be about to go on. That only saves work; nothing is lost when it is wrong. What ends a run, or gives a name back, is decided from two readings of both names that agree, with
// a list of the others between them.
//
// What ends in the deletion of something says so first on it: it is marked as not complete, so that nobody takes it for
// whole who gives it its name back while it is being deleted.
//
// What this cannot do: a daemon that is killed inside a rename may have changed its database and not its disk. Then the
// source is still there, and the target is refused by each rename until a person deletes it. And nobody can help a person who
// deletes the target between a run's last look at it and the deletion of the source.
package migrate
