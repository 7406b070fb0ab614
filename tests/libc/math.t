#!/usr/bin/env python3
"""<math.h>, <complex.h>, <fenv.h> and <tgmath.h>: musl's functions, as tools/cc links them in, against the host's.

LIMITS holds the functions whose worst error is above 1 unit in the last place in this musl (1.2.3);
next to them `--table` prints what the host's library has. Results of another kind than the true one
(a number where NaN is due, the other zero) are counted: musl's acosh is no NaN for all arguments
below -1, its powl has the wrong zero for odd exponents of 64 bits, and the host's j1 of -infinity
is +0.
"""
# SPDX-License-Identifier: MIT
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import ENVIRONMENT, TOP, Tap, build, on_linux, on_ouros  # noqa: E402

USUAL = 1.0
EXACT = "ceil floor trunc round rint nearbyint fabs logb fmod remainder copysign fmin fmax".split()
LIMITS = {
    "asinhf": 1.5, "atan2": 1.2, "atan2f": 1.5, "atanh": 1.5, "atanhf": 1.6, "erfc": 2.5, "erfcf": 2.5,
    "sinh": 1.5, "sinhf": 1.5, "tanh": 2, "tanhf": 2, "exp10": 3.5, "exp10f": 3, "lgamma": 11, "lgammaf": 8,
    "tgamma": 6,
    # long double, whose truth is only known to a unit or two; expm1l is right to 53 bits alone, and
    # tgammal's sign is wrong for half of all negative numbers
    "acoshl": 2, "acosl": 2, "asinhl": 2, "asinl": 2, "atan2l": 2, "atanhl": 4, "atanl": 2, "cbrtl": 2, "coshl": 3,
    "erfcl": 3, "erfl": 2, "exp10l": 5, "exp2l": 2, "expl": 2, "expm1l": 4000, "hypotl": 2, "lgammal": 5,
    "log10l": 2, "log1pl": 2, "log2l": 2, "logl": 2, "powl": 7, "sinhl": 4000, "sinl": 2, "cosl": 2, "tanl": 2,
    "tanhl": 4, "tgammal": float("inf"),
    # near a zero of the function, where only the error as such is small
    "j0": 10, "j1": 20, "y0": 70, "y1": 100,
    # complex: units of the absolute value
    "cexp": 2, "clog": 4, "csqrt": 2, "csin": 2, "ccos": 2, "ctan": 4, "casin": 17, "cacos": 17, "catan": 3,
    "csinh": 2, "ccosh": 2, "ctanh": 4, "casinh": 21, "cacosh": 17, "catanh": 6,
}  # fmt: skip
STRANGE = {"acosh": 4, "acoshl": 12, "powl": 2, "j1": 1}


def plain(name):
    return name if name in EXACT else name[:-1]


def judge(tap, where, table):
    """One verdict on the table that tests/libc/math/errors.c printed."""
    wrong, count = [], 0
    for line in table.decode().splitlines():
        name, error, strange, *at = line.split()
        limit = 0 if plain(name) in EXACT else LIMITS.get(name, USUAL)
        count += 1
        if float(error) > limit or int(strange) > STRANGE.get(name, 0):
            wrong.append(f"{name}: {error} units, {strange} strange results; at {' '.join(at)}")
    tap.say(count == 145 and not wrong, f"{where}: {count} functions within their limits", wrong)


def errors(tap, folder):
    source = "tests/libc/math/errors.c"
    truth = os.path.join(folder, "truth")
    theirs, says, status = on_linux(build(source, folder, glibc=True), truth)
    tap.say(status == 0, "what the host's long double functions say", [f"status {status}", says.decode()])
    program = build(source, folder)
    ours, says, status = on_linux(program, truth)
    tap.say(status == 0, "errors, linux: it runs", [f"status {status}", says.decode()])
    judge(tap, "linux", ours)
    if sys.argv[1:] == ["--table"]:
        for one, other in zip(ours.decode().splitlines(), theirs.decode().splitlines()):
            print(f"# {one.split()[0]:10} {one.split()[1]:>10} host {other.split()[1]:>7}")
    there, says, status = on_ouros(program, "/tmp/truth", options=["--add", f"{truth}:/tmp/truth"])
    tap.say(status == 0, "errors, ouros: it runs", [f"status {status}", says.decode()])
    judge(tap, "ouros", there)


def exact(tap, folder):
    source = "tests/libc/math/exact.c"
    host, program = build(source, folder, glibc=True), build(source, folder)
    for where, run, *arguments in ("linux", on_linux, "traps"), ("ouros", on_ouros):
        wanted, _, status = on_linux(host, *arguments)
        tap.say(status == 0 and wanted.count(b"\n") > 400, "exact.c with the host's library")
        got, _, ended = run(program, *arguments)
        tap.same(got, wanted, f"exact.c, {where}: the same output")
        tap.say(ended == status, f"exact.c, {where}: the same status", [f"got {ended}"])


def without_musl(tap, folder):
    """What tools/cc says where musl is missing; what needs only our own functions links there too. tools/cc calls make,
    for which the library and its objects are copied with their times, and the flags are the same: they need not be
    made again."""
    build_folder = os.path.join(TOP, os.environ.get("BUILD", "build"))
    for name in "flags", "libc.a", "crt1.o":
        shutil.copy2(os.path.join(build_folder, name), folder)
    with open(os.path.join(folder, "flags"), encoding="utf-8") as file:
        strict = "1" if "-Werror" in file.read() else ""
    for name in "include", "libc":
        shutil.copytree(os.path.join(build_folder, name), os.path.join(folder, name))
    for code, status, says in (
        ("floor(argc) + ldexp(argc, 2) + fabs(argc)", 0, ""),
        ("sin(argc)", 1, "tools/cc: sin is one of musl's functions, which are not here: install musl-dev"),
        ("sine(argc)", 1, "undefined reference to `sine'"),
    ):
        source = os.path.join(folder, "without.c")
        with open(source, "w", encoding="ascii") as file:
            file.write(f"#include <math.h>\ndouble sine(double);\nint main(int argc, char **argv) {{ return {code}; }}\n")
        done = subprocess.run(
            [os.path.join(TOP, "tools/cc"), source, "-o", os.path.join(folder, "without")],
            env=dict(os.environ, BUILD=folder, MUSL="", WERROR=strict, LC_ALL="C"), capture_output=True, text=True, check=False,
        )  # fmt: skip
        tap.say(
            done.returncode == status and says in done.stderr,
            f"without musl: {code}",
            [f"status {done.returncode}", *done.stderr.splitlines()],
        )


def main():
    ENVIRONMENT["TZ"] = "UTC"
    if not os.path.exists(os.path.join(TOP, os.environ.get("BUILD", "build"), "libm.a")):
        print("1..0 # SKIP musl is not here: apt-get install musl-dev")
        return
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        errors(tap, folder)
        exact(tap, folder)
        without_musl(tap, folder)


main()
