#!/bin/sh
# Every name that libc/os.tbl offers is used by some program of tests/os, and libc/README.md says what the table says.
# SPDX-License-Identifier: MIT
set -u
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS # another make may have started us
build=${BUILD:-build}
verdict() { [ "$1" -eq 0 ] && echo "ok $2 - $3" || echo "not ok $2 - $3"; }
echo 1..3

make -s BUILD="$build" say= "$build/libc/os_names"
[ -s "$build/libc/os_names" ]
verdict $? 1 "the table has names"

# A use is a call, os.NAME(...), which no comment there has.
missing=$(cat tests/os/*.c tests/os/*/*.c | grep -o 'os\.[A-Za-z0-9_.]*(' | tr -d '(' | sort -u >"$build/libc/words"
          while read -r name; do
              grep -qxF -e "os.$name" "$build/libc/words" || echo "# os.$name"
          done <"$build/libc/os_names")
[ -z "$missing" ]
verdict $? 2 "each of the $(wc -l <"$build/libc/os_names") functions is used by a program of tests/os"
[ -z "$missing" ] || echo "$missing"

differences=$(make -s -f libc/libc.mk BUILD="$build" libc-check 2>&1)
verdict $? 3 "libc/README.md is what libc/os.tbl says"
[ -z "$differences" ] || echo "$differences" | sed 's/^/# /'
