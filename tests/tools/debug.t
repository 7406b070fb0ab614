#!/bin/sh
# tools/debug: gdb stops in the kernel, and its commands know the processes.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
command -v gdb >/dev/null || { echo '1..0 # SKIP gdb is not here: make debug installs it'; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/script" <<'END_OF_SCRIPT'
hbreak sys_getcwd
continue
echo == processes\n
ps
echo == descriptors\n
fds 2
echo == vmas\n
vmas 2
echo == calls\n
backtrace 6
delete
kill
END_OF_SCRIPT
GDB_SCRIPT=$work/script timeout 120 tools/debug -- pwd < /dev/null > "$work/said" 2>&1

count=0
tell() { # WHAT STATUS: a line of TAP, and what was said where it failed
    count=$((count + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        sed 's/^/#   /' "$work/said"
    fi
}
sees() { # WHAT PATTERN
    grep -q "$2" "$work/said"
    tell "$1" $?
}
lacks() { # WHAT PATTERN
    ! grep -q "$2" "$work/said"
    tell "$1" $?
}

sees 'says how to begin' 'hbreak boot_main'
sees 'a breakpoint in the kernel stops there, with its source line' 'sys_getcwd (.*size='
sees 'ps: the processes, with their directories' '^ *2 .*running.* pwd *[/]root$'
sees 'fds: the open files' '^ *0 .*hostio'
sees 'vmas: the areas of memory' 'stack'
sees 'the way into the kernel' '^#[2-5] .*syscall_entry'

# At the machine's first instruction the kernel has no memory of its own yet.
printf 'ps\nkill\n' > "$work/script"
GDB_SCRIPT=$work/script timeout 120 tools/debug < /dev/null > "$work/said" 2>&1
echo "status $?" >> "$work/said"
sees 'ps too early: what to do' 'not started yet. Try: hbreak'
lacks 'and nothing else; the kill of gdb is quiet' 'MemoryError\|Traceback\|reset itself'

# The machine may end before gdb does: that is no failure, and nothing is left. And init calls no chdir where it
# stands already, so that programs also run on a kernel without that call, as in a course.
mkdir "$work/tmp"
printf 'hbreak sys_chdir\ncontinue\n' > "$work/script"
TMPDIR=$work/tmp GDB_SCRIPT=$work/script timeout 120 tools/debug --cwd / -- true < /dev/null \
    > "$work/said" 2>&1
echo "status $?, left: $(ls -d "$work"/tmp/tmp.* 2>/dev/null)" >> "$work/said"
sees 'a program that runs to its end' 'status 0, left: $'
sees 'the breakpoint at sys_chdir was set' 'breakpoint 1 at .*cwd\.c'
lacks 'init does not call chdir(/)' 'Breakpoint 1, '
echo "1..$count"
