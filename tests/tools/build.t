#!/usr/bin/env python3
"""The build and its tools: what make prints, that a second one does nothing, W^X, tools/cc."""
# SPDX-License-Identifier: MIT
# needs: procfs
import configparser
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
CC = os.path.join(TOP, "tools/cc")
LIMIT_SECONDS = 300
READ, WRITE, EXECUTE = "R", "W", "E"

# What the compilers call their own library for: wide division, counting, conversion.
WIDE = """/* Needs libgcc. */
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    unsigned __int128 big = (unsigned __int128)strtoull(argv[1], 0, 0) << 64 | 12345;
    unsigned long long rest = big % (1000003u * argc), part = big / (1ull << 40);
    printf("%d %llu %llu %.0f\\n", __builtin_popcountll(big >> 64), rest, part, (double)big);
    return argc;
}
"""


def run(*words, **more):
    """A command run at the top of the tree: its output and errors as text, and its status."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    environment.update(more.pop("env", {}))
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=TOP,
                          timeout=LIMIT_SECONDS, env=environment, stdin=subprocess.DEVNULL, **more)


def make(*words):
    """make as it was called for this test: with the same variables."""
    given = [word for word in shlex.split(os.environ.get("MAKEFLAGS", ""))
             if re.match(r"[A-Z_]+=", word)]
    named = [f"{name}={os.environ[name]}" for name in ("BUILD", "CC") if os.environ.get(name)]
    return run("make", "--no-print-directory", *named, *given, *words)


def told(done):
    return [f"status {done.returncode}", *done.stdout.splitlines()[:20],
            *done.stderr.splitlines()[:20]]


class Tests:
    def __init__(self, tap, folder):
        self.tap, self.folder = tap, folder

    def source(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def shows(self, what, done, *patterns, status=0):
        """The run ended with the status, and each pattern is found in what it said."""
        text = done.stdout + done.stderr
        lacks = [pattern for pattern in patterns if not re.search(pattern, text, re.MULTILINE)]
        self.tap.say(done.returncode == status and not lacks, what,
                     [f"not found: {lacks}"] + told(done))

    # ---- make ------------------------------------------------------------------------------

    def test_make(self):
        make("all", "iso", "tests")
        before = {path: os.stat(path).st_mtime_ns for path in self.products()}
        again = make("all", "iso", "tests")
        after = {path: os.stat(path).st_mtime_ns for path in self.products()}
        commands = [line for line in again.stdout.splitlines() if re.match(r"  [A-Z]+ ", line)]
        self.tap.say(again.returncode == 0 and not commands, "a second make runs no command",
                     told(again))
        self.tap.say(before == after, "and leaves every product as it was",
                     [path for path in after if before.get(path) != after[path]])
        targets = "all|kernel|libc|user|image|iso|run|test|debug|tour|doctor|lint|clean|help"
        self.shows("make help names every target", make("help"),
                   *(rf"^  make {target} +\S" for target in targets.split("|")), "CC=clang",
                   "CROSS_COMPILE", "JOBS")
        self.shows("make doctor: a line for each tool, with version and place", make("doctor"),
                   r"^TOOL +VERSION +WHERE$", r"^compiler +\d+\.\S+ +/", r"^make +\d+\.\S+ +/",
                   r"^qemu-system-x86_64 +\d+\.\S+ +/", r"^mkrescue +\S+ +/", r"^prove +\S+ +/",
                   r"^expect ", r"^gdb ", r"^clang ")
        tour = make("tour")
        self.shows("make tour: rooms, files and their purposes", tour,
                   r"^KERNEL, floor 1: LIB: \S", r"^ Chapter 1\. \S.* \([\d,]+ lines\)", r"^  include/lib\.h +\d+ +The lib room",
                   r"^  x86/start\.S +\S", r"^PROGRAMS", r"^  osh\.c +osh: a small shell", r"^TOOLS")
        annexes = make("tour", "ANNEX=all")
        self.shows("make tour ANNEX=all: annexes", annexes, r"^ANNEX SCREEN: \S",
                   r"^  annex/screen/vt\.c +\d+ +\S")
        self.shows("make tour ANNEX=none: says which there are", make("tour", "ANNEX=none"),
                   r"there are: .*screen", status=2)
        both = tour.stdout + annexes.stdout
        silent = [line for line in both.splitlines() if "says nothing" in line]
        self.tap.say(not silent, "make tour: every file says what it is for", silent)
        listed = re.findall(r"^  (\S+\.[cS]) ", both, re.MULTILINE)
        sources = [os.path.relpath(path, os.path.join(TOP, "kernel"))
                   for path in glob.glob(TOP + "/kernel/**/*.[cS]", recursive=True)]
        lacks = sorted(set(sources) - set(listed))
        self.tap.say(not lacks, "make tour: every source of the kernel is in it", lacks)

    def test_release(self):
        """The CD is the same to the byte when it is made twice; the sums are those of the files."""
        made = make("release")
        folder = os.path.join(BUILD, "release")
        self.shows("make release", made, r"^[0-9a-f]{64}  ouros\.iso$", r"^[0-9a-f]{64}  ouros\.elf$")
        again = os.path.join(self.folder, "again.iso")
        modules = re.search(r"^GRUB_MODULES := (.*)", open(TOP + "/iso/iso.mk").read(), re.MULTILINE)
        time.sleep(1.1)  # the second is another one, which no date may show
        run("tools/mkiso", again, os.path.join(BUILD, "ouros.boot"),
            os.path.join(BUILD, "rootfs.cpio"), "iso/grub.cfg", modules[1])
        with open(again, "rb") as one, open(os.path.join(folder, "ouros.iso"), "rb") as two:
            self.tap.say(one.read() == two.read(), "a CD that is made again is the same to the byte")
        images = []
        for name in ("one", "two"):
            images.append(os.path.join(self.folder, name + ".cpio"))
            run("tools/mkrootfs", "-o", images[-1], "-s", "user/root", *sorted(glob.glob(BUILD + "/image/*")))
            time.sleep(1.1)
        with open(images[0], "rb") as one, open(images[1], "rb") as two:
            self.tap.say(one.read() == two.read() != b"", "so is a root file system")
        done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, check=False,
                              capture_output=True, text=True)
        self.shows("the sums are right", done, r"ouros\.iso: OK")

    def test_ide(self):
        done = make("ide")
        self.shows("make ide names every source of the kernel", done, r"^compile_commands\.json: \d+")
        path = os.path.join(TOP, "compile_commands.json")
        with open(path, encoding="utf-8") as file:
            found = {entry["file"] for entry in json.load(file)}
        self.tap.say("kernel/boot/main.c" in found and "libc/stdio/popen.c" in found
                     and "user/osh.c" in found, "with those of all parts", sorted(found)[:20])

    def test_services(self):
        """What hosting services and editors read: all of it runs .ci/run or make, and is well-formed."""
        for name in (".github/workflows/ci.yml", ".gitlab-ci.yml"):
            with open(os.path.join(TOP, name), encoding="utf-8") as file:
                self.tap.say(re.search(r"^ +- (run: )?\.ci/run$", file.read(), re.MULTILINE), f"{name} runs .ci/run")
        with open(os.path.join(TOP, ".devcontainer/devcontainer.json"), encoding="utf-8") as file:
            self.tap.say("make setup" in json.load(file)["onCreateCommand"], "the devcontainer is set up by make setup")
        settings = configparser.ConfigParser()
        with open(os.path.join(TOP, ".editorconfig"), encoding="utf-8") as file:
            settings.read_string("[top]\n" + file.read())
        self.tap.say(settings["*"]["max_line_length"] == "100" and settings["{Makefile,*.mk}"]["indent_style"] == "tab",
                     ".editorconfig has the widths and tabs that are asked for")

    def test_hosts(self):
        place = os.path.join(self.folder, "a b")
        self.shows("BUILD with a space is refused in one line", run("make", "BUILD=" + place, "all"),
                   r"space.*a b.*Stop\.$", status=2)
        os.mkdir(place)
        shutil.copy(os.path.join(TOP, "Makefile"), place)
        self.shows("so is a checkout with one", run("make", "-C", place, "all"), r"space.*a b.*Stop\.$",
                   status=2)
        check = make("-n", "check")
        self.tap.say(check.returncode == 0 and "prove " in check.stdout and not re.search(r"(?m)^tools/setup", check.stdout),
                     "make check does not look at the set-up", told(check))
        lonely = self.source("lonely.t", "#!/usr/bin/env no-such-tool\n")
        self.shows("a test whose tool is missing skips itself with its name", run("tests/one", lonely),
                   r"\A1\.\.0 # SKIP no-such-tool is not here: make setup installs it\n\Z")
        self.shows("make tour into head is quiet", run("sh", "-c", "make -s tour | head -n 1"),
                   r"\AOuros from the ground up[^\n]*\n\Z")
        options = make("-n", "run", "CPUS=4", "MEM=1G", "ADD=one two:/x")
        self.shows("make run takes CPUS=, MEM= and ADD=", options,
                   r"--cpus 4 --mem 1G +--add one --add two:/x")
        cross = os.path.join(self.folder, "cross-ld")
        with open(cross, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho 9.9\n")
        os.chmod(cross, 0o755)
        path = self.folder + ":" + os.environ["PATH"]
        self.shows("make doctor shows the cross linker", run(
            "tools/setup", "doctor", env={"CROSS_COMPILE": "cross-", "PATH": path}),
            "^linker +9.9 +" + re.escape(cross))
        self.shows("tools/cc: C++ is refused by name", run(CC, "x.cpp", "-o", "x"),
                   "x.cpp: Ouros has a C library only", status=1)

    def products(self):
        found = [os.path.join(BUILD, name) for name in ("ouros.elf", "ouros.iso", "rootfs.cpio",
                                                        "libc.a")]
        return found + glob.glob(BUILD + "/user/*") + glob.glob(BUILD + "/tests/*/*")

    def test_git(self):
        if not os.path.exists(os.path.join(TOP, ".git")) or not shutil.which("git"):
            self.tap.say(True, "git sees no product of the build # SKIP no git here")
            return
        place = os.path.relpath(BUILD, TOP)
        if not place.startswith(".."):
            seen = run("git", "status", "--porcelain", "--", place)
            self.shows("git sees no product of the build", seen, r"\A\Z")
        caches = [line for line in run("git", "status", "--porcelain").stdout.splitlines()
                  if line.endswith((".pyc", "__pycache__/", ".o", ".d"))]
        self.tap.say(not caches, "git sees no by-product", caches)

    def test_doctor_finds_what_is_missing(self):
        """A PATH with all but one tool: doctor says so, with the remedy; others still say fine."""
        tools = os.path.join(self.folder, "tools")
        os.mkdir(tools)
        for folder in ("/bin", "/usr/bin", "/usr/sbin"):
            for name in os.listdir(folder):
                if not os.path.lexists(os.path.join(tools, name)) and name != "xorriso":
                    os.symlink(os.path.join(folder, name), os.path.join(tools, name))
        done = run("tools/setup", "doctor", env={"PATH": tools})
        self.shows("make doctor: what is missing, who needs it, what to do", done,
                   r"^xorriso +MISSING +needed by make run \(the CD image\): \S+", r"^make +\d")

    # ---- What was built --------------------------------------------------------------------

    def segments(self, path):
        """(kind, flags) of each program header, as readelf says."""
        said = run("readelf", "-lW", path).stdout
        rows = re.findall(r"^  ([A-Z_]+) +0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ (.{3})", said, re.MULTILINE)
        return [(kind, flags.replace(" ", "")) for kind, flags in rows]

    def test_rights(self):
        programs = sorted(path for path in glob.glob(BUILD + "/user/*")
                          if not path.endswith((".o", ".d")))
        self.tap.say(len(programs) > 20, "there are programs", programs)
        for path in [os.path.join(BUILD, "ouros.elf"), *programs]:
            found = self.segments(path)
            loaded = [flags for kind, flags in found if kind == "LOAD"]
            both = [flags for flags in loaded if WRITE in flags and EXECUTE in flags]
            stack = [flags for kind, flags in found if kind == "GNU_STACK" and EXECUTE in flags]
            code = [flags for flags in loaded if EXECUTE in flags]
            self.tap.say(bool(code) and not both and not stack, "no memory is both written and run: "
                         + os.path.basename(path), [str(found)])

    # ---- tools/cc --------------------------------------------------------------------------

    def test_cc(self):
        wide = self.source("wide.c", WIDE)
        wanted = "16 %d %d %d\n" % (((0xffff << 64) + 12345) % 2000006,
                                    ((0xffff << 64) + 12345) // (1 << 40) % (1 << 64),
                                    float((0xffff << 64) + 12345))
        for compiler in [name for name in ("gcc", "clang") if shutil.which(name)]:
            program = os.path.join(self.folder, "wide-" + compiler)
            built = run(CC, "-Wall", "-Wextra", wide, "-o", program, "-lm", env={"CC": compiler})
            self.shows(f"tools/cc with {compiler}: no word of warning", built, r"\A\Z")
            there = run(program, "0xffff")
            self.tap.same(there.stdout, wanted, f"{compiler}: what it made runs on Linux")
            here = run("tools/vm", "--add", program, "--", "wide-" + compiler, "0xffff")
            self.tap.same(here.stdout, wanted, f"{compiler}: and on Ouros")
            self.tap.say(here.returncode == there.returncode == 2, f"{compiler}: the same status",
                         told(here))
        one = self.source("one.c", "int two(void);\nint main(void) { return two(); }\n")
        two = self.source("two.c", "int two(void) { return NUMBER; }\n")
        program = os.path.join(self.folder, "both")
        self.shows("tools/cc -c", run(CC, "-c", two, "-DNUMBER=7", "-o", program + ".o"), r"\A\Z")
        run(CC, one, program + ".o", "-o", program)
        self.tap.say(run(program).returncode == 7, "tools/cc links .c and .o files")
        # Without care it would take itself for the compiler, and that itself, for ever.
        rule = self.source("made.mk", f"{program}-made: {one} {two}\n\t$(CC) $(CFLAGS) $^ -o $@\n")
        named = run("timeout", "250", "make", "-sf", rule, "CC=env " + CC, "CFLAGS=-DNUMBER=9", program + "-made")
        self.shows("make CC=tools/cc: no word", named, r"\A\Z")
        self.tap.say(run(program + "-made").returncode == 9, "make CC=tools/cc builds a program")
        self.shows("tools/cc -S", run(CC, "-S", two, "-DNUMBER=7", "-o", "-"), r"\bret")
        fresh = run("make", "-n", "libc", "BUILD=" + os.path.join(self.folder, "fresh"))
        self.shows("tools/cc's library in a fresh tree: all that a program is linked with", fresh,
                   r"fresh/libc\.a$", r"fresh/crt1\.o$")
        self.shows("tools/cc --help", run(CC, "--help"), "^usage: tools/cc FILE.c", "tools/vm")
        os.mkdir(os.path.join(self.folder, "with blank"))
        blank = self.source("with blank/p q.c", "int main(void) { return 3; }\n")
        done = run(CC, blank, "-o", blank[:-2])
        self.tap.say(done.returncode == 0 and run(blank[:-2]).returncode == 3,
                     "tools/cc: names with blanks", told(done))

    def test_cc_errors(self):
        bad = self.source("bad.c", "int main(void) { return missing; }\n")
        lonely = self.source("lonely.c", "int nowhere(void);\nint main(void) { return nowhere(); }\n")
        out = os.path.join(self.folder, "nothing")
        self.shows("tools/cc alone says how it is used", run(CC), "^usage: tools/cc", status=2)
        self.shows("tools/cc without a source", run(CC, "-o", out), "no source files.*--help",
                   status=1)
        self.shows("tools/cc: a source that is not there", run(CC, "/not/there.c", "-o", out),
                   "/not/there.c: No such file", status=1)
        self.shows("tools/cc: a compiler that is not there",
                   run(CC, bad, "-o", out, env={"CC": "no-such-cc"}), "no-such-cc: not found",
                   status=1)
        self.shows("tools/cc: what does not compile", run(CC, bad, "-o", out),
                   r"bad\.c:1:.*missing", status=1)
        self.shows("tools/cc: what does not link", run(CC, lonely, "-o", out), "nowhere", status=1)
        self.tap.say(not os.path.exists(out), "and none of them leaves a program")

    def run(self):
        for name in [name for name in dir(self) if name.startswith("test_")]:
            if not sys.argv[1:] or name[5:] in sys.argv[1:]:
                getattr(self, name)()


with Tap() as taps, tempfile.TemporaryDirectory() as work:
    Tests(taps, work).run()
