#!/usr/bin/env python3
"""Processors of all kinds: Ouros runs, or says on screen and serial line what it lacks."""
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

RUN = ("max", "qemu64", "kvm64", "Nehalem", "Skylake-Client", "EPYC", "max,-pdpe1gb,-pge",
       "max,-smap,-smep,-umip", "max,-rdrand,-xsave", "max,+invtsc")
LACK = {"base": "FPU TSC MSR PAE CMPXCHG8B APIC CMOV MMX FXSR SSE SSE2 NX long-mode",
        "qemu32": "NX long-mode", "max,-lm": "long-mode", "max,-nx": "NX", "max,-apic": "APIC",
        "max,-fxsr": "FXSR", "max,-tsc": "TSC", "max,-sse2": "SSE2", "max,-syscall": "SYSCALL"}


def vm(*words):
    done = subprocess.run([os.path.join(TOP, "tools/vm"), *words, "--", "uname", "-s"],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")


def on_screen(folder):
    """What the screen shows of a machine that boots from the CD, and does not end by a panic."""
    log, text = os.path.join(folder, "log"), os.path.join(folder, "text")
    iso = os.path.join(TOP, os.environ.get("BUILD", "build"), "ouros.iso")
    machine = subprocess.Popen(
        [os.environ.get("QEMU", "qemu-system-x86_64"), "-cpu", "qemu32", "-cdrom", iso, "-display",
         "none", "-vga", "std", "-net", "none", "-serial", "file:" + log, "-monitor", "stdio"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 300
    while b"PANIC END" not in read(log) and time.monotonic() < end:
        time.sleep(0.1)
    machine.communicate(f'pmemsave 0xb8000 4000 "{text}"\nquit\n'.encode())
    return read(text)[::2].decode("cp437")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        for model in RUN:
            status, output, errors = vm("--cpu", model)
            tap.say((status, output) == (0, "Ouros\n"), f"{model}: runs", [str(status), errors])
        for model, lacks in LACK.items():
            status, output, errors = vm("--cpu", model)
            wanted = f"PANIC: Ouros cannot run on this processor, which lacks: {lacks}"
            lines = [line.partition("PANIC")[1] + line.partition("PANIC")[2].rstrip()
                     for line in errors.splitlines()]
            tap.say(status == 125 and wanted in lines, f"{model}: says what it lacks",
                    [str(status), errors])
        status, output, errors = vm("--iso", "--cpu", "qemu32")
        tap.say(status == 125 and "which lacks: NX long-mode" in errors,
                "qemu32, through GRUB: says what it lacks", [str(status), errors])
        letters = on_screen(folder)
        tap.say("which lacks: NX long-mode" in letters, "and on the screen", [letters])


main()
