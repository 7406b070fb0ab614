#!/bin/sh
# The timer interrupts where a time slice may end, and not at each fork of a parent whose slice is
# used up. Counted with QEMU's instructions as the clock, so it is the same on a busy host.
# needs: procfs
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
forks=2000
said=$(tools/vm --icount -- sh -c "
    grep ^intr /proc/stat
    i=0; while [ \$i -lt $forks ]; do (exit 0); i=\$((i + 1)); done
    grep ^intr /proc/stat" 2>&1)
first=$(echo "$said" | awk '/^intr/ {print $2; exit}')
last=$(echo "$said" | awk '/^intr/ {n = $2} END {print n}')
echo 1..2
if [ "${first:-0}" -gt 0 ]; then echo "ok 1 - interrupts are counted"
else echo "not ok 1 - interrupts are counted: $said"; fi
taken=$((${last:-0} - ${first:-0}))
if [ "$taken" -gt 0 ] && [ "$taken" -lt $((forks / 4)) ]; then
    echo "ok 2 - $forks forks took $taken interrupts"
else echo "not ok 2 - $forks forks took $taken interrupts"; fi
