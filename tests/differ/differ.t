#!/usr/bin/env python3
"""Runs the same programs of a few calls on Linux and on Ouros and says, as TAP, where they differ.

usage: tests/differ/differ.t [--cpus LIST] [--blocks N] [--shown N] [SUBJECT:LENGTH:WHO ...]

SUBJECT is files, jobs or images, LENGTH the number of operations (0: random programs), WHO root or user. Programs come in
blocks; of a block only a hash is compared, and where two hashes differ the block is run again, program by program,
and the first programs that differ are shown in words. --blocks says how many blocks (default: all that a SUBJECT has;
without one, a few of each that has many, and with THOROUGH=1 more).
"""
# SPDX-License-Identifier: MIT
# needs: procfs users fifo files
import argparse
import difflib
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
PROGRAM = os.path.join(BUILD, "tests/differ/differ")
DEFAULT = ["files:1:root", "files:1:user", "files:2:root", "files:2:user", "files:0:root", "files:0:user"]
DEFAULT += ["jobs:2:root"]
# How many blocks of those that are many or slow, if no subject is named.
THOROUGH = os.environ.get("THOROUGH")
FEW_BLOCKS = {"random": 20, "jobs": 12} if THOROUGH else {"random": 4, "jobs": 3, "files": 20}


def on_linux(*arguments):
    """The program's output, run below a fresh folder in memory."""
    with tempfile.TemporaryDirectory(prefix="ouros-differ-", dir="/dev/shm") as folder:
        os.chmod(folder, 0o755)
        command = [PROGRAM, *map(str, arguments)]
        done = subprocess.run(command, env={"TMPDIR": folder}, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def on_ouros(cpus, *arguments):
    command = [os.path.join(TOP, "tools/vm"), "--timeout", "0", "--cpus", str(cpus)]
    command += ["--add", PROGRAM, "--", "differ", *map(str, arguments)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def by_number(text):
    """{number: hash} of lines; what is no such line says what went wrong and is kept under its own text."""
    rows = {}
    for line in text.splitlines():
        words = line.split()
        number = int(words[0]) if len(words) == 2 and words[0].isdigit() else line
        rows[number] = words[-1] if words else ""
    return rows


def different(ours, theirs):
    keys = [key for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)]
    return sorted(keys, key=lambda key: (isinstance(key, str), key))


def show_program(what, block, program):
    """Runs one program alone on both systems, and shows in words what differs."""
    print(f"# program {program} of block {block} (-: Linux, +: Ouros)")
    if isinstance(program, str):
        return
    theirs = on_linux(*what, "show", block, program).splitlines()
    ours = on_ouros(1, *what, "show", block, program).splitlines()
    if theirs == ours:
        print("#   ... but not when run alone")
    for line in list(difflib.unified_diff(theirs, ours, lineterm="", n=50))[3:]:
        print("#   " + line)


def show_block(cpus, what, block, shown):
    """The programs of a block that differ, the first ones in words; how many they are."""
    theirs = by_number(on_linux(*what, "each", block))
    ours = by_number(on_ouros(cpus, *what, "each", block))
    bad = different(ours, theirs)
    if not bad:
        print(f"# block {block} differed, but none of its programs does when run again")
    for program in bad[:shown]:
        show_program(what, block, program)
    return max(len(bad), 1)


def compare(what, cpus, last, theirs, shown):
    """How many programs differ on that many processors."""
    ours = by_number(on_ouros(cpus, *what, "blocks", 0, last, cpus))
    n_different = 0
    for block in different(ours, theirs):
        if isinstance(block, str):
            print("# " + block)
            n_different += 1
        elif shown > 0:
            n = show_block(cpus, what, block, shown)
            shown -= n
            n_different += n
        else:
            n_different += 1
    return n_different


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cpus", default="1,4", help="numbers of processors (default 1,4)")
    parser.add_argument("--blocks", type=int, default=0, help="how many blocks of programs (default all)")
    parser.add_argument("--shown", type=int, default=3, help="how many differences are shown (default 3)")
    parser.add_argument("what", nargs="*", default=DEFAULT, metavar="SUBJECT:LENGTH:WHO")
    options = parser.parse_args()
    if not os.path.exists(PROGRAM):
        sys.exit(f"differ.t: {PROGRAM} is not built: make {os.path.relpath(PROGRAM, TOP)}")
    kind = subprocess.run(["stat", "-f", "-c", "%T", "/dev/shm"], capture_output=True, text=True, check=False).stdout
    if os.geteuid() != 0 or kind.strip() != "tmpfs":
        print("1..0 # SKIP needs root, and a tmpfs at /dev/shm, for Linux's side")
        return
    count = failed = 0
    with open("/proc/sys/fs/protected_hardlinks", encoding="ascii") as setting:
        links_are_protected = setting.read().strip() == "1"
    for name in options.what:
        what = name.split(":")
        if what[0] == "files" and what[2] == "user" and not links_are_protected:
            count += 1
            print(f"ok {count} - {name} # SKIP fs.protected_hardlinks is not 1 here, as it always is on Ouros")
            continue
        n_blocks, size = map(int, on_linux(*what, "size").split())
        few = FEW_BLOCKS.get(what[0] if what[1] != "0" else "random", n_blocks)
        last = options.blocks or (n_blocks if options.what is not DEFAULT and what[1] != "0" else few)
        last = min(last, n_blocks)
        theirs = by_number(on_linux(*what, "blocks", 0, last, os.cpu_count()))
        for cpus in map(int, options.cpus.split(",")):
            if cpus > 1 and n_blocks == 1 and options.what is DEFAULT and not THOROUGH:
                continue  # one process does a block: it has no use for other processors
            n = compare(what, cpus, last, theirs, options.shown)
            count += 1
            failed += n > 0
            kind = f"of {what[1]} operations" if what[1] != "0" else "at random"
            print(f"{'not ' if n else ''}ok {count} - {what[0]} {kind} as {what[2]}, {cpus} processors: "
                  f"{last * size} programs, {n} differences")
            sys.stdout.flush()
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
