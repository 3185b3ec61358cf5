// Package tofu writes specs after configurations of OpenTofu and Terraform.
//
// A directory with a configuration goes in; out come specs that declare the storage pools and volumes that it declares by the resources of the
// LXD and the Incus provider, one for each server, and a list of what was left behind, with places and reasons. Nothing is asked of a
// server or of another program, nothing outside of the directory and the modules that it calls is read, and no state is.
//
// Expressions are carried over as they are written, with the references in them rewritten: what a configuration says of another
// resource is put in the place of a reference to it. A volume goes into the block of its pool; variables and local values that storage
// needs come along; the variables of a module become variables with the module's name before theirs. What cannot be said as it was is
// left behind rather than said in another way.
//
// The files are, in the order of the work: readdir.go, native.go and json.go read; module.go puts modules together; reference.go,
// rewrite.go and resolve.go carry expressions over; pools.go and volumes.go make blocks of resources, place.go puts volumes into
// pools; write.go is the text.
package tofu

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how a configuration is read. The zero value is for a spec in the working directory.
type Options struct {
	SpecDir string // where the spec will be, for the paths of files that it reads; "" for the working directory

	// IsSecret tells whether the values of a config key are secret; nil for what is secret in every spec that does not say otherwise.
	IsSecret func(key string) bool
}

// Result is what came of a configuration.
type Result struct {
	Specs []Spec // one for each server that has pools or volumes, in order of their names
	Left  []Left // what was left behind, in the order of the files
}

// Spec is the spec of one server.
type Spec struct {
	Remote string // the server's name, "" for that of this machine
	Text   string // in canonical layout

	// The same in parts: what is about no single pool, "" for nothing, and the pools.
	Common  string
	Pools   []Part
	Volumes int // blocks of volumes
}

// Part is a part of a spec for a pool block.
type Part struct {
	Label string // of the block
	Text  string // in canonical layout
}

// Left is something that is not in the spec.
type Left struct {
	File string
	Line int // from 1
	What string
	Why  string
}

// String is the line that tells it.
func (l Left) String() string { return fmt.Sprintf("%s:%d: %s: %s", l.File, l.Line, l.What, l.Why) }

// Convert reads the configuration in a directory. That it has no storage is no error, and gives no specs.
func Convert(dir string, opts Options) (*Result, error) {
	c := newConverter(opts)
	root, err := c.loadModule(filepath.Clean(dir), nil, nil)
	if err != nil {
		return nil, err
	}
	c.root = root
	if err := c.readValues(); err != nil {
		return nil, err
	}
	result := new(Result)
	for _, server := range c.servers() {
		s, err := c.spec(server)
		if err != nil {
			return nil, err
		}
		if s != nil {
			result.Specs = append(result.Specs, *s)
		}
	}
	c.leaveTheRest()
	result.Left = c.left
	slices.SortFunc(result.Left, func(a, b Left) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.What, b.What), strings.Compare(a.Why, b.Why))
	})
	return result, nil
}

// converter carries one configuration over.
type converter struct {
	specDir   string
	secretKey func(key string) bool // nil for the usual
	files     files
	modules   int // read so far
	root      *module
	providers map[string]*block // of the root, by type or type.alias

	probing bool // what is written is for an evaluation alone

	left  []Left
	told  map[Left]bool
	depth int // of rewrite in itself

	written int // bytes of expressions so far

	everUsed map[*block]bool // variables that a spec uses

	types map[string]string // types of variables of the root that a module has given them

	*names // of the spec that is being written
}

// names are the variables and local values that a spec uses so far.
type names struct {
	variables map[string]*usedVariable
	locals    map[string]*usedLocal
	evaluated map[string]evaluated // by the attributes of a block
	texts     map[instanceOf]written
	secret    map[string]string // variables for secrets, by key and value
}

type usedVariable struct {
	in   *module
	decl *block      // nil for one that the configuration does not declare
	arg  *expression // what the module's call gives it, nil for nothing
	name string
	at   place
}

type usedLocal struct {
	name, text string
	above      []string
	beside     string
	at         place
	err        error // why it cannot be carried over
}

func newConverter(opts Options) *converter {
	return &converter{
		specDir: cmp.Or(opts.SpecDir, "."), secretKey: opts.IsSecret, providers: map[string]*block{}, told: map[Left]bool{}, types: map[string]string{},
		everUsed: map[*block]bool{},
		names:    newNames(),
	}
}

func newNames() *names {
	return &names{map[string]*usedVariable{}, map[string]*usedLocal{}, map[string]evaluated{}, map[instanceOf]written{}, map[string]string{}}
}

// leave notes something that is left behind.
func (c *converter) leave(at place, what, why string) {
	l := Left{at.file, at.line, what, why}
	if !c.told[l] && !c.probing {
		c.told[l] = true
		c.left = append(c.left, l)
	}
}

// useVariable makes a variable one of the spec, and gives its name there.
func (c *converter) useVariable(m *module, decl *block, arg *expression) string {
	name := m.prefix + decl.labels[0]
	if c.variables[name] == nil {
		c.variables[name] = &usedVariable{in: m, decl: decl, arg: arg, name: name, at: decl.at}
	}
	return name
}

// workspace is a variable for the name of the workspace.
func (c *converter) workspace(at place) string {
	if c.variables["workspace"] == nil {
		c.variables["workspace"] = &usedVariable{name: "workspace", at: at}
	}
	return "var.workspace"
}

// useLocal makes a local value one of the spec.
func (c *converter) useLocal(m *module, a *attribute) error {
	name := m.prefix + a.name
	l := c.locals[name]
	if l == nil {
		l = &usedLocal{name: name, above: a.above, beside: a.beside, at: a.at}
		c.locals[name] = l
		l.text, l.err = c.rewrite(a.value, constantScope(m))
		l.text = c.withoutSecrets(l.text, a.at)
	}
	return l.err
}

// hoist makes a text a local value, and gives its name.
func (c *converter) hoist(name, text string, at place) string {
	unique := name
	for i := 2; c.root.locals[unique] != nil || c.locals[unique] != nil && c.locals[unique].text != text; i++ {
		unique = fmt.Sprintf("%s_%d", name, i)
	}
	c.locals[unique] = &usedLocal{name: unique, text: text, at: at}
	return unique
}

// leaveTheRest lists the blocks that have nothing to do with storage.
func (c *converter) leaveTheRest() {
	for _, r := range c.root.order {
		if r.kind == other {
			why := "it is not storage that tarn manages"
			if r.data {
				why = "a spec reads nothing from servers"
			}
			if strings.HasSuffix(r.labels[0], "_bucket") || strings.HasSuffix(r.labels[0], "_bucket_key") {
				why = "tarn manages pools and volumes, no buckets"
			}
			c.leave(r.at, r.String(), why)
		}
	}
	for _, p := range c.providers {
		for _, remote := range p.nested("remote") {
			name, address := remote.value("name"), remote.value("address")
			if name == nil || address == nil {
				continue
			}
			text, isText := name.literal()
			if url, ok := address.literal(); ok && isText && !strings.HasPrefix(url, "unix:") {
				client := map[bool]string{true: "incus", false: "lxc"}[p.labels[0] == "incus"]
				c.leave(remote.at, fmt.Sprintf("%s, remote %q", p, text), fmt.Sprintf("tarn finds servers in the configuration of lxc and incus: %s remote add %s %s", client, text, url))
			}
		}
	}
	for _, b := range c.root.outputs {
		c.leave(b.at, b.String(), "tarn has no outputs")
	}
	for _, b := range c.root.variables {
		if !c.everUsed[b] {
			c.leave(b.at, b.String(), "no pool or volume needs it")
		}
	}
}
