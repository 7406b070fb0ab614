"""Carries bytes between the host's standard streams and the guest's ports."""
# SPDX-License-Identifier: MIT

import fcntl
import os
import select
import struct
import sys
import termios

from check import Trouble

LEAVE = 1  # Ctrl-A; then x ends the machine
READY = b"dev: ready"  # in the kernel's log
LOG_KEPT = 4 << 20  # bytes of the kernel's log that stay in memory


STREAMS = {1: "standard output", 2: "standard error"}


class Left(Exception):
    """The user typed Ctrl-A x."""


def is_terminal(number):
    """Whether a standard stream is a terminal; one that is closed becomes /dev/null."""
    try:
        return os.isatty(number)
    except OSError:
        return False


def terminal_size(number):
    """(rows, columns) of a terminal; 24 by 80 where it does not say."""
    size = struct.pack("HHHH", 0, 0, 0, 0)
    try:
        rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(number, termios.TIOCGWINSZ, size))
    except OSError:
        rows = columns = 0
    return rows or 24, columns or 80


class RawTerminal:
    """The host's terminal passes every key on as it is, until the block ends, however it ends."""

    def __init__(self, wanted, output_is_terminal):
        self.saved = termios.tcgetattr(0) if wanted else None
        self.output_too = output_is_terminal

    def __enter__(self):
        if self.saved:
            mode = termios.tcgetattr(0)
            mode[0] &= ~(termios.BRKINT | termios.ICRNL | termios.INPCK | termios.ISTRIP
                         | termios.INLCR | termios.IGNCR | termios.IXON)
            mode[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            if self.output_too:  # else another program writes there, which needs its newlines
                mode[1] &= ~termios.OPOST
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            termios.tcsetattr(0, termios.TCSADRAIN, mode)
        return self

    def __exit__(self, *_):
        if self.saved:
            termios.tcsetattr(0, termios.TCSADRAIN, self.saved)


def write_all(number, data):
    """Writes to a standard stream; waits where it is full, also if someone made it non-blocking."""
    while data:
        try:
            data = data[os.write(number, data):]
        except BlockingIOError:
            select.select([], [number], [])
        except BrokenPipeError:
            raise
        except OSError as error:
            what = STREAMS.get(number, "the log")
            raise Trouble(f"{what}: {error.strerror}",
                          "the run is over: what the program writes cannot be kept") from None


class Relay:
    """The streams of one run. `ports` maps com1, com2, hostio and hosterr to our ends of
    QEMU's sockets."""

    def __init__(self, ports, terminals, log_file):
        self.ports = ports
        self.terminals = terminals  # which of the standard streams 0, 1, 2 are terminals
        self.log = bytearray()
        self.log_file = log_file
        self.loader = b""           # what GRUB said
        self.pending = b""          # for the guest, not yet taken by it
        self.ready = False          # the guest's ports take input: what came before would be lost
        self.escape = False         # the last key was Ctrl-A
        self.send_break = None      # what Ctrl-A b does
        self.fetch = None           # takes what --get wants off the standard output
        self.input_open = True
        console = next((number for number in (0, 1, 2) if terminals[number]), None)
        self.sinks = {ports["com1"]: console, ports["hostio"]: 1, ports["hosterr"]: 2}
        self.live = set(ports.values())
        self.input_port = ports["com1" if terminals[0] else "hostio"]
        os.set_blocking(self.input_port, False)

    def run(self):
        """Carries until QEMU has closed all ports; raises Left, or BrokenPipeError."""
        while self.live:
            self.step(None)

    def step(self, timeout):
        """Waits for one round of events and serves them; False when none came in time."""
        poll = select.poll()
        for port in self.live:
            poll.register(port, select.POLLIN)
        if self.pending and self.ready and self.input_port in self.live:
            poll.register(self.input_port, select.POLLIN | select.POLLOUT)
        if self.input_open and len(self.pending) < (65536 if self.terminals[0] else 1):
            poll.register(0, select.POLLIN)
        events = poll.poll(timeout)
        for number, event in events:
            if number == 0:
                self.take_input()
                continue
            if event & select.POLLOUT:
                self.send()
            if event & ~select.POLLOUT:
                self.receive(number)
        return bool(events)

    def receive(self, port):
        try:
            data = os.read(port, 65536)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        if not data:
            self.live.discard(port)
        elif port == self.ports["com2"]:
            self.keep_log(data)
            self.ready = self.ready or READY in self.log
        elif port == self.ports["com1"] and not self.log:
            self.loader_says(data)
        else:
            if self.fetch and port == self.ports["hostio"]:
                data = self.fetch.take(data)
            if self.sinks[port] is not None:
                write_all(self.sinks[port], data)

    def loader_says(self, data):
        """Before the kernel's first log line GRUB has the console: it is heard only on errors."""
        self.loader += data
        if b"error:" in self.loader and self.sinks[self.ports["com1"]] is not None:
            write_all(self.sinks[self.ports["com1"]], self.loader)
            self.loader = b""

    def keep_log(self, data):
        self.log += data
        if len(self.log) > LOG_KEPT:
            del self.log[:LOG_KEPT // 2]
        if self.log_file is not None:
            write_all(self.log_file, data)

    def take_input(self):
        """Reads a little of our standard input, and no more before the guest has taken it."""
        try:
            data = os.read(0, 4096)
        except OSError:
            data = b""
        self.input_open = bool(data)
        if self.terminals[0]:
            self.pending += self.keys(data)  # read even while the guest does not: Ctrl-A x
        else:
            self.pending = struct.pack("<I", len(data)) + data  # no bytes: the end (hostio.c)
        self.send()

    def keys(self, data):
        """What the guest gets of the keys typed: all but Ctrl-A with x or b."""
        passed = bytearray()
        for key in data:
            if self.escape and key in b"xX":
                raise Left
            if self.escape and key in b"bB":
                self.escape = False
                self.send_break()
                continue
            if key == LEAVE and not self.escape:
                self.escape = True
                continue
            if self.escape and key != LEAVE:
                passed.append(LEAVE)
            self.escape = False
            passed.append(key)
        return bytes(passed)

    def send(self):
        if not self.ready:
            return
        try:
            self.pending = self.pending[os.write(self.input_port, self.pending):]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self.pending, self.input_open = b"", False
