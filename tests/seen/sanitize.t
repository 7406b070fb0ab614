#!/bin/sh
# A kernel with UBSan (make SANITIZE=undefined), and one that poisons freed objects, run programs
# that try much.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
programs=$(cd "${BUILD:-build}" && pwd)
n=0
verdict() { n=$((n + 1)); [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"; }
echo 1..10

make BUILD="$work" SANITIZE=undefined ${CC:+CC="$CC"} kernel >"$work/said" 2>&1
verdict $? 'SANITIZE=undefined builds'
[ $n -ne 0 ] && sed -n 's/^/# /; /error/p' "$work/said"
cp "$programs/rootfs.cpio" "$work/"
nm "$work/ouros.elf" | grep -q __ubsan_handle_shift_out_of_bounds
verdict $? 'the kernel has the checks'

for program in sys/efault sys/fuzz os/mkdir sys/signal; do
    mkdir -p "$work/tests/${program%/*}"
    cp "$programs/tests/$program" "$work/tests/$program"
    cp "$programs/tests/leakcheck" "$work/tests/"
    BUILD=$work TEST_CPUS=2 TEST_APPEND=poison tests/run "$work/tests/$program" >"$work/said" 2>&1
    ! grep '^not ok' -A 30 "$work/said" | sed 's/^/# /' | grep .
    verdict $? "$program with UBSan and poison"
done
for program in sys/rename os/process sys/thread; do
    TEST_CPUS=4 TEST_APPEND=poison tests/run "$programs/tests/$program" >"$work/said" 2>&1
    ! grep '^not ok' -A 30 "$work/said" | sed 's/^/# /' | grep .
    verdict $? "$program with poison"
done
tools/vm --append poison --log "$work/log" -- sh -c 'cat /proc/cmdline' | grep -q poison
verdict $? 'poison is a word of the command line'
