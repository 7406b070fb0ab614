#!/usr/bin/env python3
"""os.path gives byte for byte what Python's posixpath gives, on some thousand paths, on Linux and on Ouros."""
# SPDX-License-Identifier: MIT
# needs: procfs
import errno
import os
import posixpath
import random
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import Tap, build, on_linux, on_ouros  # noqa: E402

NASTY = [
    b"",
    b"/",
    b"//",
    b"///",
    b"////a",
    b"///a",
    b"//a",
    b"//a/b/",
    b"/a",
    b".",
    b"..",
    b"./",
    b"../",
    b"/.",
    b"/..",
    b"//..",
    b"///..",
    b"../..",
    b"./..",
    b"a/..",
    b"/a/..",
    b"a/../..",
    b"/a/../..",
    b"a/./b",
    b"a//b",
    b"a/b/",
    b"a/b//",
    b"a/b///",
    b".a",
    b"..a",
    b"...a",
    b"....",
    b".a.b",
    b"..a.b",
    b"a.",
    b"a..",
    b"a.b.c",
    b"a.b/c",
    b".a/b",
    b"a/.b",
    b"a/..b",
    b"a/..b.c",
    b"a/b.",
    b"/.a",
    b"/a.b/",
    b"~",
    b"~/",
    b"~/a",
    b"~//a",
    b"~root",
    b"~root/a",
    b"~root//",
    b"~no-such-user",
    b"~no-such-user/a",
    b"a/~",
    b"~~",
    b"~.",
    b"$",
    b"$$",
    b"$VAR",
    b"$VAR/a",
    b"${VAR}",
    b"${VAR",
    b"${VAR/a",
    b"$VARa",
    b"${VAR}a",
    b"$NONE",
    b"${NONE}",
    b"${}",
    b"${",
    b"$}",
    b"$ VAR",
    b"${ VAR}",
    b"$1",
    b"$VAR$VAR",
    b"${VAR}${VAR}",
    b"$VAR${",
    b"$DOLLAR",
    b"${DOLLAR}",
    b"$EMPTY",
    b"a$EMPTY",
    b"$SLASH/a",
    b"$BYTES",
    b"$\xff",
    b"${\xff}",
    b"${VAR}}",
    b"{$VAR}",
    b"$-",
    b"$_",
    b"\xff",
    b"\xff/\xfe",
    b"\xc3\xa9.\xc3\xa8",
    b"a\nb",
    b"a b/c d",
    b" ",
    b"\x01/\x7f",
    b"%41",
    b"a\\b",
    b"*",
    b"a/" * 200,
    b"../" * 50 + b"x",
    b"n" * 255,
    b"/" + b"/".join([b"long"] * 100),
]
PARTS = [
    b"a",
    b"b",
    b"ab",
    b"abc",
    b"a.b",
    b".a",
    b"..a",
    b"a.",
    b".",
    b"..",
    b"...",
    b"",
    b"~",
    b"~root",
    b"$VAR",
    b"${VAR}",
    b"$EMPTY",
    b"${",
    b"}",
    b"$NONE",
    b"\xff\xfe",
    b"\xc3\xa9",
    b" ",
    b"x.tar.gz",
    b"A",
    b"-",
    b"$",
    b"\x80.\x81",
]
VARIABLES = {
    b"HOME": b"/home/someone",
    b"VAR": b"value",
    b"EMPTY": b"",
    b"SLASH": b"/x/",
    b"DOLLAR": b"$VAR",
    b"BYTES": b"\xff\x80",
    b"A": b"${VAR}",
    b"VARa": b"longer",
}
HOMES = [b"/", b"//", b"", b"relative", b"/h/", b"/h//", b"/\xff", None]
TREE_PARTS = [
    b"dir",
    b"file",
    b"deep",
    b"here",
    b"link-to-dir",
    b"link-to-file",
    b"dangling",
    b"loop",
    b"ring-a",
    b"chain",
    b"absolute",
    b"up",
    b"dot",
    b"missing",
    b".",
    b"..",
    b"",
    b"to-loop",
    b"dir/deep",
    b"..",
    b"\xff",
]
N_PATHS, N_PAIRS, N_LISTS, N_FILES = 3000, 3000, 1500, 2500


def quote(text):
    """As cases.c prints and reads it."""
    return "".join(chr(c) if 32 < c < 127 and c not in b'%"' else f"%{c:02X}" for c in text)


def word(argument):
    return "=" + quote(argument if isinstance(argument, bytes) else str(argument).encode())


# ---- What posixpath says: one function for each letter, which gives [(function, text)] -----------


def show(function, *arguments):
    try:
        result = function(*arguments)
    except OSError as error:
        return "!" + errno.errorcode[error.errno]
    except ValueError:
        return "!EINVAL"
    if isinstance(result, str):  # commonprefix([]) has no bytes to tell it the type
        result = result.encode()
    if isinstance(result, bytes):
        return f'"{quote(result)}"'
    if isinstance(result, tuple):
        return f'"{quote(result[0])}", second="{quote(result[1])}"'
    if isinstance(result, float):
        return f"{result:.17g}"
    return str(int(result or 0))


def call(names, *arguments):
    return [(name, show(getattr(posixpath, name), *arguments)) for name in names.split()]


def expand_variables(path):
    """Pythons before the end of 2025 also look after a "${" that nothing closes; newer do not."""
    open_brace = re.search(rb"\$\{(?!.*\})", path, re.DOTALL)
    end = open_brace.start() if open_brace else len(path)
    return posixpath.expandvars(path[:end]) + path[end:]


def set_times(path, *times):
    a, a_ns, m, m_ns = (int(text) for text in times)
    os.utime(path, ns=(a * 10**9 + a_ns, m * 10**9 + m_ns))


def size_of(path):
    """How large a directory is, each file system says in its own way."""
    return [] if os.path.isdir(path) else call("getsize", path)


def make_file(path, text):
    with open(path, "xb") as file:
        return file.write(text)


def enter(path):
    os.makedirs(path, exist_ok=True)
    return [("makedirs", "0"), ("chdir", show(os.chdir, path))]


ORACLE = {
    "E": lambda name, value: [("putenv", show(os.environb.__setitem__, name, value))],
    "U": lambda name: [("unsetenv", show(os.environb.pop, name) and "0")],
    "D": enter,
    "d": lambda path: [("mkdir", show(os.mkdir, path))],
    "f": lambda path, text: [("write", show(make_file, path, text))],
    "l": lambda target, path: [("symlink", show(os.symlink, target, path))],
    "h": lambda target, path: [("link", show(os.link, target, path))],
    "t": lambda path, *times: [("utime", show(set_times, path, *times))]
    + call("getatime getmtime", path),
    "T": lambda path: call(
        "basename dirname isabs normcase normpath split splitext splitdrive abspath relpath"
        " expanduser",
        path,
    )
    + [("expandvars", show(expand_variables, path))],
    "J": lambda a, b: call("join relpath", a, b),
    "L": lambda *parts: [("joinv", show(posixpath.join, *parts))],
    "C": lambda *paths: call("commonprefix commonpath", list(paths)),
    "F": lambda path: call("exists lexists isdir isfile islink realpath", path) + size_of(path),
    "M": lambda path: call("ismount", path),
    "S": lambda a, b: call("samefile", a, b),
}


# ---- The cases: [(letter, arguments)] -------------------------------------------------------------


def make_paths(chance):
    paths = list(NASTY)
    while len(paths) < N_PATHS:
        parts = [chance.choice(PARTS) for _ in range(chance.randint(1, 7))]
        paths.append(
            chance.choice([b"", b"", b"", b"/", b"/", b"//", b"///"])
            + chance.choice([b"/", b"/", b"/", b"//"]).join(parts)
            + chance.choice([b"", b"", b"/", b"//"])
        )
    return paths


def text_cases(chance):
    paths = make_paths(chance)
    cases = [("E", *item) for item in VARIABLES.items()]
    cases += [("T", path) for path in paths]
    cases += [("J", a, b) for a in NASTY[:60] for b in NASTY[:60]]
    cases += [("J", chance.choice(paths), chance.choice(paths)) for _ in range(N_PAIRS)]
    cases += [("C", a, b) for a in NASTY[:45] for b in NASTY[:45]]
    for _ in range(N_LISTS):
        some = [chance.choice(paths) for _ in range(chance.randint(1, 6))]
        start = chance.choice(paths)
        near = [
            start + chance.choice(PARTS) + chance.choice([b"", b"/"]) + chance.choice(PARTS)
            for _ in some
        ]
        cases += [("L", *some), ("C", *some), ("C", *near)]
    cases += [("C",), ("C", b"")]
    for home in HOMES if os.getuid() == 0 else HOMES[:-1]:  # without HOME it is the user's own
        cases.append(("U", b"HOME") if home is None else ("E", b"HOME", home))
        cases += [("T", path) for path in NASTY if path.startswith(b"~")]
    return cases


def tree_cases(chance, work):
    name = work.split(b"/")[-1]
    cases = [
        ("D", work),
        ("d", b"dir"),
        ("d", b"dir/deep"),
        ("d", b"dir/deep/here"),
        ("d", b"\xff"),
        ("f", b"file", b"12345"),
        ("f", b"dir/file", b""),
        ("f", b"dir/deep/file", b"x" * 3000),
        ("h", b"file", b"dir/same"),
        ("l", b"dir", b"link-to-dir"),
        ("l", b"file", b"link-to-file"),
        ("l", b"../file", b"dir/link-to-file"),
        ("l", b"nowhere", b"dangling"),
        ("l", b"loop", b"loop"),
        ("l", b"ring-b", b"ring-a"),
        ("l", b"ring-a", b"ring-b"),
        ("l", b"link-to-dir/deep", b"chain"),
        ("l", work + b"/dir", b"absolute"),
        ("l", b"..", b"dir/up"),
        ("l", b".", b"dot"),
        ("l", b"../loop/x", b"dir/to-loop"),
        ("l", b"../../" + name + b"/dir/", b"up"),
        ("l", b"//", b"slashes"),
        ("l", b"file/", b"file-as-dir"),
        ("l", b"chain", b"dir/deep/chain"),
    ]
    cases += [
        ("t", b"file", 1, 500000000, 1234567890, 123456789),
        ("t", b"dir", 0, 0, 1700000000, 999999999),
        ("t", b"dir/file", 4102444800, 1, 86400, 0),
        ("t", b"missing", 1, 1, 1, 1),
    ]
    paths = [
        b"",
        b"/",
        b".",
        b"..",
        work,
        work + b"/dir/deep/..",
        b"file/",
        b"file/.",
        b"dir/",
        b"slashes",
        b"file-as-dir",
        b"link-to-dir/",
        b"link-to-dir/..",
        b"x" * 256,
        b"loop/..",
        b"dangling/..",
        b"missing/..",
        b"missing/../dir",
        b"absolute/deep/../file",
        b"dot/dot/dot/dir",
        b"up/up",
    ]
    while len(paths) < N_FILES:
        parts = [chance.choice(TREE_PARTS) for _ in range(chance.randint(1, 6))]
        if parts.count(b"..") < 3:  # it stays below the folder that is made for this
            paths.append(
                chance.choice([b"", b"", b"", work + b"/"])
                + b"/".join(parts)
                + chance.choice([b"", b"", b"/"])
            )
    if sys.version_info >= (3, 13):  # its realpath goes on otherwise after links in a circle
        paths = [path for path in paths if b"loop" not in path and b"ring-" not in path]
    cases += [("F", path) for path in paths]
    cases += [("S", chance.choice(paths), chance.choice(paths)) for _ in range(N_FILES)]
    cases += [
        ("S", b"file", b"dir/same"),
        ("S", b"dir", b"absolute"),
        ("S", b"file", b"missing"),
        ("S", b"missing", b"file"),
    ]
    cases += [
        ("M", path)
        for path in paths
        if os.path.realpath(path).startswith(work) or path in (b"/", b"")
    ]
    return cases + [
        ("M", path)
        for path in (
            b"/proc",
            b"/proc/",
            b"/dev",
            b"/dev/null",
            b"/proc/self",
            b"missing",
            b"dangling",
        )
    ]


def ask_python(cases):
    return [
        ORACLE[letter](*[a if isinstance(a, bytes) else str(a).encode() for a in arguments])
        for letter, *arguments in cases
    ]


def lines_of(cases, answers):
    return [
        letter + "".join(f" {name}={text}" for name, text in answer)
        for (letter, *_), answer in zip(cases, answers)
    ]


def judge(tap, where, cases, answers, output, status):
    """For each function of each letter one verdict."""
    got = output.decode().splitlines()
    wanted = lines_of(cases, answers)
    tap.say(
        status == 0 and len(got) == len(wanted),
        f"{where}: {len(wanted)} cases run",
        [f"status {status}, {len(got)} lines"],
    )
    counts, wrong = {}, {}
    for case, answer, a, b in zip(cases, answers, got, wanted):
        for name, text in answer:
            key = name + (" of two" if case[0] == "J" and name == "relpath" else "")
            counts[key] = counts.get(key, 0) + 1
            if a != b and f" {name}={text}" not in a:
                wrong.setdefault(key, []).append(
                    f"{case!r:.200}: wanted {name}={text:.200}, got {a:.600}"
                )
        if a != b and all(f" {name}={text}" in a for name, text in answer):
            wrong.setdefault("the line", []).append(f"{case!r:.200}: got {a:.300}, wanted {b:.300}")
    for key, count in counts.items():
        tap.say(key not in wrong, f"{where}: {key}, {count} cases", wrong.get(key, [])[:5])
    if "the line" in wrong:
        tap.say(False, f"{where}: nothing but the answers", wrong["the line"][:5])


def main():
    chance = random.Random(20260101)
    temporary = os.path.realpath(tempfile.mkdtemp(prefix="ouros-path-")).encode()
    work = temporary + b"/a/b/work"
    home = os.getcwd()
    for name in b"_", b"NONE":  # a shell's last command; nobody sets these for the program
        os.environb.pop(name, None)
    try:
        program = build("tests/os/path/cases.c", temporary.decode())
        os.makedirs(work)
        os.chdir(work)
        cases = tree_cases(chance, work) + text_cases(chance)
        answers = ask_python(cases)
        os.chdir(home)
        stdin = "".join(
            " ".join([letter, *map(word, arguments)]) + "\n" for letter, *arguments in cases
        ).encode()
        with Tap() as tap:
            shutil.rmtree(temporary + b"/a")
            output, _, status = on_linux(program, stdin=stdin)
            judge(tap, "linux", cases, answers, output, status)
            for cpus in "1", "4":
                output, _, status = on_ouros(program, stdin=stdin, options=["--cpus", cpus])
                judge(tap, f"ouros, {cpus} cpus", cases, answers, output, status)
    finally:
        os.chdir(home)
        shutil.rmtree(temporary, ignore_errors=True)


main()
