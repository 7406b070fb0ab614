#!/usr/bin/env python3
"""Runs test programs on Ouros one after the other in one machine, and keeps what each printed for tests/run.

usage: tests/batch.py PROGRAM...

To start a machine for each program and number of processors takes longer than most programs do. So there is one machine
for each number of processors, all side by side, and each program runs there under leakcheck, which sees to it that
nothing is left behind for the next one. What a program prints, and its status, is kept in $BUILD/tests/said; tests/run
takes it from there, once, and judges it. What a machine did not reach, because a program stopped it or did not end,
tests/run runs in a machine of its own.
"""
# SPDX-License-Identifier: MIT
import os
import re
import select
import shutil
import subprocess
import sys
import threading

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tools/lib"))
sys.dont_write_bytecode = True
import tool

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
SAID = os.path.join(BUILD, "tests/said")
LIMIT_SECONDS = 120  # for one program, without a word
PROCESSORS = os.environ.get("TEST_CPUS", "1,4").split(",")

# The guest's part: what a program prints is between two marks, the second with its status.
BEGIN, END = "==== begins: ", "==== ended: "
SCRIPT = f"""for test do
    echo "{BEGIN}$test"
    leakcheck "/tests/$test"
    status=$?
    echo
    echo "{END}$status"
done"""


def name_of(program):
    """The program's name below $BUILD/tests."""
    return os.path.relpath(program, os.path.join(BUILD, "tests"))


def place(program, cpus):
    """The file that keeps what the program printed with so many processors."""
    return os.path.join(SAID, str(cpus), name_of(program))


def take(program, cpus):
    """(status, output) of the program, which are forgotten; None if it was not run."""
    path = place(program, cpus)
    try:
        with open(path, "rb") as file:
            status, output = file.read().split(b"\n", 1)
    except FileNotFoundError:
        return None
    os.remove(path)
    return int(status), output


def keep(program, cpus, status, output):
    path = place(program, cpus)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"%d\n%s" % (status, output))


def start(programs, cpus):
    words = [os.path.join(TOP, "tools/vm"), "--cpus", cpus, "--timeout", "0", "--append", os.environ.get("TEST_APPEND", "")]
    words += ["--add", os.path.join(BUILD, "tests/leakcheck") + ":/bin/leakcheck"]
    for program in programs:
        words += ["--add", f"{program}:/tests/{name_of(program)}"]
    words += ["--", "sh", "-c", SCRIPT, "sh", *map(name_of, programs)]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def pieces(machine):
    """What the machine prints, as it comes, until it ends or says nothing for too long."""
    while select.select([machine.stdout], [], [], LIMIT_SECONDS)[0]:
        more = os.read(machine.stdout.fileno(), 65536)
        if not more:
            return
        yield more


class Progress:
    """How many runs are done, on a terminal."""

    def __init__(self, total):
        self.total, self.done, self.visible = total, 0, os.isatty(2)

    def one(self):
        self.done += 1
        if self.visible:
            os.write(2, f"\r{self.done} of {self.total} runs ".encode())

    def end(self):
        if self.visible:
            os.write(2, b"\r\33[K")


def run(programs, cpus, progress):
    """Runs the programs with so many processors and keeps what each printed."""
    by_name = {name_of(program): program for program in programs}
    whole = re.compile(rb"%s(.*)\n(?s:(.*?))\n%s(\d+)\n" % (BEGIN.encode(), END.encode()))
    machine, text = start(programs, cpus), b""
    for more in pieces(machine):
        text += more
        while found := whole.search(text):
            keep(by_name[found[1].decode()], cpus, int(found[3]), found[2])
            text = text[found.end():]
            progress.one()
    machine.terminate()
    machine.wait()


def main():
    shutil.rmtree(SAID, ignore_errors=True)
    programs = [os.path.abspath(word) for word in sys.argv[1:]]
    progress = Progress(len(programs) * len(PROCESSORS))
    sides = [threading.Thread(target=run, args=(programs, cpus, progress)) for cpus in PROCESSORS]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    progress.end()


if __name__ == "__main__":
    tool.run("tests/batch.py", main)
