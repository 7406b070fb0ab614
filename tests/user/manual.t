#!/bin/sh
# What helps somebody who is new in the machine: man, osh's help, and which commands are there.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
check() { # what, pattern: in what the machine printed last
    n=$((n + 1))
    if grep -Eq -- "$2" "$work/out"; then echo "ok $n - $1"; else
        echo "not ok $n - $1: no $2"
        sed 's/^/# /' "$work/out"
    fi
}
in_guest() { tools/vm -- sh -c "$1" >"$work/out" 2>&1 || echo "status $?" >>"$work/out"; }

in_guest 'man getcwd'
check 'man: the system call' '^    size_t getcwd\(char \*buf, size_t size\)'
check 'man: the name of os.h' '^    char \*os\.getcwd\(void\)'
check 'man: its errors' '^Errors: +ENOENT once it was removed'
in_guest 'man 2 mkdir; man os.path.join'
check 'man SECTION NAME' '^mkdir\(2\)  system call 83'
check 'man os.NAME' '^os\.path\.join\(3\)'
in_guest 'man -k "working directory"'
check 'man -k' '^os\.getcwd\(3\) - '
in_guest 'man nosuch'
check 'man of what is not there' 'no page tells of nosuch'
check 'and its status' 'status 1'
in_guest 'man'
awk -F '|' '/^[0-9]/ { gsub(/ /, "", $2); print $2 }' kernel/syscall/syscall.tbl >"$work/calls"
tr ' ' '\n' <"$work/out" | sort >"$work/names"
lacks=$(sort "$work/calls" | comm -23 - "$work/names")
n=$((n + 1))
[ -z "$lacks" ] && echo "ok $n - man lists every system call" || echo "not ok $n - man lacks $lacks"
awk -F ' *[|] *' '!/^#/ && NF > 3 { sub(/^\+/, "", $1); print "os." $1 }' libc/os.tbl | sort >"$work/calls"
lacks=$(comm -23 "$work/calls" "$work/names")
n=$((n + 1))
[ -s "$work/calls" ] && [ -z "$lacks" ] && echo "ok $n - man lists every name of os.h" || echo "not ok $n - man lacks $lacks"
in_guest 'osh -c help'
check "osh's help lists our programs" '(^| )tree( |$)'
in_guest 'for each in ls ping wget insmod fdisk man dmesg; do
    [ -e /bin/$each ] || [ -e /usr/bin/$each ] || [ -e /sbin/$each ] && echo "$each is there"; done
    cd /tmp && : >ü && ls'
check 'a command that works is there' '^ls is there'
check 'man is there' '^man is there'
check 'what cannot work is not' '^ü$'
n=$((n + 1))
grep -Eq '(ping|wget|insmod|fdisk) is there' "$work/out" && printf 'not '
echo "ok $n - no ping, wget, insmod, fdisk"
echo "1..$n"
