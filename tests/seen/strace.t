#!/usr/bin/env python3
"""The host's own strace, here and in the guest: it sees the same of the same programs, line by line."""
# SPDX-License-Identifier: MIT
# needs: ptrace procfs counts kmsg
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
SUBJECTS = ("files", "signals", "children", "fault", "read-only", "divide", "privileged", "invalid",
            "pipe", "exec")
SHELLS = ("echo hi", "echo a | cat", "(exit 3); echo $?", "mkdir x; ls x; rmdir x", "kill -HUP $$",
          "cat none; test -d /tmp && echo yes", "trap 'echo usr' USR1; kill -USR1 $$")
ENVIRONMENT = {"PATH": "/bin:/usr/bin:/sbin:/usr/sbin"}

# What differs by right: addresses, numbers of inodes and devices, times, random bytes.
EQUAL = (
    (r"0x[0-9a-f]{5,}", "ADDRESS"),
    (r"(st_ino|st_blocks|st_[amc]time(_nsec)?|si_uid)=[-0-9]+", r"\1=N"),
    (r"(si_[us]time)=\d+( /\* [^*]* \*/)?", r"\1=N"),
    (r"st_[amc]time=[^,}]*", "st_time=N"),
    (r"st_blksize=\d+", "st_blksize=N"),
    (r"st_dev=makedev\([^)]*\)", "st_dev=N"),
    (r'getrandom\("[^"]*"', 'getrandom("RANDOM"'),
    (r"^rseq\(.*", "rseq"),
    (r"^brk\(.*", "brk"),
    (r"^uname\(.*", "uname"),
    (r"^(get(p?p|u|eu|g|eg|t)id)\(\) .*= \d+", r"\1() = N"),
    (r"(S_IFDIR\S*, st_size)=\d+", r"\1=N"),
    (r"  *= ", " = "),
)
# glibc asks the host's vDSO for the time; and had a call begun when a signal came?
RETURN_PIDS = "(?:clone|v?fork|wait4|rt_sigreturn|set_tid_address)"
CHANCE = re.compile(r"time\(|.*= \? ERESTART")


def normal(lines, pids):
    """Lines of one process, so that they compare: pids by the order in which they came."""
    for line in lines:
        for pattern, text in EQUAL:
            line = re.sub(pattern, text, line)
        for rank, pid in enumerate(pids):
            line = re.sub(rf"(si_pid=|^t?g?kill\(|^wait4\(){pid}\b", rf"\1PID{rank}", line)
            line = re.sub(rf"^(tgkill\(PID\d+, ){pid}\b", rf"\1PID{rank}", line)
            line = re.sub(rf"^({RETURN_PIDS}\(.* = ){pid}$", rf"\1PID{rank}", line)
        if not CHANCE.match(line):
            yield line


TRIES = 6


def settled(lines):
    """When a child ends is chance, and whether two SIGCHLD become one: the first one that came goes
    to the end, with the way back from its handler."""
    lines, late = list(lines), []
    while any(line.startswith("--- SIGCHLD") for line in lines):
        at = next(i for i, line in enumerate(lines) if line.startswith("--- SIGCHLD"))
        late.append(lines.pop(at))
        if lines[at:] and lines[at].startswith("rt_sigreturn"):
            late.append(lines.pop(at).partition(" = ")[0])
    same = ["--- SIGCHLD" if line.startswith("---") else line for line in late]
    return lines + (late if len(late) < 3 else same[:2])


def guests_strace():
    """Options that bring this machine's strace into the guest, with all that it is linked with."""
    path = shutil.which("strace")
    said = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    files = [path] + [word for word in said.split() if word.startswith("/")]
    return [word for file in files for word in ("--add", f"{file}:{file}")]


def run(command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env={**os.environ, "BUILD": BUILD}, **more)


def on_linux(command, folder):
    """[[line]] for each process, by pid."""
    out = os.path.join(folder, "out")
    os.makedirs(os.path.join(folder, "run"))
    # What started us may ignore signals: a job in the background of a script does.
    run(["prlimit", "--core=0", "env", "--default-signal", "-i",
         *[f"{k}={v}" for k, v in ENVIRONMENT.items()],
         "strace", "-ff", "-o", out, *command], cwd=os.path.join(folder, "run"))
    found = {}
    for name in os.listdir(folder):
        if name.startswith("out."):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[int(name[4:])] = file.read().splitlines()
    return found


def on_ouros(commands, add, where):
    """For each command what on_linux gives, all of them in one machine."""
    script = "".join(
        f"echo MARK; mkdir -p {where}; cd {where}; env -i PATH={ENVIRONMENT['PATH']} "
        f"strace -ff -o /tmp/out {' '.join(quote(word) for word in command)} "
        f">/dev/null 2>&1; for f in /tmp/out.*; do sed \"s/^/${{f##*.}} /\" $f; rm $f; done\n"
        for command in commands)
    done = run([os.path.join(TOP, "tools/vm"), *add, "--", "sh", "-c", script])
    for block in done.stdout.decode(errors="backslashreplace").split("MARK\n")[1:]:
        found = {}
        for line in block.splitlines():
            pid, _, text = line.partition(" ")
            found.setdefault(int(pid), []).append(text.lstrip())
        yield found


def quote(word):
    return "'" + word.replace("'", "'\\''") + "'"


def in_order(side):
    return [line for pid in sorted(side) for line in settled(normal(side[pid], sorted(side)))]


def compare(number, what, a, b):
    same = a == b and len(a) > 3
    print(f"{'ok' if same else 'not ok'} {number} - {what}: {len(a)} lines alike")
    if not same:
        import difflib
        for line in difflib.unified_diff(a, b, "linux", "ouros", lineterm="", n=1):
            print("#", line)
    sys.stdout.flush()


# What a script prints with strace's options: a pattern that must be found in it.
OPTIONS = (
    ("-e picks calls", "strace -e trace=getpid,write sh -c 'echo x' 2>&1 >/dev/null",
     r"^getpid\(\) += \d+\nwrite\(1, \"x\\n\", 2\) += 2\n\+\+\+ exited with 0 \+\+\+\n"),
    ("-e !CALL leaves calls out", "strace -e '!brk' true 2>&1 | grep -c -e brk -e +++",
     r"^1$"),
    ("-c counts calls and errors", "strace -c -o /dev/stderr cat none",
     r" +1 +1 openat\n(?s:.*)100\.00 .* total"),
    ("-T tells how long", "strace -T true", r"^execve.* = 0 <\d+\.\d{6}>"),
    ("-f shows children by pid",
     "strace -f sh -c 'true | true'", r"\[pid +\d+\] \+\+\+ exited with 0"),
    ("-p watches what runs", "sh -c 'while true; do /bin/sleep 0.1; done' & strace -o o -p $! & "
     "until grep -q ^wait4 o; do sleep 0.1; done 2>/dev/null; kill %1; wait; cat o",
     r"^wait4(?s:.*)\+\+\+ killed by SIGTERM"),
    ("status is the program's", "strace -o /dev/null sh -c 'exit 7'; echo $?", r"^7\n"),
    ("a signal that ends it, too", "strace -o /dev/null sh -c 'kill -TERM $$'; echo $?", r"143\n"),
    ("no program, no trace", "strace none; echo $?",
     r"strace: (Can't stat 'none': No such file or directory|Cannot find executable 'none')\n1\n"),
    ("nor of others' processes", "su -s /bin/sh nobody -c 'strace -p 1'",
     r"strace: attach: ptrace\(PTRACE_SEIZE, 1\): Operation not permitted"),
    ("nothing stays", "cat /proc/kcounts", r"objects\.tracee 0\n"),
)


def try_options(number):
    script = "".join(f"echo MARK; ({text}) 2>&1\n" for _, text, _ in OPTIONS)
    done = run([os.path.join(TOP, "tools/vm"), *guests_strace(), "--", "sh", "-c", script])
    blocks = done.stdout.decode(errors="backslashreplace").split("MARK\n")[1:]
    for (what, _, pattern), block in zip(OPTIONS, blocks + [""] * len(OPTIONS)):
        number += 1
        ok = re.search(pattern, block, re.M)
        print(f"{'ok' if ok else 'not ok'} {number} - {what}")
        for line in [] if ok else block.splitlines():
            print("#", line)


def main():
    if not shutil.which("strace") or not os.path.exists("/bin/busybox"):
        print("1..0 # SKIP strace and busybox must be installed")
        return
    folder = tempfile.mkdtemp(prefix="ouros-strace-")
    try:
        program, where = os.path.join(folder, "traced"), os.path.join(folder, "0", "run")
        shutil.copy(os.path.join(BUILD, "tests/seen/traced"), program)
        busybox = os.path.join(folder, "busybox")
        shutil.copy(os.path.realpath("/bin/busybox"), busybox)
        commands = [[program, ".", subject] for subject in SUBJECTS]
        commands += [[busybox, "sh", "-c", text] for text in SHELLS]
        add = ["--add", f"{program}:{program}", "--add", f"{busybox}:{busybox}", *guests_strace()]
        ours = list(on_ouros(commands, add, where))
        print(f"1..{len(commands) + len(OPTIONS)}")
        for number, command in enumerate(commands):
            if os.geteuid() != 0 and number >= len(SUBJECTS):
                print(f"ok {number + 1} - {command[-1]} # SKIP as no root BusyBox gives up rights")
                continue
            # Which of two processes runs first is chance on both: a difference must come each time.
            there = ours[number] if number < len(ours) else {}
            for attempt in range(TRIES):
                linux_folder = os.path.join(folder, "0")
                linux = on_linux(command, linux_folder)
                shutil.rmtree(linux_folder)
                if in_order(linux) == in_order(there) or attempt == TRIES - 1:
                    break
                there = next(on_ouros([command], add, where), {})
            compare(number + 1, command[-1], in_order(linux), in_order(there))
        try_options(len(commands))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
