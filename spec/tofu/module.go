package tofu

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// module is the configuration in a directory, as one module block calls it; or the root, which none does.
type module struct {
	prefix string // what its names begin with in the spec: "" of the root, storage_ of module.storage
	parent *module
	call   *block // nil of the root
	dir    string
	depth  int

	variables map[string]*block
	locals    map[string]*attribute
	outputs   map[string]*block
	resources map[string]*resource // by type.name, data.type.name
	children  map[string]*module
	given     map[string]*attribute // values of variables from *.tfvars, of the root
	order     []*resource           // its own and its modules', in the order of the files
}

// argument is what the call of a module gives a variable, nil for nothing.
func (m *module) argument(name string) *expression {
	if m.call == nil {
		return nil
	}
	return m.call.value(name)
}

// repeated tells whether the call of the module has for_each or count.
func (m *module) repeated() bool {
	return m.call != nil && (m.call.value("for_each") != nil || m.call.value("count") != nil)
}

// resource is a resource block, or a data block.
type resource struct {
	*block
	in   *module
	data bool
	kind kind
}

func (r *resource) key() string { return resourceKey(r.labels, r.data) }

func resourceKey(labels []string, data bool) string {
	key := strings.Join(labels, ".")
	if data {
		key = "data." + key
	}
	return key
}

// label is the name that the author gave the resource.
func (r *resource) label() string { return r.labels[1] }

// kind is what a resource is in a spec.
type kind int

const (
	other kind = iota
	poolKind
	volumeKind
	copyKind
)

// kinds are the types of resources that a spec has something for, of the LXD and the Incus provider, old names included.
var kinds = map[string]kind{
	"lxd_storage_pool": poolKind, "incus_storage_pool": poolKind,
	"lxd_storage_volume": volumeKind, "incus_storage_volume": volumeKind, "lxd_volume": volumeKind, "incus_volume": volumeKind,
	"lxd_storage_volume_copy": copyKind, "incus_storage_volume_copy": copyKind, "lxd_volume_copy": copyKind, "incus_volume_copy": copyKind,
}

// ofServers tells whether a resource's type is of one of these providers.
func ofServers(typ string) bool {
	return strings.HasPrefix(typ, "lxd_") || strings.HasPrefix(typ, "incus_")
}

// loadModule reads a directory and the modules that it calls.
func (c *converter) loadModule(dir string, parent *module, call *block) (*module, error) {
	m := &module{parent: parent, call: call, dir: dir,
		variables: map[string]*block{}, locals: map[string]*attribute{}, outputs: map[string]*block{},
		resources: map[string]*resource{}, children: map[string]*module{}, given: map[string]*attribute{},
	}
	if parent != nil {
		m.prefix, m.depth = parent.prefix+identifier(call.labels[0])+"_", parent.depth+1
	}
	if c.modules++; c.modules > maxModules || m.depth > maxNesting {
		return nil, fmt.Errorf("%s: more than %d modules, or more than %d in each other", dir, maxModules, maxNesting)
	}
	tops, overrides, err := c.files.directory(dir)
	if err != nil {
		return nil, err
	}
	for _, path := range overrides {
		c.leave(place{path, 1}, "file "+filepath.Base(path), "what it changes in other files is not taken over")
	}
	for _, top := range tops {
		for _, b := range top.blocks {
			if err := c.declare(m, b); err != nil {
				return nil, err
			}
		}
		for _, a := range top.attrs {
			c.leave(a.at, a.name, "a configuration has no such attribute")
		}
	}
	return m, nil
}

// declare takes a block of a file into the module.
func (c *converter) declare(m *module, b *block) error {
	need := map[string]int{"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}[b.kind]
	if len(b.labels) < need {
		return fmt.Errorf("%s: a %s block has %d labels", b.at, b.kind, need)
	}
	for _, label := range b.labels[:need] {
		if !hclsyntax.ValidIdentifier(label) {
			return fmt.Errorf("%s: %q cannot be the name of a %s", b.at, label, b.kind)
		}
	}
	switch b.kind {
	case "resource", "data":
		r := &resource{block: b, in: m, data: b.kind == "data", kind: kinds[b.labels[0]]}
		m.resources[r.key()] = r
		m.order = append(m.order, r)
	case "variable":
		m.variables[b.labels[0]] = b
	case "output":
		m.outputs[b.labels[0]] = b
	case "locals":
		for _, a := range b.attrs {
			m.locals[a.name] = a
		}
	case "provider":
		if m.parent == nil {
			c.providers[providerKey(b)] = b
		}
	case "module":
		return c.declareModule(m, b)
	case "terraform", "moved", "import", "removed", "check":
		c.leave(b.at, b.String(), otherBlocks[b.kind])
	default:
		c.leave(b.at, b.String(), "tarn has nothing like it")
	}
	return nil
}

// otherBlocks say why a block is left behind that has nothing to do with what there is on a server.
var otherBlocks = map[string]string{
	"terraform": "tarn needs no providers and has no state",
	"moved":     "tarn has no state",
	"import":    "what is on the server under the name that a spec says is that",
	"removed":   "what is in no block is left alone; absent = true deletes",
	"check":     "tarn has nothing like it",
}

// declareModule reads a module that is called, when it is in a directory of its own here.
func (c *converter) declareModule(m *module, b *block) error {
	source := b.value("source")
	if source == nil {
		return fmt.Errorf("%s: the module has no source", b.at)
	}
	path, ok := source.literal()
	if !ok || !strings.HasPrefix(path, "./") && !strings.HasPrefix(path, "../") && path != "." && path != ".." {
		c.leave(b.at, b.String(), "its source is not a directory of this configuration")
		return nil
	}
	dir := filepath.Join(m.dir, filepath.FromSlash(path))
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) { // a part of a repository
		c.leave(b.at, b.String(), "its directory is not there")
		return nil
	}
	child, err := c.loadModule(dir, m, b)
	if err != nil {
		return err
	}
	m.children[b.labels[0]] = child
	m.order = append(m.order, child.order...)
	return nil
}

// identifier is a text as a name that expressions can use.
func identifier(text string) string {
	var b strings.Builder
	for i, r := range text {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		switch digit := r >= '0' && r <= '9' || r == '-'; {
		case letter || digit && i > 0:
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 {
		return "_"
	}
	return b.String()
}

// constant evaluates an expression without references, cty.NilVal when it cannot be.
func constant(e *expression) cty.Value {
	if e == nil || len(e.node.Variables()) > 0 {
		return cty.NilVal
	}
	v, diags := e.node.Value(nil)
	if diags.HasErrors() {
		return cty.NilVal
	}
	return v
}
