#!/usr/bin/env python3
"""Boots archives with impossible sizes, lengths, kinds and names: each machine runs its program, or stops with a
message about the archive; none of them faults, and no name leads out of where it should.

The archives that must run are one archive, each with names of its own; only if that machine does not run has each a
machine. One that must be refused has a machine in any case."""
# SPDX-License-Identifier: MIT
# needs: hardlinks
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
FILE, FOLDER, LINK, DEVICE, PIPE = 0o100644, 0o40755, 0o120777, 0o20644, 0o10644
RUNS, REFUSED = "runs", "refused"
SCRIPT = "[ ! -e /mark ] || { cat /same; echo $(stat -c %h /same /mark); }; echo alive"
FIELDS = "ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check".split()


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def entry(name, mode=FILE, data=b"", magic=b"070701", **fields):
    """One entry; fields override what would be right."""
    name = name if isinstance(name, bytes) else name.encode() + b"\0"
    right = {"ino": 9999, "mode": mode, "nlink": 1, "filesize": len(data), "namesize": len(name)}
    words = [fields.get(field, right.get(field, 0)) for field in FIELDS]
    head = magic + b"".join(word if isinstance(word, bytes) else b"%08X" % word for word in words)
    return padded(head + name) + padded(data)


ALL_ONES = dict.fromkeys("ino uid gid mtime devmajor check".split(), 0xFFFFFFFF)
DEEP = "/".join("d" * 20 for i in range(180))
CASES = [
    # what, the bytes after the root archive (of a name, or as they are), what must come of it, a word of the message
    ("a good file", lambda x: entry(x, data=b"hello"), RUNS, ""),
    ("nothing at all", b"", RUNS, ""),
    ("zeros", b"\0" * 1000, RUNS, ""),
    ("a length that is no number", entry("x", filesize=b"0000000z"), REFUSED, "damaged"),
    ("a sign in a number", entry("x", filesize=b"-0000001"), REFUSED, "damaged"),
    ("contents of 4 GB", entry("x", filesize=0xFFFFFFFF), REFUSED, "damaged"),
    ("contents of 2 GB", entry("x", filesize=0x7FFFFFFF), REFUSED, "damaged"),
    ("a name of 4 GB", entry("x", namesize=0xFFFFFFFF), REFUSED, "damaged"),
    ("a name of no bytes", entry("x", namesize=0), REFUSED, "damaged"),
    ("a name without its end", entry(b"xyz"), REFUSED, "damaged"),
    ("a name with a zero in it", entry(b"x\0y\0"), REFUSED, "damaged"),
    ("an empty name", entry(""), RUNS, ""),
    ("the name of the root", entry("/", FOLDER), RUNS, ""),
    ("another magic", entry("x", magic=b"070707"), REFUSED, "damaged"),
    ("text", b"this is no archive, and goes on for longer than one header would be, to be sure: " * 3, REFUSED, "damaged"),
    ("half a header", entry("x")[:50], REFUSED, "damaged"),
    ("a name that climbs out", entry("../x"), REFUSED, "../x"),
    ("a name that climbs out further on", entry("bin/../../../x"), REFUSED, "bin/../../../x"),
    ("a name that ends in ..", entry("bin/.."), REFUSED, "bin/.."),
    ("a name from the root", lambda x: entry("/etc/" + x, data=b"hello"), RUNS, ""),
    ("dots that are names", entry("..x/...", data=b"hello"), RUNS, ""),
    ("a component of 255", lambda x: entry(x.rjust(255, "x")), RUNS, ""),
    ("a component of 256", entry("x" * 256), REFUSED, "xxxx"),
    ("a path of 3,700", entry(DEEP), RUNS, ""),
    ("a path of 4,200", entry(DEEP + "/" + DEEP[:500]), REFUSED, "dddd"),
    ("a file below a file", entry("x") + entry("x/y"), REFUSED, "x/y"),
    ("a file where a folder is", entry("bin", data=b"x"), REFUSED, "bin"),
    ("a folder where a file is", lambda x: entry(x) + entry(x, FOLDER), RUNS, ""),
    ("a link where a file is", lambda x: entry(x) + entry(x, LINK, b"y"), RUNS, ""),
    ("a link to nothing", entry("x", LINK, b""), REFUSED, "x"),
    ("a link of 5,000", entry("x", LINK, b"y" * 5000), REFUSED, "x"),
    ("a link with a zero in it", lambda x: entry(x, LINK, b"a\0b"), RUNS, ""),
    ("a file below a link", lambda x: entry(x, LINK, b"/tmp") + entry(x + "/y"), RUNS, ""),
    ("a file below a link that climbs", lambda x: entry(x, LINK, b"../../..") + entry(x + "/y"), RUNS, ""),
    ("a file below a loop", entry("x", LINK, b"x") + entry("x/y"), REFUSED, "x/y"),
    ("a device", lambda x: entry(x, DEVICE, rdevmajor=0xFFFFFFFF, rdevminor=0xFFFFFFFF), RUNS, ""),
    ("a pipe with contents", lambda x: entry(x, PIPE, b"contents"), RUNS, ""),
    ("a folder with contents", lambda x: entry(x, FOLDER, b"contents"), RUNS, ""),
    ("no kind", entry("x", 0o644), REFUSED, "x"),
    ("an unknown kind", entry("x", 0o170644), REFUSED, "x"),
    ("second names of nothing", lambda x: entry(x, ino=1, nlink=5) + entry(x + "y", ino=1, nlink=5, data=b"z"), RUNS, ""),
    ("a second name of itself", lambda x: entry(x, ino=2, nlink=2) + entry(x, ino=2, nlink=2), RUNS, ""),
    ("a second name that is a folder", entry("x", nlink=2) + entry("bin", nlink=2), REFUSED, "bin"),
    ("all numbers at their end", lambda x: entry(x, **ALL_ONES), RUNS, ""),
    ("more than memory holds",
     entry("x", data=b"m" * (40 << 20)) + entry("y", data=b"m" * (40 << 20)), REFUSED,
     "too small for the root archive"),
]  # fmt: skip


def data_of(case, name="x"):
    """What follows the root archive."""
    return case[1](name) if callable(case[1]) else case[1]


def boot(folder, extra):
    """Runs the machine with the root archive and these bytes after it."""
    archive = os.path.join(folder, "root.cpio")
    with open(os.path.join(BUILD, "rootfs.cpio"), "rb") as file:
        root = padded(file.read())
    with open(archive, "wb") as file:
        file.write(root + extra)
    command = [os.path.join(TOP, "tools/vm"), "--mem", "64M", "--rootfs", archive, "--", "sh", "-c", SCRIPT]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def judge(done, wanted, word, mark=""):
    """Why it is not as wanted, or None."""
    if wanted == RUNS:
        return None if done.returncode == 0 and done.stdout == mark + "alive\n" else "should run"
    if done.returncode not in (125, 126):
        return "should be refused"
    if not any(thing in done.stderr for thing in ("archive", "image")) or word not in done.stderr:
        return f"should say {word!r} of the archive"
    return "faults" if "fault in the kernel" in done.stderr or "general protection" in done.stderr else None


def run_together(folder):
    """Whether the machine runs that has all that must run, and, as its last file, a mark, which is also the second
    name of an earlier one."""
    extra = b"".join(data_of(case, f"x{number}") for number, case in enumerate(CASES) if case[2] == RUNS)
    extra += entry("same", ino=77, nlink=2) + entry("mark", data=b"mark\n", ino=77, nlink=2)
    return judge(boot(folder, extra), RUNS, "", "mark\n2 2\n") is None


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        together = run_together(folder)
        for number, case in enumerate(CASES, 1):
            what, _, wanted, word = case
            done = boot(folder, data_of(case)) if wanted == REFUSED or not together else None
            why = judge(done, wanted, word) if done else None
            failed += why is not None
            print(f"{'not ' if why else ''}ok {number} - {what}: {wanted}")
            if why:
                print(f"# {why}: status {done.returncode}, {done.stdout!r}")
                print("# " + done.stderr[:1500].replace("\n", "\n# "))
            sys.stdout.flush()
    failed += not together
    print(f"{'' if together else 'not '}ok {len(CASES) + 1} - all that must run in one archive, and a file after them")
    print(f"1..{len(CASES) + 1}")
    sys.exit(1 if failed else 0)


main()
