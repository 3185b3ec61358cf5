#!/bin/sh
# The main job as a person would watch it, on the server that LXD_DIR names: plan, apply, a change by hand found and
# mended, a rename that keeps the data, and nothing left to do. Run it with "make demo".
set -eu
cd "$(dirname "$0")"
tarn=$(cd ../.. && pwd)/tarn

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
run() {
  printf '\033[1m$ %s\033[0m\n' "$*"
  [ "$1" != tarn ] || { shift; set -- "$tarn" "$@"; }
  "$@"
}

say "A spec, and a server that has nothing of it. What would be done?"
run tarn plan
say "Do it."
run tarn apply --auto-approve
say "A second run has nothing to do."
run tarn apply --auto-approve

say "Somebody changes a size by hand and deletes a volume. A scheduled check finds both: exit code 2."
run lxc storage volume set fast pgdata size 80MiB
run lxc storage volume delete fast cache-web
run tarn drift || [ $? -eq 2 ]
run tarn apply --auto-approve

say "The spec of next week: a volume has another name and another moves to another pool. The data stays."
run tarn plan renamed
run tarn apply --auto-approve renamed
run tarn plan renamed
