#!/usr/bin/env python3
"""Programs that others wrote build unchanged with tools/cc, and do on Ouros what they do on Linux.

The sources are Debian's source packages. apt fetches them and checks them, without root, into
build/ports, where they stay until they are a month old. Each program is built by the host's compiler
with its own library, and by tools/cc. The same script runs with the first on Linux, and with the
second on Linux and on Ouros: what it prints must be the same. Without names of ports as arguments it
takes two, and with THOROUGH=1 all.
"""
# SPDX-License-Identifier: MIT
import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/lib"))
import apt  # noqa: E402
from programs import ENVIRONMENT, TOP, Tap  # noqa: E402

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
OWN = os.path.join(TOP, "tests/libc/ports")
STORE = os.path.join(BUILD, "ports")
SUITE = "trixie"
LIMIT_SECONDS = 600
MONTH = 30 * 24 * 3600
HOST = os.environ.get("CC", "cc").split()[0]


# ---- The sources


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit()


def archive_of(package):
    """The archive of the package's sources in the store, if it is there and fresh."""
    found = glob.glob(os.path.join(STORE, package + "_*.orig.tar.*"))
    fresh = [path for path in found if time.time() - os.stat(path).st_mtime < MONTH]
    return fresh[0] if fresh else None


def fetch(packages):
    """{package: why it is not here}, of those that could not be fetched."""
    missing = [package for package in packages if not archive_of(package)]
    if not missing:
        return {}
    store = apt.Store(STORE)
    if store.lacks():
        skip_all(": ".join(store.lacks()))
    store.prepare(["deb-src"], [SUITE])
    good, said, _ = store.run("update")
    if not good or said.startswith("W:"):
        skip_all(f"the archive cannot be reached: {said}")
    reasons = {}
    for package in missing:
        for path in glob.glob(os.path.join(STORE, package + "_*")):
            os.unlink(path)
        good, said, _ = store.run("source", "--download-only", "--tar-only", f"{package}/{SUITE}", cwd=STORE)
        if archive_of(package):
            os.utime(archive_of(package))
        if not good or not archive_of(package):
            reasons[package] = f"{package} cannot be fetched: {said}"
    return reasons


def unpack(package, folder):
    """The package's sources in a folder of their own; its path, where the sources begin."""
    with tarfile.open(archive_of(package)) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    names = os.listdir(folder)
    return os.path.join(folder, names[0]) if len(names) == 1 else folder


# ---- The programs: each function builds in `source` with a compiler and puts what runs into `run`


def call(folder, *words):
    """A command of the build; AssertionError with its last lines if it fails."""
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "CC", "CFLAGS", "TESTS", "BUILD")}  # fmt: skip
    done = subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)  # fmt: skip
    assert done.returncode == 0, "\n".join([" ".join(words), *done.stdout.splitlines()[-12:]])


def keep(run, *paths):
    for path in paths:
        for one in sorted(glob.glob(path)):
            target = os.path.join(run, os.path.basename(one))
            if os.path.isdir(one):
                shutil.copytree(one, target)
            else:
                shutil.copy(one, target)


def headers(run):
    """The headers of our library, for compilers to read in all three runs."""
    shutil.copytree(os.path.join(TOP, "libc/include"), os.path.join(run, "libc-include"))
    shutil.copytree(os.path.join(BUILD, "include"), os.path.join(run, "libc-include"), dirs_exist_ok=True)


def lua(source, run, compiler):
    call(source, "make", "-C", "src", f"CC={compiler}", "SYSCFLAGS=-DLUA_USE_POSIX", "SYSLIBS=", "lua", "luac")
    keep(run, source + "/src/lua", source + "/src/luac", OWN + "/all.lua")


def old_lua(source, run, compiler, tests):
    call(source, "make", "-C", "src", f"CC={compiler}", "CFLAGS=-O2 -DLUA_USE_POSIX", "lua")
    keep(run, source + "/src/lua", tests + "/_lua5.1-tests/*.lua")


def zlib(source, run, compiler):
    call(source, "env", f"CC={compiler}", "./configure", "--static")
    call(source, "make", "example", "minigzip")
    keep(run, source + "/example", source + "/minigzip", source + "/zlib.3")


def tcc(source, run, compiler):
    call(source, "./configure", f"--cc={compiler}", "--disable-rpath")
    call(source, "make", "tcc", "libtcc1.a")
    runner = os.path.join(source, "run")
    call(source, compiler, "-I.", os.path.join(OWN, "run.c"), "libtcc.a", "-o", runner, "-lm", "-ldl", "-lpthread")
    keep(run, source + "/tcc", source + "/libtcc1.a", runner, source + "/tests/tests2/*.[ch]", OWN + "/alone.c")
    shutil.copytree(source + "/include", os.path.join(run, "include"))
    headers(run)


def micropython(source, run, compiler):
    port = os.path.join(source, "ports/minimal")
    call(port, "make", f"CC={compiler}", "COPT=-Wno-error")
    keep(run, port + "/build/firmware.elf", OWN + "/script.py")


def chibicc(source, run, compiler):
    call(source, "make", f"CC={compiler}", "chibicc")
    keep(run, source + "/chibicc", source + "/include", source + "/test/*.[ch]")
    headers(run)


# ---- What runs. Scripts of sh, for dash and BusyBox

# Files of Lua 5.1's own tests that run alone and print the same each time.
OLD_TESTS = """attrib calls closure constructs db errors events files literals locals nextvar sort strings vararg
    verybig"""
SCRIPTS = {
    "lua5.4": """./lua -v; ./lua all.lua; ./lua - a b < all.lua | md5sum; ./luac -o all.out all.lua
        ./lua all.out | tail -n 3; ./luac -l -p all.lua | sed 's/0x[0-9a-f]*//g' | md5sum
        echo 'print(#arg, ...)' > one.lua; ./lua -e 'x = 1' -l string one.lua a b; ./lua -e 'error("no")'""",
    "lua5.1": f"""for test in {" ".join(OLD_TESTS.split())}; do ./lua $test.lua; echo "$test: $?"; done""",
    "zlib": """./example; for level in 1 6 9; do ./minigzip -$level < zlib.3 > z.gz; md5sum < z.gz
        ./minigzip -d < z.gz | cmp - zlib.3; done; cp zlib.3 copy; ./minigzip copy; ls; ./minigzip -d copy.gz
        cmp copy zlib.3; echo junk | ./minigzip -d""",
    "tcc": """./tcc -B. -v; ./tcc -B. -nostdlib -static alone.c -o alone; ./alone; echo $?; md5sum < alone
        for file in *.c; do ./tcc -B. -nostdinc -Iinclude -Ilibc-include -c $file -o o 2>&1 && md5sum < o; done
        for file in [0-8][0-9]_*.c; do echo "$file"; ./run $file; done""",
    "micropython": """(printf '\\005'; sed 's/$/\\r/' script.py; printf '\\004\\004') | ./firmware.elf""",
    # macro.c asks for its own file's time; for issue155.c chibicc prints memory that it never wrote; some
    # include headers of the host's own.
    "chibicc": """rm macro.c issue155.c $(grep -lE '#include <(linux/|asm/|bits/|sys/epoll)' *.c)
        for file in *.c; do echo "$file"
            ./chibicc -Iinclude -Ilibc-include -I. -S -o out.s $file 2>&1 && md5sum < out.s; done""",
}
# What may differ: addresses, and the figures of time and memory that some tests print.
DIFFERS = re.compile(rb"0x[0-9a-f]{6,}|\d+(\.\d+)? (secs?|msec|Kbytes?)|time: .*|with \d+ comparisons|"
                     rb"in [\d.]+ ms|on [\d/]+, at [\d:]+")


def linux(run, script):
    """(output, status) in a copy of the folder, so that what the script leaves does not matter."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "run")
        shutil.copytree(run, copy)
        done = subprocess.run(["sh", "-c", script], cwd=copy, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)  # fmt: skip
        return done.stdout, done.returncode


def ouros(run, script):
    words = [os.path.join(TOP, "tools/vm"), "--mem", "512M", "--timeout", str(LIMIT_SECONDS), "--add", run + ":/root/run"]
    words += [f"--env={name}={value}" for name, value in ENVIRONMENT.items()]
    done = subprocess.run([*words, "--cwd", "/root/run", "--", "sh", "-c", script], stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    return done.stdout, done.returncode


def compare(tap, port, folder, make):
    """Builds the port twice, and compares what the three runs print."""
    results = {}
    # BUILD means something else to some of the Makefiles.
    tool = os.path.join(folder, "cc")
    os.makedirs(folder)
    with open(tool, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nunset CC\nBUILD='{BUILD}' exec '{TOP}/tools/cc' \"$@\"\n")
    os.chmod(tool, 0o755)
    for name, compiler in ("host", HOST), ("ouros", tool):
        run = os.path.join(folder, name, "run")
        os.makedirs(run)
        try:
            make(os.path.join(folder, name), run, compiler)
        except AssertionError as error:
            tap.say(False, f"{port} builds for {name}", str(error).splitlines())
            return
        results[name] = run
    tap.say(True, f"{port} builds with tools/cc, unchanged")
    script = f"exec 2>&1\n{SCRIPTS[port]}"
    wanted, status = linux(results["host"], script)
    wanted = DIFFERS.sub(b"N", wanted)
    tap.say(wanted.count(b"\n") > 10, f"{port}: {wanted.count(bytes([10]))} lines with the host's library",
            wanted.decode(errors="replace").splitlines())  # fmt: skip
    for where, run in ("linux", linux), ("ouros", ouros):
        got, ended = run(results["ouros"], script)
        tap.same(DIFFERS.sub(b"N", got), wanted, f"{port}, {where}: the same output")
        tap.say(ended == status, f"{port}, {where}: the same status", [f"got {ended}, wanted {status}"])


PORTS = {"lua5.4": lua, "lua5.1": old_lua, "zlib": zlib, "tcc": tcc, "micropython": micropython, "chibicc": chibicc}
# Lua 5.1's own tests are in the package of another implementation, which uses them, too.
TESTS_OF_LUA = "golang-github-yuin-gopher-lua"


def main():
    os.makedirs(STORE, exist_ok=True)
    picked = sys.argv[1:] or (list(PORTS) if os.environ.get("THOROUGH") else ["lua5.4", "zlib"])
    missing = fetch([*picked, *([TESTS_OF_LUA] if "lua5.1" in picked else [])])
    with Tap() as tap, tempfile.TemporaryDirectory(dir=STORE) as work:
        for port in picked:
            reason = missing.get(port) or (port == "lua5.1" and missing.get(TESTS_OF_LUA))
            if reason:
                tap.say(True, f"{port} # SKIP {reason}")
                continue
            tests = unpack(TESTS_OF_LUA, os.path.join(work, "tests-" + port)) if port == "lua5.1" else None

            def make(folder, run, compiler, port=port, tests=tests):
                source = unpack(port, os.path.join(folder, "source"))
                PORTS[port](source, run, compiler, *([tests] if tests else []))

            compare(tap, port, os.path.join(work, port), make)


main()
