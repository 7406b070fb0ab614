#!/usr/bin/env python3
"""/dev/hostio where it is narrow: the host or the program is slow, input comes in crumbs. In the place
of tools/vm this reads and writes QEMU's sockets itself, so that it knows when they are full."""
# SPDX-License-Identifier: MIT
# needs: procfs
import os
import re
import select
import struct
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tools/lib")]
sys.dont_write_bytecode = True
from programs import Tap
from session import Session
from vm import Options

BLOCK, N_BLOCKS = 100000, 10  # as in stream.c


class Machine:
    """A machine that runs stream.c, and the host's ends of its ports."""

    def __init__(self, program, what, cpus):
        words = ["--cpus", str(cpus), "--add", f"{program}:/bin/stream", "--", "stream", what]
        self.session = Session(Options().parse(words))
        self.session.terminals = [False] * 3

    def __enter__(self):
        self.session.__enter__()
        self.ports = self.session.relay.ports
        return self

    def __exit__(self, *ending):
        self.session.__exit__(*ending)
        for number in self.ports.values():
            os.close(number)

    def line(self):
        """The next line of standard error."""
        said = b""
        while not said.endswith(b"\n"):
            byte = os.read(self.ports["hosterr"], 1)
            if not byte:
                break
            said += byte
        return said.decode()

    def full(self):
        """How much the program could write until its output was full."""
        found = re.fullmatch(r"full (\d+)\n", self.line())
        return int(found[1]) if found else -1

    def ended(self, seconds):
        """Whether the machine ends in this time; one that must not is only held up by it."""
        return bool(select.select([self.ports["hosterr"]], [], [], seconds)[0])

    def output(self):
        """All of it, until the machine ends."""
        parts = []
        while parts[-1:] != [b""]:
            try:
                parts.append(os.read(self.ports["hostio"], 65536))
            except BlockingIOError:
                select.select([self.ports["hostio"]], [], [])
        return b"".join(parts)

    def send_until_full(self, data):
        """Sends from data while the port accepts it; what is left of it."""
        while data and select.select([], [self.ports["hostio"]], [], 0.5)[1]:
            try:
                data = data[os.write(self.ports["hostio"], data):]
            except BlockingIOError:
                pass
        return data

    def exchange(self, data):
        """Sends all of it, and reads meanwhile, until the machine ends."""
        port, got, said = self.ports["hostio"], [], None
        while said != b"":
            readable, writable, _ = select.select([port], [port] if data else [], [])
            try:
                if writable:
                    data = data[os.write(port, data):]
                if readable:
                    said = os.read(port, 65536)
                    got.append(said)
            except BlockingIOError:
                pass
        return b"".join(got)


def pieces(data, sizes):
    """Input as the guest expects it: pieces of these sizes, again and again, and the end."""
    parts, at, i = [], 0, 0
    while at < len(data):
        part = data[at:at + sizes[i % len(sizes)]]
        parts.append(struct.pack("<I", len(part)) + part)
        at, i = at + len(part), i + 1
    return b"".join(parts) + struct.pack("<I", 0)


def numbers(n):
    return b"".join(struct.pack("<I", i) for i in range((n + 3) // 4))[:n]


def slow_host(tap, program, cpus):
    with Machine(program, "goes-on", cpus) as machine:
        n = machine.full()
        tap.say(n > 0, f"{cpus}: output that nobody reads is full some day", [f"{n} bytes"])
        got = machine.output()
        tap.say(got == numbers(n) + b"after", "all of it comes, and poll tells when it goes on",
                [f"{len(got)} bytes of {n} and 5"])
    with Machine(program, "full", cpus) as machine:
        n = machine.full()
        tap.say(not machine.ended(0.5), "the machine does not end before its output is read")
        got = machine.output()
        tap.say(got == numbers(n), "and nothing of it is lost", [f"{len(got)} bytes of {n}"])
    with Machine(program, "stuck", cpus) as machine:
        n = machine.full()
        tap.same(machine.line(), "killed by 15\n", "a writer that waits can be killed")
        got = machine.output()
        tap.say(got == numbers(n), "and leaves nothing", [f"{len(got)} bytes of {n}"])


def slow_guest(tap, program, cpus):
    wanted = os.urandom(3 << 20)
    with Machine(program, "late", cpus) as machine:
        tap.same(machine.line(), "waiting\n", "the program waits")
        left = machine.send_until_full(pieces(wanted, (1, 5000, 77, 65536, 4092, 4096)))
        tap.say(left != b"", "input that it does not read makes the host wait")
        os.write(machine.ports["com1"], b"\n")
        tap.say(machine.exchange(left) == wanted, "all of it comes, to its end")


def crumbs(tap, program, cpus):
    wanted = b"\x10\x04\x10\x10\0\0\0\0\x04" * 40
    with Machine(program, "late", cpus) as machine:
        machine.line()
        os.write(machine.ports["com1"], b"\n")
        for byte in pieces(wanted, (1, 2, 3, 7)):
            while machine.send_until_full(bytes([byte])):
                pass
        tap.say(machine.output() == wanted, "lengths and bytes may come one by one")
    with Machine(program, "late", cpus) as machine:
        machine.line()
        os.write(machine.ports["com1"], b"\n")
        tap.say(machine.exchange(pieces(b"", (1,))) == b"", "no input at all: only its end")


def together(tap, program, cpus):
    with Machine(program, "together", cpus) as machine:
        got = machine.output()
    runs = [len(run[0]) % BLOCK for run in re.finditer(rb"a+|b+", got)]
    tap.say(len(got) == 2 * N_BLOCKS * BLOCK and not any(runs),
            "the bytes of one write stay together", [f"{len(got)} bytes, {runs}"])


with Tap() as tap, tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "stream")
    subprocess.run([os.path.join(TOP, "tools/cc"), os.path.join(TOP, "tests/tools/stream.c"), "-o", program],
                   check=True)
    for cpus in (1, 4):
        for test in (slow_host, slow_guest, crumbs, together):
            test(tap, program, cpus)
