#!/usr/bin/env python3
"""The os module sees the same of a terminal on Linux and on Ouros, and the size that the host's terminal has."""
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, build, on_terminal  # noqa: E402

COLUMNS, LINES = 99, 33


def look(command):
    """(lines, status) of the command on a terminal of that size."""
    output, status = on_terminal(command, size=(LINES, COLUMNS))
    return [line.strip() for line in output.decode("latin-1").splitlines() if line.strip()], status


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        program = build("tests/os/terminal/look.c", folder)
        wanted, status = look([program])
        tap.say(
            status == 0 and f"size {COLUMNS} {LINES}" in wanted,
            "it runs to its end on Linux",
            wanted,
        )
        for cpus in "1", "4":
            got, status = look(
                [
                    os.path.join(TOP, "tools/vm"),
                    "--cpus",
                    cpus,
                    "--timeout",
                    "120",
                    "--add",
                    program,
                    "--",
                    "/bin/look",
                ]
            )
            tap.say(status == 0, f"{cpus} cpus: exit status 0", [f"got {status}"])
            tap.same("\n".join(got), "\n".join(wanted), f"{cpus} cpus: the same as on Linux")
        done = subprocess.run(
            [program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            start_new_session=True,
        )
        tap.say(
            b"isatty 0 0 0\nsize -1 -1\n" in done.stdout,
            "without a terminal there is none",
            [done.stdout.decode()],
        )


main()
