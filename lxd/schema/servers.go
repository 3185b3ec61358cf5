package schema

import (
	"slices"
	"strings"
	"sync"
)

// triedServers are those that the facts are known of, see README.
var triedServers = []string{"LXD 5.0.2", "LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"}

// announcedBy tells which of them announce the API extensions that the schema speaks of.
var announcedBy = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"dependent":                      {"Incus 7.3"},
		"devlxd_volume_management":       {"LXD 6.9"},
		"linstor_raw":                    {"Incus 7.3"},
		"lvmcluster_remove_snapshots":    {"Incus 7.3"},
		"server_logging":                 {"Incus 7.3"},
		"server_version_lts":             {"LXD 5.21.7", "LXD 6.9"},
		"shared_custom_block_volumes":    {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"snapshot_manual_expiry":         {"Incus 7.3"},
		"storage_and_profile_operations": {"LXD 6.9"},
		"storage_btrfs_compression":      {"Incus 7.3"},
		"storage_buckets":                {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"storage_ceph_osd_pool_size":     {"LXD 5.21.7", "LXD 6.9"},
		"storage_ceph_use_rbd_defaults":  {"LXD 6.9"},
		"storage_cephfs_create_missing":  {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"storage_create_options":         {"Incus 7.3"},
		"storage_driver_alletra":         {"LXD 5.21.7", "LXD 6.9"},
		"storage_driver_linstor":         {"Incus 7.3"},
		"storage_driver_powerflex":       {"LXD 5.21.7", "LXD 6.9"},
		"storage_driver_powerstore":      {"LXD 6.9"},
		"storage_driver_powerstore_nvme": {"LXD 6.9"},
		"storage_driver_pure":            {"LXD 5.21.7", "LXD 6.9"},
		"storage_driver_truenas":         {"Incus 7.3"},
		"storage_initial_owner":          {"Incus 6.0.4", "Incus 7.3"},
		"storage_lvm_cluster":            {"Incus 6.0.4", "Incus 7.3"},
		"storage_lvm_metadatasize":       {"Incus 6.0.4", "Incus 7.3"},
		"storage_lvmcluster_qcow2":       {"Incus 7.3"},
		"storage_lvmcluster_size":        {"Incus 7.3"},
		"storage_nvme_tcp":               {"LXD 6.9"},
		"storage_pool_loop_resize":       {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"storage_pool_source_wipe":       {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"storage_remote_drop_source":     {"LXD 6.9"},
		"storage_source_recover":         {"LXD 6.9"},
		"storage_volatile_uuid":          {"LXD 5.21.7", "LXD 6.9"},
		"storage_zfs_promote":            {"LXD 6.9"},
		"zfs_block_mode":                 {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
		"zfs_delegate":                   {"LXD 5.21.7", "LXD 6.9", "Incus 6.0.4", "Incus 7.3"},
	}
})

// Announces tells whether one of the tried servers, such as "LXD 6.9", announces an API extension that the schema speaks of.
func Announces(server, extension string) bool {
	return slices.Contains(announcedBy()[extension], server)
}

// TriedServers are the servers that the facts are known of, as "LXD 6.9".
func TriedServers() []string { return slices.Clone(triedServers) }

// Servers are those of the tried servers that take the key, of a driver that they have.
func (k Key) Servers() []string {
	return slices.DeleteFunc(TriedServers(), func(server string) bool { return !onTried(server, k.Product, k.Extension, k.Dropped) })
}

// onTried tells whether a tried server has what a product, a first and a last extension stand for.
func onTried(server, product, extension, dropped string) bool {
	name, _, _ := strings.Cut(strings.ToLower(server), " ")
	return knows(product, extension, dropped, name, func(extension string) bool { return Announces(server, extension) })
}
