"""One run of the machine: the image, QEMU, the streams, and what the end of it means."""
# SPDX-License-Identifier: MIT

import mmap
import _socket  # the module socket takes 6 ms to load, and only its socketpair is needed
import os
import re
import signal
import stat
import sys
import time

import linking
import machine
import newc
import check
from check import Trouble, check_memory, check_options
from tool import Progress, say
from relay import Left, Relay, RawTerminal, is_terminal, terminal_size

FLAGS = ("icount", "trace", "gui")
TEXTS = ("rootfs", "cwd", "cpus", "mem", "timeout", "iso", "log", "gdb", "screenshot", "kernel",
         "append", "machine", "cpu")
LISTS = ("add", "env", "get", "keep")
TIMED_OUT, PANIC, AT_FAULT, NOT_FOUND = 124, 125, 126, 127
FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP)
DEFAULT_TIMEOUT = 60
ROOM_FOR_ADDED = 512 << 20


class TimedOut(Exception):
    """The run took longer than --timeout."""


class Session:
    def __init__(self, options):
        self.options = options
        self.terminals = [is_terminal(number) for number in (0, 1, 2)]
        self.interactive = not options.command
        self.on_screen = bool(options.gui or options.screenshot)
        if self.on_screen:  # then the console is no terminal of the host's
            self.terminals = [False] * 3
        self.pid = self.memory = self.names = None
        self.added = []  # what --add put where: (path on the host, name in the image)
        self.counts = counts_file(options)
        self.parts, self.paged, self.in_place = [], True, False
        check_options(options)
        self.fetch = None
        if options.get or options.keep:
            import fetch
            self.fetch = fetch.Fetch(options)
            options.add += [f"{each.host}:{each.guest}" for each in self.fetch.wanted if each.keep]

    # ---- The image -----------------------------------------------------------------------------

    def image(self):
        """The base image and what this run adds, as open files with their sizes.

        The guest uses them where they are. A base that it cannot use so is copied to the front of
        the additions, once, piece by piece.
        """
        number = anonymous_file()
        progress = Progress("tools/vm: making the image")
        archive = newc.Archive(number, progress=progress)
        if self.options.iso:  # a disk that GRUB reads: its menu, and the image (see iso/grub.cfg)
            menu = (f"multiboot2 /boot/ouros.elf {self.kernel_words()}\n"
                    "module2 (hd0)/run.cpio\nboot\n")
            archive.add("run.cfg", newc.FILE | 0o644, menu.encode())
            size_at = archive.at + newc.SIZE_AT
            archive.head("run.cpio", newc.FILE | 0o644, 0)
        start = archive.origin = archive.at
        base = self.add_base(archive)
        self.add_files(archive)
        archive.add(archive.parents("etc/vm.run"), newc.FILE | 0o644, self.orders())
        archive.finish()
        size = archive.at - start
        if self.options.iso:
            os.pwrite(number, b"%08X" % size, size_at)
            archive.finish()
        progress.end()
        self.parts = [base, (number, size)] if base else [(number, size)]
        total = check.memory_bytes(self.options.mem) + sum(length for _, length in self.parts)
        self.in_place = not self.options.iso and self.paged and total < machine.IN_A_ROW
        if base and not self.in_place:
            raise Trouble(f"--add adds {size >> 20} MB, too much beside --mem {self.options.mem}",
                          "use a smaller --mem")
        check_memory(self.options.mem, 0 if self.in_place else size + (0 if self.paged else size))

    def add_base(self, archive):
        """Opens --rootfs as a part of its own if it can be used in place, else copies it; takes note
        of its names where they will be asked for."""
        path = self.options.rootfs
        with open(path, "rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if file.read(5) != b"07070":
                raise Trouble(f"{path} is not a cpio archive (newc)", "make image")
            archive.names.note("etc", newc.DIR)
            try:
                with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as base:
                    self.paged = newc.is_paged(base)
                    if self.options.add or self.options.trace:
                        archive.names = newc.read_names(base)
            except (ValueError, IndexError) as error:
                raise Trouble(f"{path}: {error}", "make image") from None
            if self.may_stay(path, size):
                return os.dup(file.fileno()), size
            file.seek(0)
            archive.copy(file, size)
            archive.pad()
            return None

    def may_stay(self, path, size):
        """Whether the base can be a part of memory as it is. QEMU opens it to write, and does not."""
        limit = machine.IN_A_ROW - check.memory_bytes(self.options.mem) - ROOM_FOR_ADDED
        return (not self.options.iso and self.paged and size % newc.UNIT == 0 and size < limit and
                os.access(path, os.W_OK))

    def add_files(self, archive):
        for each in self.options.add:
            source, target = split_add(each)
            try:
                is_folder = os.path.isdir(source)
                if not is_folder and archive.names.real(target) in archive.names.folders:
                    target = f"{target}/{base_name(source)}"
                if is_folder:
                    archive.tree(target, source)
                else:
                    target = archive.parents(target)
                    archive.file(target, os.path.realpath(source))
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or error
                raise Trouble(f"--add {each}: {why}", "check the name") from None
            self.added.append((source, target))
        for source, target in self.tracer() if self.options.trace else []:
            archive.file(archive.parents(target), os.path.realpath(source))
        self.names = archive.names

    def tracer(self):
        """Of --trace: this machine's strace and what it is loaded with: (path here, in the image)."""
        import shutil
        path = shutil.which("strace")
        if not path:
            raise Trouble("--trace runs strace in the guest, and there is none here",
                          "install the package strace")
        loader, *libraries = linking.wanted_files(path)
        found = [(path, "strace")] + [(each, base_name(each)) for each in libraries]
        found += [(loader, "ld.so")] if loader else []
        return [(source, f"ouros/trace/{name}") for source, name in found]

    def orders(self):
        """/etc/vm.run, which tells init what to run and how: NUL-terminated KEY=VALUE strings."""
        o = self.options
        words = []
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            on_tty = self.terminals[number] or self.on_screen
            words.append(f"{name}={'tty' if on_tty else 'pipe'}")
        if any(self.terminals):
            rows, columns = terminal_size(self.terminals.index(True))
            words += [f"rows={rows}", f"cols={columns}"]
            words.append(f"env=TERM={os.environ.get('TERM', 'vt100')}")
        words += [f"cwd={o.cwd}"] if o.cwd else []
        words += [f"env={each}" for each in o.env]
        words += self.fetch.orders() if self.fetch else []
        words += ["trace=1"] if o.trace else []
        words += [f"arg={each}" for each in o.command]
        return b"".join(os.fsencode(word) + b"\0" for word in words)

    def kernel_words(self):
        words = ["console=tty1" if self.on_screen else "console=ttyS0"]
        words += [self.options.append] if self.options.append else []
        if self.in_place:
            start = machine.root_at(check.memory_bytes(self.options.mem))
            words.append(f"root={start:#x},{sum(size for _, size in self.parts):#x}")
        return " ".join(words)

    # ---- QEMU ----------------------------------------------------------------------------------

    def run(self):
        """Runs to the end and returns the exit status."""
        status = self.run_once()
        while status == machine.REBOOT_ASKED and self.interactive:
            status = self.run_once()
        return status

    def run_once(self):
        if self.fetch:
            self.fetch.begin()
        with self:
            with RawTerminal(self.terminals[0], self.terminals[1]):
                ending = self.carry()
            status = self.verdict(ending)
        if self.fetch and not self.fetch.finish() and status in (0, machine.REBOOT_ASKED):
            return AT_FAULT
        return status

    def __enter__(self):
        """Starts QEMU, with a relay to its ports; it ends with the block."""
        log_file = self.open_log()
        self.image()
        ports = self.start()
        for number, _ in self.parts:
            os.close(number)
        self.relay = Relay(ports, self.terminals, log_file)
        self.relay.send_break = self.send_break
        self.relay.fetch = self.fetch
        self.relay.input_open = not self.on_screen
        return self

    def __exit__(self, *_):
        self.stop()
        if self.options.gdb and os.path.exists(self.options.gdb):
            os.unlink(self.options.gdb)
        if self.memory is not None:
            import coverage
            coverage.collect(self.options, self.memory, self.counts)
            os.close(self.memory)

    def open_log(self):
        if self.options.log:
            try:
                return os.open(self.options.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            except OSError as error:
                raise Trouble(f"--log {self.options.log}: {error.strerror}",
                              "name a file that can be written") from None
        return 2 if self.options.trace else None

    def start(self):
        """Starts QEMU in a process group of its own; returns our ends of its ports."""
        ours, theirs, numbers = {}, [], {}
        for name in ("com1", "com2", "hostio", "hosterr", "qmp"):
            near, far = (end.detach() for end in _socket.socketpair())
            os.set_inheritable(far, True)
            ours[name], numbers[name] = near, far
            theirs.append(far)
        for number, _ in self.parts:
            os.set_inheritable(number, True)
        parts = [(f"/dev/fd/{number}", size) for number, size in self.parts]
        numbers["root"], numbers["parts"] = parts[-1][0], parts if self.in_place else []
        if self.counts:
            self.memory = anonymous_file()
            os.set_inheritable(self.memory, True)
            numbers["memory"] = f"/dev/fd/{self.memory}"
        if self.options.gdb:
            far = listening(self.options.gdb)
            os.set_inheritable(far, True)
            numbers["gdb"] = far
            theirs.append(far)
        self.complaints, complaining = os.pipe()
        words = machine.command(self.options, numbers, self.kernel_words())
        if os.path.exists("/usr/bin/setpriv"):  # QEMU ends with us, even if we are killed
            words = ["setpriv", "--pdeathsig", "KILL"] + words
        null = (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDWR, 0)
        streams = [null, (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, complaining, 2)]
        try:
            self.pid = os.posix_spawnp(words[0], words, os.environ, file_actions=streams,
                                       setpgroup=0)
        except OSError as error:
            raise Trouble(f"cannot start {words[0]}: {error.strerror}", "make doctor") from None
        for number in theirs + [complaining]:
            os.close(number)
        self.qmp = ours.pop("qmp")
        return ours

    def send_break(self):
        """The next key is for the kernel (SysRq): from now on its log is shown."""
        ask = (b'{"execute":"qmp_capabilities"}\n'
               b'{"execute":"chardev-send-break","arguments":{"id":"com1"},"id":"break"}\n')
        os.write(self.qmp, ask)
        said = b""
        while b'"break"' not in said:  # the next key must not overtake it
            got = os.read(self.qmp, 4096)
            if not got:
                return
            said = said[-16:] + got
        if self.relay.log_file is None:
            self.relay.log_file = 2

    def stop(self):
        """Makes sure that QEMU is gone."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = None

    def carry(self):
        """Carries the streams until the machine ends; says what else ended it, if anything."""
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, self.seconds())
        try:
            self.relay.run()
            return None
        except (TimedOut, Left, BrokenPipeError) as ending:
            signal.setitimer(signal.ITIMER_REAL, 0)
            return ending
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def seconds(self):
        """The time limit; 0 is none."""
        if self.options.timeout is not None:
            return float(self.options.timeout)
        endless = self.interactive or self.terminals[0] or self.options.gdb or self.options.gui
        return 0 if endless else DEFAULT_TIMEOUT

    # ---- The end -------------------------------------------------------------------------------

    def verdict(self, ending):
        if isinstance(ending, TimedOut):
            return self.timed_out()
        if isinstance(ending, Left):
            return 0 if self.interactive else 128 + signal.SIGINT
        if isinstance(ending, BrokenPipeError):
            return 128 + signal.SIGPIPE
        _, wait_status = os.waitpid(self.pid, 0)
        self.pid = None
        return self.meaning(os.waitstatus_to_exitcode(wait_status))

    def meaning(self, code):
        """What QEMU's exit status says: the program's status, or what went wrong."""
        ended = re.findall(rb"init exited with status (\d+)", self.relay.log)
        if code in (machine.POWERED_OFF, 0) and ended:
            return self.program_ended(int(ended[-1]))
        if code == 0 and self.options.gdb:  # gdb's `kill`
            return 0
        if code == machine.PANICKED:
            self.show_log("the kernel panicked")
            return PANIC
        if code == 0:
            self.show_log("the machine reset itself: a fault inside the kernel's fault handling")
            return PANIC
        if code in (machine.POWERED_OFF, machine.REBOOT_ASKED) and self.interactive:
            return 0 if code == machine.POWERED_OFF else code
        if code in (machine.POWERED_OFF, machine.REBOOT_ASKED):
            self.show_log("the machine was powered off or rebooted before the program ended")
            return AT_FAULT
        said = os.read(self.complaints, 65536).decode(errors="replace").strip()
        self.show_log(None)
        how = f"ended by signal {-code}" if code < 0 else f"status {code}"
        raise Trouble(f"QEMU failed ({how}): {said or 'it said nothing'}",
                      machine.explain_failure(said))

    def program_ended(self, status):
        """Adds what the kernel or the image knows about an end that explains itself badly."""
        if status - 128 in FAULTS and self.relay.log_file != 2:
            said = re.findall(rb"(?m)^\[[ \d.]+\] (.*\[\d+\]: SIG[A-Z]+ at rip .*?)\r?$", self.relay.log)
            if said:
                say("tools/vm: " + said[-1].decode(errors="replace"))
        lacks = re.findall(rb"init: (/dev/host\w+): ", self.relay.log)
        if status == AT_FAULT and lacks:
            self.show_log(f"there is no {lacks[-1].decode()}, which brings what the program prints")
            say("tools/vm: the kernel needs its annex hostio, and QEMU a virtio console with MSI-X")
        if status == NOT_FOUND and self.options.command:
            for line in linking.advice(self.options.command[0], self.added, self.names):
                say("tools/vm: " + line)
        return status

    def timed_out(self):
        """Asks the kernel, by a non-maskable interrupt, what everyone is doing, and shows that."""
        at = len(self.relay.log)
        self.relay.input_open = False
        ask = b'{"execute":"qmp_capabilities"}\n{"execute":"inject-nmi"}\n'
        try:
            os.write(self.qmp, ask)
            self.hear_out(at)
        except OSError:
            pass
        report = self.relay.log[at:].decode(errors="replace").rstrip()
        limit = f"{self.seconds():g}"
        sys.stderr.write(f"tools/vm: time-out after {limit} s\n")
        sys.stderr.write((report or "the kernel did not answer the question what it does") + "\n")
        return TIMED_OUT

    def hear_out(self, at):
        """Waits for the kernel's report: silence for 0.3 s after it began, 3 s in all."""
        self.relay.sinks = dict.fromkeys(self.relay.sinks)
        end = time.monotonic() + 3
        while self.relay.live and time.monotonic() < end:
            before = len(self.relay.log)
            self.relay.step(300)
            if len(self.relay.log) == before > at:
                break

    def show_log(self, message):
        """Shows the kernel's log on standard error, unless it went there all along."""
        if message:
            sys.stderr.write(f"tools/vm: {message}\n")
        if self.relay.log_file != 2:
            lines = (self.relay.log or self.relay.loader).decode(errors="replace").splitlines()
            sys.stderr.write("".join(line.rstrip() + "\n" for line in lines[-400:]))


def ring(_number, _frame):
    raise TimedOut


def listening(path):
    """A socket that has the name only once it can be connected to."""
    end = _socket.socket(_socket.AF_UNIX)
    try:
        if os.path.exists(path) and not stat.S_ISSOCK(os.stat(path).st_mode):
            raise OSError(0, "is there, and no socket")
        end.bind(path + ".new")
        end.listen()
        os.rename(path + ".new", path)
    except OSError as error:
        raise Trouble(f"--gdb {path}: {error.strerror or error}",
                      "name a socket that can be made, in a folder that is there") from None
    return end.detach()


def counts_file(options):
    """Where this run's counts are to be added; None, as nearly always, if they are not wanted."""
    path = os.path.join(options.build, "coverage.counts")
    own = os.path.dirname(os.path.abspath(options.kernel)) == os.path.abspath(options.build)
    return path if own and os.path.exists(path) else None


def split_add(each):
    """HOSTFILE[:GUESTPATH] taken apart; a name with a colon in it may be a file's whole name."""
    source, colon, target = each.rpartition(":")
    if not colon or os.path.exists(each):
        source, target = each, ""
    if not os.path.exists(source):
        raise Trouble(f"--add {each}: {source} is not there", "check the name")
    if not target:
        target = f"bin/{base_name(source)}"
    elif target.endswith("/") and target.strip("/"):
        target += base_name(source)
    return source, os.path.normpath("/" + target).lstrip("/")


def base_name(path):
    """A file's own name, also where the path ends in a slash or is a dot."""
    return os.path.basename(os.path.abspath(path))


def anonymous_file():
    """An open file without a name that anyone could trip over."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("ouros-root")
    else:
        import tempfile
        number, path = tempfile.mkstemp(prefix="ouros-root.")
        os.unlink(path)
    return number
