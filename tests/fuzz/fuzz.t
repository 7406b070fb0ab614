#!/bin/sh
# Random calls, half of them with four processors (a million with THOROUGH=1); and a planted bug is
# found and cut down to the one call that makes it.
# needs: procfs users
# SPDX-License-Identifier: MIT

run=$(dirname "$0")/run
n=0

# verdict STATUS WHAT: one TAP line.
verdict() {
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

calls=${THOROUGH:+500000}
calls=${calls:-50000}
"$run" --seed 1 --calls $calls --cpus 1
verdict $? "$calls random calls with one processor"
"$run" --seed 2 --calls $calls --cpus 4
verdict $? "$calls random calls with four processors"

# umask succeeds always, so each call of it alone is the bug, in whatever order the streams take turns.
found=$("$run" --seed 3 --calls 20000 --trap umask)
echo "$found" | grep -q 'cut down to 1 calls' && echo "$found" | grep -q 'call("umask"' || { echo "$found"; false; }
verdict $? "a planted failure is cut down to its call"
echo "1..$n"
