#!/usr/bin/env python3
"""The host's own gdb in the guest: breakpoints, steps, a backtrace, variables, a running process.

needs: ptrace
"""
# SPDX-License-Identifier: MIT
import glob
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))

COMMANDS = ("break add", "run", "print number", "backtrace", "until 12", "print sum", "x/i $pc",
            "set var sum = 1000", "continue", "print sum", "finish", "stepi", "delete", "call add(7)",
            "watch sum", "continue", "info threads", "delete", "continue")
NUMBER = r"number=(?:number@entry=)?"
WANTED = (
    ("a breakpoint is hit", rf"Breakpoint 1, add \({NUMBER}10\)"),
    ("a variable", r"\$1 = 10\n"),
    ("a backtrace", rf"#0 +add \({NUMBER}10\).*\n#1 .* add_all .*\n#2 .* main "),
    ("steps to another line", r"\n12\t.*\n\$2 = 10\n"),
    ("the instruction at hand", r"=> 0x[0-9a-f]+ <add\+\d+>:"),
    ("a changed variable", r"\$3 = 1000\n"),
    ("to the end of the function", r"\n(0x[0-9a-f]+ in )?add_all \(\) at "),
    ("a call by hand", r"\nsum 1027\n"),
    ("a watchpoint by single steps", r"Old value = 1027\nNew value = 1057\n"),
    ("its end", r"\[Inferior 1 \(process \d+\) exited with code 05\]"),
    ("one that runs is attached to", r"ATTACHED\n(?s:.*)#\d+ .*main (?s:.*)DETACHED"),
)


def files_of(gdb):
    """What gdb is loaded with, and the Python library without which it does not begin."""
    said = subprocess.run(["ldd", gdb], capture_output=True, text=True, check=False).stdout
    files = [gdb] + [word for word in said.split() if word.startswith("/")]
    python = re.search(r"libpython(3\.\d+)", said)
    folder = f"/usr/lib/python{python[1]}" if python else ""
    modules = ("encodings", "collections", "re", "importlib", "json", "urllib", "email") if python else ()
    files += [f"{folder}/{name}" for name in modules]
    files += glob.glob(folder + "/*.py") if python else []
    return [path for path in files + ["/usr/share/gdb"] if os.path.exists(path)]


def main():
    gdb = shutil.which("gdb")
    if not gdb:
        print("1..0 # SKIP gdb must be installed")
        return
    program = os.path.join(BUILD, "tests/seen/debugged")
    add = [word for file in files_of(gdb) for word in ("--add", f"{file}:{file}")]
    add += ["--add", f"{program}:/tmp/debugged", "--add",
            f"{os.path.join(TOP, 'tests/seen/debugged.c')}:{os.path.join(TOP, 'tests/seen/debugged.c')}"]
    batch = "gdb -q -nx -batch -ex 'set confirm off' -ex 'set can-use-hw-watchpoints 0' "
    words = " ".join(f"-ex '{each}'" for each in COMMANDS)
    script = (f"cd /tmp; {batch} {words} ./debugged 2>&1; "
              "./debugged waits & until grep -q '^State:.S' /proc/$!/status; do true; done; "
              f"{batch} ./debugged -p $! -ex 'echo ATTACHED\\n' -ex backtrace -ex detach -ex 'echo DETACHED\\n' 2>&1; kill %1")
    done = subprocess.run([os.path.join(TOP, "tools/vm"), "--mem", "1G", "--timeout", "180", *add, "--",
                           "sh", "-c", script], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False, env={**os.environ, "BUILD": BUILD})
    said = done.stdout.decode(errors="backslashreplace")
    print(f"1..{len(WANTED)}")
    failed = False
    for number, (what, pattern) in enumerate(WANTED, 1):
        ok = re.search(pattern, said)
        failed = failed or not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {what}")
    if failed:
        for line in (said + done.stderr.decode(errors="replace")).splitlines():
            print("#", line)
    sys.stdout.flush()


main()
