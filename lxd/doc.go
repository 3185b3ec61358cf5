// Package lxd is a client for the storage API of LXD and Incus: storage pools, custom volumes and what belongs to them.
//
// Names and config go in, requests go out over a unix socket or HTTPS, and what the server says comes back as values of
// this package or as errors that keep the server's words. The package decides nothing by itself and never prints.
//
// # Connecting
//
// [NewUnix] is for a server on this machine, whose users need no certificate. [NewHTTPS] is for a server on the network: it
// shows the client's certificate, and accepts the one server whose certificate it was given, or those that an authority
// vouches for. [NewDialed] is for connections that are made in another way. What these give sends nothing before the first
// call; [Client.Server] is a good first one. [Options] has a hook that sees each request. Package tarn/lxd/remote finds the
// servers that lxc and incus know by a name.
//
// # Reading and changing
//
// [PoolID] and [VolumeID] say which object is meant, its project and cluster member included, in every call. What is read is a
// value that belongs to the caller.
//
// Servers carry out some changes before they answer and others in the background; which ones depends on the version. Both look
// the same here: a call gives an [Operation], and the change is made when [Operation.Wait] returns nil. Changes of one object
// by one [Client] wait for each other, those of several clients do not: who gives the object as it was read has the change
// refused with ErrPrecondition when somebody else was faster.
//
// # Errors
//
//	*Error              the server has refused; errors.Is tells what that means: ErrNotFound, ErrConflict,
//	                    ErrPrecondition, ErrForbidden, ErrInUse, ErrUnsupported, ErrTransient
//	*UnreachableError   no answer: nobody knows whether the server has done it. It is ErrTransient when trying
//	                    again may help
//	*CertificateError   another server than the one that was meant, nothing was sent
//	*UntrustedError     the server does not know the client's certificate; it is ErrForbidden too
//	ErrOperationGone    the server has forgotten a change in the background, and nobody knows how it ended
//
// When the context ends first, the error is its cause. Two things the package asks again by itself, for 15 seconds: it makes a
// snapshot under the next name when somebody else has taken the one that it chose, and it asks again for a list of pools that
// the server does not find, which LXD 5.21.7 says while it deletes a pool.
//
// Where the facts about servers in these comments come from is said with them; "seen on LXD 5.0.2" means that a test or
// an experiment showed it on that server.
//
// # For those who know pylxd
//
// P is /1.0/storage-pools/POOL, V is P/volumes/TYPE/VOLUME and S is V/snapshots/SNAPSHOT.
//
//	pylxd                               here                                request
//	Client(endpoint, cert, project)     NewUnix, NewHTTPS                   none
//	the same by a remote's name         remote.Find, Remote.Connect         none
//	storage_pools.all()                 Client.Pools                        GET /1.0/storage-pools?recursion=1
//	storage_pools.get()                 Client.Pool                         GET P
//	storage_pools.exists()              Client.HasPool                      GET P
//	storage_pools.create()              Client.CreatePool                   POST /1.0/storage-pools
//	(none)                              Client.CreateClusterPool            the same for each member, then once more
//	pool.name, driver, used_by …        fields of Pool                      none
//	pool.managed                        Pool.Managed                        none
//	pool.sync()                         Client.SyncPool                     GET P
//	pool.save()                         Client.SavePool                     PUT P, If-Match
//	pool.put()                          Client.ReplacePool                  PUT P, If-Match; GET P
//	pool.raw_put()                      Client.PutPool                      PUT P
//	pool.patch()                        Client.UpdatePool                   PATCH P, If-Match; GET P
//	pool.raw_patch()                    Client.PatchPool                    PATCH P
//	pool.delete()                       Client.DeletePool                   DELETE P
//	pool.resources.get()                Client.PoolResources                GET P/resources
//	pool.volumes.all()                  Client.Volumes                      GET P/volumes?recursion=1
//	pool.volumes.get()                  Client.Volume, Client.HasVolume     GET V
//	pool.volumes.create()               Client.CreateVolume                 POST P/volumes/custom
//	the same with a source              Client.CopyVolume                   POST P/volumes/custom
//	volume.name, type, used_by …        fields of Volume                    none
//	volume.sync()                       Client.SyncVolume                   GET V
//	volume.rename()                     Client.RenameVolume                 POST V
//	the same with a pool or project     Client.MoveVolume                   POST V
//	the same with migration             Client.SendVolume, ReceiveVolume    POST V, POST P/volumes/custom
//	(none)                              Client.Stream                       websockets of an operation
//	(none)                              migrate.Volume                      all of it, so that nothing is lost
//	volume.save()                       Client.SaveVolume                   PUT V, If-Match
//	volume.put()                        Client.ReplaceVolume                PUT V, If-Match; GET V
//	volume.raw_put()                    Client.PutVolume                    PUT V
//	volume.patch()                      Client.UpdateVolume                 PATCH V, If-Match; GET V
//	volume.raw_patch()                  Client.PatchVolume                  PATCH V
//	volume.delete()                     Client.DeleteVolume                 DELETE V
//	volume.restore_from()               Client.RestoreSnapshot              PUT V
//	(none)                              Client.Usage                        GET V/state, GET V/snapshots
//	volume.snapshots.all()              Client.Snapshots                    GET V/snapshots?recursion=1
//	volume.snapshots.get(), exists()    Client.Snapshot, HasSnapshot        GET S
//	volume.snapshots.create()           Client.CreateSnapshot               POST V/snapshots
//	snapshot.save()                     Client.SaveSnapshot                 PUT S, If-Match
//	snapshot.rename()                   Client.RenameSnapshot               POST S
//	snapshot.delete()                   Client.DeleteSnapshot               DELETE S
//	operations.get()                    Client.Operation                    GET /1.0/operations/ID
//	operations.wait_for_operation()     Operation.Wait                      GET /1.0/operations/ID/wait
//	(none)                              Client.Operations                   GET /1.0/operations?recursion=1
//	(none)                              Operation.Cancel                    DELETE /1.0/operations/ID
//	cluster.members.all()               Client.Members                      GET /1.0/cluster/members?recursion=1
//	profiles.all()                      Client.Profiles                     GET /1.0/profiles?recursion=1&project=P
//	instances.all()                     Client.Instances                    GET /1.0/instances?recursion=1&all-projects=true
//
// Each of these calls about pools and volumes has an example; a test makes each of them with pylxd 2.2.10 as well, and
// compares what comes of it.
//
// What is different: pylxd sends no If-Match, so that of two who change an object at the same time one wins; here it is
// ErrPrecondition for the other one, where an object as it was read is given. Its volume.save() clears the description. Its
// lists hold names, and each attribute that is read of an entry costs a request; here a list has all of it. pool.managed is a
// mark of pylxd's that the attribute is missing, and nil here: LXD does not send it, because every pool that it lists is one
// that it manages.
package lxd
