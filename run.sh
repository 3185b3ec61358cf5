#!/bin/bash
# run.sh BIN CASE...
bin=$1; shift
for c in "$@"; do
 ( ulimit -v 3000000; /usr/bin/time -f "%U+%S s %M KiB rc %x" timeout 100 $bin validate $c > out.$c 2>&1 ); echo "$c: $(tail -1 out.$c) | $(head -c 300 out.$c | tr '\n' ' ')"
done
