package tofu

import (
	"cmp"
	"slices"
	"strings"
)

// server is a server that resources are on.
type server struct {
	name      string // the remote, "" for the server of this machine; the text of an expression whose value is not known
	text      string // the remote as the spec writes it, "" for none
	resources []*resource
}

// servers sorts the storage by the server that it is on, in the order of their names.
func (c *converter) servers() []*server {
	byName := map[string]*server{}
	for _, r := range c.root.order {
		if r.kind == other || r.data {
			continue
		}
		text, err := c.remoteOf(r)
		if err != nil {
			c.leaveResource(nil, r, err)
			continue
		}
		name := text
		if value, ok := c.textValue(text); ok {
			name = value
		}
		if name == "local" {
			name, text = "", ""
		}
		if byName[name] == nil {
			byName[name] = &server{name: name, text: text}
		}
		byName[name].resources = append(byName[name].resources, r)
	}
	var all []*server
	for _, s := range byName {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *server) int { return cmp.Compare(a.name, b.name) })
	return all
}

// remoteOf is the remote of a resource as the spec writes it, "" for the server of this machine.
func (c *converter) remoteOf(r *resource) (string, error) {
	if e := r.value("remote"); e != nil {
		text, err := c.rewrite(e, constantScope(r.in))
		if err != nil {
			return "", because(e.at, "its remote is not one for all of it: %s", err)
		}
		return text, nil
	}
	p := c.providers[c.providerOf(r)]
	if p == nil {
		return "", nil
	}
	if e := p.value("default_remote"); e != nil {
		return c.rewrite(e, constantScope(c.root))
	}
	remotes := slices.Concat(p.nested("remote"), p.nested("lxd_remote"))
	for _, b := range remotes {
		if e := b.value("default"); e != nil && e.text == "true" || len(remotes) == 1 {
			return c.remoteBlock(b)
		}
	}
	if e := p.value("remote"); e != nil { // the name alone, in old versions
		return c.rewrite(e, constantScope(c.root))
	}
	return "", nil
}

// remoteBlock is the name in a remote block. One for the socket of this machine is the local server, whatever it is called.
func (c *converter) remoteBlock(b *block) (string, error) {
	if e := b.value("address"); e != nil {
		if text, ok := e.literal(); ok && strings.HasPrefix(text, "unix:") {
			return "", nil
		}
	}
	e := b.value("name")
	if e == nil {
		return "", nil
	}
	return c.rewrite(e, constantScope(c.root))
}

// providerKey is a provider's type, with its alias behind a dot.
func providerKey(b *block) string {
	key := b.labels[0]
	if e := b.value("alias"); e != nil {
		if text, ok := e.literal(); ok {
			key += "." + text
		}
	}
	return key
}

// providerOf is the provider of a resource in the root, through the modules that pass one on.
func (c *converter) providerOf(r *resource) string {
	key, _, _ := strings.Cut(r.labels[0], "_")
	if e := r.value("provider"); e != nil {
		key = e.text
	}
	for m := r.in; m.parent != nil; m = m.parent {
		e := m.call.value("providers")
		if e == nil {
			if m.call != nil && strings.Contains(key, ".") {
				return "" // the module does not have that one
			}
			continue
		}
		if to, ok := passedProvider(e, key); ok {
			key = to
		}
	}
	return key
}
