#!/usr/bin/env python3
"""A program that uses each of the first names behaves the same on Linux and on Ouros, however it is built and booted."""
# SPDX-License-Identifier: MIT
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, build, on_linux, on_ouros  # noqa: E402

SOURCE = "tests/os/first_names/first_names.c"
NAMES = (
    "getcwd chdir listdir mkdir makedirs rmdir removedirs fork execv wait waitstatus_to_exitcode environ getenv putenv"
    " unsetenv"
).split()


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder, open(
        os.path.join(TOP, SOURCE), encoding="utf-8"
    ) as source:
        used = set(re.findall(r"\bos\.(\w+)", source.read()))
        tap.say(
            used >= set(NAMES),
            "it uses each of the first names",
            [f"not {name}" for name in set(NAMES) - used],
        )
        program = build(SOURCE, folder)
        output, errors, status = on_linux(program)
        tap.say(
            status == 7 and not errors and output.count(b"\n") > 50,
            "it runs to its end on Linux",
            [f"status {status}", *errors.decode().splitlines()],
        )
        for words in "", "--cpus 4", "--iso", "--iso --cpus 4", "--machine pc":
            got, _, ended = on_ouros(program, options=words.split())
            tap.same(got, output, f"tools/vm {words}: the same output".replace(" :", ":"))
            tap.say(
                ended == status,
                f"tools/vm {words}: the same exit status".replace(" :", ":"),
                [f"got {ended}"],
            )
        compiler = "gcc" if "clang" in os.environ.get("CC", "") else "clang"
        if not shutil.which(compiler):
            tap.say(True, f"built by {compiler} # SKIP there is no {compiler}")
            return
        program = build(SOURCE, folder, compiler)
        for where, run in ("Linux", on_linux), ("Ouros", on_ouros):
            got, _, ended = run(program)
            tap.same(got, output, f"built by {compiler}, on {where}: the same output")
            tap.say(
                ended == status,
                f"built by {compiler}, on {where}: the same exit status",
                [f"got {ended}"],
            )


main()
