#!/usr/bin/env python3
"""Our Python tools: none shows a traceback, whatever goes wrong; tools/screenshot, also with --iso; the bench's charts."""
# SPDX-License-Identifier: MIT
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tools/lib")]
sys.dont_write_bytecode = True
import bench_chart
from programs import Tap

# Calls that must fail.
WRONG = ("tools/bench --from /no/such/file", "tools/bench --rounds x", "tools/bench-profile",
         "tools/lint", "tools/lint /no/such/compiler", "tools/mkrootfs",
         "tools/mkrootfs -o /no/such/folder/x -s user/root", "tools/screenshot",
         "tools/screenshot /no/such/folder/x.png", "tools/screenshot {work}/x.png caf\u00e9",
         "tools/screenshot {work}/x.png exit",
         "python3 tools/lib/coverage.py",
         "python3 tools/lib/coverage.py /no/such/folder", "tools/vm --no-such-option")

SVG = "{http://www.w3.org/2000/svg}"
# What the user is told, by the last word of the call.
SAYS = {"caf\u00e9": "cannot type '\u00e9'", "exit": "the machine has ended"}


def run(words, **more):
    return subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=300, check=False,
                          stdin=subprocess.DEVNULL, **more)


def mistakes(tap, work):
    for line in WRONG:
        done = run(line.format(work=work).split())
        said = done.stdout + done.stderr
        wanted = SAYS.get(line.split()[-1], "")
        tap.say(done.returncode not in (0, -6) and said and "Traceback" not in said and wanted in said,
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


def charts(tap, work):
    """A chart can be read without colours, aloud by a screen reader, and on a dark page; it says what its axes are."""
    bench_chart.draw({row: {"ouros": 1500 * (n + 1), "linux": 9e6, "tuned": 8e6}
                      for row in (bench_chart.FORK, bench_chart.LOOKUP) for n, row in enumerate(row)}, work)
    for path in glob.glob(work + "/*.svg") + glob.glob(TOP + "/docs/*.svg"):
        root = xml.etree.ElementTree.parse(path).getroot()
        texts = ["".join(each.itertext()) for each in root.iter(SVG + "text")]
        title, about = (root.findtext(SVG + name) for name in ("title", "desc"))
        style = root.findtext(SVG + "style")
        lacks = [what for what, there in (
            ("a title", title and title in texts), ("a description", about and "Ouros: " in about),
            ("its place in the picture", root.get("aria-labelledby") == "title description"),
            ("two axes that say that they are logarithmic", sum("(logarithmic)" in each for each in texts) == 2),
            ("a name at the end of each curve", set(bench_chart.LABELS.values()) <= set(texts)),
            ("a mark of each curve's own", len({each.get("d") for each in root.iter(SVG + "path")}
                                               & set(bench_chart.MARKS.values())) == 3),
            ("microseconds", any(each.endswith(" \u00b5s") for each in texts)),
            ("machine and date", any(re.search(r"QEMU .*; \d{4}-\d\d-\d\d$", each) for each in texts)),
            ("colours for a dark page", "prefers-color-scheme: dark" in style)) if not there]
        tap.say(not lacks, f"{os.path.basename(path)}: a chart", lacks)


def tables(tap, work):
    """The bench writes its rows into the table of a document; other rows and the text stay."""
    samples, page = os.path.join(work, "samples"), os.path.join(work, "page.md")
    with open(samples, "w", encoding="ascii") as file:
        file.write("fork\touros\t100 300 200\nfork\tlinux\t400 400\nnew\touros\t5000\n")
    head = "| row | Ouros | Linux | Linux, tuned | Linux / Ouros | tuned / Ouros |\n|---|--:|--:|--:|--:|--:|\n"
    with open(page, "w", encoding="ascii") as file:
        file.write("Text\n\n" + head + "| fork | 1 | 1 | 1 | 1 | 1 |\n| old | 2 | 2 | 2 | 2 | 2 |\n\nMore\n\nand more\n")
    done = run(["tools/bench", "--from", samples, "--write", page])
    new = "| fork | 200 ns | 400 ns | - | 2.0 | - |\n"
    with open(page, encoding="ascii") as file:
        tap.same(file.read(), "Text\n\n" + head + new + "| old | 2 | 2 | 2 | 2 | 2 |\n| new | 5 us | - | - | - | - |\n"
                 "\nMore\n\nand more\n", "tools/bench --write")
    tap.say(done.returncode == 0 and new in done.stdout, "and it prints the table", done.stderr.splitlines())
    done = run(["tools/bench", "--from", samples, "--write", samples])
    tap.say(done.returncode == 126 and "has no table" in done.stderr, "a document without the table is refused",
            done.stderr.splitlines())


with Tap() as taps, tempfile.TemporaryDirectory() as folder:
    mistakes(taps, folder)
    pictures(taps, folder)
    charts(taps, folder)
    tables(taps, folder)
