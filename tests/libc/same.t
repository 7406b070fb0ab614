#!/usr/bin/env python3
"""Ordinary C programs print with our C library, on Linux and on Ouros, what they print with the host's.

A program that computes for long takes an argument for less of the same, on Ouros; with THOROUGH=1 it does all there, too."""
# SPDX-License-Identifier: MIT
import glob
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import ENVIRONMENT, TOP, Tap, build, on_linux, on_ouros  # noqa: E402


FEW = [] if os.environ.get("THOROUGH") else ["few"]


def compare(tap, what, theirs, ours):
    wanted, wanted_errors, status = theirs
    output, errors, ended = ours
    lines = wanted.count(b"\n")
    tap.say(status == 0 and lines > 100, f"{what}: {lines} lines with the host's library",
            [f"status {status}", *wanted_errors.decode(errors="replace").splitlines()])  # fmt: skip
    tap.same(output, wanted, f"{what}: the same output")
    tap.same(errors, wanted_errors, f"{what}: the same errors")
    tap.say(ended == status, f"{what}: the same status", [f"got {ended}"])


def main():
    ENVIRONMENT["TZ"] = "UTC"
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        for source in sorted(glob.glob(os.path.join(TOP, "tests/libc/same/*.c"))):
            name = os.path.relpath(source, TOP)
            host, program = build(name, folder, glibc=True), build(name, folder)
            for where, run, words in ("linux", on_linux, []), ("ouros", on_ouros, FEW):
                compare(tap, f"{os.path.basename(source)}, {where}", on_linux(host, *words), run(program, *words))


main()
