#!/usr/bin/env python3
"""A kernel that is built without some annexes: each call whose row of the table names one of these returns ENOSYS."""
# SPDX-License-Identifier: MIT
import errno
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
from programs import TOP, Tap  # noqa: E402

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
ROW = re.compile(r"^(\d+) *\| *(\w+) *\|[^|]*\| *annex/(\w+)/", re.MULTILINE)


def absent():
    """{number: name} of the calls that this kernel is without."""
    with open(os.path.join(BUILD, "annexes"), encoding="utf-8") as file:
        built = file.read().split()
    with open(os.path.join(TOP, "kernel/syscall/syscall.tbl"), encoding="utf-8") as file:
        return {number: name for number, name, annex in ROW.findall(file.read()) if annex not in built}


def main():
    calls = absent()
    if not calls:
        print("1..0 # SKIP no annex that has calls is left out: make CORE=1 builds such a kernel")
        return
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        probe = os.path.join(folder, "probe")
        subprocess.run([os.path.join(TOP, "tools/cc"), os.path.join(TOP, "tests/tools/probe.c"), "-o", probe], check=True)
        done = subprocess.run([os.path.join(TOP, "tools/vm"), "--add", probe, "--", "probe", "calls", *calls],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        said = dict(line.split() for line in done.stdout.splitlines())
        wrong = [f"{name}: {said.get(number)}" for number, name in calls.items() if said.get(number) != str(errno.ENOSYS)]
        tap.say(done.returncode == 0 and not wrong, f"{len(calls)} calls are not there", [*wrong, done.stderr])


main()
