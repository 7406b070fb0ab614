#!/usr/bin/env python3
"""Objects that the host's compiler makes with the host's headers and options link with our library
and run: canaries on the stack, thread-local variables in each model, errno."""
# SPDX-License-Identifier: MIT
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, on_linux, on_ouros  # noqa: E402

FOLDER = os.path.join(TOP, "tests/libc/foreign")
OPTIONS = (
    "-fstack-protector-all",
    "-O2 -fstack-protector-strong -fcf-protection",
    "-O0 -fPIC -fstack-protector-all",
    "-O2 -fPIC -fstack-protector-strong -ftls-model=global-dynamic",
    "-O2 -fPIE -fstack-protector-strong -ftls-model=initial-exec",
    "-O2 -fno-pie -fstack-protector-strong -ftls-model=local-exec",
)
WANTED = b"first values: 1 0\nchanged: b -1 7 100\nerrno: 1\na full array: x\n"


def make(folder, number, options):
    """The program of the two parts."""
    part, program = os.path.join(folder, "part.o"), os.path.join(folder, f"foreign{number}")
    host = os.environ.get("CC", "cc").split()[0]
    source = os.path.join(FOLDER, "part.c")
    subprocess.run([host, "-U_FORTIFY_SOURCE", *options.split(), "-c", source, "-o", part], check=True)
    main = os.path.join(FOLDER, "main.c")
    subprocess.run([os.path.join(TOP, "tools/cc"), main, part, "-o", program], check=True)
    return program


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        for number, options in enumerate(OPTIONS):
            program = make(folder, number, options)
            for where, run in ("linux", on_linux), ("ouros", on_ouros):
                output, errors, status = run(program)
                tap.same(output, WANTED, f"{options}, {where}: what it prints")
                tap.say(status == 0, f"{options}, {where}: ends well", [f"{status} {errors}"])
                output, errors, status = run(program, "overrun")
                tap.say(
                    status in (-signal.SIGABRT, 128 + signal.SIGABRT),
                    f"{options}, {where}: an overrun array ends it",
                    [f"status {status}", errors.decode(errors="replace")],
                )


main()
