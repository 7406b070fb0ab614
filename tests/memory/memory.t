#!/bin/sh
# Each thing that takes memory, grown until the kernel refuses: see tests/memory/grow.c. MEM= gives
# the machine's memory.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-build}
case $build in /*) ;; *) build=$top/$build ;; esac
exec "$top/tools/vm" --mem "${MEM:-32M}" --timeout 400 --add "$build/tests/memory/grow" -- grow
