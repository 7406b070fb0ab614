#!/usr/bin/env python3
"""The tables of wctype.h and wcwidth are what their script makes, and agree with glibc's."""
# SPDX-License-Identifier: MIT
import os
import platform
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, build, on_linux  # noqa: E402

TABLES = os.path.join(TOP, "libc/wide/unicode_tables.h")
GLIBC = {"14.0.0": ("2.35", "2.36")}  # which releases have which Unicode


def version_of(text):
    found = re.search(r'UNICODE_VERSION "([^"]*)"', text)
    return found[1] if found else None


def check_script(tap, kept):
    """What the script makes is compared where Perl knows the same Unicode."""
    what = "libc/generate/unicode.pl makes libc/wide/unicode_tables.h"
    script = os.path.join(TOP, "libc/generate/unicode.pl")
    made = subprocess.run(["perl", script], capture_output=True, text=True, check=False)
    if made.returncode == 0 and version_of(made.stdout) != version_of(kept):
        tap.say(True, f"{what} # SKIP Perl here has Unicode {version_of(made.stdout)}")
    elif "Can't locate" in made.stderr:
        tap.say(True, f"{what} # SKIP Perl here is without its Unicode database")
    else:
        tap.same(made.stdout, kept, what)


def check_glibc(tap, kept, folder):
    what = "kinds, cases and widths of all characters are glibc's"
    name, version = platform.libc_ver()
    if name != "glibc" or version not in GLIBC.get(version_of(kept), ()):
        tap.say(True, f"{what} # SKIP the host's library is {name} {version}, of another Unicode")
        return
    source = "tests/libc/unicode/kinds.c"
    wanted, _, _ = on_linux(build(source, folder, glibc=True))
    got, _, status = on_linux(build(source, folder))
    tap.same(got, wanted, what)
    tap.say(status == 0 and got.count(b"\n") > 3000, "the whole of Unicode was looked at")


def main():
    with open(TABLES, encoding="utf-8") as file:
        kept = file.read()
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        check_script(tap, kept)
        check_glibc(tap, kept, folder)


main()
