#!/usr/bin/env python3
"""Objects that the host's compiler makes with the host's headers and options link with our library
and run: canaries on the stack, thread-local variables in each model, errno."""
# SPDX-License-Identifier: MIT
import os
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, on_linux, on_ouros  # noqa: E402

FOLDER = os.path.join(TOP, "tests/libc/foreign")
OPTIONS = (
    "-fstack-protector-all",
    "-O2 -fstack-protector-strong -fcf-protection",
    "-O0 -fPIC -fstack-protector-all",
    "-O2 -fPIC -fstack-protector-strong -ftls-model=global-dynamic",
    "-O2 -fPIE -fstack-protector-strong -ftls-model=initial-exec",
    "-O2 -fno-pie -fstack-protector-strong -ftls-model=local-exec",
)
WANTED = b"first values: 1 0\nchanged: b -1 7 100\nerrno: 1\na full array: x\n"


def make(folder, number, options):
    """The program of the two parts."""
    part, program = os.path.join(folder, "part.o"), os.path.join(folder, f"foreign{number}")
    host = os.environ.get("CC", "cc").split()[0]
    source = os.path.join(FOLDER, "part.c")
    subprocess.run([host, "-U_FORTIFY_SOURCE", *options.split(), "-c", source, "-o", part], check=True)
    main = os.path.join(FOLDER, "main.c")
    tool = os.path.join(TOP, "tools/cc")
    subprocess.run([tool, "-pthread", main, part, "-o", program, "-lpthread"], check=True)
    return program


ALIGNED = """
#include <pthread.h>
%(first)s static _Thread_local _Alignas(%(data)d) char data = 5;
%(first)s static _Thread_local char more_data = 6;
%(second)s static _Thread_local _Alignas(%(zero)d) char zero;
%(second)s static _Thread_local char zeros[100];
static void *look(void *arg)
{
    int right = 1;
%(first)s    right &= data == 5 && more_data == 6 && (unsigned long)&data %% %(data)d == 0;
%(second)s    right &= !zero && !zeros[99] && (unsigned long)&zero %% %(zero)d == 0;
%(second)s    zero = zeros[99] = 1;
    return right ? arg : (void *)0;
}
int main(void)
{
    pthread_t thread;
    void *result = look(&thread);
    for (int i = 0; i < 3 && result; i++)
        if (pthread_create(&thread, (void *)0, look, &thread) || pthread_join(thread, &result))
            return 2;
    return !result;
}
"""


def check_alignments(tap, folder):
    """Variables with first values, without, and both, of all alignments: the linker and the library
    agree where they are."""
    source, program = os.path.join(folder, "aligned.c"), os.path.join(folder, "aligned")
    wrong = []
    for data in 0, 1, 4, 16, 128, 4096:
        for zero in 0, 1, 8, 64, 512:
            names = {"data": data or 1, "zero": zero or 1, "first": "" if data else "//",
                     "second": "" if zero else "//"}
            with open(source, "w", encoding="ascii") as file:
                file.write(ALIGNED % names)
            subprocess.run([os.path.join(TOP, "tools/cc"), source, "-o", program], check=True)
            if subprocess.run([program], check=False).returncode:
                wrong.append(f"data aligned to {data}, zeros to {zero}")
    tap.say(not wrong, "variables of all alignments are where the linker says", wrong)


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        check_alignments(tap, folder)
        for number, options in enumerate(OPTIONS):
            program = make(folder, number, options)
            for where, run in ("linux", on_linux), ("ouros", on_ouros):
                output, errors, status = run(program)
                tap.same(output, WANTED, f"{options}, {where}: what it prints")
                tap.say(status == 0, f"{options}, {where}: ends well", [f"{status} {errors}"])
                output, errors, status = run(program, "overrun")
                tap.say(
                    status in (-signal.SIGABRT, 128 + signal.SIGABRT),
                    f"{options}, {where}: an overrun array ends it",
                    [f"status {status}", errors.decode(errors="replace")],
                )


main()
