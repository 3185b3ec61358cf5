#!/bin/sh
# Changes the code in small ways, one at a time, and runs the tests that have to notice: a mutant that lives is something that no
# test looks at. Servers are left out, which are too slow for it, so what only a real one shows lives too.
#
# usage: testdata/mutants.sh [TIME [NAME]]     for each of the groups, default 1h; NAME runs one of them
#
# Each group is a package with its quick tests. Its least score, the percentage of mutants that die, is what it had when it was
# written down: below that this fails. 0 is one that nobody has measured whole. A group that does not end in time is told of, and is no failure.
set -eu
cd "$(dirname "$0")/.."
limit=${1:-1h}
only=${2:-}

bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
trap 'exit 1' HUP INT TERM
GOBIN=$bin "${GO:-go}" install github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0

failed=0
# group NAME SCORE PACKAGE TESTS [FILES THAT ARE LEFT OUT]…
group() {
	name=$1 score=$2 package=$3 tests=$4
	shift 4
	[ -z "$only" ] || [ "$only" = "$name" ] || return 0
	for file; do
		set -- "$@" --exclude-files "$file"
		shift
	done
	echo "== $name"
	status=0
	GOFLAGS="-run=$tests" TARN_TEST_SERVERS=none timeout --signal INT --kill-after 1m "$limit" "$bin/gremlins" unleash "./$package" \
		--invert-logical --invert-loopctrl --timeout-coefficient 3 --threshold-efficacy "$score" --output-statuses lt "$@" || status=$?
	case $status in
	0) ;;
	124 | 137) echo "$name: not all mutants were tried in $limit" ;;
	*) failed=1 ;;
	esac
}

group applier 92 applier . '^rehearse/'
group planner 0 planner '^Test(Plans|Codes|Rehearsal|SavedPlan|Read|Schema|ManySteps)' '^plan/' '^promises/'
# The model knows the table of decisions, and random schedules what is done.
group protocol 0 lxd/migrate '^TestModel' '^(act|look|migrate|relay|retry|transfer)\.go' '^trials/'
group migrate 0 lxd/migrate '^Test(Schedules|DefaultRetry|TargetConfig)$' '^(protocol|marks)\.go' '^trials/'
exit $failed
