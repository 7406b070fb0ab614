#!/usr/bin/env python3
"""Thousands of programs with broken headers, cut short, and scripts that lead nowhere: each is refused as on Linux, or
with one of the reasons below; none that Linux refuses runs, and nothing stops the machine."""
# SPDX-License-Identifier: MIT
import collections
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "tests/differ/differ")
BLOCKS, RANDOM_BLOCKS = range(5), range(10)

# Where the answers may differ: Linux's, ours, which change of the file, why.
ALLOWED = [
    (r"signal (7|9|11)", r"refused .*", r"", "Linux finds out too late and ends the process; we look first"),
    (r"signal 11", r"exits with \d+", r"at (68|124|180|236), 4 bytes: 0x\w*1$",
     "where the processor has protection keys, Linux lets nobody read what may only be executed"),
    (r"exits with \d+", r"refused Permission denied", r"at (68|124|180|236), 4 bytes", "no page is writable and executable"),
    (r"exits with \d+", r"refused Cannot allocate memory", r"", "memory that is not there is not promised"),
    (r"exits with \d+", r"refused Exec format error",
     r"at (24|72|80|104|128|136|152|160), 8|cut",
     "segments overlap, or reach past the file or the user's addresses"),
    (r"exits with \d+", r"refused Exec format error", r"at 56, 2 bytes", "the program headers must lie in the first 1536 bytes"),
    (r"exits with \d+", r"refused Operation not permitted", r"", "nothing is mapped at address 0"),
    (r"refused Invalid argument", r"refused (Input/output|Exec format) error", r"at 240, 8",
     "an interpreter's name at the end of the numbers"),
]  # fmt: skip


def on_linux(length, block):
    words = ["images", str(length), "root", "words", str(block)]
    with tempfile.TemporaryDirectory(prefix="ouros-images-", dir="/dev/shm") as folder:
        done = subprocess.run([PROGRAM, *words], env={"TMPDIR": folder}, capture_output=True, text=True, check=False)
    return done.stdout


def on_ouros(length, blocks):
    """All blocks, one after the other in one machine."""
    one = f'mkdir "/tmp/$block" && TMPDIR="/tmp/$block" differ images {length} root words "$block"'
    command = [os.path.join(TOP, "tools/vm"), "--timeout", "900", "--add", PROGRAM, "--",
               "sh", "-c", f"for block do {one} || exit; done", "sh"]
    command += map(str, blocks)
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def programs(output):
    """[(what was changed, what came of it)] of the program's words."""
    parts = [part.strip().split("\n") for part in re.split(r"^@\d+\n", output, flags=re.M)[1:]]
    return [("\n".join(lines[:-1]), lines[-1].strip()) for lines in parts]


def reason(change, theirs, ours, any_change):
    if any_change and theirs.startswith("refused") and ours.startswith("refused"):
        return "several things are wrong, and another one is found first"
    for linux, ouros, where, why in ALLOWED:
        if re.fullmatch(linux, theirs) and re.fullmatch(ouros, ours):
            if any_change or re.search(where, change):
                return why
    return None


def compare(number, length, blocks):
    """One verdict on some blocks; whether it is good."""
    reasons, bad, count, refused = collections.Counter(), [], 0, 0
    done = on_ouros(length, blocks)
    a, b = programs("".join(on_linux(length, block) for block in blocks)), programs(done.stdout)
    if done.returncode or len(a) != len(b) or not a:
        bad.append(f"status {done.returncode}, {len(b)} programs of {len(a)}\n{done.stderr}")
    for (change, theirs), (_, ours) in zip(a, b):
        count += theirs != ""
        refused += ours.startswith("refused")
        if theirs != ours:
            why = reason(change, theirs, ours, length == 0)
            reasons[why] += 1
            if not why:
                bad.append(f"{change}\n  Linux: {theirs}\n  Ouros: {ours}")
    what = "with several changes at random" if length == 0 else "with one change, cut short, or scripts"
    print(f"{'not ' if bad else ''}ok {number} - {count} files {what}: {refused} refused, none otherwise than told")
    for why, n in reasons.items():
        print(f"# {n} differ: {why}")
    for text in bad[:8]:
        print("# " + text.replace("\n", "\n# "))
    sys.stdout.flush()
    return not bad


def main():
    if os.geteuid() != 0 or not os.access("/dev/shm", os.W_OK):
        print("1..0 # SKIP needs root and /dev/shm for Linux's side")
        return
    good = compare(1, 1, BLOCKS)
    good = compare(2, 0, RANDOM_BLOCKS) and good
    print("1..2")
    sys.exit(0 if good else 1)


main()
