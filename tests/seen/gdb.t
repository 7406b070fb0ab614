#!/bin/sh
# gdb's commands that know the kernel, on a machine that runs: what each must say.
# needs: procfs
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
command -v gdb >/dev/null || { echo '1..0 # SKIP there is no gdb on this machine'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

cat >"$work/script" <<'END'
hbreak process_reap_locked
continue
echo == locks\n
locks
delete
hbreak sys_getcwd
continue
END
for command in ouros ps fds vmas 'walk $rip' 'walk 0x400000' 'walk 0x10' 'walk 0x400000 1' \
    'walk 0x400000 999' 'locks all' 'tree /etc' 'tree / 1' 'tree /none' calls; do
    printf 'echo == %s\\n\npython\ntry: gdb.execute(r"%s")\n' "$command" "$command"
    printf 'except gdb.error as error: print(error)\nend\n'
done >>"$work/script"
printf 'delete\ncontinue\n' >>"$work/script"

GDB_SCRIPT=$work/script timeout 100 tools/debug -- sh -c 'true | true; cd /tmp; busybox pwd' \
    </dev/null >"$work/said" 2>&1

n=0
check() { # command, pattern in what it said
    n=$((n + 1))
    sed -n "/^== $1\$/,/^== /p" "$work/said" | grep -Eq "$2" && echo "ok $n - $1: $2" && return
    echo "not ok $n - $1: $2"
    sed -n "/^== $1\$/,/^== /p" "$work/said" | sed 's/^/# /' | head -n 30
}
check locks '^proc_lock \(processes, rank [0-9]+\): processor 0$'
check locks '^processor 0 holds spinlocks of ranks \[.*[0-9]'
check locks '^[1-9][0-9]* locks are held'
check ouros '^walk ADDRESS'
check ps '^ +1 +0 +1 asleep +child +init +/$'
check ps '^ +[0-9]+ +1 +[0-9]+ (running|asleep) .* /tmp$'
check fds '^ +0 .*/dev/'
check vmas '^000000400000-.* r--p .*file'
check vmas ' rw-p .*\[stack\]'
check 'walk $rip' '^level 1 table .* present .*global'
check 'walk 0x400000' '^level 1 table .* present user'
check 'walk 0x400000' '^physical 0x[0-9a-f]+000, in a frame with [1-9]'
check 'walk 0x10' '^not mapped'
check 'walk 0x400000 1' '^level 1 table'
check 'walk 0x400000 999' 'there is no process 999'
check 'locks all' '^names_lock \(.*: free$'
check 'locks all' "^process 1's exec_lock"
check 'tree \/etc' '^ *[0-9]+ 100644 +1 +[0-9]+ passwd$'
check 'tree \/ 1' ' 04[0-7]{4} .*proc/$'
check 'tree \/none' '^/ has no none'
check calls '^  getcwd\('
echo "1..$n"
