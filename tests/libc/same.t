#!/usr/bin/env python3
"""Ordinary C programs print with our C library, on Linux and on Ouros, what they print with the host's."""
# SPDX-License-Identifier: MIT
import glob
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import ENVIRONMENT, TOP, Tap, build, on_linux, on_ouros  # noqa: E402


def main():
    ENVIRONMENT["TZ"] = "UTC"
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        for source in sorted(glob.glob(os.path.join(TOP, "tests/libc/same/*.c"))):
            name = os.path.relpath(source, TOP)
            wanted, wanted_errors, status = on_linux(build(name, folder, glibc=True))
            lines = wanted.count(b"\n")
            tap.say(
                status == 0 and lines > 100,
                f"{os.path.basename(source)}: {lines} lines with the host's library",
                [f"status {status}", *wanted_errors.decode(errors='replace').splitlines()],
            )
            program = build(name, folder)
            for where, run in ("linux", on_linux), ("ouros", on_ouros):
                output, errors, ended = run(program)
                tap.same(output, wanted, f"{os.path.basename(source)}, {where}: the same output")
                tap.same(
                    errors, wanted_errors, f"{os.path.basename(source)}, {where}: the same errors"
                )
                tap.say(
                    ended == status,
                    f"{os.path.basename(source)}, {where}: the same status",
                    [f"got {ended}"],
                )


main()
