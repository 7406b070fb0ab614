#!/usr/bin/env python3
"""What the processor enforces, seen from outside the machine through QEMU's gdb port: rights of pages, control
registers, and the guard below a kernel stack."""
# SPDX-License-Identifier: MIT
# needs: procfs
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
PAGE, KERNEL_HALF = 4096, 1 << 63
CR0_WP, EFER_NXE = 1 << 16, 1 << 11
CR4 = {"UMIP": 1 << 11, "SMEP": 1 << 20, "SMAP": 1 << 21}
RSP = 7
count = failures = 0


def ok(passed, what, says=()):
    global count, failures
    count += 1
    failures += not passed
    print(f"{'' if passed else 'not '}ok {count} - {what}")
    for line in [] if passed else says:
        print("# " + line)
    sys.stdout.flush()


class Machine:
    """A guest that waits for gdb's words, which we speak ourselves."""

    def __init__(self, folder, *options):
        path = os.path.join(folder, "gdb")
        command = [os.path.join(TOP, "tools/vm"), "--gdb", path, "--timeout", "100", *options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while not os.path.exists(path) and self.process.poll() is None:
            time.sleep(0.02)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.settimeout(100)
        self.pending = b""
        self.ask("QStartNoAckMode")
        self.socket.sendall(b"+")
        self.ask("qXfer:features:read:target.xml:0,ffb")  # else single registers are not to be had

    def tell(self, text):
        body = text.encode()
        self.socket.sendall(b"$%s#%02x" % (body, sum(body) & 255))

    def hear(self):
        """The next packet."""
        while True:
            match = re.search(rb"\$([^#]*)#..", self.pending)
            if match:
                self.pending = self.pending[match.end() :]
                return match[1].decode()
            more = self.socket.recv(65536)
            if not more:
                return ""
            self.pending += more

    def ask(self, text):
        self.tell(text)
        return self.hear()

    def monitor(self, command):
        """What QEMU's monitor says."""
        self.tell("qRcmd," + command.encode().hex())
        said = ""
        while (answer := self.hear()) not in ("OK", ""):
            said += bytes.fromhex(answer[1:]).decode()
        return said

    def run_to(self, address):
        self.ask(f"Z1,{address:x},1")
        self.ask("c")
        self.ask(f"z1,{address:x},1")

    def end(self):
        """Lets it run; its exit status and all that it printed."""
        self.tell("c")
        output = self.process.communicate()[0]
        return self.process.returncode, output


def symbols():
    """The kernel's symbols: {name: address}."""
    listed = subprocess.run(
        [os.environ.get("NM", "nm"), os.path.join(BUILD, "ouros.elf")], capture_output=True, text=True, check=True
    ).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in listed.splitlines() if len(line.split()) == 3}


def check_registers(machine):
    said = machine.monitor("info registers")
    value = {name: int(digits, 16) for name, digits in re.findall(r"(CR\d|EFER)=([0-9a-f]+)", said)}
    ok(value["CR0"] & CR0_WP, "the kernel obeys read-only pages (CR0.WP)")
    ok(value["EFER"] & EFER_NXE, "pages can forbid execution (EFER.NXE)")
    for name, bit in CR4.items():
        ok(value["CR4"] & bit, f"{name} is on")


def check_pages(machine):
    """Each line of `info tlb`: address: frame, X (no execution) G P D A C T U (user) W."""
    pages = re.findall(r"^([0-9a-f]{16}): [0-9a-f]+ ([XGPDACTUW-]{9})", machine.monitor("info tlb"), re.M)
    kernel = [(int(at, 16), rights) for at, rights in pages if int(at, 16) >= KERNEL_HALF]
    user = [(int(at, 16), rights) for at, rights in pages if int(at, 16) < KERNEL_HALF]
    ok(len(kernel) > 100 and len(user) > 5, f"{len(kernel)} pages of the kernel, {len(user)} of a program", pages[:5])
    for name, bad in (
        ("no page is writable and executable", [p for p in kernel + user if p[1][0] != "X" and p[1][8] == "W"]),
        ("no page of the kernel is the user's", [p for p in kernel if p[1][7] == "U"]),
        ("every page of the kernel is global: no switch makes the processor forget it", [p for p in kernel if p[1][1] != "G"]),
        ("no page of a program is global", [p for p in user if p[1][1] == "G"]),
        ("every page of a program is the user's", [p for p in user if p[1][7] != "U"]),
    ):
        ok(not bad, name, [f"{at:016x} {rights}" for at, rights in bad[:10]])
    executable = sum(rights[0] != "X" for at, rights in kernel)
    ok(0 < executable < 512, f"{executable} executable pages of the kernel, no large one")


def check_guard(machine):
    """Puts the stack pointer at the end of the thread's kernel stack: the next push meets the guard."""
    rsp = int.from_bytes(bytes.fromhex(machine.ask(f"p{RSP:x}")), "little")
    lowest = rsp & -PAGE
    while not machine.ask(f"m{lowest - PAGE:x},1").startswith("E"):
        lowest -= PAGE
    machine.ask(f"P{RSP:x}={(lowest + 8).to_bytes(8, 'little').hex()}")
    status, output = machine.end()
    ok(status == 125, "a kernel stack that overflows is a panic", [f"status {status}", *output.splitlines()])
    ok("kernel stack" in output and "overflow" in output, "... that says so", output.splitlines())
    ok("PANIC END" in output, "... with a whole report", output.splitlines())


def main():
    names = symbols()
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(folder, "--", "true")
        machine.run_to(names["sys_wait4"])
        check_registers(machine)
        check_pages(machine)
        status, output = machine.end()
        ok(status == 0, "the machine runs on", output.splitlines())
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(folder, "--", "true")
        machine.run_to(names["sys_wait4"])
        check_guard(machine)
    print(f"1..{count}")
    sys.exit(1 if failures else 0)


main()
