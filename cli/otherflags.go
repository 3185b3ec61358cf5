package cli

import "sync"

// otherFlag is what tarn has for a flag of another tool.
type otherFlag struct {
	flag string // the flag that is meant, "" for none
	text string // what to do, when that is not simply to take the flag
}

// Sentences that several flags have.
const (
	onlyLooks    = "tarn plan looks and changes nothing, and tarn plan --rehearse tries the steps on a simulator"
	noState      = "there is no state to lock or to keep: the server is the state"
	pathArgument = "a spec is named without a flag: tarn plan storage.hcl"
	noForce      = "what blocks a plan is lifted one by one: each blocker says how"
	deletedBy    = "what is to be deleted has absent = true in the spec"
	alwaysReads  = "the server is read each time"
	alwaysWaits  = "apply waits for each step; --timeout is for a server that says nothing"
	listedBy     = "tarn show lists what the server has"
	importedBy   = "tarn import writes a spec of what the server has"
	explainedBy  = "tarn schema explains config keys, blocks and functions"
	noBackups    = "tarn makes no backups yet: lxc storage volume export does"
)

// otherFlags are flags of OpenTofu, Ansible, kubectl, lxc, Docker and others, by their names without dashes.
var otherFlags = sync.OnceValue(func() map[string]otherFlag {
	return map[string]otherFlag{
		// OpenTofu
		"target": {"only", ""}, "replace": {"", "nothing is ever replaced by deleting it"}, "refresh": {"", alwaysReads}, "refresh-only": {"", "tarn drift tells what differs"},
		"destroy": {"", deletedBy}, "lock": {"", noState}, "lock-timeout": {"", noState}, "state": {"", noState}, "state-out": {"", noState}, "backup": {"", noBackups},
		"input": {"auto-approve", ""}, "no-color": {"color", "write --color never"}, "chdir": {"", pathArgument}, "vars-file": {"var-file", ""}, "compact-warnings": {"brief", ""},
		"upgrade": {"", "there is nothing to download"}, "reconfigure": {"", noState}, "module": {"", pathArgument},
		// Ansible
		"check": {"", onlyLooks}, "diff": {"", onlyLooks}, "limit": {"only", ""}, "tags": {"only", ""}, "skip-tags": {"exclude", ""}, "extra-vars": {"var", ""}, "e": {"var", ""},
		"inventory": {"remote", ""}, "i": {"remote", ""}, "forks": {"parallelism", ""}, "become": {"", "tarn runs as who you are"},
		// kubectl, helm
		"dry-run": {"", onlyLooks}, "dryrun": {"", onlyLooks}, "filename": {"", pathArgument}, "f": {"", pathArgument}, "namespace": {"project", ""}, "n": {"project", ""},
		"context": {"remote", ""}, "kubeconfig": {"remote", ""}, "selector": {"only", ""}, "l": {"only", ""}, "server-side": {"", "tarn plan asks the server"}, "set": {"var", ""},
		"values": {"var-file", ""}, "wait": {"", alwaysWaits}, "grace-period": {"timeout", ""}, "watch": {"", "apply shows each step as it runs"}, "w": {"", "apply shows each step as it runs"},
		// lxc, docker
		"host": {"remote", ""}, "H": {"remote", ""}, "server": {"remote", ""}, "url": {"remote", ""}, "socket": {"remote", "write --remote unix:PATH"}, "all-projects": {"", "a spec names the projects of its volumes"},
		"env-file": {"var-file", ""}, "env": {"var", ""}, "volumes": {"", deletedBy}, "remove-orphans": {"prune", ""}, "detach": {"", alwaysWaits}, "d": {"", alwaysWaits},
		// what many tools have
		"yes": {"auto-approve", ""}, "y": {"auto-approve", ""}, "assume-yes": {"auto-approve", ""}, "approve": {"auto-approve", ""}, "non-interactive": {"auto-approve", ""}, "batch": {"auto-approve", ""},
		"force": {"", noForce}, "simulate": {"rehearse", ""}, "noop": {"", onlyLooks}, "what-if": {"", onlyLooks},
		"verbose": {"debug", ""}, "v": {"debug", ""}, "vv": {"debug", ""}, "vvv": {"debug", ""}, "trace": {"debug", ""}, "quiet": {"brief", ""}, "q": {"brief", ""}, "silent": {"brief", ""}, "short": {"brief", ""},
		"file": {"", pathArgument}, "spec-file": {"", pathArgument}, "config": {"", pathArgument}, "c": {"", pathArgument}, "path": {"", pathArgument}, "directory": {"", pathArgument}, "dir": {"", pathArgument},
		"output": {"out", "write --json or --markdown for another form, or --out FILE to save the plan"}, "o": {"out", "write --json or --markdown for another form, or --out FILE to save the plan"}, "format": {"", "write --json or --markdown"},
		"save": {"out", ""}, "plan-file": {"", "a saved plan is named without a flag: tarn apply plan.json"}, "markdown-file": {"markdown", ""}, "md": {"markdown", ""},
		"exit-code": {"detailed-exitcode", ""}, "exitcode": {"detailed-exitcode", ""}, "jobs": {"parallelism", ""}, "j": {"parallelism", ""}, "workers": {"parallelism", ""}, "concurrency": {"parallelism", ""}, "threads": {"parallelism", ""},
		"delete": {"allow-delete", ""}, "allow-destroy": {"allow-delete", ""}, "colour": {"color", ""}, "plain": {"color", "write --color never"}, "skip": {"exclude", ""}, "ignore": {"exclude", ""}, "include": {"only", ""},
		"show-all": {"show-unmanaged", ""}, "all": {"show-unmanaged", ""}, "a": {"show-unmanaged", ""}, "unmanaged": {"show-unmanaged", ""}, "profile": {"", "profiles are not tarn's"}, "member": {"", "the cluster member of a volume is its target in the spec"},
		"take-over": {"adopt", ""}, "V": {"version", "write tarn version"}, "version": {"version", "write tarn version"},
	}
})

// otherFlagsOf are those that mean something else to one command than to the others, by its name.
var otherFlagsOf = sync.OnceValue(func() map[string]map[string]otherFlag {
	return map[string]map[string]otherFlag{
		"import": {
			"force": {"overwrite", ""}, "f": {"overwrite", ""}, "replace": {"overwrite", ""}, "clobber": {"overwrite", ""}, "yes": {"overwrite", ""}, "y": {"overwrite", ""},
			"output": {"out", ""}, "o": {"out", ""}, "dir": {"out", ""}, "directory": {"out", ""}, "file": {"out", ""}, "path": {"out", ""}, "d": {"out", ""}, "save": {"out", ""},
			"all": {"all-projects", ""}, "a": {"all-projects", ""}, "terraform": {"tofu", ""}, "opentofu": {"tofu", ""}, "tf": {"tofu", ""}, "dump": {"preseed", ""},
			"expand": {"no-fold", ""}, "flat": {"no-fold", ""}, "secret": {"secret-config", ""}, "sensitive": {"secret-config", ""}, "show-secrets": {"not-secret", ""}, "include-secrets": {"not-secret", ""},
			"json": {"", "it writes HCL; tarn show --json is for programs"}, "format": {"", "it writes HCL; tarn show --json is for programs"}, "only": {"pool", ""}, "target": {"pool", ""}, "include": {"pool", ""},
			"spec": {"", "it reads no spec, and writes one to standard output or with --out DIR to files"}, "var": {"", "it reads no spec, so that no variable has a value"},
			"dry-run": {"", "it changes nothing on the server, and without --out it writes to standard output alone"}, "check": {"", "it changes nothing on the server, and without --out it writes to standard output alone"},
		},
		"show": {
			"f": {"spec", ""}, "file": {"spec", ""}, "filename": {"spec", ""}, "spec-file": {"spec", ""}, "path": {"spec", ""}, "dir": {"spec", ""}, "directory": {"spec", ""}, "chdir": {"spec", ""}, "config": {"spec", ""}, "c": {"spec", ""},
			"output": {"json", ""}, "o": {"json", ""}, "format": {"json", ""}, "pool": {"", "a pool or volume is named without a flag: tarn show fast"}, "volume": {"", "a pool or volume is named without a flag: tarn show fast/pgdata"},
			"only": {"", "an address needs no flag: tarn show 'fast/*'"}, "target": {"", "an address needs no flag: tarn show 'fast/*'"}, "all": {"", "without an address it shows all"}, "a": {"", "without an address it shows all"},
			"all-projects": {"", "without --project it shows all projects"}, "show-unmanaged": {"", "it shows all, declared or not"}, "size": {"usage", ""}, "du": {"usage", ""}, "out": {"", "it writes to standard output: tarn show > FILE"},
		},
	}
})

// otherCommands are what tarn has for commands of other tools.
var otherCommands = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"destroy": "tarn destroys nothing as a whole: " + deletedBy + ", and tarn apply deletes it",
		"delete":  deletedBy + ", and tarn apply deletes it", "rm": deletedBy + ", and tarn apply deletes it", "remove": deletedBy + ", and tarn apply deletes it", "down": deletedBy + ", and tarn apply deletes it",
		"init": "there is nothing to initialise: tarn import writes a spec of what the server has; or write one, and run tarn plan",
		"list": listedBy, "ls": listedBy,
		"get": listedBy, "info": listedBy, "describe": listedBy, "inspect": listedBy, "status": "tarn show shows what the server has, tarn plan what differs from the spec, and tarn drift tells it by its exit code",
		"pull": importedBy, "dump": importedBy, "generate": importedBy, "discover": importedBy, "scan": importedBy, "convert": "tarn import --tofu DIR takes the storage of an OpenTofu or Terraform configuration", "migrate": "tarn import --tofu DIR takes the storage of an OpenTofu or Terraform configuration",
		"explain": explainedBy, "docs": explainedBy, "doc": explainedBy, "keys": explainedBy,
		"refresh": alwaysReads + "; tarn plan shows what differs", "diff": "tarn plan shows what differs", "preview": "tarn plan shows what differs", "dry-run": "tarn plan shows what differs",
		"state": noState, "workspace": "another environment is another server or project: --remote, --project", "output": "there are no outputs; tarn plan --json is for programs", "taint": "nothing is ever replaced by deleting it",
		"get-plugins": "there is nothing to download", "force-unlock": noState, "unlock": noState, "login": "remotes are lxc's: lxc remote add NAME ADDRESS", "remote": "remotes are lxc's: lxc remote list", "console": "tarn validate checks expressions",
		"check": "tarn validate checks a spec without a server, and tarn plan with one", "lint": "tarn validate checks a spec", "test": "tarn validate checks a spec, and tarn plan --rehearse tries it", "format": "tarn fmt brings specs into one layout",
		"up": "tarn apply carries a spec out", "deploy": "tarn apply carries a spec out", "run": "tarn apply carries a spec out", "create": "write a block for it, and run tarn apply", "add": "write a block for it, and run tarn apply",
		"rename": "write renamed_from = \"old-name\" in the block of the new one, and run tarn apply", "mv": "write renamed_from = \"old-name\" in the block of the new one, and run tarn apply", "move": "write renamed_from = \"old-pool/name\" in the block of the new one, and run tarn apply",
		"copy": "write copy_of = \"pool/name\" in the block of the new one, and run tarn apply", "cp": "write copy_of = \"pool/name\" in the block of the new one, and run tarn apply",
		"undo": "tarn keeps no history yet: apply the former spec again", "rollback": "tarn keeps no history yet: apply the former spec again", "history": "tarn keeps no history yet",
		"backup": noBackups, "export": importedBy + ", and lxc storage volume export the data of a volume", "restore": noBackups,
		"simulate": "tarn plan --rehearse tries a plan on a simulator, and tarn sim serves one", "simulator": "tarn sim serves one", "serve": "tarn sim serves a simulated server", "man": "tarn help TOPIC, or tarn COMMAND --help",
	}
})
