#!/bin/sh
# The main job as a person would watch it: plan, apply, a change by somebody else found and mended, a rename that keeps the
# data, and nothing left to do. "make demo" runs it on a simulated server, which is a file in a temporary folder; with --here
# it runs on the server that LXD_DIR names, which "make demo-lxd" does with a private one.
set -eu
cd "$(dirname "$0")"
tarn=${TARN:-$(cd ../.. && pwd)/tarn}
remote=

if [ "${1:-}" != --here ]; then
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
  trap 'exit 130' INT TERM
  cp -R . "$dir"
  cd "$dir"
  remote="--remote sim:server.json"
fi

bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi
say() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }
run() {
  set -- $remote "$@"
  printf '%s$ tarn %s%s\n' "$bold" "$*" "$plain"
  "$tarn" "$@"
}

say "A spec, and a server that has nothing of it. What would be done?"
run plan
say "Do it."
run apply --auto-approve
say "A second run has nothing to do."
run apply --auto-approve

say "Somebody else changes a size and deletes a volume."
run apply --auto-approve --allow-delete by-hand
say "A scheduled check finds both: exit code 2. Another apply mends them."
run drift || [ $? -eq 2 ]
run apply --auto-approve

say "Next week's spec renames a volume, and moves another to the other pool. The data stays."
run plan renamed
run apply --auto-approve renamed
run plan renamed
