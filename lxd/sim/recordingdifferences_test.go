package sim_test

import "regexp"

// difference names why answers differ.
type difference struct {
	file, name, ask string // patterns of the recording, the case, and the method and address; "" for any
	count           int    // of the answers
	why             string
}

func (d difference) fits(file string, e *exchange) bool {
	return matches(d.file, file) && matches(d.name, e.Case) && matches(d.ask, e.Ask)
}

func matches(pattern, text string) bool {
	found, err := regexp.MatchString("^(?:"+pattern+")$", text)
	return err == nil && (pattern == "" || found)
}

// differences are what cannot be alike.
var differences = []difference{
	{"", "two_creates|two_deletes|pool_create_delete", "", 92, "two requests were under way at once, and chance decided which came first and how far the other one got"},
	{"", "failed_op", "GET .*/wait\\?timeout=0", 4, "whether an operation that fails at once has ended when it is first asked about is chance"},
	{"", "used", "GET /1.0/instances/i1", 54, "instances are there for what they use: architecture, idmap and the like are not simulated"},
	{"", "cancel_copy|cancel_move", "", 7, "how rsync words that its target went away or that it was stopped"},
	{"lxd-6-odd", "kept", "", 6, "LXD 6 forgets operations once a minute since its start, of which a recording does not tell when it was"},
	{"", "migration_raw", "", 25, "here one server connects to another one over the network, which a replay has none of"},
}

// left is how many answers of each recording differ and are not named: those that were looked at, and those that are held out.
var left = map[string][2]int{
	"incus-7-cluster-odd":     {71, 0},
	"incus-7-cluster-random":  {14, 7},
	"incus-7-cluster-table":   {4, 0},
	"incus-7-odd":             {240, 0},
	"incus-7-random":          {1, 9},
	"incus-7-table":           {4, 0},
	"lxd-5.21-cluster-odd":    {39, 0},
	"lxd-5.21-cluster-random": {3, 3},
	"lxd-5.21-cluster-table":  {0, 0},
	"lxd-5.21-odd":            {222, 0},
	"lxd-5.21-random":         {2, 6},
	"lxd-5.21-table":          {0, 0},
	"lxd-6-cluster-odd":       {54, 0},
	"lxd-6-cluster-random":    {2, 6},
	"lxd-6-cluster-table":     {1, 0},
	"lxd-6-odd":               {253, 0},
	"lxd-6-random":            {6, 13},
	"lxd-6-table":             {1, 0},
}
