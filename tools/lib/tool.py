"""How every Python tool begins and ends: whatever goes wrong, its user reads a line and a remedy."""
# SPDX-License-Identifier: MIT

import os
import signal
import sys
import time

from check import Trouble

AT_FAULT = 126


def say(text):
    """A line on standard error, which may itself be full or gone."""
    try:
        os.write(2, (text + "\n").encode(errors="replace"))
    except OSError:
        pass


def explain(name, error):
    """What an exception means to the user of a tool: a line or two."""
    if isinstance(error, Trouble):
        return f"{name}: {error.what}\n  {error.remedy}"
    if isinstance(error, MemoryError):
        return f"{name}: this machine has too little memory for that"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return f"{name}: {where}{error.strerror}"
    if isinstance(error, RecursionError):
        return f"{name}: folders are nested too deeply"
    at = error.__traceback__
    while at.tb_next:
        at = at.tb_next
    place = f"{os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}"
    return (f"{name}: a fault of this tool itself: {type(error).__name__}: {error} ({place})\n"
            "  please report it; TOOL_TRACEBACK=1 in the environment shows where it came from")


def die_of(number):
    """Ends as a program does that the signal kills, so that a shell sees the usual status."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number  # where the signal is blocked


def flush():
    if sys.stdout:  # None where it was closed when we began
        sys.stdout.flush()


def run(name, main):
    """Runs main() and ends with the status that it returns; never with a traceback."""
    try:
        status = main()
        flush()
    except SystemExit as ending:
        status = ending.code
        if isinstance(status, str):
            say(status)
            status = 1
    except KeyboardInterrupt:
        status = die_of(signal.SIGINT)
    except BrokenPipeError:
        status = die_of(signal.SIGPIPE)
    except Exception as error:  # the one place that catches all
        if os.environ.get("TOOL_TRACEBACK"):
            raise
        say(explain(name, error))
        status = AT_FAULT
    try:
        flush()
    except BrokenPipeError:
        status = die_of(signal.SIGPIPE)
    except OSError as error:
        if not status:
            say(f"{name}: standard output: {error.strerror}")
            status = AT_FAULT
    os._exit(status or 0)  # nothing is left to do, and nothing may complain while it is done


class Progress:
    """A line on a terminal that tells how far a long work is, once it has taken two seconds."""

    def __init__(self, what):
        self.what, self.done, self.began, self.shown = what, 0, time.monotonic(), 0
        self.visible = os.isatty(2)

    def more(self, n_bytes):
        self.done += n_bytes
        now = time.monotonic()
        if self.visible and now - self.began > 2 and now - self.shown > 0.2:
            self.shown = now
            os.write(2, f"\r{self.what}: {self.done >> 20} MB ".encode())

    def end(self):
        if self.shown:
            os.write(2, b"\r\33[K")
