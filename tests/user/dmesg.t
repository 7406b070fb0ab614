#!/bin/sh
# The kernel's log from inside: BusyBox's dmesg, which asks syslog, and the host's, which reads
# /dev/kmsg; what is cleared or switched off is not lost for tools/vm.
# needs: kmsg
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
check() { # what, pattern, file
    n=$((n + 1))
    if grep -Eq "$2" "$3"; then echo "ok $n - $1"; else
        echo "not ok $n - $1: no $2"
        sed 's/^/# /' "$3"
    fi
}
stamp='^\[ *[0-9]+\.[0-9]{6}\]'

tools/vm --log "$work/log" -- sh -c 'echo "<3>told" >/dev/kmsg; dmesg; dmesg -n 1
    echo hidden >/dev/kmsg; dmesg -c >/tmp/c; echo cleared; dmesg; echo lines; grep hidden /tmp/c
    exit 3' >"$work/out" 2>&1
echo "status $?" >>"$work/out"
check 'dmesg: the kernel' "$stamp dev: ready" "$work/out"
check 'dmesg: a program' "$stamp told" "$work/out"
tr '\n' ' ' <"$work/out" >"$work/line"
check 'dmesg -c clears' 'cleared lines \[' "$work/line"
check 'dmesg -n: it is kept' "$stamp hidden" "$work/out"
check 'the status comes nevertheless' '^status 3' "$work/out"
check 'the log outside' "$stamp told" "$work/log"
grep -c hidden "$work/log" >"$work/count"
check 'dmesg -n: it does not go out' '^0' "$work/count"

theirs=$(command -v dmesg) && ldd "$theirs" >"$work/ldd" 2>/dev/null && [ ! -L "$theirs" ] || {
    echo "ok $((n + 1)) - the host's dmesg # SKIP there is none with shared libraries"
    echo "1..$((n + 1))"
    exit
}
# shellcheck disable=SC2046  # the options are words
tools/vm $(grep -o '/[^ ]*' "$work/ldd" | sed 's/.*/--add &:&/') --add "$theirs:/bin/theirs" -- \
    sh -c 'echo "<3>told" >/dev/kmsg; theirs -x; theirs -C; theirs -w >/tmp/w & sleep 0.2
    echo later >/dev/kmsg; until grep later /tmp/w; do sleep 0.1; done; kill $!' >"$work/out" 2>&1
check "the host's dmesg: the kernel" "kern +:info +: $(echo "$stamp" | cut -c 2-) dev: ready" "$work/out"
check "the host's dmesg: a program" "user +:err +: \[.*\] told" "$work/out"
check "the host's dmesg -w waits" "$stamp later" "$work/out"
echo "1..$n"
