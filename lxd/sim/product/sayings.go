package product

import "net/http"

// lxdNames are the rules of LXD 5.21.
var lxdNames = Names{
	Volume: lxdVolumeName("volume"), NewName: lxdVolumeName("volume snapshot"),
	Snapshot: lxdPoolName(http.StatusBadRequest), Pool: lxdPoolName(http.StatusInternalServerError),
}

// lxd6Names are those of LXD 6.
var lxd6Names = Names{
	Volume: lxdNames.Volume, NewName: lxdNames.NewName, Snapshot: lxdNames.Snapshot, Pool: lxdNames.Pool, PoolFirst: asciiName,
}

// incus7Names are those of Incus 7.
var incus7Names = Names{
	Volume: incusName("storage volume"), Snapshot: incusName("storage volume snapshot"), NewName: incusName("storage volume snapshot"),
	PoolFirst: incusName("storage pool"),
}

// newerSayings are those of LXD 5.21 and 6.
var newerSayings = []Saying{
	{Of: `Storage pool volume not found`, As: `Storage volume not found`},
	{Of: `Failed to load project (".*"): Project not found`, As: `Failed loading project $1: Project not found`},
	{Of: `Invalid storage volume type name`, As: `Invalid storage volume type`},
	{Of: `(json: cannot unmarshal .* into Go struct field )(StorageVolume|StoragePool|Profile|Project)sPost\.(config|description|devices|restore) (.*)`, As: `${1}${2}sPost.${2}Put.${3} ${4}`},
	{Of: `Failed to rename ".*/custom-snapshots/[^_]*_(.*?)/[^"/]*" to ".*/(.*?)": rename .*: file exists`, As: `Storage volume snapshot "$2" already exists for volume "$1"`, Code: http.StatusConflict},
	{Of: `Unknown configuration key: (.*)`, As: `Unknown configuration key: "$1"`},
	{Of: `Fetch project (".*"): Project not found`, As: `Failed loading project $1: Project not found`},
	{Of: `Storage volumes of type (".*") cannot be deleted with the storage API`, As: `Storage volumes of type $1 cannot be deleted directly`},
	{Of: `not authorized`, As: `Invalid migration source secret`},
	{Of: `not implemented`, As: `Not Implemented`},
	{Of: `not found`, As: `Not Found`},
	{Of: `You must provide a storage volume type of the storage volume`, As: `Currently not allowed to create storage volumes of type ""`},
	{Of: `Required tool 'ceph' is missing`, As: `Required tool "ceph" is missing`},
	{Of: `Source path '(.*)' (doesn't exist|is within .*|isn't empty)`, As: `Source path "$1" $2`},
	{Of: `The storage pool already exists: The record already exists`, As: `Storage pool already exists`},
}

var lxd521Sayings = newSayings([]Saying{
	{Of: `ETag doesn't match: (.*)`, As: `ETag doesn't match: $1. The configuration has been modified since this change began. Please retrieve the updated configuration before proceeding.`},
}, newerSayings)

var lxd69Sayings = newSayings([]Saying{
	{Of: `Failed to format sparse file: Failed to run: (.*)`, As: `Failed formatting sparse file: Failed running: $1`},
	{Of: `(.*)Failed to run: (.*)`, As: `${1}Failed running: ${2}`},
	{Of: `(Failed creating custom volume from ISO: .*|lstat .*\.iso/root\.img: .*)`, As: `$1`, Code: http.StatusInternalServerError},
	{Of: `Mode '(.*)' not implemented`, As: `Mode "$1" not implemented`},
	{Of: `Failed to get storage volume type: (.*)`, As: `Failed getting storage volume type: $1`},
	{Of: `Failed to get effective project name: (.*)`, As: `Failed getting effective project name: $1`},
	{Of: `Failed to check project (".*") profile feature: (.*)`, As: `Failed checking project $1 profile feature: $2`},
	{Of: `Failed to retrieve profile(.*)`, As: `Failed retrieving profile$1`},
	{Of: `Custom ISO volume config cannot be changed`, As: `Custom ISO volume config cannot be changed`, Code: http.StatusBadRequest},
	{Of: `Custom volume "volatile.uuid" property cannot be changed`, As: `Custom volume "volatile.uuid" property cannot be changed`, Code: http.StatusBadRequest},
	{Of: `ETag doesn't match: (.*)`, As: `ETag does not match: $1. The configuration has been modified since this change began. Please retrieve the updated configuration before proceeding.`},
}, newerSayings)

var incus73Sayings = newSayings([]Saying{
	{Of: `not authorized`, As: `Invalid migration source secret`},
	{Of: `Invalid compression algorithm (".*")`, As: `Compression algorithm $1 isn't currently supported`},
	{Of: `Backup name must not contain forward slashes`, As: `Invalid storage volume backup name: Name contains invalid character "/"`},
})
