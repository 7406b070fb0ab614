"""Boots a fresh Ouros in QEMU, runs a program in it and powers off.

usage: tools/vm [OPTIONS] [--] [PROGRAM [ARG...]]

Standard input, output and error and the exit status are the program's (128+N when signal N
ended it), as if it had run here. Without PROGRAM: the interactive shell. On a terminal,
Ctrl-A x ends the machine at once (Ctrl-A Ctrl-A is one Ctrl-A); Ctrl-A b and a letter asks the
kernel (SysRq): t shows the processes, h the other letters; from then on its log is shown too.

  --add HOSTFILE[:GUESTPATH]  put a file or a whole folder into the image; mode bits stay;
                              links of the image are followed on the way;
                              default GUESTPATH: /bin/NAME (may be given several times)
  --get GUESTPATH[:HOSTPATH]  when the program has ended, bring a file or a whole folder out of the
                              machine; what is there is overwritten, file by file; default
                              HOSTPATH: the same name, here (may be given several times)
  --keep FOLDER[:GUESTPATH]   put a folder of the host at GUESTPATH (/root), and bring it back at
                              the end: what is new, what changed, and what was removed
  --rootfs FILE.cpio          the image to start from; it is used where it is, so it should not
                              change meanwhile                (build/rootfs.cpio)
  --env NAME=VALUE            set in the program's environment (may be given several times)
  --cwd DIR                   the program's working directory in the guest     (/root)
  --cpus N                    processors, up to 8              (1)
  --mem SIZE                  memory beside the image, as QEMU takes it          (128M)
  --timeout SECONDS           end it after that long; 0 = never
                              (60, but never when a terminal or no PROGRAM is there)
  --iso[=FILE]                boot through GRUB  (build/ouros.iso, made if it is not there)
  --kernel FILE               the kernel, without --iso         (build/ouros.elf)
  --machine q35|pc            QEMU's board                      (q35)
  --cpu MODEL                 QEMU's processor, such as qemu64 or max,-smap (max)
  --append WORDS              more words for the kernel's command line
  --icount                    repeatable to the instruction: virtual time counts instructions
  --trace                     strace watches the program and its children, onto the log
  --log FILE                  the kernel's log; else it is shown only if something went wrong
  --gdb SOCKET                QEMU waits for gdb: `target remote SOCKET`
  --gui                       QEMU's window: text screen and keyboard instead of this terminal
  --help                      this text

Exit status: the program's; 124 after a time-out, with what each process was doing; 125 after a
kernel panic, with its report; 126 if QEMU, an option or the image is at fault, or not all of --get
or --keep came (a line that begins with `tools/vm:` says which), or if PROGRAM may not be executed
(`init:` says so); 127 if PROGRAM is not found.
A program that dies of a fault has the kernel's sentence about it on standard error.
Environment: BUILD=folder instead of build, QEMU=program, ACCEL=kvm.

  tools/vm -- ls -l /                     list the root directory
  echo hi | tools/vm -- tr a-z A-Z        standard input and output are the program's
  tools/vm --add hello -- hello           a program of your own, made by tools/cc
  tools/vm --add notes:/root/notes --cwd /root/notes     a folder, and a shell in it
"""
# SPDX-License-Identifier: MIT

import os
import signal
import sys

import tool
from session import FLAGS, LISTS, TEXTS, Session, Trouble

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


class Options:
    """The command line: an attribute for each option, `command` for the program and arguments."""

    def __init__(self):
        build = os.environ.get("BUILD", "build")
        self.build = os.path.join(TOP, build)
        self.own_iso = os.path.join(self.build, "ouros.iso")
        for name in TEXTS:
            setattr(self, name, None)
        for name in FLAGS:
            setattr(self, name, False)
        for name in LISTS:
            setattr(self, name, [])
        self.cpus, self.mem, self.machine = "1", "128M", "q35"
        self.kernel = os.path.join(self.build, "ouros.elf")
        self.rootfs = os.path.join(self.build, "rootfs.cpio")
        self.command = []

    def parse(self, words):
        words = list(words)
        while words and words[0].startswith("-"):
            word = words.pop(0)
            if word == "--":
                break
            name, given, value = word.lstrip("-").partition("=")
            if word in ("-h", "--help"):
                sys.stdout.write(__doc__)
                sys.exit(0)
            if name == "iso":
                self.iso = value if given else self.own_iso
            elif name in FLAGS and not given:
                setattr(self, name, True)
            elif name in TEXTS or name in LISTS:
                if not given and not words:
                    raise Trouble(f"--{name} needs a value", "see tools/vm --help")
                self.take(name, value if given else words.pop(0))
            else:
                raise Trouble(f"unknown option {word}", "see tools/vm --help")
        self.command = words
        return self

    def take(self, name, value):
        if name in LISTS:
            getattr(self, name).append(value)
        else:
            setattr(self, name, value)


def main():
    spare = os.open("/dev/null", os.O_RDWR)
    while spare <= 2:  # a closed standard stream must not become one of our pipes
        spare = os.dup(spare)
    os.close(spare)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) != signal.SIG_IGN:  # under nohup, and in the background
            signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    return Session(Options().parse(sys.argv[1:])).run()


if __name__ == "__main__":
    tool.run("tools/vm", main)
