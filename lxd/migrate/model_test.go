package migrate_test

import (
	"os"
	"strconv"
	"testing"

	"tarn/lxd/migrate"
)

func TestModelNames(t *testing.T) {
	for n := firstArriving; n < lastName; n++ {
		if !migrate.OfRun(modelNames[n]) {
			t.Errorf("%s is not a name of a run", modelNames[n])
		}
	}
}

func TestModelTry(t *testing.T) {
	num := func(s string) int { n, _ := strconv.Atoi(os.Getenv(s)); return n }
	m := &model{runs: 2, oneServer: true, uuid: true}
	if num("RUNS") > 0 {
		m.runs = num("RUNS")
	}
	m.faults, m.kinds, m.persons = num("FAULTS"), mishap(num("KINDS")), num("PERSONS")
	m.torn, m.uuid, m.blind = num("TORN") > 0, num("TORN")+num("NOUUID") == 0, num("BLIND") > 0
	m.newcomer = num("NEWCOMER") > 0
	m.crowd = 1 + num("CROWD")
	m.early = num("EARLY") > 0
	m.broken = rule(num("RULE"))
	m.keep = num("KEEP") > 0
	check(t, m, num("LIMIT"), num("FIRST") > 0)
}
