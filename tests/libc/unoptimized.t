#!/usr/bin/env python3
"""Without optimization, where a student steps through a program: `os` is an object that is addressed, not
copied for each call, a step leads into the function, and os.environ is the global's value."""
# SPDX-License-Identifier: MIT
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, on_linux, on_ouros  # noqa: E402

PROGRAM = r"""
#include <os.h>
#include <pthread.h>
#include <string.h>
static _Atomic int done;
/* Calls by a thread must not change what another one reads. */
static void *call(void *arg)
{
    while (!done)
        if (os.getpid() <= 0)
            return arg;
    return NULL;
}
static int environ_is_current(void)
{
    char *first[] = {"A=1", NULL}, *second[] = {"B=2", NULL}, **before = os.environ;
    int right = before == environ;
    for (int i = 0; i < 200000; i++) {
        environ = i % 2 ? first : second;
        right &= os.environ == environ;
    }
    right &= !strcmp(os.environ[0], "A=1") && !strcmp(os.getenv("A", ""), "1");
    environ = before;
    return right;
}
static pid_t one_call(void)
{
    return os.getpid();
}
int main(void)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, call, &done))
        return 2;
    int right = environ_is_current();
    done = 1;
    pthread_join(thread, &result);
    puts(right && !result ? "environ is current" : "environ is not current");
    return os.path.exists(os.path.join("/", "no such name")) || one_call() == os.getppid();
}
"""


def code_of(program, function):
    """The instructions of a function."""
    said = subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program],
                          capture_output=True, text=True, check=True)
    return [line for line in said.stdout.splitlines() if ":\t" in line]


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "plain.c"), os.path.join(folder, "plain")
        with open(source, "w", encoding="ascii") as file:
            file.write(PROGRAM)
        words = [os.path.join(TOP, "tools/cc"), "-O0", "-g", "-Wall", "-Wextra", "-Werror", source, "-o", program]
        subprocess.run(words, check=True)
        for where, run in ("linux", on_linux), ("ouros", on_ouros):
            output, errors, status = run(program)
            tap.say(output == b"environ is current\n" and status == 0, f"{where}: os.environ, with a second thread",
                    [f"status {status}", output, errors])
        for function in "one_call", "environ_is_current", "main":
            code = code_of(program, function)
            tap.say(code and not any("rep " in line or "memcpy" in line for line in code),
                    f"{function}: the structure is not copied", code)
        if shutil.which("gdb"):
            commands = ("break one_call", "run", "step", "backtrace 2")
            said = subprocess.run(["gdb", "-nx", "-batch", *(word for each in commands for word in ("-ex", each)), program],
                                  capture_output=True, text=True, check=False).stdout
            tap.say("#0  os_getpid (" in said and " in one_call (" in said, "gdb: one step from os.getpid() into os_getpid",
                    said.splitlines())


main()
