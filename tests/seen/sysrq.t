#!/usr/bin/env python3
"""SysRq: its letters through /proc/sysrq-trigger, a panic's report with all that it promises, and
the key on the console: a BREAK on the serial port."""
# SPDX-License-Identifier: MIT
# needs: sysrq procfs
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
os.chdir(TOP)
count = 0


def verdict(ok, what, said=""):
    global count
    count += 1
    print(f"{'ok' if ok else 'not ok'} {count} - {what}")
    for line in [] if ok else said.splitlines()[-60:]:
        print("#", line)
    sys.stdout.flush()


def run(script, cpus=1):
    """(status, what the program printed, log) of a shell script."""
    words = ["tools/vm", "--cpus", str(cpus), "--log", "/dev/stderr", "--", "sh", "-c", script]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_letters():
    status, _, log = run("cd /tmp; /bin/sleep 100 & until grep -q sleep /proc/$!/comm && "
                         "grep -q 'S (' /proc/$!/status; do :; done; for key in t m l h; do "
                         "echo $key >/proc/sysrq-trigger; done; echo ttt >/proc/sysrq-trigger", 2)
    verdict(status == 0, "t, m, l and h come back", log)
    for what, pattern in (
            ("t: each process", r"\d+ sleep: asleep, waits for sleep, cwd /tmp, user rip 0x"),
            ("t: where it sleeps, by name", r"sleep: asleep.*\n.* +sleep_now\+0x.*\n(?:.*\n){1,6}"
                                            r".* +syscall_entry\+0x"),
            ("m: memory by use",
             r"memory: \d+ of \d+ KB are free\n(?:.* KB\n)*.* table: \d+ KB"),
            ("l: the way here",
             r"processor [01] came here through:\n(?:.*\n){1,6}.* file_write\+0x"),
            ("h: the letters", r"SysRq: letters are\n.*  t: ")):
        verdict(re.search(pattern, log), what, log)
    verdict(log.count("SysRq: processes") == 2, "of a longer text the first letter counts", log)
    status, said, log = run("su -s /bin/sh nobody -c 'echo c >/proc/sysrq-trigger'; echo goes on")
    verdict(status == 0 and "goes on" in said and "PANIC" not in log, "for root alone", log)
    status, _, log = run("echo o >/proc/sysrq-trigger; echo not reached")
    verdict(status == 126 and "power off at once" in log, "o: the machine is off", log)
    status, _, log = run("echo b >/proc/sysrq-trigger; echo not reached")
    verdict(status == 126 and "reboot at once" in log, "b: the machine starts again", log)


def check_panic():
    for cpus in (1, 4):
        status, _, log = run("cd /tmp; /bin/sleep 100 & echo c >/proc/sysrq-trigger", cpus)
        verdict(status == 125, f"c: a panic, {cpus} processors: status 125", log)
        for what, pattern in (
                ("message", r"PANIC: SysRq: a crash was asked for\n"),
                ("file:line", r"\] +at kernel/annex/sysrq/sysrq\.c:\d+\n"),
                ("processor", rf"processor \d of {cpus}\n"),
                ("process and its directory", r"process \d+ \(sh\), cwd /tmp\n"),
                ("backtrace with names", r"came here through:\n.*crash\+0x(?:.*\n){2,14}"
                                         r".*syscall_entry\+0x"),
                ("last calls with arguments", r"last system calls.*\n(?:.*\n){0,16}"
                                              r".* write\(0x1, 0x[0-9a-f]+, 0x2\) number 1\n"),
                ("all processes", r"processes \(\d+\):\n.* 1 init: .*cwd /"),
                ("what to try", r"\] +try: "),
                ("its end", r"PANIC END")):
            verdict(re.search(pattern, log), f"the report: {what}", log)


class Terminal:
    """tools/vm with a terminal of its own."""

    def __init__(self, *words):
        self.said = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv("tools/vm", ["tools/vm", *words])

    def see(self, pattern, seconds=120):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.said):
            ready = select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]
            try:
                got = os.read(self.fd, 65536) if ready else b""
            except OSError:
                got = b""
            if not got:
                return bool(re.search(pattern, self.said))
            self.said += got.decode(errors="replace")
        return True

    def type(self, keys):
        os.write(self.fd, keys)

    def sysrq(self, letter, pattern):
        """Break and a letter, until the pattern is seen; how often that took, 0 if it never was. On
        a busy host a break may be lost, and the letter is the program's then."""
        for times in range(1, 6):
            self.type(b"\x01b" + letter)
            if self.see(pattern, 8):
                return times
        return 0

    def end(self):
        """How tools/vm ended; it has some time to do so by itself."""
        self.see("$never")
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            os.kill(self.pid, signal.SIGTERM)
            status = os.waitpid(self.pid, 0)[1]
        return os.waitstatus_to_exitcode(status)


def check_serial():
    terminal = Terminal("--", "sh", "-c", "echo begins; read x; echo got $x.; cat")
    verdict(terminal.see("begins"), "a program on the terminal", terminal.said)
    times = terminal.sysrq(b"t", r"SysRq: processes(?s:.*) sh: \w+,")
    verdict(times > 0, "a break and t show the processes", terminal.said)
    terminal.type(b"word\r")
    verdict(terminal.see(rf"got t{{0,{max(times - 1, 0)}}}word\."),
            "the letter was not for the program", terminal.said)
    verdict(terminal.sysrq(b"m", r"SysRq: memory") > 0, "another one", terminal.said)
    verdict(terminal.sysrq(b"c", r"PANIC END") > 0, "c: the report", terminal.said)
    status = terminal.end()
    verdict(status == 125, "and status 125", str(status))


check_letters()
check_panic()
check_serial()
print(f"1..{count}")
