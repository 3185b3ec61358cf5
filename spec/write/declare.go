// Package write turns declarations, as values, into the text of a spec.
//
// A [File] goes in; canonical HCL comes out, as tarn fmt leaves it: what is said and nothing else, blocks in the order that they have,
// config keys in order of their names. [File.Fold] says many like volumes in one block with for_each. The package decides nothing
// about what has to be declared, and reads and writes no file.
package write

// File is one file of a spec. The zero value is an empty one.
type File struct {
	Comment   []string // lines at its beginning
	Settings  Settings
	Variables []Variable
	Pools     []*Pool
	Remarks   []string // lines at its end, about what is not in it
}

// Settings are what the tarn block says. The zero value is a file without one.
type Settings struct {
	Owner, Remote, Project string   // "" to say nothing of it
	SecretConfig           []string // patterns, nil to say nothing of them
}

// empty tells whether there is nothing to say.
func (s Settings) empty() bool {
	return s.Owner == "" && s.Remote == "" && s.Project == "" && s.SecretConfig == nil
}

// Variable is the block of a sensitive variable, whose value the file does not have.
type Variable struct {
	Comment           []string // lines over it
	Name, Description string
}

// Pool is a pool block with its volumes.
type Pool struct {
	Comment       []string // lines over it
	Name          string
	Driver        string // "" to say nothing of it, as the following
	Description   string
	Config        Config
	Members       []Member
	Existing      bool
	PreventDelete bool
	IgnoreConfig  []string // patterns
	Volumes       []*Volume

	label string // of its block, "" to find one
}

// Member is the block of a cluster member, or of all with the name "*".
type Member struct {
	Name   string
	Config Config
}

// Volume is a volume block.
type Volume struct {
	Name          string
	ContentType   string // "" to say nothing of it, as the following
	Description   string
	Project       string
	Target        string
	Config        Config
	Existing      bool
	PreventDelete bool
	IgnoreConfig  []string // patterns

	Comment   []string // lines over it; a volume with any has a block of its own
	UsedBy    []string // what uses it, for a comment
	Snapshots int      // how many it has, for a comment
}

// Config are config values by their keys.
type Config map[string]Value

// Value is one config value: a text, or the variable that has it.
type Value struct {
	Text     string
	Bool     bool   // Text is true or false, and is written without quotes
	Variable string // the name of a sensitive variable, "" for none; Text is never written then

	each string // the expression that stands for it in a group, "" for none
}
