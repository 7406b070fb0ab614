#!/bin/sh
# Each thing that takes memory, grown until the kernel refuses: see tests/memory/grow.c. MEM= gives
# the memory of the machines, one after the other.
# needs: oom procfs
# SPDX-License-Identifier: MIT
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-build}
case $build in /*) ;; *) build=$top/$build ;; esac

for mem in ${MEM:-32M 64M}; do
    echo "# $mem"
    "$top/tools/vm" --mem "$mem" --timeout 400 --add "$build/tests/memory/grow" -- grow ||
        echo "not ok 0 - $mem: tools/vm ended with status $?"
done | awk '
    /^1\.\./ { next }
    sub(/^ok [0-9]+/, "ok " n + 1) || sub(/^not ok [0-9]+/, "not ok " n + 1) { n++ }
    { print; fflush() }
    END { print "1.." n }'
