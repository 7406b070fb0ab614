#!/bin/sh
# A process that a fault ends leaves one line in the log: which program, what, where, which address,
# why. And what a program writes to /dev/kmsg is there, without a priority before it.
# needs: symbols procfs kmsg
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
crash=${BUILD:-build}/tests/seen/crash
ways='unmapped read-only none kernel execute privileged divide'
tools/vm --log "$log" --add "$crash" -- sh -c "for way in $ways; do crash \$way; done;
    cp /bin/crash /tmp/c; printf x >>/tmp/c; /tmp/c unmapped; echo '<6>said by a program' >/dev/kmsg" \
    >/dev/null 2>&1

n=0
check() { # what, pattern
    n=$((n + 1))
    if grep -Eq "$2" "$log"; then echo "ok $n - $1"; else echo "not ok $n - $1: no $2"; fi
}
at='at rip 0x[0-9a-f]+' address='address 0x[0-9a-f]+'
where() { echo "$at \\($1\\+0x[0-9a-f]+\\):"; }
echo 1..10
check 'unmapped' "crash.[0-9]+.: SIGSEGV $(where store) write of address 0x10: nothing mapped"
check 'read-only' "SIGSEGV $(where store) write of $address: read-only"
check 'no access' "SIGSEGV $(where load) read of $address: no access"
check 'kernel' "SIGSEGV $(where load) read of address 0xffffffff80100000: kernel address"
check 'not executable' "SIGSEGV $at: execute of $address: not executable"
check 'privileged' "SIGSEGV $(where privileged) privileged instruction"
check 'division' "SIGFPE $(where divide) integer division by zero"
check 'the name of the program that ran' "c\[[0-9]+\]: SIGSEGV $(where store)"
check '/dev/kmsg' '^\[ *[0-9.]+\] said by a program$'
lines=$(grep -c 'SIGSEGV\|SIGFPE' "$log")
[ "$lines" -eq 8 ] && echo 'ok 10 - a line each' || echo "not ok 10 - a line each: $lines"
