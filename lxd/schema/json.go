package schema

import (
	"encoding/json"
	"io"
)

// WriteJSON writes drivers with all that is known about them as one JSON document.
func WriteJSON(w io.Writer, drivers []*Driver) error {
	type driver struct {
		Name       string   `json:"name"`
		Shared     bool     `json:"shared"` // by the members of a cluster
		Contents   []string `json:"content_types"`
		Product    string   `json:"product,omitempty"`
		Extension  string   `json:"extension,omitempty"`
		Note       string   `json:"note,omitempty"`
		Source     string   `json:"source"`
		PoolKeys   []Key    `json:"pool_keys"`
		VolumeKeys []Key    `json:"volume_keys"`
	}
	doc := struct {
		FormatVersion string   `json:"format_version"`
		Drivers       []driver `json:"drivers"`
	}{FormatVersion: "1.0"}
	for _, d := range drivers {
		out := driver{d.Name, d.Remote, d.Contents, d.Product, d.Extension, d.Note, d.KnownFrom, d.pool, d.volumeRows()}
		if out.Contents == nil {
			out.Contents, out.VolumeKeys = []string{}, []Key{}
		}
		doc.Drivers = append(doc.Drivers, out)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(doc)
}
