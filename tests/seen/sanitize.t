#!/usr/bin/env python3
"""A kernel with KASAN and UBSan (make SANITIZE=kernel-address,undefined) that also poisons freed objects: it
reports what is wrong, and finds nothing wrong while the fuzzer and, with THOROUGH=1, all programs of tests/sys do what
they can."""
# SPDX-License-Identifier: MIT
# needs: procfs counts users
import glob
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
SANITIZED = os.path.join(BUILD, "sanitized")
THOROUGH = os.environ.get("THOROUGH")
CALLS = os.environ.get("CALLS", "50000" if THOROUGH else "5000")
PANIC = 125

# Also SANITIZE=kernel-address or SANITIZE=undefined alone, with every target: then the whole suite runs on such a kernel.

# What the word provoke=NAME does (kernel/annex/provoke/provoke.c), and what the report must say, in this order.
AFTER, BEFORE = r"\d+ bytes after an object: ", r"\d+ bytes before an object: "
BY = r"allocated by %s\+0x"
PROVOKED = {
    "object-read": ("KASAN: out of bounds of an object: read of 1 byte at 0x.* in object_read",
                    AFTER + r"kmalloc \(0x.*, 10 bytes", BY % "object_read"),
    "object-write": ("KASAN: out of bounds of an object: write of 4 bytes at 0x.* in object_write",
                     AFTER + r"kmalloc \(0x.*, 40 bytes", BY % "object_write"),
    "object-before": ("KASAN: out of bounds of an object: write of 8 bytes at 0x.* in object_before",
                      BEFORE + r"struct fpu_state \(0x.*, 512 bytes", BY % "object_before"),
    "use-after-free": ("KASAN: use after free: read of 1 byte at 0x.* in use_after_free",
                       r"byte 10 of an object: struct fpu_state", BY % "use_after_free",
                       r"freed by use_after_free\+0x"),
    "double-free": ("KASAN: double free: 0x.* freed in double_free", r"object: struct fpu_state",
                    BY % "double_free", r"freed by double_free\+0x"),
    "free-inside": ("KASAN: no object begins there: 0x.* freed in free_inside",
                    r"byte 8 of an object: kmalloc \(0x.*, 10 bytes", BY % "free_inside"),
    "stack": ("KASAN: out of bounds of a variable on the stack: write of 1 byte at 0x.* in memset",
              r"in a frame of stack\+0x0", r"0 bytes after variable buffer.*, 10 bytes", r"stack\+0x"),
    "global": ("KASAN: out of bounds of a global variable: read of 1 byte at 0x.* in global_read",
               r"0 bytes after global global \(0x.*, 10 bytes", r"kernel/annex/provoke/provoke\.c:\d+"),
    "page": ("KASAN: use of a free page: read of 1 byte at 0x.* in page",),
    "user-copy": ("KASAN: out of bounds of an object: write of 11 bytes at 0x.* in user_copy_in",
                  AFTER + r"kmalloc \(0x.*, 10 bytes", BY % "user_copy", r"user_copy\+0x"),
    "addition": ("undefined behaviour: signed addition overflows", r"at kernel/annex/provoke/provoke\.c:\d+",
                 r" addition[.\w]*\+0x"),
    "shift": ("undefined behaviour: shift by", r"at kernel/annex/provoke/provoke\.c:\d+", r" shift[.\w]*\+0x"),
    "array-index": ("undefined behaviour: array index out of bounds", r"at kernel/annex/provoke/provoke\.c:\d+",
                    r" array_index[.\w]*\+0x"),
    "misaligned": ("undefined behaviour: misaligned pointer 0x.* to", r"at kernel/annex/provoke/provoke\.c:\d+",
                   r" misaligned[.\w]*\+0x"),
    "poison": (r"struct fpu_state at 0x.* was written to after it was freed: byte \d+ is 01", r" poison\+0x"),
}

# The guest's part: each program in turn, its checks between two marks.
SCRIPT = "for test in /t/*; do echo; echo \"== $test\"; leakcheck $test; done"


def vm(*words):
    """(status, output, log) of a machine with that kernel."""
    command = [os.path.join(TOP, "tools/vm"), "--append", "poison", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          env=dict(os.environ, BUILD=SANITIZED))
    return done.returncode, *(text.decode(errors="replace") for text in (done.stdout, done.stderr))


def reports(tap):
    for name, lines in PROVOKED.items():
        status, _, log = vm("--append", f"poison provoke={name}", "--", "true")
        wanted = "PANIC: " + r"(?:.*\n)+?.*".join(lines)
        whole = re.search(wanted, log) and "PANIC END" in log
        tap.say(status == PANIC and whole, f"reported: {name}", [f"status {status}", *log.splitlines()[-60:]])
    status, _, log = vm("--append", "poison provoke=nothing", "--", "true")
    tap.say(status == 0, "a word that names nothing", [f"status {status}", *log.splitlines()[-60:]])


def differences():
    """(program, check) that are meant to fail on Ouros."""
    with open(os.path.join(TOP, "tests/differences.txt"), encoding="utf-8") as file:
        rows = [line.split(" | ") for line in file if not line.startswith("#")]
    return {(row[0], row[2]) for row in rows if row[1] == "ouros"}


def programs(tap):
    """All of tests/sys one after the other in one machine."""
    found = [path for path in glob.glob(os.path.join(BUILD, "tests/sys/*")) if os.access(path, os.X_OK)]
    words = [word for path in found for word in ("--add", f"{path}:/t/{os.path.basename(path)}")]
    status, output, log = vm("--cpus", "4", "--mem", "256M", "--timeout", "900", *words, "--add",
                             os.path.join(BUILD, "tests/leakcheck"), "--", "sh", "-c", SCRIPT)
    allowed, bad = differences(), []
    parts = re.split(r"\n== /t/(.*)\n", output)
    for name, said in zip(parts[1::2], parts[2::2]):
        plan = re.search(r"^1\.\.(\d+)$", said, re.M)
        checks = re.findall(r"^((?:not )?ok) \d+ - (.*)$", said, re.M)
        failed = [what for how, what in checks if how != "ok" and (name, what) not in allowed]
        if failed or not plan or int(plan[1]) != len(checks) or "\nleak: none\n" not in said + "\n":
            bad += [f"{name}: {failed or 'does not end well'}", *said.splitlines()[-12:]]
    tap.say(status == 0 and len(parts) == 2 * len(found) + 1 and not bad,
            f"{len(found)} programs of tests/sys, 4 processors",
            [f"status {status}", *bad[:100], *(log.splitlines()[-100:] if status else [])])


def main():
    with Tap() as tap:
        names = subprocess.run([os.environ.get("NM", "nm"), os.path.join(SANITIZED, "ouros.elf")],
                               capture_output=True, text=True, check=True).stdout
        tap.say("__asan_load8" in names, "the kernel has KASAN")
        tap.say("__ubsan_handle_shift_out_of_bounds" in names, "the kernel has UBSan")
        reports(tap)
        if THOROUGH:
            programs(tap)
        fuzz = subprocess.run([os.path.join(TOP, "tests/fuzz/run"), "--seed", "5", "--calls", CALLS, "--cpus", "4",
                               "--no-cut"], capture_output=True, text=True, check=False,
                              env=dict(os.environ, BUILD=SANITIZED))
        tap.say(fuzz.returncode == 0, f"{CALLS} random calls, 4 processors", fuzz.stdout.splitlines())


main()
