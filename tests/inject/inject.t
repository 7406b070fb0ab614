#!/bin/sh
# Each call of the table with each of its allocations failing in turn: see tests/inject/inject.c.
# needs: inject
# SPDX-License-Identifier: MIT
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-build}
case $build in /*) ;; *) build=$top/$build ;; esac
exec "$top/tools/vm" --timeout 120 --cwd /tmp --add "$build/tests/inject/inject" -- inject
