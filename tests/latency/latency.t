#!/usr/bin/env python3
"""How long one call of an unprivileged user keeps another process from running, in virtual time.

usage: latency.t [--table | --write]

tests/latency/calls.c makes one call after the other (a file for each kind) in a machine of 512 MB
whose time is a count of instructions, so the figures are the same in each run. A call that delays a
sleeper of root's by more than 10 ms fails. With two processors (in real time) no time is judged: a
sleeper must have run before the long call on the other processor ended. With THOROUGH=1 and for
the table some calls are made once more in 2 GB, where they have more to do, and so are some that take
much preparation. --table prints the table of docs/trust.md, --write puts it there.
"""
# SPDX-License-Identifier: MIT
# needs: procfs

import os
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../..")
sys.path.insert(0, os.path.join(TOP, "tests"))
from programs import on_terminal  # noqa: E402

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
MOST_MS = 10.0
TRIES = 5  # a busy host may stop one of two virtual processors for a whole call
# To be mended: shown, and failures do not count.
TODO = set()
# Rows whose second call may take at most so many times as long as the first.
ALIKE = [
    ("1,000 waits with 1 child", "1,000 waits with 1,500 children", 2),
    ("1,000 signals are taken of 1,000 of 31 numbers",
     "1,000 signals are taken of 60,000 of 31 numbers", 2),
    ("1,000 pages are mapped, touched and unmapped beside 10 areas",
     "1,000 pages are mapped, touched and unmapped beside 60,000 areas", 2),
    ("mprotect of 60,000 empty tables", "read of /proc/self/oom_score with 60,000 empty tables", 2),
]
# In 2 GB, where a user may have as many processes: part of a row's name, and how many.
LARGE = [("kill(-1)", "12000"), ("exit with 4,000 children", "12000"),
         ("stopped children in groups", "12000"), ("threads are woken there", "16000"),
         ("processes read", "12000"), ("record is unlocked", "12000"),
         ("a lease is broken", "12000")]
# On a terminal: a key is pressed when the program asks for it.
PRESSED = ("^C", "12000")
# With two processors: rows of long calls during which a sleeper must have run.
BESIDE = ["getrandom", "sendfile", "kill(-1)"]
DOCUMENT = os.path.join(TOP, "docs/trust.md")
HEAD = "| one call of an unprivileged user | takes | delays another process by at most |"


def run(*options, mem="512M", words=(), terminal=False):
    """The rows that the program prints: name, worst delay and length of the call in ms, wakes."""
    command = [os.path.join(TOP, "tools/vm"), *options, "--mem", mem, "--timeout", "900",
               "--add", os.path.join(BUILD, "tests/latency/calls"), "--", "calls", *words]
    if terminal:  # a key is pressed when the program asks for it
        said, status = on_terminal(command, [(b"press", b"\x03")])
        text = said.decode(errors="replace").replace("\r", "").replace("^Crow", "row")
        result = subprocess.CompletedProcess(command, status, text, "")
    else:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    rows = []
    for line in result.stdout.splitlines():
        fields = line.split(" ", 4)
        if fields[0] == "row":
            rows.append((fields[4], float(fields[1]), float(fields[2]), int(fields[3])))
        else:
            print("#", line)
        if fields[0] == "cannot":
            rows.append((line, MOST_MS + 1, 0, 0))
    if result.returncode:
        print(f"# tools/vm ended with status {result.returncode}")
        print("".join(f"# {line}\n" for line in result.stderr.splitlines()[-30:]), end="")
        rows.append(("the machine", MOST_MS + 1, 0, 0))
    return rows


def all_rows(thorough=True):
    """The rows in 512 MB, and the large ones in 2 GB."""
    if not thorough:
        return run("--icount")
    rows = run("--icount", "--env=THOROUGH=1")
    for name, n in LARGE:
        more = run("--icount", mem="2G", words=[name, n])
        rows += [(f"{row[0]}, {int(n):,} instead", *row[1:]) for row in more]
    name, n = PRESSED
    more = run("--icount", mem="2G", words=[name, n], terminal=True)
    return rows + [(f"{row[0]}, {int(n):,} instead", *row[1:]) for row in more]


def table(rows):
    """The rows as Markdown."""
    lines = [HEAD, "|---|---:|---:|"]
    lines += [f"| {name} | {length:.1f} ms | {worst:.1f} ms |" for name, worst, length, _ in rows]
    return lines


def write(lines):
    """Puts the table in the place of the one that the document has."""
    with open(DOCUMENT, encoding="utf-8") as file:
        old = file.read().split("\n")
    start = end = old.index(HEAD)
    while old[end].startswith("|"):
        end += 1
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write("\n".join(old[:start] + lines + old[end:]))


def beside():
    """A line for each row: did a sleeper run during the call, in one of some tries?"""
    for name in BESIDE:
        wakes = 0
        for _ in range(TRIES):
            wakes = wakes or run("--cpus", "2", words=[name])[0][3]
        yield name, wakes


def main():
    rows = all_rows(thorough=os.environ.get("THOROUGH") or sys.argv[1:])
    if sys.argv[1:] == ["--table"]:
        print("\n".join(table(rows)))
        return 0
    if sys.argv[1:] == ["--write"]:
        lost = [name for name, *_ in rows if name == "the machine" or name.startswith("cannot")]
        if lost:
            print(f"docs/trust.md stays as it is: {', '.join(lost)} failed, see above", file=sys.stderr)
            return 1
        write(table(rows))
        return 0
    bad = number = 0
    for name, worst, length, _ in rows:
        number += 1
        good, later = worst <= MOST_MS, name in TODO
        bad += not good and not later
        print(f"{'ok' if good else 'not ok'} {number} - {name}{' # TODO' if later else ''}")
        print(f"# {worst:.2f} ms in a call of {length:.2f} ms")
    length_of = {name: length for name, _, length, _ in rows}
    for one, many, times in ALIKE:
        number += 1
        good = one in length_of and length_of.get(many, MOST_MS) <= times * length_of[one]
        bad += not good
        print(f"{'ok' if good else 'not ok'} {number} - {many}: no longer than {one}")
        print(f"# {length_of.get(one)} and {length_of.get(many)} ms")
    for name, wakes in beside():
        number += 1
        bad += not wakes
        print(f"{'ok' if wakes else 'not ok'} {number} - 2 processors: a sleeper runs during {name}")
    print(f"1..{number}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
