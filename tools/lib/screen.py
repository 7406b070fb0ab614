"""The machine's text screen and keyboard, worked through QEMU's monitor: for pictures and tests."""

import json
import os
import tempfile
import time

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


class Screen:
    """A running session's screen; `keep_going` is called while we wait, to serve its streams."""

    def __init__(self, qmp, keep_going):
        self.qmp = os.fdopen(os.dup(qmp), "r+b", buffering=0)
        self.keep_going = keep_going
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        """One command of QEMU's monitor; what it returned."""
        self.qmp.write(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.line())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])

    def line(self):
        data = b""
        while not data.endswith(b"\n"):
            got = self.qmp.read(1)
            if not got:
                raise EOFError("QEMU ended")
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
