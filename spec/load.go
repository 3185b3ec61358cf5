package spec

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"

	"tarn/lxd/schema"
	"tarn/lxd/secrets"
)

// Options say where the values of variables come from. The zero value gives none.
type Options struct {
	Vars     []string // name=value, as --var takes it; of two for one name the last wins
	VarFiles []string // files of name = value, in native syntax or, when they end in .json, as JSON; the last wins
	Env      []string // name=value, as os.Environ gives it: for TARN_VAR_name and the env function
	Dir      string   // what relative paths start from, "" for the working directory

	// Portable asks for warnings of names that not all servers would take.
	Portable bool

	// ValuesMayLack takes a variable without a value for one whose value is not known. What depends on it is checked as far as its type
	// allows, and the Spec is of no use but for its diagnostics.
	ValuesMayLack bool

	// Shared says that the variables are given for several specs: one that this spec does not declare is no mistake, and may be one
	// all the same, see [UndeclaredByAll].
	Shared bool

	// Origins, unless it is nil, gets where the objects of the spec come from.
	Origins *Origins

	// Inputs are the contents of files that are not read from the disk, by the names that paths give them.
	Inputs map[string][]byte
}

// maxObjects is a limit on the pools and volumes of one spec, so that a mistake such as for_each over a product of
// ranges is a message and not a machine out of memory.
const maxObjects = 200_000

// Load reads files and directories and evaluates them as one spec. Of a directory it takes the *.hcl and *.hcl.json
// files in the order of their names, without hidden files and subdirectories. No path is the current directory. A file
// that is named twice is read once.
//
// The diagnostics are in the order of the files. The Spec is never nil, so that its Files can serve their excerpts, but
// is of use only when the diagnostics hold no errors.
//
// What takes more time or memory than a spec of its size needs is given up, see [GaveUp]; the Spec is empty then.
func Load(paths []string, opts Options) (*Spec, hcl.Diagnostics) {
	type loaded struct {
		spec  *Spec
		diags hcl.Diagnostics
	}
	l := newLoader(opts)
	result, diags := watched(l.env, l.reading, func() loaded {
		if blocks, ok := l.readFiles(paths); ok {
			l.loadBlocks(blocks)
		}
		return loaded{l.spec, l.sorted()}
	})
	if diags != nil {
		return emptySpec(), diags
	}
	return result.spec, result.diags
}

func emptySpec() *Spec {
	return &Spec{Files: map[string]*hcl.File{}, Secrets: new(secrets.Set), varFiles: map[string]bool{}, undeclared: map[string]undeclared{}}
}

func newLoader(opts Options) *loader {
	return &loader{
		spec:       emptySpec(),
		opts:       opts,
		reading:    &reading{},
		reported:   map[diagnosticID]bool{},
		env:        environment(opts.Env),
		scopes:     map[string]*hcl.EvalContext{},
		vars:       map[string]*variable{},
		locals:     map[string]*local{},
		schemaKeys: map[keyQuery][]schema.Key{},
		secretKeys: map[string]bool{},
		fileOrder:  map[string]int{},
	}
}

// loader carries one Load from the files to the checked spec.
type loader struct {
	spec *Spec
	opts Options
	env  map[string]string

	reading   *reading
	diags     hcl.Diagnostics
	reported  map[diagnosticID]bool // so far
	failed    bool                  // an error was reported
	fileOrder map[string]int        // files in the order in which they were read

	root   *hcl.EvalContext            // var, local and the functions
	scopes map[string]*hcl.EvalContext // root with the file function of one directory, by directory

	vars          map[string]*variable
	brokenVarFile bool // a file of variables is broken, so a variable without a value may have one there
	locals        map[string]*local

	pools      map[string]*poolParts     // by label
	schemaKeys map[keyQuery][]schema.Key // the answers of the schema so far

	undeclaredNames map[string]*undeclaredName // by prefix and name: var.size
	secretKeys      map[string]bool            // which config keys are secret, of those asked about so far
	objects         int                        // pools and volumes so far

	patternFaults map[patternQuery]patternFault // what is wrong with patterns, of those asked about so far
}

// loadBlocks goes through the blocks in the order in which they depend on each other.
func (l *loader) loadBlocks(blocks hcl.Blocks) {
	var tarn, pools, acknowledgments hcl.Blocks
	for _, block := range blocks {
		switch block.Type {
		case "tarn":
			tarn = append(tarn, block)
		case "variable":
			l.declareVariable(block)
		case "locals":
			l.declareLocals(block)
		case "pool":
			pools = append(pools, block)
		case "acknowledge":
			acknowledgments = append(acknowledgments, block)
		}
	}
	l.root = &hcl.EvalContext{Functions: functions(l.env)}
	l.setVariables()
	l.noteOrigins()
	l.evaluateLocals()
	l.loadSettings(tarn)
	l.loadPools(pools)
	l.loadAcknowledgments(acknowledgments)
	l.crossCheck()
}

// admit counts n more pools or volumes, and reports whether the spec may have them.
func (l *loader) admit(n int, at hcl.Range) bool {
	before := l.objects
	l.objects += n
	l.reading.objects.Add(int64(n))
	if before <= maxObjects && l.objects > maxObjects {
		l.errorf(at, "Too many objects", "The spec declares more than %d pools and volumes. "+
			"This is most likely a for_each over more than was meant.", maxObjects)
	}
	return l.objects <= maxObjects
}

// fileLine writes a place as compilers do, for the second place of a diagnostic.
func fileLine(rng hcl.Range) string { return fmt.Sprintf("%s:%d", rng.Filename, rng.Start.Line) }
