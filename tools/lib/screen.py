"""The machine's text screen and keyboard, worked through QEMU's monitor: for pictures and tests."""
# SPDX-License-Identifier: MIT

import json
import os
import tempfile
import time

from check import Trouble

ENDED = Trouble("the machine has ended: there is no screen any more",
                "leave out the line that ends the shell, such as exit or poweroff")
PLAIN = {" ": "spc", "\n": "ret", "-": "minus", "=": "equal", "[": "bracket_left", "/": "slash",
         "]": "bracket_right", ";": "semicolon", "'": "apostrophe", "`": "grave_accent",
         "\\": "backslash", ",": "comma", ".": "dot", "\t": "tab", "\b": "backspace"}
SHIFTED = dict(zip('!@#$%^&*()_+{}:"~|<>?', ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0",
               "minus", "equal", "bracket_left", "bracket_right", "semicolon", "apostrophe",
               "grave_accent", "backslash", "comma", "dot", "slash"]))


def keys_of(letter):
    """The keys that a US keyboard's user presses for a letter."""
    if letter in SHIFTED:
        return ["shift", SHIFTED[letter]]
    if letter.isupper():
        return ["shift", letter.lower()]
    return [PLAIN.get(letter, letter)]


def check_text(text):
    """Raises Trouble about a letter that no key gives."""
    for letter in text:
        if letter not in PLAIN and letter not in SHIFTED and not (letter.isascii()
                                                                  and letter.isalnum()):
            raise Trouble(f"cannot type {letter!r}: the machine's keyboard is an American one",
                          "type bytes as printf's octal numbers: printf '\\303\\244'")


class Screen:
    """A running session's screen; `keep_going` is called while we wait, to serve its streams."""

    def __init__(self, qmp, keep_going):
        self.qmp = os.fdopen(os.dup(qmp), "r+b", buffering=0)
        self.keep_going = keep_going
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        """One command of QEMU's monitor; what it returned."""
        try:
            self.qmp.write(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            raise ENDED from None
        while True:
            answer = json.loads(self.line())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise Trouble(f"QEMU's monitor: {name}: {answer['error']['desc']}",
                              "see `make doctor`")

    def line(self):
        data = b""
        while not data.endswith(b"\n"):
            try:
                got = self.qmp.read(1)
            except ConnectionResetError:
                got = b""
            if not got:
                raise ENDED
            data += got
        return data

    def type(self, text):
        for letter in text:
            keys = [{"type": "qcode", "data": key} for key in keys_of(letter)]
            self.command("send-key", **{"keys": keys, "hold-time": 5})
            self.wait(0.03)

    def wait(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.keep_going(20)

    def picture(self):
        """The screen now, as a PNG."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "screen.png")
            self.command("screendump", filename=path, format="png")
            with open(path, "rb") as file:
                return file.read()

    def settled(self, limit=20):
        """The picture once nothing changes any more; the cursor may blink."""
        end, last = time.monotonic() + limit, []
        while time.monotonic() < end:
            self.wait(0.2)
            last = last[-7:] + [self.picture()]
            if len(last) == 8 and len(set(last)) <= 2:
                return max(set(last), key=len)
        return last[-1]
