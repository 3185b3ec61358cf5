package schema

import (
	"strings"
	"sync"
)

// meaning says what a config key is for, with a value that shows how it is written.
type meaning struct{ does, example string }

// setMeanings says of each key what it is for.
func (d *Driver) setMeanings() {
	for i := range d.volume {
		d.volume[i].explain(d.ofVolume(d.volume[i].Name))
	}
	for i := range d.pool {
		key := &d.pool[i]
		m := poolMeanings()[key.Name]
		if key.Name == "source" {
			m.example = sourceExamples[d.Name]
		}
		if name, is := strings.CutPrefix(key.Name, volumePrefix); is {
			m = d.ofVolume(name)
			m.does = "What new volumes of the pool get as " + name + " when they say nothing. Volumes that are there already do not follow a change."
		}
		key.explain(m)
	}
}

// ofVolume is the meaning of a key of volumes.
func (d *Driver) ofVolume(name string) meaning {
	if name == "block.type" && d.Name == "powerflex" {
		return meaning{"Whether the volume takes its space at once (thick) or as it fills (thin).", "thin"}
	}
	return volumeMeanings()[name]
}

func (k *Key) explain(m meaning) { k.Does, k.Example = m.does, m.example }

// volumeMeanings are those of the keys of custom volumes.
var volumeMeanings = sync.OnceValue(func() map[string]meaning {
	return map[string]meaning{
		"size":                    {"How much the volume can hold.", "10GiB"},
		"snapshots.schedule":      {"When the server takes snapshots of the volume by itself.", "@daily"},
		"snapshots.expiry":        {"How long a snapshot is kept before the server deletes it.", "2w"},
		"snapshots.expiry.manual": {"How long a snapshot is kept that somebody took by hand.", "1m"},
		"snapshots.pattern":       {"How new snapshots are named; %d counts.", "auto-%d"},
		"security.shifted":        {"Lets containers whose user IDs are mapped in different ways use the volume at the same time.", "true"},
		"security.unmapped":       {"Leaves the user IDs of the files as they are, without the mapping of the container.", "true"},
		"security.shared":         {"Lets several instances have the block volume at the same time, which only what coordinates its writes survives.", "true"},
		"initial.uid":             {"The user that owns the root folder of a new volume.", "1000"},
		"initial.gid":             {"The group that owns the root folder of a new volume.", "1000"},
		"initial.mode":            {"The permissions of the root folder of a new volume.", "0750"},
		"dependent":               {"Tells that the volume goes along with the one instance that uses it.", ""},
		"user.*":                  {"Notes of your own: any name after the dot, any text.", "ticket 4711"},
		"volatile.uuid":           {"The identity of the volume, which stays when it is renamed.", ""},
		"volatile.devlxd.owner":   {"The instance that has made the volume from within.", ""},
		"volatile.idmap.last":     {"The mapping of user IDs that the files have now.", ""},
		"volatile.idmap.next":     {"The mapping of user IDs that the files get when an instance starts.", ""},

		"block.filesystem":     {"The file system on the device of a volume of files.", "xfs"},
		"block.mount_options":  {"With which options the file system on the device is mounted.", "noatime,discard"},
		"block.create_options": {"What the program that makes the file system is told besides.", "-O quota"},
		"block.type":           {"In which format the data of the volume is kept.", "raw"},

		"btrfs.compression": {"How btrfs packs the files that are written from now on.", "zstd:3"},

		"zfs.blocksize":        {"The block size of the dataset or the device, as ZFS's recordsize and volblocksize.", "16KiB"},
		"zfs.block_mode":       {"Keeps the files on a ZFS device with a file system of its own rather than in a dataset.", "true"},
		"zfs.remove_snapshots": {"Whether restoring a snapshot may delete the snapshots that are newer.", "true"},
		"zfs.use_refquota":     {"Whether the size counts the data of the volume alone, without its snapshots.", "true"},
		"zfs.reserve_space":    {"Whether the pool keeps the whole size free for the volume.", "true"},
		"zfs.delegate":         {"Lets the container manage the dataset and make others in it.", "true"},
		"zfs.promote":          {"Makes a copy the owner of the data that it shares with its origin.", "true"},

		"lvm.stripes":      {"Over how many disks of the volume group the data is spread.", "2"},
		"lvm.stripes.size": {"How much goes to one disk before the next has its turn.", "64KiB"},

		"lvmcluster.remove_snapshots": {"Whether restoring a snapshot may delete the snapshots that are newer.", "true"},
		"truenas.remove_snapshots":    {"Whether restoring a snapshot may delete the snapshots that are newer.", "true"},
		"linstor.remove_snapshots":    {"Whether restoring a snapshot may delete the snapshots that are newer.", "true"},
		"truenas.blocksize":           {"The block size of the device on the TrueNAS machine.", "16KiB"},
		"truenas.use_refquota":        {"Whether the size counts the data of the volume alone, without its snapshots.", "true"},

		"drbd.on_no_quorum":               {"What a write does when too few machines with a replica of the volume can be reached.", "io-error"},
		"drbd.auto_diskful":               {"How long the volume is used over the network before the machine gets a replica of its own.", "1h30m"},
		"drbd.auto_add_quorum_tiebreaker": {"Whether LINSTOR adds a machine without data that decides when the replicas cannot.", "false"},
		"linstor.raw.*":                   {"A property that LINSTOR gets as it is, under the name after the dot.", "yes"},
	}
})

// poolMeanings are those of the keys of pools, but for the defaults of volumes.
var poolMeanings = sync.OnceValue(func() map[string]meaning {
	return map[string]meaning{
		"source":                  {"Where the pool keeps its data: a device, a folder, or what the driver calls its place.", ""},
		"size":                    {"How large the pool's file is, or what it may take.", "200GiB"},
		"source.wipe":             {"Whether what is on the device is erased when the pool is created.", "true"},
		"source.recover":          {"Whether the pool is taken from a source that holds one already.", "true"},
		"rsync.bwlimit":           {"How many bytes a second a transfer by rsync takes at most.", "50MiB"},
		"rsync.compression":       {"Whether transfers by rsync are packed.", "false"},
		"user.*":                  {"Notes of your own: any name after the dot, any text.", "rack 7"},
		"volatile.initial_source": {"What was given as the source when the pool was created.", ""},
		"volatile.pool.pristine":  {"Whether the place was empty when the pool was created.", ""},

		"btrfs.mount_options":  {"With which options the pool's file system is mounted.", "noatime,compress=zstd:3"},
		"btrfs.create_options": {"What the program that makes the pool's file system is told besides.", "-m dup"},

		"zfs.pool_name":  {"The ZFS pool, or the dataset of one, that holds everything.", "tank/lxd"},
		"zfs.clone_copy": {"Whether copies within the pool share data with their origin.", "false"},
		"zfs.export":     {"Whether the ZFS pool is exported when the server lets go of it.", "false"},

		"lvm.vg_name":                {"The volume group that holds everything.", "vg0"},
		"lvm.vg.force_reuse":         {"Takes a volume group that is not empty.", "true"},
		"lvm.metadata_size":          {"How much room LVM's own data on the device gets.", "64MiB"},
		"lvm.use_thinpool":           {"Whether volumes take space as they fill rather than at once.", "false"},
		"lvm.thinpool_name":          {"The name of the thin pool in the volume group.", "lxd"},
		"lvm.thinpool_metadata_size": {"How much room the thin pool has to note what lies where.", "1GiB"},

		"ceph.cluster_name":       {"Which Ceph cluster it is, as its configuration file is named.", "ceph"},
		"ceph.user.name":          {"As which Ceph user the server speaks to the cluster.", "lxd"},
		"ceph.osd.pool_name":      {"The OSD pool that holds everything.", "lxd"},
		"ceph.osd.data_pool_name": {"Another OSD pool for the data, such as an erasure-coded one.", "lxd-data"},
		"ceph.osd.pg_num":         {"How many placement groups a new OSD pool has.", "64"},
		"ceph.osd.pool_size":      {"How many replicas the OSD pool keeps.", "3"},
		"ceph.osd.force_reuse":    {"Takes an OSD pool that another server uses, which can destroy its data.", "true"},
		"ceph.rbd.clone_copy":     {"Whether copies within the pool share data with their origin.", "false"},
		"ceph.rbd.du":             {"Whether the server measures how full volumes are by rbd du, which can take long.", "false"},
		"ceph.rbd.features":       {"Which features new RBD images have.", "layering,exclusive-lock"},

		"cephfs.cluster_name":   {"Which Ceph cluster it is, as its configuration file is named.", "ceph"},
		"cephfs.user.name":      {"As which Ceph user the server speaks to the cluster.", "lxd"},
		"cephfs.path":           {"The file system and the folder in it that hold everything.", "shared/lxd"},
		"cephfs.create_missing": {"Makes the file system and its OSD pools when they are not there.", "true"},
		"cephfs.data_pool":      {"The OSD pool for the data of a file system that is made.", "cephfs_data"},
		"cephfs.meta_pool":      {"The OSD pool for the metadata of a file system that is made.", "cephfs_meta"},
		"cephfs.osd_pg_num":     {"How many placement groups the OSD pools that are made have.", "64"},
		"cephfs.osd_pool_size":  {"How many replicas the OSD pools keep.", "3"},
		"cephfs.fscache":        {"Whether the kernel caches files on a local disk.", "true"},

		"cephobject.cluster_name":               {"Which Ceph cluster it is, as its configuration file is named.", "ceph"},
		"cephobject.user.name":                  {"As which Ceph user the server speaks to the cluster.", "lxd"},
		"cephobject.radosgw.endpoint":           {"The address of the RADOS gateway that serves the buckets.", "https://rgw.example.net:7480"},
		"cephobject.radosgw.endpoint_cert_file": {"The file with the gateway's certificate, which the server then trusts.", "/etc/ssl/rgw.crt"},
		"cephobject.bucket.name_prefix":         {"What the gateway's names of the buckets begin with.", "lxd-"},

		"alletra.cpg":           {"The common provisioning group of the array that holds the volumes.", "SSD_r6"},
		"alletra.mode":          {"How the server reaches the volumes of the array.", "iscsi"},
		"alletra.target":        {"The addresses of the array that the server connects to; without it the server finds them.", "10.0.0.10,10.0.0.11"},
		"alletra.wsapi":         {"The address of the array's web service.", "https://alletra.example.net"},
		"alletra.wsapi.verify":  {"Whether the certificate of the web service is checked.", "false"},
		"alletra.user.name":     {"As which user the server logs in at the array.", "lxd"},
		"alletra.user.password": {"The password of that user.", "the password"},

		"pure.api.token":      {"The token by which the server may use the array.", "the token"},
		"pure.gateway":        {"The address of the array's gateway.", "https://pure.example.net"},
		"pure.gateway.verify": {"Whether the certificate of the gateway is checked.", "false"},
		"pure.mode":           {"How the server reaches the volumes of the array.", "iscsi"},
		"pure.target":         {"The addresses of the array that the server connects to; without it the server finds them.", "10.0.0.10,10.0.0.11"},

		"powerflex.gateway":          {"The address of the PowerFlex gateway.", "https://powerflex.example.net"},
		"powerflex.gateway.verify":   {"Whether the certificate of the gateway is checked.", "false"},
		"powerflex.user.name":        {"As which user the server logs in at the gateway.", "lxd"},
		"powerflex.user.password":    {"The password of that user.", "the password"},
		"powerflex.pool":             {"The PowerFlex pool that holds the volumes, by its ID or its name.", "3a1b2c0d00000000"},
		"powerflex.domain":           {"The protection domain that the pool is in.", "domain1"},
		"powerflex.mode":             {"How the server reaches the volumes.", "nvme"},
		"powerflex.sdt":              {"The addresses of the storage data targets that the server connects to; without it the server finds them.", "10.0.0.10,10.0.0.11"},
		"powerflex.clone_copy":       {"Whether a copy is a full one rather than a snapshot that depends on its origin.", "false"},
		"powerflex.snapshot_copy":    {"Whether a copy is a snapshot that depends on its origin rather than a full one.", "true"},
		"volatile.powerflex.version": {"The version of PowerFlex that the server has found.", ""},

		"powerstore.gateway":        {"The address of the PowerStore gateway.", "https://powerstore.example.net"},
		"powerstore.gateway.verify": {"Whether the certificate of the gateway is checked.", "false"},
		"powerstore.mode":           {"How the server reaches the volumes of the array.", "iscsi"},
		"powerstore.target":         {"The addresses of the array that the server connects to; without it the server finds them.", "10.0.0.10,10.0.0.11"},
		"powerstore.user.name":      {"As which user the server logs in at the gateway.", "lxd"},
		"powerstore.user.password":  {"The password of that user.", "the password"},

		"drbd.on_no_quorum":                   {"What writes do when too few machines with a replica can be reached, for the volumes that say nothing.", "io-error"},
		"drbd.auto_diskful":                   {"How long a volume is used over the network before the machine gets a replica of its own.", "1h30m"},
		"drbd.auto_add_quorum_tiebreaker":     {"Whether LINSTOR adds a machine without data that decides when the replicas cannot.", "false"},
		"linstor.raw.*":                       {"A property of the resource group that LINSTOR gets as it is, under the name after the dot.", "yes"},
		"linstor.resource_group.name":         {"The resource group of LINSTOR that the volumes are made from.", "incus"},
		"linstor.resource_group.place_count":  {"How many replicas each volume has.", "3"},
		"linstor.resource_group.storage_pool": {"The storage pool of LINSTOR that replicas are put into.", "ssd"},
		"linstor.volume.prefix":               {"What LINSTOR's names of the volumes begin with.", "incus-"},

		"truenas.host":           {"The name or the address of the TrueNAS machine.", "nas.example.net"},
		"truenas.api_key":        {"The key by which the server may use the TrueNAS machine.", "the key"},
		"truenas.config":         {"The configuration of the TrueNAS tool to be used.", "nas1"},
		"truenas.dataset":        {"The dataset on the TrueNAS machine that holds everything.", "tank/incus"},
		"truenas.allow_insecure": {"Whether the server speaks to a TrueNAS machine whose certificate it cannot check.", "true"},
		"truenas.clone_copy":     {"Whether copies within the pool share data with their origin.", "false"},
		"truenas.force_reuse":    {"Takes a dataset that is not empty.", "true"},
		"truenas.initiator":      {"The name by which this machine presents itself over iSCSI.", "iqn.2026-01.net.example:host1"},
		"truenas.portal":         {"The iSCSI portal of the TrueNAS machine.", "10.0.0.20:3260"},
	}
})

// sourceExamples are what the source of a pool may be, by driver. A driver that is not here has pools without one as a rule.
var sourceExamples = map[string]string{
	"dir": "/srv/lxd", "btrfs": "/dev/sdb", "zfs": "tank/lxd", "lvm": "/dev/sdb", "lvmcluster": "vg0", "ceph": "lxd", "cephfs": "shared/lxd",
	"truenas": "nas.example.net:tank/incus", "linstor": "incus", "powerflex": "3a1b2c0d00000000",
}
