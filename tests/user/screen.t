#!/usr/bin/env python3
"""The text screen and the keyboard, as `make run GUI=1` shows them: keys typed, text read back.

needs: screen
"""
# SPDX-License-Identifier: MIT
import os
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tools/lib")]
sys.dont_write_bytecode = True
from programs import Tap
from screen import Screen
from session import Session
from vm import Options

TEXT, COLUMNS, LINES = 0xb8000, 80, 25  # where a PC keeps its text: a letter and a colour each
LIMIT_SECONDS = 120


def read_screen(screen, folder):
    """The lines on the screen now."""
    path = os.path.join(folder, "text")
    screen.command("pmemsave", val=TEXT, size=2 * COLUMNS * LINES, filename=path)
    with open(path, "rb") as file:
        letters = file.read()[::2].decode("cp437")
    return [letters[at:at + COLUMNS].rstrip() for at in range(0, len(letters), COLUMNS)]


def await_line(screen, folder, wanted):
    """Whether a line that ends so comes on the screen, and the screen."""
    end = time.monotonic() + LIMIT_SECONDS
    while True:
        lines = read_screen(screen, folder)
        if any(line.endswith(wanted) for line in lines) or time.monotonic() > end:
            return any(line.endswith(wanted) for line in lines), lines
        screen.wait(0.1)


def type_and_see(tap, words, folder):
    how = " ".join(words) or "QEMU's loader"
    session = Session(Options().parse([*words, "--screenshot", "unused"]))
    with session:
        screen = Screen(session.qmp, session.relay.step)
        tap.say(*await_line_after(screen, folder, f"{how}: the prompt", "ouros:~#"))
        for keys, wanted, what in (
                ("echo Hello, World! | tr a-z A-Z\n", "HELLO, WORLD!", "letters, shift, signs"),
                ("echo x\b'[{(<>)}]' \"$HOME\" ~ `echo \\\\`\n", "[{(<>)}] /root /root \\",
                 "brackets, quotes, backspace"),
                ("stty size\n", "25 80", "the screen has 25 lines of 80"),
                ("clear; seq 1 100\n", "100", "it scrolls"),
                ("clear; printf '\\033[5;30Hmiddle\\n'\n", " " * 29 + "middle",
                 "the cursor moves")):
            screen.type(keys)
            tap.say(*await_line_after(screen, folder, f"{how}: {what}", wanted))
            if wanted == "100":
                look_back(tap, screen, folder, how)


def press(screen, *keys):
    """Keys held down together."""
    screen.command("send-key", **{"keys": [{"type": "qcode", "data": key} for key in keys]})


def look_back(tap, screen, folder, how):
    """After `seq 1 100`: lines that have left the screen come back, until something is typed."""
    for keys, wanted, what in ((["shift", "pgup"], "65", "Shift-PageUp shows what scrolled away"),
                               (["shift", "pgup"], "53", "and again"),
                               (["shift", "pgdn"], "89", "Shift-PageDown goes down")):
        press(screen, *keys)
        tap.say(*await_line_after(screen, folder, f"{how}: {what}", wanted))
    screen.type("x")
    tap.say(*await_line_after(screen, folder, f"{how}: a key goes back to the end", "# x"))
    screen.type("\b")


def await_line_after(screen, folder, what, wanted):
    good, lines = await_line(screen, folder, wanted)
    return good, what, [f"wanted {wanted!r}"] + lines


with Tap() as taps, tempfile.TemporaryDirectory() as work:
    for options in ([], ["--iso"]):
        type_and_see(taps, options, work)
