package lxd

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Operations lists what the server has under way, in order of beginning, and what has ended within the last seconds. The
// empty project is the default one.
func (c *Client) Operations(ctx context.Context, project string) ([]*Operation, error) {
	query := recursion()
	if project != "" {
		query.Set("project", project)
	}
	byStatus := map[string][]OperationInfo{}
	if _, err := c.get(ctx, path("operations"), query, &byStatus); err != nil {
		return nil, err
	}
	var ops []*Operation
	for _, infos := range byStatus {
		for _, info := range infos {
			ops = append(ops, &Operation{client: c, path: path("operations", info.ID), info: info})
		}
	}
	slices.SortFunc(ops, func(a, b *Operation) int {
		return cmp.Or(a.info.CreatedAt.Compare(b.info.CreatedAt), strings.Compare(a.info.ID, b.info.ID))
	})
	return ops, nil
}

// Operation reads one operation. The server forgets it five seconds after its end.
func (c *Client) Operation(ctx context.Context, id string) (*Operation, error) {
	op := &Operation{client: c, path: path("operations", id)}
	if err := op.look(ctx, "", nil); err != nil {
		return nil, err
	}
	return op, nil
}

// Cancel asks the server to give the operation up. No copy, move, snapshot or migration of a volume can be cancelled on
// LXD 5.0.2, which gives an *Error then.
func (o *Operation) Cancel(ctx context.Context) error {
	if o.path == "" {
		return &Error{Code: http.StatusBadRequest, Message: "the operation has ended already"}
	}
	_, err := o.client.do(ctx, request{method: http.MethodDelete, path: o.path})
	return err
}

// About tells whether an operation is about a volume, and whether it is known at all what it is about: LXD 5.0.2 does not
// say that of copies and moves.
func (o *Operation) About(id VolumeID) (about, known bool) { return o.info.About(id) }

// About is [Operation.About].
func (i OperationInfo) About(id VolumeID) (about, known bool) {
	objects := slices.Concat(slices.Collect(maps.Values(i.Resources))...)
	if entity, ok := i.Metadata["entity_url"].(string); ok {
		objects = append(objects, entity)
	}
	// /1.0/storage-pools/POOL/volumes/custom/NAME; LXD 5.0.2 has /1.0/storage_volumes/POOL/volumes/custom/NAME.
	for _, raw := range objects {
		address, _, _ := strings.Cut(raw, "?")
		parts := strings.Split(address, "/")
		if len(parts) < 7 || parts[4] != "volumes" {
			continue
		}
		known = true
		if isEscaped(parts[3], id.Pool) && parts[5] == id.Type && isEscaped(parts[6], id.Name) {
			return true, true
		}
	}
	return false, known
}

// isEscaped tells whether a part of a URL is a name, escaped not at all, once or twice.
func isEscaped(part, name string) bool {
	for range 3 {
		if part == name {
			return true
		}
		next, err := url.PathUnescape(part)
		if err != nil || next == part {
			return false
		}
		part = next
	}
	return false
}
