// Package spec turns HCL files into the desired state of a server's storage.
//
// Files and directories go in; pools and volumes come out, every name, config value and attribute with its place in the
// source, together with diagnostics for all that can be judged without a server. Format lays a file out, ValidateReport
// writes diagnostics for programs. The package never talks to a server, never looks at live state and never writes a file.
//
// To get to know it, read load.go, which goes through a spec from its files to its checks, then blocktype.go, which says how
// the language is declared, and volume.go for one block of it: its model, its attributes and its checks.
//
// The rest goes by name. files.go and parse.go read; variable*.go, validation.go and locals.go give the values that expressions
// use, references.go and evaluate.go evaluate these, functions*.go are what they call. declaration.go, foreach.go,
// attributes.go and config*.go make objects of blocks and check them, crosscheck.go compares the objects. diagnostic*.go,
// excerpt.go, usedvalues.go and validate*.go write what was found, reference.go what a block may hold, format*.go lays files out.
package spec

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/secrets"
)

// Spec is the desired state that a set of files declares, with for_each expanded and every expression evaluated.
type Spec struct {
	Settings Settings
	Pools    []*Pool // in order of declaration

	Acknowledgments []*Acknowledgment // in order of declaration

	// Lacking are the variables that have no value, in order of their names; see Options.ValuesMayLack.
	Lacking []string

	plainLacks bool // of Lacking one is not sensitive

	// Files are the parsed files by name, for the excerpts of diagnostics. They are there even when loading failed. Files of
	// variables are not among them.
	Files map[string]*hcl.File

	// Secrets are the values that must not be shown, as far as they are known without a server. Never nil in what Load gives.
	Secrets *secrets.Set

	declared   []string              // names of its variables
	undeclared map[string]undeclared // variables that are given and that it does not declare, by name; see Options.Shared
	varFiles   map[string]bool       // names of files of variables: nothing of them is shown, even where one is given as a spec too
}

// Ranges are the places of a block and its attributes in the files.
type Ranges struct {
	Block hcl.Range            // the block's header
	Attrs map[string]hcl.Range // value expressions of the attributes that the file gives

	// Unknown are the attributes whose values are not known, which are zero in the object then: there is a mistake in them, or a variable
	// has no value. Of config it says that not all of its keys are known.
	Unknown map[string]bool
}

// Of is the range of an attribute, or of the block when the file does not give the attribute.
func (r *Ranges) Of(attr string) hcl.Range {
	if r == nil {
		return hcl.Range{}
	}
	if rng, ok := r.Attrs[attr]; ok {
		return rng
	}
	return r.Block
}

// AnyUnknown reports whether the value of one of these attributes is not known.
func (r *Ranges) AnyUnknown(attrs ...string) bool {
	return r != nil && slices.ContainsFunc(attrs, func(attr string) bool { return r.Unknown[attr] })
}

// Given reports whether the file gives the attribute.
func (r *Ranges) Given(attr string) bool {
	if r == nil {
		return false
	}
	_, ok := r.Attrs[attr]
	return ok
}
