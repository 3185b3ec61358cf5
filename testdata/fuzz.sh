#!/bin/sh
# Runs every fuzz target of the module in turn, and stops at the first finding, which go test keeps as a test case.
#
# usage: testdata/fuzz.sh [TIME]     for each target, default 60s
set -eu
cd "$(dirname "$0")/.."

grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*(' . | sort |
	while IFS=: read -r file target; do
		target=${target#func }
		echo "== ${file%/*} ${target%(}"
		"${GO:-go}" test -run '^$' -fuzz "^${target%(}\$" -fuzztime "${1:-60s}" -fuzzminimizetime 2s "${file%/*}"
	done
