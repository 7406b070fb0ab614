#!/usr/bin/env python3
"""Our Python tools: none shows a traceback, whatever goes wrong; tools/screenshot, also with --iso."""
# SPDX-License-Identifier: MIT
import glob
import os
import struct
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

# Calls that must fail.
WRONG = ("tools/bench --from /no/such/file", "tools/bench --rounds x", "tools/bench-profile",
         "tools/lint", "tools/lint /no/such/compiler", "tools/mkrootfs",
         "tools/mkrootfs -o /no/such/folder/x -s user/root", "tools/screenshot",
         "tools/screenshot /no/such/folder/x.png", "tools/screenshot {work}/x.png caf\u00e9",
         "python3 tools/lib/coverage.py",
         "python3 tools/lib/coverage.py /no/such/folder", "tools/vm --no-such-option")


def run(words, **more):
    return subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=300, check=False,
                          stdin=subprocess.DEVNULL, **more)


def mistakes(tap, work):
    for line in WRONG:
        done = run(line.format(work=work).split())
        said = done.stdout + done.stderr
        tap.say(done.returncode not in (0, -6) and said and "Traceback" not in said,
                f"{line}: a line, no traceback", [str(done.returncode), *said.splitlines()[-12:]])
    for path in glob.glob(os.path.join(TOP, "tools/*")):
        if not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.startswith("#!/usr/bin/env python3"):
            tap.say("tool.run(" in text, f"{os.path.basename(path)} begins by tool.run")


def pictures(tap, work):
    for words in ([], ["--iso"]):
        path = os.path.join(work, "picture.png")
        done = run(["tools/screenshot", *words, path, "echo seen"])
        data = b""
        if os.path.exists(path):
            with open(path, "rb") as file:
                data = file.read()
            os.unlink(path)
        size = struct.unpack(">II", data[16:24]) if data[:4] == b"\x89PNG" else None
        tap.say(done.returncode == 0 and size == (720, 400), f"tools/screenshot {' '.join(words)}",
                [str(done.returncode), str(size), done.stderr])


with Tap() as taps, tempfile.TemporaryDirectory() as folder:
    mistakes(taps, folder)
    pictures(taps, folder)
