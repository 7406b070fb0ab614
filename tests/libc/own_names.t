#!/usr/bin/env python3
"""A program may have functions of its own under all names that ISO C does not reserve, at once.

The names are those that our libraries define, but for ISO C's. Each becomes a function that says its
name, so the test shows which name the library would call instead of its own. The program calls ISO
C's functions of every family, and must print what it prints without names of its own.
"""
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import TOP, Tap, build, on_linux, on_ouros  # noqa: E402

ISO = set("""
    abort abs acos aligned_alloc asctime asin at_quick_exit atan atan2 atexit atof atoi atol atoll bsearch calloc ceil
    clearerr clock cos cosh ctime difftime div exit exp fabs fclose feof ferror fflush fgetc fgetpos fgets floor fmod
    fopen fprintf fputc fputs fread free freopen frexp fscanf fseek fsetpos ftell fwrite getc getchar getenv gmtime
    imaxabs imaxdiv isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit
    labs ldexp ldiv llabs lldiv localeconv localtime log log10 longjmp malloc mblen mbstowcs mbtowc memchr memcmp memcpy
    memmove memset mktime modf perror pow printf putc putchar puts qsort quick_exit raise rand realloc remove rename
    rewind scanf setbuf setjmp setlocale setvbuf signal sin sinh snprintf sprintf sqrt srand sscanf stderr stdin stdout
    strcat strchr strcmp strcoll strcpy strcspn strerror strftime strlen strncat strncmp strncpy strpbrk strrchr strspn
    strstr strtod strtof strtoimax strtok strtol strtold strtoll strtoul strtoull strtoumax strxfrm system tan tanh time
    timespec_get tmpfile tmpnam tolower toupper ungetc vfprintf vfscanf vprintf vscanf vsnprintf vsprintf vsscanf
    wcstombs wctomb""".split())  # fmt: skip
START = r"""
static void say(const char *text, long length)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(1L), "D"(2L), "S"(text), "d"(length) : "rcx", "r11", "memory");
}
"""


def own_names():
    """What the archives define, without ISO C's names and those that begin with an underscore."""
    folder = os.path.join(TOP, os.environ.get("BUILD", "build"))
    archives = [os.path.join(folder, name) for name in ("libc.a", "libm.a")]
    listed = subprocess.run(
        ["nm", "-g", "--defined-only", *filter(os.path.exists, archives)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True,
    ).stdout  # fmt: skip
    names = {line.split()[2] for line in listed.splitlines() if len(line.split()) == 3}
    return sorted(name for name in names - ISO if not name.startswith("_"))


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        plain = build("tests/libc/own_names/iso.c", folder)
        wanted, _, status = on_linux(plain)
        tap.say(status == 0 and wanted.endswith(b"at exit\n"), "the program without own names")
        names, source, program = own_names(), os.path.join(folder, "own.c"), os.path.join(folder, "own")
        with open(source, "w", encoding="ascii") as file:
            file.write(START)
            for name in names:
                file.write(f'void {name}(void) {{ say("{name}\\n", {len(name) + 1}); }}\n')
        done = subprocess.run(
            [os.path.join(TOP, "tools/cc"), "-w", "-fno-builtin", os.path.join(TOP, "tests/libc/own_names/iso.c"),
             source, "-o", program], capture_output=True, check=False, text=True,
        )  # fmt: skip
        tap.say(done.returncode == 0 and len(names) > 600, f"it links with {len(names)} own names", done.stderr.splitlines())
        for where, run in ("linux", on_linux), ("ouros", on_ouros):
            output, errors, ended = run(program)
            tap.same(output, wanted, f"{where}: the same output")
            tap.say(errors.startswith(b"perror: ") and errors.count(b"\n") == 1, f"{where}: none is called",
                    errors.decode(errors="replace").splitlines())  # fmt: skip
            tap.say(ended == 0, f"{where}: the same status", [f"got {ended}"])


main()
