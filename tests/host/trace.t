#!/bin/sh
# The kernel's tracer beside the host's strace: both watch the same calls and must say the same.
set -u
cd "$(dirname "$0")/../.." || exit 1
command -v strace >/dev/null || { echo '1..0 # SKIP there is no strace on this machine'; exit 0; }
echo 1..2

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
table="awk -f kernel/syscall/table.awk -f"
for made in numbers trace; do
    $table kernel/syscall/$made.awk kernel/syscall/syscall.tbl >"$work/syscall_$made.h" || exit 1
done
${HOST_CC:-${CC:-cc}} -std=gnu11 -g -O1 -fsanitize=undefined -Ikernel/include -Ikernel/include/plain -I"$work" \
    -include tests/host/rename.h tests/host/trace/calls.c kernel/syscall/trace*.c \
    kernel/lib/format.c kernel/lib/string.c -o "$work/calls" || exit 1

# strace -f was not asked for, so children are silent; what the harness itself does is not shown.
mkdir "$work/run"
(cd "$work/run" && strace -e 'trace=!getpid,process_vm_readv' -e signal=none -s 32 \
    -o ../strace ../calls >../ours)
verdict() { [ "$1" -eq 0 ] && echo "ok $2 - $3" || echo "not ok $2 - $3"; }

# The columns differ by the pid that ours prints first; strace's lines begin before main. Strace
# thinks of sound cards where a terminal's request has the same number, and prints nothing for no
# local flags.
squeeze() { sed 's/  *= /  = /; s/SNDCTL_TMR_[A-Z]* or //; s/_lflag=,/_lflag=0,/'; }
squeeze <"$work/ours" >"$work/ours.txt"
sed -n '/^mkdir("dir", 0777)/,$p' "$work/strace" | grep -v '^write(1, "mkdir' | squeeze \
    >"$work/strace.txt"
lines=$(wc -l <"$work/ours.txt")
[ "$lines" -gt 240 ]
verdict $? 1 "the tracer wrote a line for each call ($lines)"
diff "$work/strace.txt" "$work/ours.txt" >"$work/difference"
verdict $? 2 "strace says the same"
sed 's/^/# /' "$work/difference"
