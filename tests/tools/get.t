#!/usr/bin/env python3
"""tools/vm --get and --keep: what comes out of the machine, what is removed, and what is refused."""
# SPDX-License-Identifier: MIT
import os
import re
import stat
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tools/lib")]
sys.dont_write_bytecode = True
import fetch
import newc
from programs import Tap

BIG = 200001  # bytes: more than any buffer on the way


def vm(folder, *words, stdin=b""):
    """(status, output, errors) of a run that was started in the folder."""
    done = subprocess.run([os.path.join(TOP, "tools/vm"), "--timeout", "110", *words], cwd=folder, input=stdin,
                          capture_output=True, timeout=120, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def tree(folder):
    """All that is in a folder: names with kinds, permissions and contents."""
    found = {}
    for top, folders, files in os.walk(folder):
        for each in folders + files:
            path = os.path.join(top, each)
            mode = os.lstat(path).st_mode
            text = oct(stat.S_IMODE(mode))
            if stat.S_ISLNK(mode):
                text = "-> " + os.readlink(path)
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    text += " " + file.read(100).decode()
            elif stat.S_ISFIFO(mode):
                text += " fifo"
            found[os.path.relpath(path, folder)] = text
    return found


def brings_out(tap, folder):
    script = f"""umask 022; mkdir -p a/b; echo one >a/b/c; chmod 700 a/b/c; ln -s /etc a/l; mkfifo a/f
        printf 1234567890 >'a/name with blanks'; head -c {BIG} /dev/zero >a/big; : >a/empty
        (sleep 100; echo late >a/late) & echo said; exit 3"""
    status, out, errors = vm(folder, "--cwd", "/tmp", "--get", "a:out", "--get", "/etc/hostname",
                             "--", "sh", "-c", script)
    tap.say((status, out) == (3, "said\n"), "the program's status and output", [status, out, errors])
    got = tree(os.path.join(folder, "out"))
    size = os.path.getsize(os.path.join(folder, "out/big")) if "big" in got else 0
    got.pop("big", None)
    wanted = {"b": "0o755", "b/c": "0o700 one\n", "l": "-> /etc", "f": "0o644 fifo",
              "name with blanks": "0o644 1234567890", "empty": "0o644 "}
    tap.same(str(sorted(got.items())), str(sorted(wanted.items())), "a folder comes out")
    tap.say(size == BIG, "a large file comes whole", [size])
    tap.same(tree(folder).get("hostname", "-"), "0o644 ouros\n", "a file comes under its own name")


def passes_output(tap, folder):
    """Output that begins like the mark, or has all bytes, is the program's all the same."""
    status, out, _ = vm(folder, "--get", "/etc/group:g", "--", "sh", "-c",
                        "i=0; while [ $i -lt 300 ]; do printf 0123456789abcdef; i=$((i+1)); done")
    tap.say((status, out) == (0, "0123456789abcdef" * 300), "output comes unchanged", [out[-80:]])


def keeps(tap, folder):
    home = os.path.join(folder, "home")
    status, _, errors = vm(folder, "--keep", "home", "--", "sh", "-c",
                           "umask 022; echo one >a; echo two >b; mkdir d e; echo x >d/x; exit 4")
    tap.say(status == 4, "--keep makes the folder; the status is the program's", [status, errors])
    os.symlink(folder, os.path.join(home, "out"))
    vm(folder, "--keep", "home", "--", "sh", "-c", "umask 022; cat b >>a; rm -r b d; echo file >d;"
       "rm out; mkdir out; echo inside >out/stolen")
    wanted = {"a": "0o644 one\ntwo\n", "d": "0o644 file\n", "e": "0o755", "out": "0o755",
              "out/stolen": "0o644 inside\n"}
    tap.same(str(sorted(tree(home).items())), str(sorted(wanted.items())),
             "--keep: what changed, what was removed, what became something else; no link is followed")
    status, _, errors = vm(folder, "--keep", "home", stdin=b"echo typed >t; poweroff\n")
    tap.say(status == 0 and "t" in tree(home), "--keep, and a shell that powers off", [errors])
    status, _, errors = vm(folder, "--keep", "home", "--", "sh", "-c", "rm *; poweroff -f")
    tap.say(status == 126 and "a" in tree(home) and "had sent" in errors,
            "a machine that ends too soon changes nothing, and that is said", [status, errors])


def refuses(tap, folder):
    for words, wanted in ((["--get", "/no/such"], "/no/such: No such file or directory"),
                          (["--get", "/dev/null:n"], "/dev/null: it is a device"),
                          (["--get", "/etc:no/such/place"], "no/such is not there"),
                          (["--get", "/"], "no name"), (["--keep", "no/such/place"], "no/such is")):
        status, _, errors = vm(folder, *words, "--", "true")
        tap.say(status == 126 and wanted in errors, " ".join(words) + " is refused",
                [status, errors])


def make_run(tap, _folder):
    done = subprocess.run(["make", "-n", "run", "KEEP=some/folder"], cwd=TOP, capture_output=True,
                          text=True, check=False)
    tap.say(bool(re.search("tools/vm --iso .*--keep some/folder", done.stdout)), "make run KEEP=",
            done.stdout.splitlines()[-5:])


def forged(tap, folder):
    """What no honest init sends: names that lead out of the place."""
    place = os.path.join(folder, "place")
    for what, names in (("..", ["0", "0/../stolen"]), ("a link on the way", ["0", "0/l", "0/l/stolen"]),
                        ("a folder that did not come", ["0/x/stolen"])):
        path = os.path.join(folder, "archive")
        with open(path, "w+b", buffering=0) as file:
            archive = newc.Archive(file.fileno())
            for name in names:
                kind = newc.LINK if name.endswith("/l") else newc.FILE if "stolen" in name else newc.DIR
                archive.add(name, kind | 0o755, folder.encode() if kind == newc.LINK else b"")
            archive.finish()
        with open(path, "rb") as file:
            data = file.read()
        wanted = fetch.Wanted("--get x", "/x", place, False)
        good = fetch.unpack(data, list(newc.entries(data)), 0, wanted)
        tap.say(not good and not os.path.exists(os.path.join(folder, "stolen")),
                f"an archive with {what} writes nothing outside")


with Tap() as taps, tempfile.TemporaryDirectory() as work:
    for test in (brings_out, passes_output, keeps, refuses, make_run, forged):
        test(taps, work)
