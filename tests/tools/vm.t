#!/usr/bin/env python3
"""tools/vm: each option, each exit status, and the streams, as its --help promises them."""
# SPDX-License-Identifier: MIT
# needs: procfs report
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools/lib"))
import linking
import newc
from programs import Tap

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
VM = os.path.join(TOP, "tools/vm")
LIMIT_SECONDS = 300


def vm(*words, stdin=b"", env=(), **more):
    """One run: its output, errors and status."""
    return subprocess.run([VM, *words], input=stdin, capture_output=True, timeout=LIMIT_SECONDS,
                          check=False, env=dict(os.environ, **dict(env)), **more)


def told(done):
    """For a failure: what the run said."""
    lines = [f"status {done.returncode}, output {done.stdout[:300]!r}"]
    return lines + done.stderr.decode(errors="replace").splitlines()[-20:]


def machines_of(pid):
    """Its children that have become QEMU, by /proc."""
    found = []
    for each in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{each}/stat", encoding="latin-1") as file:
                name, _, rest = file.read().rpartition(")")
                if int(rest.split()[1]) == pid and "(qemu" in name:
                    found.append(int(each))
        except OSError:
            pass
    return found


def is_gone(pid):
    """Whether a process is no more, or only a zombie, within a minute."""
    for _ in range(3000):
        try:
            with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def wait_for(truth):
    """What `truth` gives once it is true, or after a minute."""
    for _ in range(3000):
        value = truth()
        if value:
            break
        time.sleep(0.02)
    return value


def closed_pipe():
    """The end to write into of a pipe that has no reader."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    return write_end


class Tests:
    def __init__(self, tap, folder):
        self.tap, self.folder = tap, folder

    def path(self, name, data=None, mode=0o644):
        """The path of a file in our folder; written, if there is data for it."""
        path = os.path.join(self.folder, name)
        if data is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
            os.chmod(path, mode)
        return path

    def gives(self, what, words, output=None, status=0, errors=None, **more):
        """Runs and compares: output is bytes, errors a pattern that standard error must hold."""
        done = vm(*words, **more)
        good = done.returncode == status and (output is None or done.stdout == output)
        if errors is not None:
            good = good and bool(re.search(errors, done.stderr.decode(errors="replace")))
        elif status == 0:
            good = good and done.stderr == b""
        wanted = [f"wanted status {status}, output {output!r}, errors {errors!r}"]
        self.tap.say(good, what, wanted + told(done))
        return done

    def times_out(self, what, words, report):
        """A time-out while the program does what the report must say; on a busy host it takes longer until
        the program does that."""
        for seconds in ("0.8", "3", "12", "40"):
            done = vm("--timeout", seconds, *words)
            good = done.returncode == 124 and re.search(report, done.stderr.decode())
            if good:
                break
        self.tap.say(good, what, [f"wanted status 124 and {report!r}"] + told(done))

    # ---- Exit status -----------------------------------------------------------------------

    def test_status(self):
        for status in (0, 1, 42, 255):
            self.gives(f"exit status {status} is the program's",
                       ["--", "sh", "-c", f"exit {status}"], b"", status)
        for name in ("KILL", "TERM", "SEGV"):
            number = signal.Signals["SIG" + name]
            self.gives(f"SIG{name} gives 128 + {number}", ["--", "sh", "-c", f"kill -{name} $$"],
                       b"", 128 + number)
        self.times_out("124 on time-out; the report says what each process waits for, with function names",
                       ["--", "sh", "-c", "/bin/sleep 99 | cat"],
                       r"(?s)time-out after \S+ s.*\bsleep: asleep.*sleep_for\+.*cat: asleep.*"
                       r"pipe_read\+")
        self.times_out("124 also where a program computes for ever; the report names it",
                       ["--add", self.probe, "--", "probe", "hang"], r"(?s)time-out.*runs probe")
        self.gives("125 on a panic, with its report",
                   ["--append", "init=/not/there", "--", "true"], b"", 125,
                   r"(?s)panicked.*PANIC: .*/not/there.*at kernel/boot/.*boot_main.*PANIC END")
        self.gives("127 where the program is not found", ["--", "no-such-program"], b"", 127,
                   "no-such-program: No such file or directory")
        self.gives("127 also for a path", ["--", "/bin/no-such-program"], b"", 127, "No such file")
        self.gives("126 where it may not be executed", ["--", "/etc/passwd"], b"", 126,
                   "/etc/passwd: Permission denied")
        self.gives("126 where it is powered off before the program ends", ["--", "poweroff"], b"",
                   126, "before the program ended")

    def test_trouble(self):
        """126 and a remedy for everything that keeps a run from its start."""
        iso = self.path("no.iso", b"not a CD")
        cases = [
            ("an unknown option", ["--nonsense", "--", "true"], "unknown option.*\n.*--help"),
            ("an option without its value", ["--cpus"], "--cpus needs a value"),
            ("no processor", ["--cpus", "0", "--", "true"], "number of processors"),
            ("too many processors", ["--cpus", "9", "--", "true"], "1 to 8"),
            ("a size that is none", ["--mem", "much", "--", "true"], "--mem much.*\n.*128M"),
            ("too little memory", ["--mem", "2M", "--", "true"], "--mem 2M.*\n.*at least"),
            ("more memory than is there", ["--mem", "9000G", "--", "true"], "--mem"),
            ("a time that is none", ["--timeout", "soon", "--", "true"], "number of seconds"),
            ("an environment that is none", ["--env", "NAME", "--", "true"], "NAME=VALUE"),
            ("a file that is missing", ["--add", "/not/there", "--", "true"], "not there"),
            ("an image that is missing", ["--rootfs", "/not/there", "--", "true"], "make all"),
            ("an image that is none", ["--rootfs", VM, "--", "true"], "not a cpio.*\n.*make"),
            ("a kernel that is missing", ["--kernel", "/not/there", "--", "true"], "make all"),
            ("a kernel that is none", ["--kernel", "/bin/sh", "--", "true"], "make kernel"),
            ("a CD that is missing", ["--iso=/not/there", "--", "true"], "make iso"),
            ("a file below a file", ["--add", VM + ":/etc/passwd/x", "--", "true"],
             "/etc/passwd is no folder"),
            ("a CD that is none", ["--iso=" + iso, "--", "true"], "not a CD.*\n.*make iso"),
            ("a board that is none", ["--machine", "apple", "--", "true"], "q35 or pc"),
            ("a log that cannot be", ["--log", "/not/there", "--", "true"], "can be written"),
        ]
        for what, words, errors in cases:
            self.gives(f"126 and the remedy: {what}", words, b"", 126, errors)
        self.gives("126 and the remedy: no QEMU", ["--", "true"], b"", 126, "make setup",
                   env={"QEMU": "/not/there"})
        self.gives("126 and the remedy: an accelerator that is none", ["--", "true"], b"", 126,
                   "ACCEL", env={"ACCEL": "magic"})
        plain = self.path("qemu-without-messages")
        with open(plain, "w", encoding="ascii") as file:
            file.write('#!/bin/bash\nexec qemu-system-x86_64 "${@/vectors=1/vectors=0}"\n')
        os.chmod(plain, 0o755)
        self.gives("126 and the remedy: a device without interrupts", ["--", "true"], b"", 126,
                   "no /dev/hostio.*(\n.*)*console with MSI-X", env={"QEMU": plain})
        self.gives("126 and the remedy: nothing was built", ["--", "true"], b"", 126, "make all",
                   env={"BUILD": self.path("empty")})
        few = self.path("few")
        os.makedirs(few)
        for name in ("python3", "dirname", "readlink", "qemu-system-x86_64"):
            if shutil.which(name):
                os.symlink(shutil.which(name), os.path.join(few, name))
        self.gives("126 and the remedy: --trace without strace", ["--trace", "--", "true"], b"", 126,
                   "install the package strace", env={"PATH": few})

    # ---- Streams ---------------------------------------------------------------------------

    def test_streams(self):
        every = bytes(range(256)) * 4
        self.gives("all 256 bytes pass unchanged", ["--", "cat"], every, stdin=every)
        much = os.urandom(1 << 20)
        done = vm("--", "cat", stdin=much)
        self.tap.say(done.stdout == much and done.returncode == 0,
                     "a megabyte of random bytes passes unchanged",
                     [f"got {len(done.stdout)} bytes, status {done.returncode}"])
        self.gives("standard input ends", ["--", "wc", "-c"], b"5\n", stdin=b"12345")
        self.gives("standard input may be empty", ["--", "wc", "-c"], b"0\n")
        self.gives("poll tells of input and of its end",
                   ["--", "sh", "-c", 'read -t 50 x && echo "$x"; read -t 50 x || echo end'],
                   b"word\nend\n", stdin=b"word\n")
        self.gives("a program need not read its input", ["--", "echo", "done"], b"done\n",
                   stdin=b"x" * 200000)
        done = self.gives("standard error is apart", ["--", "sh", "-c", "echo out; echo err >&2"],
                          b"out\n", errors="^err\n$")
        self.tap.same(done.stderr, b"err\n", "and holds nothing else")
        read_end, write_end = os.pipe()
        done = subprocess.run([VM, "--", "true"], stdin=read_end, capture_output=True, check=False,
                              timeout=LIMIT_SECONDS)
        self.tap.say(done.returncode == 0, "an open pipe that is silent holds nothing up",
                     told(done))
        os.close(read_end)
        os.close(write_end)
        for number, name in ((0, "input"), (1, "output"), (2, "error")):
            shell = f'exec {number}{"<" if number == 0 else ">"}&-; exec "$0" -- sh -c "exit 7"'
            done = subprocess.run(["sh", "-c", shell, VM], capture_output=True, check=False,
                                  timeout=LIMIT_SECONDS)
            self.tap.say(done.returncode == 7, f"standard {name} may be closed", told(done))

    def test_broken_pipe(self):
        run = subprocess.Popen([VM, "--", "yes"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        machines = wait_for(lambda: machines_of(run.pid))
        first = run.stdout.readline()
        run.stdout.close()
        status = run.wait(LIMIT_SECONDS)
        self.tap.say(first == b"y\n" and status == 141, "a reader that leaves ends it with 141",
                     [f"first line {first!r}, status {status}"])
        self.tap.say(machines != [] and all(map(is_gone, machines)), "and QEMU is gone")
        run.stderr.close()

    # ---- Options ---------------------------------------------------------------------------

    def test_program(self):
        words = ["", "two words", "--cpus", "a'b\"c\\", "$HOME *", "\u00e9", "new\nline"]
        self.gives("arguments arrive as they are",
                   ["--add", self.probe, "--", "probe", "args", *words],
                   "".join(f"[{word}]\n" for word in words).encode())
        self.gives("-- may be left out", ["echo", "-n", "hi"], b"hi")
        self.gives("--help shows the options, the statuses and examples", ["--help"],
                   errors=r"^$")
        shown = vm("--help").stdout.decode()
        wanted = ["--add", "--rootfs", "--env", "--cwd", "--cpus", "--mem", "--timeout", "--iso",
                  "--icount", "--trace", "--gdb", "--log", "124", "125", "126", "127",
                  "tools/vm -- ls"]
        lacks = [word for word in wanted if word not in shown]
        self.tap.say(not lacks, "--help names every one of them", [f"not there: {lacks}"])
        self.gives("without a program: the shell, which reads standard input", [], None, 5,
                   stdin=b"echo from the shell\nexit 5\n")

    def test_add(self):
        plain = self.path("plain", b"a file\n", 0o640)
        script = self.path("script", b"#!/bin/sh\necho script got $1\n", 0o755)
        self.path("tree/one", b"1\n", 0o600)
        self.path("tree/deep/er/two", b"2\n", 0o4755)
        os.makedirs(self.path("tree/empty"), exist_ok=True)
        os.chmod(self.path("tree/empty"), 0o1750)
        os.symlink("deep/er/two", self.path("tree/link"))
        colon = self.path("with:colon", b"colon\n")
        self.gives("--add FILE puts it into /bin, mode bits and all",
                   ["--add", script, "--", "script", "this"], b"script got this\n")
        self.gives("--add FILE:PATH puts it there", ["--add", plain + ":/root/new/dir/name", "--",
                   "cat", "/root/new/dir/name"], b"a file\n")
        self.gives("--add FILE:DIR/ keeps the name", ["--add", plain + ":/etc/", "--", "stat",
                   "-c", "%a %s %U %n", "/etc/plain"], b"640 7 root /etc/plain\n")
        self.gives("--add FILE:DIR, where the image has the directory",
                   ["--add", plain + ":/etc", "--", "cat", "/etc/plain"], b"a file\n")
        self.gives("--add replaces what the image has",
                   ["--add", plain + ":/etc/passwd", "--", "cat", "/etc/passwd"], b"a file\n")
        self.gives("a colon in a file's name", ["--add", colon, "--", "cat", "/bin/with:colon"],
                   b"colon\n")
        self.gives("a folder is added whole: modes, links, empty directories",
                   ["--add", self.path("tree") + ":/root/t", "--cwd", "/root/t", "--", "sh", "-c",
                    "stat -c '%a %n' one deep/er/two empty; readlink link; cat link; ls"],
                   b"600 one\n4755 deep/er/two\n1750 empty\ndeep/er/two\n2\n"
                   b"deep\nempty\nlink\none\n")
        self.gives("several --add, in one run", ["--add", plain + ":/a", "--add", script + ":/b",
                   "--", "cat", "/a", "/b"], b"a file\n#!/bin/sh\necho script got $1\n")

    def test_links_of_the_root(self):
        """A root as of Debian, whose /bin is a link: what is added lands where it points to."""
        root = self.path("linked.cpio")
        tree = self.path("linked")
        for name, place in (("init", "usr/sbin"), ("ls", "usr/bin"), ("cat", "usr/bin")):
            os.makedirs(os.path.join(tree, place), exist_ok=True)
            shutil.copy(os.path.join(BUILD, "image", name), os.path.join(tree, place, name))
        os.makedirs(os.path.join(tree, "root"))
        os.makedirs(os.path.join(tree, "etc"))
        os.symlink("usr/bin", os.path.join(tree, "bin"))
        os.symlink("/usr/sbin", os.path.join(tree, "sbin"))
        os.symlink("sbin/../lib/deep", os.path.join(tree, "later"))
        with open(root, "wb", buffering=0) as file:
            archive = newc.Archive(file.fileno())
            archive.tree("", tree)
            archive.finish()
        notes = self.path("notes", b"text\n")
        self.path("more/bin/inside", b"in a folder\n")
        self.gives("--add through links: the image's programs stay",
                   ["--rootfs", root, "--add", notes, "--add", notes + ":/later/one", "--add",
                    notes + ":/bin", "--add", notes + ":/sbin/two", "--", "ls", "/bin",
                    "/usr/sbin", "/usr/lib/deep"],
                   b"cat\nls\nnotes\ninit\ntwo\none\n")
        self.gives("--add of a folder that has the link's name as a folder",
                   ["--rootfs", root, "--add", self.path("more") + ":/", "--", "cat",
                    "/usr/bin/inside"], b"in a folder\n")
        os.symlink("bin", self.path("more/own"))
        self.gives("--add through a link that an earlier --add brought",
                   ["--rootfs", root, "--add", self.path("more") + ":/x", "--add",
                    notes + ":/x/own/new", "--", "cat", "/x/bin/new"], b"text\n")
        os.symlink("loop", os.path.join(self.path("more"), "loop"))
        self.gives("--add through a link to itself is refused",
                   ["--rootfs", root, "--add", self.path("more") + ":/x", "--add",
                    notes + ":/x/loop/new", "--", "cat"], b"", 126, "too many links")
        os.mkdir(self.path("clash"))
        os.symlink("usr", self.path("clash/etc"))
        self.gives("--add of a link over a folder of the image is refused",
                   ["--rootfs", root, "--add", self.path("clash") + ":/", "--", "cat"], b"", 126,
                   "/etc is a folder in the image")

    def test_memory(self):
        """A large root is written once: our own memory does not grow with it."""
        root, script = self.path("large.cpio"), (
            "import re, sys; sys.path.insert(0, sys.argv[1]);"
            "import vm; from session import Session;"
            "s = Session(vm.Options().parse(['--mem', '1G', *sys.argv[2:], '--', 'true']));"
            "s.image(); print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])")
        large = self.path("large", bytes(100 << 20))
        with open(os.path.join(BUILD, "rootfs.cpio"), "rb") as base, open(root, "wb") as file:
            file.write(base.read() + bytes(100 << 20))
        for what, words in (("root", ["--rootfs", root]), ("--add", ["--add", large + ":/x"])):
            done = subprocess.run([sys.executable, "-ESc", script, os.path.join(TOP, "tools/lib"),
                                   *words], capture_output=True, check=False)
            self.tap.say(done.returncode == 0 and int(done.stdout or b"0") < 60 << 10,
                         f"a {what} of 100 MB takes less than 60 MB of memory", told(done))

    def test_progress(self):
        """What takes more than two seconds, here by a fast clock, says so on a terminal; else nothing is said."""
        script = (
            "import itertools, os, sys, types; sys.path.insert(0, sys.argv[1]); seconds, terminal = map(float, sys.argv[2:4])\n"
            "import tool, vm; from session import Session\n"
            "ticks = itertools.count(0, seconds)\n"
            "tool.time = types.SimpleNamespace(monotonic=lambda: next(ticks))\n"
            "tool.os = types.SimpleNamespace(**{**vars(os), 'isatty': lambda number: bool(terminal)})\n"
            "sys.exit(Session(vm.Options().parse(sys.argv[4:])).run())")
        data = self.path("shown", bytes(3 << 20))
        words = ["--add", data, "--get", "/bin/shown:" + self.path("back"), "--", "true"]
        for seconds, terminal, shown in (("3", "1", 2), ("0", "1", 0), ("3", "0", 0)):
            done = subprocess.run([sys.executable, "-ESc", script, os.path.join(TOP, "tools/lib"), seconds,
                                   terminal, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False)
            said = done.stderr.decode()
            lines = [what for what in ("making the image: 3 MB", "bringing files out: 3 MB") if what in said]
            good = done.returncode == 0 and len(lines) == shown and (said == "" or shown)
            self.tap.say(good, f"--add and --get tell of {shown} works: {seconds} s a step, terminal {terminal}",
                         told(done))

    def test_full_output(self):
        """What cannot be written ends in one line and 126, never in a traceback."""
        for what, words, place in (
                ("output", ["--", "echo", "text"], "1>/dev/full"),
                ("output of --help", ["--help"], "1>/dev/full"),
                ("error", ["--", "sh", "-c", "echo text >&2; exit 3"], "2>/dev/full"),
                ("log", ["--log", "/dev/full", "--", "true"], "")):
            done = subprocess.run(["sh", "-c", f'exec "$@" {place}', "sh", VM, *words],
                                  capture_output=True, check=False, timeout=LIMIT_SECONDS)
            said = done.stderr.decode()
            good = done.returncode == 126 and "Traceback" not in said and said.count("\n") <= 2
            good = good and ("No space left" in said or what == "error")
            self.tap.say(good, f"a full standard {what}", told(done))
        done = subprocess.run(["sh", "-c", '"$@" >&- 2>&-; echo $?', "sh", VM, "--nonsense"],
                              capture_output=True, check=False, timeout=LIMIT_SECONDS)
        self.tap.say((done.stdout, done.stderr) == (b"126\n", b""), "nothing open to complain on",
                     told(done))
        done = subprocess.run([VM, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False, timeout=LIMIT_SECONDS,
                              preexec_fn=lambda: os.dup2(closed_pipe(), 1))
        self.tap.say(done.returncode == -signal.SIGPIPE and not done.stderr,
                     "--help to a reader that left dies of SIGPIPE", told(done))

    def test_first_hour(self):
        """What goes wrong in the first hour says why, and what to do."""
        bad = self.path("bad.c", b"int main(void) { *(volatile int *)16 = 1; }\n")
        subprocess.run([os.path.join(TOP, "tools/cc"), bad, "-o", bad[:-2]], check=True)
        self.gives("a fault of the program: where and why", ["--add", bad[:-2], "--", "bad"], b"",
                   139, r"^tools/vm: bad\[2\]: SIGSEGV at rip \S+ \(main\+.*write of address 0x10: "
                   "nothing mapped there.*\n$")
        self.gives("a fault of the program's child too",
                   ["--add", bad[:-2], "--", "sh", "-c", "bad; exit $?"], b"", 139, "SIGSEGV at rip")
        self.gives("Permission denied is init's word, with a remedy", ["--", "/etc/passwd"], b"",
                   126, r"^init: /etc/passwd: Permission denied \(.*chmod \+x\)\n$")
        dynamic = next((path for path in ("/bin/bash", "/bin/ls") if linking.loader_of(path)), None)
        if not dynamic:
            self.tap.say(True, "a dynamic program # SKIP this machine has none")
            return
        done = self.gives("a dynamic program without its loader: what is missing, what to type",
                          ["--add", dynamic + ":/bin/dyn", "--", "dyn"], b"", 127,
                          r"(?s)^init: dyn: needs /\S+, which is not in this image\n.*is dynamically "
                          r"linked, and the image lacks /.*\n.*type: tools/vm --add .*tools/cc")
        typed = re.search(r"type: tools/vm (.*)", done.stderr.decode())
        words = typed[1].split() if typed else ["--", "false"]
        self.gives("what it says to type works", [*words, "--version"], None, 0)
        script = self.path("script", b"#!/no/such/shell\n", 0o755)
        self.gives("a script without its interpreter", ["--add", script, "--", "script"], b"", 127,
                   "init: script: needs /no/such/shell, which is not in this image")

    def test_environment(self):
        self.gives("--env sets, repeatedly, and the last one counts",
                   ["--env", "A=1", "--env", "B=two words=x", "--env", "EMPTY=", "--env", "A=3",
                    "--", "sh", "-c", 'echo "$A|$B|${EMPTY-unset}|$HOME|$PATH"'],
                   b"3|two words=x||/root|/bin:/usr/bin:/sbin:/usr/sbin:/ouros/bin\n")
        self.gives("--env may replace the default PATH",
                   ["--env", "PATH=/ouros/bin", "--", "/bin/sh", "-c", "echo $PATH"],
                   b"/ouros/bin\n")
        self.gives("--cwd is where it begins", ["--cwd", "/usr/share", "--", "pwd"],
                   b"/usr/share\n")
        self.gives("--cwd that is missing: a warning, and the program runs",
                   ["--cwd", "/not/there", "--", "pwd"], b"/\n", 0,
                   "^init: warning: cannot go to /not/there: No such file.*going on in /\n$")
        self.gives("/root is where it begins otherwise", ["--", "pwd"], b"/root\n")
        self.gives("nothing of the host's environment gets in",
                   ["--", "sh", "-c", "env | sort | cut -d= -f1"], b"HOME\nLANG\nPATH\nPWD\nSHLVL\nTERM\n",
                   env={"HOST_ONLY": "1"})

    def test_machine(self):
        for cpus in (1, 2, 8):
            self.gives(f"--cpus {cpus}", ["--cpus", str(cpus), "--", "grep", "-c", "^processor",
                       "/proc/cpuinfo"], b"%d\n" % cpus)
        checked = "kernel-address" in os.environ.get("SANITIZE", "")
        shadow = 8 if checked else 1 << 30  # an eighth of memory says what may be touched
        for size, low, high in (("32M", 16, 32), ("1G", 900, 1024), ("4G", 3600, 4096)):
            low -= high // shadow
            high += 4  # the image lies beside it
            done = vm("--mem", size, "--", "awk", "/MemTotal/ {print int($2/1024)}",
                      "/proc/meminfo")
            total = int(done.stdout or b"0")
            self.tap.say(low <= total <= high, f"--mem {size} gives {low} to {high} MB",
                         told(done))
        self.gives("--machine pc", ["--machine", "pc", "--", "echo", "ok"], b"ok\n")
        runs = [vm("--icount", "--add", self.probe, "--", "probe", "count") for _ in range(2)]
        good = runs[0].stdout.count(b"\n") == 5 and runs[0].returncode == 0
        self.tap.say(good, "--icount runs", told(runs[0]))
        self.tap.same(runs[1].stdout, runs[0].stdout,
                      "--icount: instruction counts and clocks are the same in a second run")

    def test_log(self):
        log = self.path("log")
        self.gives("--trace shows the program's calls on standard error", ["--trace", "--", "pwd"],
                   b"/root\n", errors=r'(?s)execve\("/bin/pwd".*getcwd\("/root".*write\(1, "/root')
        self.gives("--log takes the kernel's log", ["--log", log, "--", "echo", "ok"], b"ok\n")
        with open(log, encoding="latin-1") as file:
            text = file.read()
        self.tap.say("Ouros, loaded by PVH" in text and "init exited with status 0" in text,
                     "from its first line to its last", text.splitlines())
        self.gives("--trace and --log: the calls are there", ["--trace", "--log", log, "--", "pwd"],
                   b"/root\n")
        with open(log, encoding="latin-1") as file:
            self.tap.say("getcwd(" in file.read(), "and not on standard error")

    def test_images(self):
        root = self.path("small.cpio")
        programs = [os.path.join(BUILD, "image", name) for name in ("init", "osh", "ls", "pwd")]
        subprocess.run([os.path.join(TOP, "tools/mkrootfs"), "-o", root, "-s",
                        self.path("skeleton"), *programs], check=True)
        self.gives("--rootfs starts from another image", ["--rootfs", root, "--", "sh", "-c",
                   "pwd; ls /ouros/bin"], b"/root\nls\nosh\npwd\n")
        iso = [b"one\ntwo\n", "--iso", "--cpus", "2", "--env", "A=b c", "--add", self.probe]
        done = vm(*iso[1:], "--", "sh", "-c", "cat; echo $A >&2; exit 9", stdin=iso[0])
        self.tap.say((done.stdout, done.stderr, done.returncode) == (iso[0], b"b c\n", 9),
                     "--iso: the same through GRUB: streams, environment, status", told(done))
        bare = self.path("bare")
        os.makedirs(bare)
        for name in ("ouros.elf", "rootfs.cpio"):
            os.symlink(os.path.join(BUILD, name), os.path.join(bare, name))
        self.path("maker/make", b'#!/bin/sh\necho "$@" >>"$NOTES"; cp "$CD" "$BUILD/"\n', 0o755)
        notes = self.path("make-notes")
        self.gives("--iso: a CD that is not there is made", ["--iso", "--", "pwd"], b"/root\n",
                   env={"BUILD": bare, "NOTES": notes, "CD": os.path.join(BUILD, "ouros.iso"),
                        "PATH": self.path("maker") + ":" + os.environ["PATH"]})
        with open(notes, encoding="utf-8") as file:
            called = file.read()
        self.tap.say(called.count("\n") == 1 and called.split()[-2:] == [f"BUILD={bare}", "iso"], "by make iso, once",
                     called.splitlines())
        self.gives("--iso: files that are added", [*iso[1:], "--", "probe", "args", "x y"],
                   b"[x y]\n")
        self.gives("--iso: 127", ["--iso", "--", "no-such-program"], b"", 127, "No such file")
        self.gives("--iso on a pc, by its file's name",
                   ["--iso=" + os.path.join(BUILD, "ouros.iso"), "--machine", "pc", "--", "pwd"],
                   b"/root\n")

    def test_gdb(self):
        """QEMU waits for gdb, of which we play the part that says `continue`."""
        path = self.path("gdb")
        run = subprocess.Popen([VM, "--gdb", path, "--timeout", "100", "--", "echo", "went on"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
        wait_for(lambda: os.path.exists(path))
        time.sleep(0.5)
        waits = run.poll() is None
        with socket.socket(socket.AF_UNIX) as gdb:
            gdb.connect(path)
            gdb.sendall(b"$vCont;c#a8")
            output, errors = run.communicate(timeout=LIMIT_SECONDS)
        self.tap.say(waits and output == b"went on\n" and run.returncode == 0,
                     "--gdb: the machine waits until gdb lets it go on",
                     [f"waits {waits}, {output!r}, {errors!r}, {run.returncode}"])

    # ---- Several, and none left behind -----------------------------------------------------

    def test_side_by_side(self):
        runs = [subprocess.Popen([VM, "--", "sh", "-c", f"cat; exit {i}"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for i in range(10)]
        wrong = []
        for i, run in enumerate(runs):
            text = b"run %d\n" % i * 1000
            output, errors = run.communicate(text, timeout=LIMIT_SECONDS)
            if output != text or run.returncode != i:
                wrong.append(f"run {i}: status {run.returncode}, {len(output)} bytes, {errors!r}")
        self.tap.say(not wrong, "ten side by side: each its own streams and status", wrong)

    def test_killed(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
            run = subprocess.Popen([VM, "--", "sleep", "50"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            machines = wait_for(lambda: machines_of(run.pid))
            run.send_signal(number)
            status = run.wait(LIMIT_SECONDS)
            wanted = -number if number == signal.SIGKILL else 128 + number
            self.tap.say(status == wanted, f"{number.name} ends tools/vm",
                         [f"status {status}, wanted {wanted}"])
            self.tap.say(machines != [] and all(map(is_gone, machines)),
                         f"{number.name}: no QEMU is left", [f"QEMU is {machines}"])

    def run(self):
        self.probe = self.path("probe")
        subprocess.run([os.path.join(TOP, "tools/cc"), os.path.join(TOP, "tests/tools/probe.c"),
                        "-o", self.probe], check=True)
        for name in [name for name in dir(self) if name.startswith("test_")]:
            if not sys.argv[1:] or name[5:] in sys.argv[1:]:
                getattr(self, name)()


# A shell that starts us in the background has us ignore these; tools/vm would go on ignoring them.
for each_signal in (signal.SIGINT, signal.SIGHUP):
    signal.signal(each_signal, signal.SIG_DFL)

with Tap() as taps, tempfile.TemporaryDirectory() as work:
    Tests(taps, work).run()
