"""Builds a test program and runs it on Linux and on Ouros, for tests that compare what it prints
with what something else says."""
# SPDX-License-Identifier: MIT
import fcntl
import itertools
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT_SECONDS = 120
ENVIRONMENT = {
    "PATH": "/bin:/usr/bin:/sbin:/usr/sbin",
    "HOME": "/root",
    "TERM": "dumb",
    "LANG": "C",
}


class Tap:
    """Numbered verdicts on standard output; `with Tap() as tap` prints the plan at the end and exits."""

    def __init__(self):
        self.count = self.failed = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, _value, _trace):
        if kind is None:
            print(f"1..{self.count}")
            sys.exit(1 if self.failed else 0)

    def say(self, passed, what, says=(), notes=(), directive=""):
        """One verdict: `says` is told of one that failed, `notes` of any."""
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {what}{directive}")
        for line in notes:
            print(line if line.startswith("#") else f"# {line}")
        for line in [] if passed else says:
            print(f"#   {line}")
        sys.stdout.flush()

    def same(self, got, wanted, what):
        """One verdict on two texts, with the first lines that differ."""
        if isinstance(got, bytes):
            got, wanted = (text.decode("utf-8", "backslashreplace") for text in (got, wanted))
        pairs = itertools.zip_longest(got.splitlines(), wanted.splitlines())
        lines = [
            f"line {n}: got {a!r}, wanted {b!r}" for n, (a, b) in enumerate(pairs, 1) if a != b
        ]
        self.say(got == wanted, what, lines[:10])


def build(source, folder, compiler=None, glibc=False):
    """The program made of a C file below the top, by tools/cc, or by the host's compiler with its own C library."""
    program = os.path.join(
        folder, os.path.splitext(os.path.basename(source))[0] + ("-glibc" if glibc else "")
    )
    tool = (
        [compiler or os.environ.get("CC", "cc").split()[0], "-w", "-U_FORTIFY_SOURCE"]
        if glibc
        else [os.path.join(TOP, "tools/cc")]
    )
    environment = dict(os.environ, **({"CC": compiler} if compiler else {}))
    subprocess.run(
        [
            *tool,
            "-O1",
            "-D_GNU_SOURCE",
            "-I",
            os.path.join(TOP, "tests"),
            os.path.join(TOP, source),
            "-o",
            program,
            *(["-lm"] if glibc else []),
        ],
        check=True,
        env=environment,
    )
    return program


def on_linux(program, *arguments, stdin=b"", environment=None):
    """(output, errors, status) of the program in a private, empty folder."""
    root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="ouros-test-", dir=root)
    try:
        done = subprocess.run(
            [program, *arguments],
            input=stdin,
            capture_output=True,
            cwd=folder,
            umask=0o022,
            timeout=LIMIT_SECONDS,
            check=False,
            env=environment or ENVIRONMENT,
        )
        return done.stdout, done.stderr, done.returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def on_ouros(program, *arguments, stdin=b"", options=()):
    """(output, errors, status) of the program in an empty folder of a fresh machine."""
    environment = [f"--env={name}={value}" for name, value in ENVIRONMENT.items()]
    done = subprocess.run(
        [
            os.path.join(TOP, "tools/vm"),
            "--timeout",
            str(LIMIT_SECONDS),
            "--cwd",
            "/tmp",
            *environment,
            *options,
            "--add",
            program,
            "--",
            "/bin/" + os.path.basename(program),
            *arguments,
        ],
        input=stdin,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


def on_terminal(command, answers=(), size=None):
    """(output, status) of a command on a terminal of its own, of a size in lines and columns. An answer is a text and
    the keys that are pressed once it is seen."""
    child, terminal = pty.fork()
    if child == 0:
        if size:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        os.execvp(command[0], command)
    said, answers = b"", list(answers)
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:  # the other side is closed
            break
        while answers and answers[0][0] in said:
            os.write(terminal, answers.pop(0)[1])
    os.close(terminal)
    return said, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
