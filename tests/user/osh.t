#!/usr/bin/env python3
"""osh: it prints what /bin/sh prints, on Linux and on Ouros; its errors and its exit status."""
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap, on_linux

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
OSH = os.path.join(BUILD, "user/osh")
SCRIPT = os.path.join(TOP, "tests/user/osh.sh")

# What is osh's own: its arguments, its input, its output, what its errors hold, its status.
OWN = [
    ("-c", ["-c", "echo one; sh -c 'exit 4'"], "", "one\n", "", 4),
    ("a script on standard input", [], "echo one\nexit 3\necho never\n", "one\n", "", 3),
    ("exit without a number gives the last status", ["-c", "sh -c 'exit 6'; exit"], "", "", "", 6),
    ("the last line need not end in a newline", [], "echo one", "one\n", "", 0),
    ("an empty script", [], "", "", "", 0),
    ("exec replaces the shell", ["-c", "exec sh -c 'exit 8'; echo never"], "", "", "", 8),
    ("exec of what is not there", ["-c", "exec no-such-program"], "", "",
     "osh: no-such-program: No such file", 127),
    ("a program that is not there", ["-c", "no-such-program"], "", "",
     "osh: no-such-program: command not found", 127),
    ("a file that is no program", ["-c", "/etc/passwd"], "", "",
     "osh: /etc/passwd: Permission denied", 126),
    ("a script that is not there", ["/not/there"], "", "", "osh: /not/there: No such file", 127),
    ("input from a file that is not there", ["-c", "cat < /not/there"], "", "",
     "osh: /not/there: No such file", 1),
    ("output to a directory", ["-c", "echo a > /"], "", "", "osh: /: Is a directory", 1),
    ("cd to what is not there", ["-c", "cd /not/there"], "", "", "osh: /not/there: No such", 1),
    ("a quote that is open", ["-c", "echo 'one"], "", "", "osh: a quote is not closed", 2),
    ("a pipe without a reader", ["-c", "echo one |"], "", "",
     "osh: a command is missing beside '|'", 2),
    ("a pipe without a writer", ["-c", "| cat"], "", "", "osh: a command is missing", 2),
    ("a redirection without a name", ["-c", "echo one >"], "", "",
     "osh: a redirection needs a file name", 2),
    ("too many words", ["-c", "echo" + " x" * 300], "", "", "osh: more than 256 words", 2),
    ("too many commands", ["-c", "echo one" + " | cat" * 40], "", "",
     "osh: more than 32 commands", 2),
    ("a line that is too long", ["-c", "echo " + "x" * 9000], "", "", "osh: the line is too long",
     2),
    ("killed by a signal", ["-c", "sh -c 'kill -SEGV $$'"], "", "", "osh: Segmentation fault", 139),
    ("and, or", ["-c", "true && echo a || echo b; false && echo c || echo d; false || false || echo e"],
     "", "a\nd\ne\n", "", 0),
    ("and skips a pipeline", ["-c", "false && echo a | cat; echo $?"], "", "1\n", "", 0),
    ("and without a command", ["-c", "true &&"], "", "", "osh: a command is missing beside '&&'", 2),
    ("or without a command", ["-c", "|| true"], "", "", "osh: a command is missing beside '||'", 2),
    ("two ands", ["-c", "true && && true"], "", "", "osh: a command is missing beside '&&'", 2),
    ("a here document", ["-c", "cat << E"], "", "", "osh has no <<: see help", 2),
    ("help", ["-c", "help"], "", "osh runs programs", "", 0),
    ("$$ is its pid", ["-c", "exec sh -c \"test $$ = \\$\\$\""], "", "", "", 0),
]


def sections(output):
    """{name: text} of the parts that begin with `== name`."""
    parts = {}
    for part in output.decode("utf-8", "backslashreplace").split("== ")[1:]:
        name, _, text = part.partition("\n")
        parts[name] = text
    return parts


def in_guest(arguments, text, *options):
    """osh on Ouros, in an empty folder."""
    done = subprocess.run([os.path.join(TOP, "tools/vm"), "--cwd", "/tmp", *options, "--",
                           "/ouros/bin/osh", *arguments], input=text, capture_output=True,
                          check=False)
    return done.stdout, done.stderr, done.returncode


def same_as_sh(tap):
    """The script gives the same under /bin/sh and osh here, and under osh in the guest."""
    wanted, _, sh_status = on_linux("/bin/sh", SCRIPT)
    runs = [("linux", on_linux(OSH, SCRIPT))]
    for cpus in (1, 4):
        runs.append((f"ouros, {cpus} cpus", in_guest(["/etc/osh.sh"], b"", "--cpus", str(cpus),
                                                     "--add", SCRIPT + ":/etc/osh.sh")))
    for where, (output, errors, status) in runs:
        parts = sections(output)
        for name, text in sections(wanted).items():
            tap.same(parts.get(name, "(nothing)"), text, f"{where}: {name}")
        tap.say(status == sh_status, f"{where}: the same exit status",
                [f"got {status}, wanted {sh_status}"] + errors.decode().splitlines())
        tap.same(errors.decode(), runs[0][1][1].decode(), f"{where}: the same complaints")


def main():
    with Tap() as tap:
        same_as_sh(tap)
        for what, arguments, text, output, errors, status in OWN:
            for where, run in (("linux", lambda: on_linux(OSH, *arguments, stdin=text.encode())),
                               ("ouros", lambda: in_guest(arguments, text.encode()))):
                out, err, got = (part.decode() if isinstance(part, bytes) else part
                                 for part in run())
                good = got == status and err.startswith(errors) and bool(err) == bool(errors)
                good = good and (out == output or (what == "help" and out.startswith(output)))
                tap.say(good, f"{where}: {what}", [f"status {got}, output {out!r}, errors {err!r}",
                                                   f"wanted {status}, {output!r}, {errors!r}"])


main()
