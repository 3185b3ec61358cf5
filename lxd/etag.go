package lxd

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// etag is the hash that the server makes of an object's fields: SHA-256 of their JSON array, line feed included, in hex
// (seen on LXD 5.0.2).
func etag(fields ...any) string {
	h := sha256.New()
	json.NewEncoder(h).Encode(fields) // neither can fail: strings and maps of strings encode, and a hash accepts all bytes
	return hex.EncodeToString(h.Sum(nil))
}
