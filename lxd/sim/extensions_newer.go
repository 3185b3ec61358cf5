package sim

import "slices"

// newerExtensions are the API extensions of LXD 6.8 that are simulated: those of LXD 5.0.2, and some that are known from
// its documentation. It announces many more.
var newerExtensions = slices.Concat(lxdExtensions, []string{
	"storage_pool_source_wipe", "storage_volumes_created_at", "storage_pool_loop_resize", "operation_wait", "storage_volatile_uuid",
	volumeOperations, poolOperations,
})

const volatileUUID = "volatile.uuid" // of each volume and snapshot, from storage_volatile_uuid on

// identified gives config a UUID if the server has one for each volume and snapshot.
func (s *State) identified(config map[string]string) map[string]string {
	if s.has("storage_volatile_uuid") {
		config[volatileUUID] = newUUID()
	}
	return config
}
