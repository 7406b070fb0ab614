#!/usr/bin/env python3
"""Debian's unmodified BusyBox: a script gives the same output on Linux and on Ouros."""
# SPDX-License-Identifier: MIT
# needs: procfs users files fifo
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCRIPT = os.path.join(TOP, "tests/user/busybox.sh")


def on_linux(busybox):
    """The script's output where every command is an applet of this BusyBox, in an empty folder."""
    root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=root) as folder:
        applets, work = os.path.join(folder, "bin"), os.path.join(folder, "work")
        os.mkdir(applets)
        os.mkdir(work)
        subprocess.run([busybox, "--install", "-s", applets], check=True)
        environment = {"PATH": applets, "HOME": "/root", "TERM": "dumb"}
        return subprocess.run(
            [os.path.join(applets, "sh"), SCRIPT],
            cwd=work,
            env=environment,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ).stdout


def on_linux_surely(busybox):
    """What two runs in a row say: a busy host has been seen to give a file zeros for its bytes."""
    before, now = None, on_linux(busybox)
    for _ in range(5):
        if now == before:
            break
        before, now = now, on_linux(busybox)
    return now


def on_ouros(cpus):
    command = [
        os.path.join(TOP, "tools/vm"),
        "--cpus",
        str(cpus),
        "--timeout",
        "120",
        "--cwd",
        "/tmp",
        "--env",
        "PATH=/bin",
        "--env",
        "HOME=/root",
        "--env",
        "TERM=dumb",
        "--add",
        SCRIPT + ":/etc/script.sh",
        "--",
        "/bin/sh",
        "-c",
        "mkdir work; cd work; exec sh /etc/script.sh 2>&1",
    ]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    return done.stdout, done.returncode, done.stderr


def sections(output):
    """{name: lines} of the parts that begin with `== name`."""
    parts, name = {}, "before the first part"
    for line in output.decode("utf-8", "backslashreplace").splitlines():
        if line.startswith("== "):
            name = line[3:]
            parts[name] = []
        else:
            parts.setdefault(name, []).append(line)
    return parts


def main():
    busybox = shutil.which("busybox")
    if not busybox:
        print("Bail out! busybox is missing: make doctor says what to do")
        sys.exit(1)
    wanted = sections(on_linux_surely(busybox))
    count = 0
    for cpus in (1, 4):
        output, status, errors = on_ouros(cpus)
        got = sections(output)
        for name, lines in wanted.items():
            count += 1
            same = got.get(name) == lines
            print(f"{'ok' if same else 'not ok'} {count} - {cpus} processors: {name}")
            if not same:
                for line in difflib.unified_diff(
                    lines, got.get(name, []), "linux", "ouros", lineterm="", n=1
                ):
                    print("#   " + line)
        count += 1
        print(
            f"{'ok' if status == 0 else 'not ok'} {count} - "
            f"{cpus} processors: exit status 0 of the script"
        )
        if status:
            print(f"#   got {status}")
            for line in errors.decode("utf-8", "backslashreplace").splitlines()[-30:]:
                print("#   " + line)
    print(f"1..{count}")


if __name__ == "__main__":
    main()
