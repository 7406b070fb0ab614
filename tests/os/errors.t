#!/usr/bin/env python3
"""os.strerror, os.error_name and os.perror say what Python says, for every error and for paths of all bytes."""
# SPDX-License-Identifier: MIT
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import Tap, build, on_linux, on_ouros  # noqa: E402

PATHS = [
    b"x",
    b"",
    b"a'b",
    b'a"b',
    b"a'b\"c",
    b"\\",
    b"\n\r\t",
    b"\x00".strip(b"\x00") + b"\x01\x1f\x7f",
    b"\xff",
    b"\xc3\xa9",
    b"\xc3",
    b"\xe2\x82\xac",
    b"\xe2\x82",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xf5\x80\x80\x80",
    b"\xc0\x80",
    b"dir/a b",
]


def errors():
    return [error for error in range(1, 134) if error not in (41, 58)]


def python_says(error, path):
    """The last line of a traceback; a path comes as os.fsdecode gives it, and what is no text is printed with escapes."""
    made = (
        OSError(error, os.strerror(error), path.decode("utf-8", "surrogateescape"))
        if path is not None
        else OSError(error, os.strerror(error))
    )
    name = type(made).__name__
    line = f"{name}: {made}".encode("utf-8", "backslashreplace")
    return b"%d %s %s\n%s\n" % (error, name.encode(), os.strerror(error).encode(), line)


# The same mistakes in Python and, in tests/os/errors/paths.c, in C.
MISTAKES = """
import os
def tell(call, *words, **more):
    try:
        call(*words, **more)
        print("no error")
    except (OSError, ValueError) as error:
        print("EINVAL" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")
os.makedirs("a/b")
open("a/file", "w").close()
tell(os.makedirs, "a/file/c/d/e")
tell(os.makedirs, "a/file/c")
tell(os.makedirs, "a/file", exist_ok=True)
tell(os.makedirs, "a/b")
tell(os.makedirs, "a/b/")
tell(os.makedirs, "a/b", exist_ok=True)
tell(os.makedirs, "new/" + "x" * 256 + "/leaf")
tell(os.makedirs, "")
tell(os.renames, "a/b", "a/file/x/y")
tell(os.execv, "no/such/program", ["x"])
tell(os.execv, "/bin/sh", [])
tell(os.putenv, "a=b", "c")
"""


def paths(tap, folder):
    """What of a path could not be made, what has no path, and what is a ValueError in Python."""
    program = build("tests/os/errors/paths.c", folder)
    wanted, _, _ = on_linux(sys.executable, "-c", MISTAKES)
    for where, run in ("linux", on_linux), ("ouros", on_ouros):
        got, _, _ = run(program)
        tap.same(got, wanted, f"{where}: os.error_path, and errors without a path")


def main():
    chance = random.Random(20260102)
    cases = [(error, path) for error in errors() for path in (None, b"name")]
    cases += [(2, path) for path in PATHS + [bytes([byte]) for byte in range(1, 256)]]
    cases += [(2, b"a" + chr(code).encode() + b"b") for code in range(0x80, 0x370)]
    # What Python takes for unprintable beyond that is not told apart in C: there are no such letters here.
    cases += [
        (
            13,
            bytes(
                chance.choice(b"ab'\"\\\n\xff\x80\xc3\xa9/ ") for _ in range(chance.randint(1, 12))
            ),
        )
        for _ in range(1500)
    ]
    wanted = b"".join(python_says(*case) for case in cases)
    stdin = "".join(
        f"{error}{'' if path is None else ' ' + path.hex()}\n" for error, path in cases
    ).encode()
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        program = build("tests/os/errors/say.c", folder)
        for where, run in ("linux", on_linux), ("ouros", on_ouros):
            output, _, status = run(program, stdin=stdin)
            got = output.decode("utf-8", "backslashreplace").split("\n")
            pairs = list(zip(got, wanted.decode("utf-8", "backslashreplace").split("\n")))
            for n, what in enumerate(("os.strerror and os.error_name", "os.perror")):
                wrong = [f"got {a}, wanted {b}" for a, b in pairs[n::2] if a != b]
                tap.say(
                    not wrong and status == 0 and output.count(b"\n") == wanted.count(b"\n"),
                    f"{where}: {what}, {len(cases)} cases",
                    wrong[:12],
                )
        paths(tap, folder)


main()
