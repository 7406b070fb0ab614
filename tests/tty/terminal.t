#!/usr/bin/env python3
"""A program on a terminal sees on Ouros what it sees on Linux: raw input, lines, signals, jobs.

What a read with a time-out gives depends on when the keys come, and on a busy host they come late on
either side. So where the two differ both are asked again; a terminal that is wrong differs each time.
"""
# SPDX-License-Identifier: MIT
import concurrent.futures
import itertools
import os
import pty
import select
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from programs import Tap  # noqa: E402

LIMIT_SECONDS = 100
TRIES = 5

# What is typed when the program asks: (seconds to wait, keys), in turn.
KEYS = {
    1: [(0.2, b"a"), (0.3, b"bcd")],
    2: [(0.2, b"x"), (0.1, b"y")],
    3: [(0.1, b"hex\x7fll"), (0.9, b"o\n")],
    4: [(0.1, b"\x04")],
    5: [(1.5, b"again\n")],
    6: [(0.1, b"lost\x03"), (0.2, b"\x1c"), (0.2, b"\x1a"), (0.2, b"kept\n")],
    7: [(0.1, b"thrown away\n")],
    8: [(0.2, b"\x03")],
}


def on_terminal(command):
    """Runs the command on a terminal and types what it asks for; the lines that it said."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    output, typed, give_up = b"", 0, time.time() + LIMIT_SECONDS
    while time.time() < give_up:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                output += os.read(terminal, 4096)
            except OSError:
                break
        if typed < len(KEYS) and b"keys %d\r\n" % (typed + 1) in output:
            typed += 1
            for pause, keys in KEYS[typed]:
                time.sleep(pause)
                os.write(terminal, keys)
    os.close(terminal)
    if time.time() >= give_up:
        os.kill(child, 15)
    os.waitpid(child, 0)
    return [line.strip("\r") for line in output.decode("latin-1").split("\n") if line.strip()]


def run_all(commands):
    """What each of the commands says on a terminal, all at once: they wait more than they work."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return list(pool.map(on_terminal, commands))


def compare(program):
    """(wanted, {processors: got}); what differs is asked again, as Linux is."""
    machines = {cpus: [os.path.join(TOP, "tools/vm"), "--cpus", str(cpus), "--add", program, "--", "/bin/terminal"]
                for cpus in (1, 4)}
    results = {}
    for _ in range(TRIES):
        wanted, *got = run_all([[program], *machines.values()])
        for cpus, lines in zip(list(machines), got):
            results[cpus] = wanted, lines
            if lines == wanted:
                del machines[cpus]
        if not machines:
            break
    return results


def main():
    with tempfile.TemporaryDirectory() as folder, Tap() as tap:
        program = os.path.join(folder, "terminal")
        source = os.path.join(TOP, "tests/tty/terminal.c")
        subprocess.run([os.path.join(TOP, "tools/cc"), source, "-o", program], check=True)
        for cpus, (wanted, got) in compare(program).items():
            for a, b in itertools.zip_longest(wanted, got, fillvalue="(nothing)"):
                tap.say(a == b, f"{cpus} cpus: {a}", [f"got {b}"])
        tap.say(bool(wanted) and wanted[-1] == "end", "it reaches its end on Linux")


main()
