#!/bin/sh
# The host's gdb reads a core file of the guest: it shows each thread where it was.
# needs: dumps
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
command -v gdb >/dev/null || { echo '1..0 # SKIP there is no gdb on this machine'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
program=${BUILD:-build}/tests/seen/dumped

# Most of it is zeros: packed, it is sent in no time.
tools/vm --add "$program" --get "/tmp/core.gz:$work/core.gz" --timeout 100 -- \
    sh -c 'cd /tmp; dumped; gzip core' >"$work/log" 2>&1
gunzip "$work/core.gz"
gdb -q -nx -batch -c "$work/core" -ex 'info threads' -ex 'thread apply all backtrace' "$program" \
    >"$work/said" 2>&1

n=0
check() { # what, pattern in what gdb said
    n=$((n + 1))
    grep -Eq "$2" "$work/said" && echo "ok $n - $1" && return
    echo "not ok $n - $1"
    sed 's/^/# /' "$work/log" "$work/said" | head -n 60
}
check 'why it died' '^Program terminated with signal SIGILL'
check 'the thread that died is the first' '^\* 1 .*LWP [0-9]+.* dies '
check 'one that runs' '^ +[23] .*LWP [0-9]+.* runs '
check 'one that sleeps' '^#[0-9] .* sleeps '
check 'its caller' '^#[1-9] .* main '
n=$((n + 1))
[ "$(grep -c '^Thread ' "$work/said")" = 3 ] && echo "ok $n - no others" || echo "not ok $n - no others"
echo "1..$n"
