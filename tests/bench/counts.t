#!/usr/bin/env python3
"""How many instructions each short row of the bench takes on Ouros, against tests/bench/counts.txt.

A row that takes over 3 % more than it is allowed fails: make it shorter again, or change its count
in the same commit and say why. `tests/bench/counts.t --write` writes the file.
"""
# SPDX-License-Identifier: MIT
# needs: procfs files

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
COUNTS = os.path.join(HERE, "counts.txt")
ALLOWED = 1.03
HEAD = "# Instructions per operation on Ouros, as `make bench ICOUNT=1` counts them; compiled by "


def compiler():
    """Another compiler makes another kernel, which these counts say nothing about."""
    words = [*os.environ.get("CC", "gcc").split(), "-dumpfullversion", "-dumpversion"]
    version = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    return f"{os.path.basename(words[0])} {version.split('.')[0]}"


def measure():
    """The counts of a run now."""
    with tempfile.NamedTemporaryFile("r") as result:
        bench = os.path.join(HERE, "../../tools/bench")
        subprocess.run([bench, "--icount", "--only", "ouros", "--save", result.name], check=True,
                       stdout=subprocess.DEVNULL)
        fields = [line.split("\t") for line in result.read().splitlines()]
    return {row: float(value) for row, _, value in fields}


def read():
    """The counts that are allowed, and the compiler that they hold for."""
    with open(COUNTS, encoding="ascii") as file:
        head, *lines = file.read().splitlines()
    pairs = (line.split() for line in lines)
    return {row: float(value) for row, value in pairs}, head.removeprefix(HEAD)


def write(counts):
    with open(COUNTS, "w", encoding="ascii") as file:
        file.write(f"{HEAD}{compiler()}\n")
        for row, value in counts.items():
            file.write(f"{row:24} {value:12.1f}\n")


def main():
    if sys.argv[1:] == ["--write"]:
        write(measure())
        return 0
    (allowed, wanted), bad = read(), 0
    if compiler() != wanted:
        print(f"1..0 # SKIP the counts hold for {wanted}, not for {compiler()}")
        return 0
    if os.environ.get("SANITIZE"):
        print("1..0 # SKIP the counts are not those of checked code")
        return 0
    counts = measure()
    for number, (row, limit) in enumerate(allowed.items(), 1):
        now = counts.get(row)
        good = now is not None and now <= limit * ALLOWED
        bad += not good
        print(f"{'ok' if good else 'not ok'} {number} - {row}")
        if not good:
            print(f"#   {now or 'no'} instructions, {limit} when counts.txt was written")
    print(f"1..{len(allowed)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
