#!/bin/sh
# The table of system calls: numbers as Linux has them, handlers at home, a test for each call, the
# page for people true.
# SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.." || exit 1
echo 1..4

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
table() { awk -f kernel/syscall/table.awk -f "kernel/syscall/$1.awk" kernel/syscall/syscall.tbl; }
verdict() { [ "$1" -eq 0 ] && echo "ok $2 - $3" || echo "not ok $2 - $3"; }

# Each SYS_NAME with the machine's __NR_NAME after it: what is not equal comes out.
{
    echo '#include <asm/unistd.h>'
    table numbers | sed -n 's/^#define SYS_\([a-z0-9_]*\) \([0-9]*\)/= \1 \2 __NR_\1/p'
} | ${CC:-cc} -E -P -x c - | awk '$1 == "=" && $3 != $4' >"$work/numbers"
[ ! -s "$work/numbers" ]
verdict $? 1 "numbers are those of Linux"
sed 's/^/# /' "$work/numbers"

sed -n 's/^[0-9][0-9]* *| *\([a-z0-9_]*\) *|[^|]*| *\([^ |]*\).*/\1 \2/p' \
    kernel/syscall/syscall.tbl | while read -r name home; do
    grep -q "^long sys_$name(" "kernel/$home" 2>/dev/null || echo "# sys_$name is not in $home"
done >"$work/homes"
[ ! -s "$work/homes" ]
verdict $? 2 "each handler lives where the table says"
cat "$work/homes"

table manual | diff kernel/SYSCALLS.md - >"$work/manual"
verdict $? 3 "kernel/SYSCALLS.md is what the table says (make kernel/SYSCALLS.md)"
sed 's/^/# /' "$work/manual"

sed -n 's/^[0-9][0-9]* *| *\([a-z0-9_]*\) *|.*| *\([^ |]*\) *$/\1 \2/p' kernel/syscall/syscall.tbl |
    while read -r name test; do
        grep -Eqs "\\b(SYS_)?$name\\b" "tests/$test" || echo "# tests/$test does not name $name"
    done >"$work/tests"
[ ! -s "$work/tests" ]
verdict $? 4 "each call is named by its test"
cat "$work/tests"
