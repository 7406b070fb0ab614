#!/usr/bin/env python3
"""The documents are true: commands run and print what is shown, what links and names point to is there.

The convention for fenced blocks; what is run is run in order, in a copy of the tree and its build:

    ```sh                 a script that must succeed
    ```console            commands after `$ ` and all that they print; `...` stands for anything,
                          alone in a line for any lines
    ```sh by FILE         commands that FILE runs, or that INTERACTIVE below has
    ```LANGUAGE FILE      a file that is written before the next commands run; if it is there,
                          a row of its table or a line of its list is added
    ```text               is shown only
"""
# SPDX-License-Identifier: MIT
# needs: procfs screen sysrq symbols
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
sys.path.insert(0, os.path.join(TOP, "tests"))
from programs import Tap

FIRST = ["README.md", "kernel/README.md"]
LIMIT_SECONDS = 900
# Commands that want a person: what is typed, once the other text was seen.
INTERACTIVE = {
    "make run": (b"ouros:~", b"echo $((41 + 1)) && exit\n", b"\n42\r\n"),
    "make debug": (b"(gdb) ", b"ouros\nkill\nquit\n", b"vmas [PID]"),
    'make debug RUN="/bin/ls -l"': (b"(gdb) ", b"hbreak door_execve\ncontinue\nkill\nquit\n",
                                    b"Breakpoint 1, "),
}
# Commands that a document names within a sentence, and that are run here as they are.
HARMLESS = ("make help", "make tour", "make tour ANNEX=all", "make doctor", "make libc",
            "make -f libc/libc.mk readme")
# Commands that others run: the file that does.
ELSEWHERE = {"make test": ".ci/run", "make CORE=1": ".ci/run", "make lint": ".ci/run", "make coverage": ".ci/run",
             "make test THOROUGH=1": ".ci/run", "make release": "tests/tools/build.t", "make ide": "tests/tools/build.t"}
# Commands that take minutes or the network: the test that runs the same on a small scale.
LONG = {"make bench": "tests/bench/counts.t",
        "make fuzz SEED=50001 CALLS=5000000 CPUS=1": "tests/fuzz/fuzz.t",
        "make fuzz SEED=52001 CALLS=2000000 CPUS=4": "tests/fuzz/fuzz.t",
        "make fuzz SEED=2001 CALLS=3000000 CPUS=4": "tests/fuzz/fuzz.t",
        "make fuzz SEED=61002 CALLS=300000 CPUS=1": "tests/fuzz/fuzz.t",
        "make fuzz BUILD=build/kasan SANITIZE=kernel-address,undefined SEED=41001 CALLS=200000":
            "tests/fuzz/fuzz.t"}


# ---- Reading documents ---------------------------------------------------------------------------

class Block:
    def __init__(self, language, about, text):
        self.language, self.about, self.text = language, about, text


def is_build(name):
    return name.startswith("build") and os.path.isdir(os.path.join(TOP, name))


def find_documents():
    found = []
    for folder, folders, names in os.walk(TOP):
        folders[:] = [name for name in folders
                      if not name.startswith(".") and not (folder == TOP and is_build(name))]
        found += [os.path.relpath(os.path.join(folder, name), TOP)
                  for name in names if name.endswith(".md")]
    return FIRST + sorted(set(found) - set(FIRST))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def blocks_of(text):
    fences = re.finditer(r"^```(\w+)(?: (.*))?\n((?:.*\n)*?)```$", text, re.M)
    return [Block(fence[1], fence[2] or "", fence[3]) for fence in fences]


def prose_of(text):
    return re.sub(r"^```.*\n(?:.*\n)*?```$", "", text, flags=re.M)


def spans_of(text):
    return re.findall(r"`([^`\n]+)`", prose_of(text))


def commands_of(block):
    if block.language == "console":
        return [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    return block.text.splitlines() if block.language == "sh" else []


# ---- Running what they say ----------------------------------------------------------------------

def environment():
    """Ours, without what a make above us said; the copy has its build where it is by default."""
    gone = ("BUILD", "TESTS", "JOBS", "WERROR", "MAKEFLAGS", "MFLAGS", "MAKELEVEL",
            "MAKEOVERRIDES", "GNUMAKEFLAGS")
    ours = {name: value for name, value in os.environ.items() if name not in gone}
    if "CC" in ours:
        ours["CC"] = ours["CC"].replace(" --target=x86_64-linux-gnu", "")
    return ours


def copy_tree(to):
    """The tree and its build, with their times, so that make finds nothing to do."""
    def unwanted(folder, names):
        if folder == TOP:
            return [name for name in names if name == ".git" or is_build(name)]
        return [name for name in names if name == "__pycache__"]

    shutil.copytree(TOP, to, symlinks=True, ignore=unwanted, dirs_exist_ok=True)
    build = os.path.join(to, "build")
    shutil.copytree(BUILD, build, symlinks=True,
                    ignore=shutil.ignore_patterns("tests", "lint", "coverage", "sanitized", "ports", "release"))
    rename_in_dependencies(build, os.environ.get("BUILD", "build"))


def rename_in_dependencies(build, was):
    """What the compiler noted of each object names files of the build; it has another name now."""
    for folder, _, names in os.walk(build):
        for name in names:
            if name.endswith(".d"):
                with open(os.path.join(folder, name), "r+", encoding="utf-8") as file:
                    text = file.read().replace(was + "/", "build/")
                    file.seek(0)
                    file.truncate()
                    file.write(text)


def shell(script, folder):
    """(status, output) of a script; 124 where it takes too long."""
    try:
        done = subprocess.run(["sh"], input=script.encode(), cwd=folder, env=environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT_SECONDS, check=False)
        return done.returncode, done.stdout.decode("utf-8", "backslashreplace")
    except subprocess.TimeoutExpired as late:
        return 124, (late.stdout or b"").decode("utf-8", "backslashreplace")


def run_script(tap, name, block, folder):
    status, output = shell("set -e\n{\n" + block.text + "} </dev/null\n", folder)
    first = block.text.splitlines()[0]
    tap.say(status == 0, f"{name}: {first}", [f"status {status}", *output.splitlines()[-30:]])


def pattern_of(shown):
    lines = [r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
             for line in shown]
    return re.compile("".join(lines))


def run_console(tap, name, block, folder):
    """Each command with what it printed, all in one shell."""
    steps = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        else:
            steps[-1][1].append(line)
    script = "".join(f"printf '@@{i}@@\\n'\n{{ {command}\n}} </dev/null\n"
                     for i, (command, _) in enumerate(steps))
    _, output = shell(script, folder)
    for i, (command, shown) in enumerate(steps):
        part = re.search(rf"@@{i}@@\n(.*?)(?=@@{i + 1}@@\n|\Z)", output, re.S)
        printed = part[1] if part else ""
        tap.say(bool(part and pattern_of(shown).fullmatch(printed)), f"{name}: $ {command}",
                ["shown:", *shown, "printed:", *printed.splitlines()[-30:]])


def add_lines(path, lines):
    """Rows of the table go where their number belongs, sources after the last of their room."""
    with open(path, encoding="utf-8") as file:
        rows = file.read().splitlines()
    for line in lines:
        number = re.match(r"(\d+) \|", line)
        if number:
            behind = [i for i, row in enumerate(rows)
                      if re.match(r"\d+ \|", row) and int(row.split()[0]) < int(number[1])]
        else:
            room = line[:line.rindex("/") + 1]
            behind = [i for i, row in enumerate(rows) if row.startswith(room)]
        rows.insert(behind[-1] + 1, line)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")


def write_file(block, folder):
    path = os.path.join(folder, block.about)
    if os.path.exists(path):
        add_lines(path, block.text.splitlines())
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(block.text)


def type_at(command, folder, awaited, typed):
    """Runs a command on a terminal, types when the awaited text was seen; all that it printed."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe("sh", ["sh", "-c", command], environment())
    output, give_up = b"", time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < give_up:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            output += os.read(terminal, 4096)
        except OSError:
            break
        if typed and awaited in output:
            os.write(terminal, typed)
            typed = b""
    else:
        os.kill(child, 15)
    os.close(terminal)
    os.waitpid(child, 0)
    return output


def run_interactive(tap, name, command, folder):
    awaited, typed, wanted = INTERACTIVE[command]
    output = type_at(command, folder, awaited, typed)
    lines = output.decode("utf-8", "backslashreplace").splitlines()
    tap.say(wanted in output, f"{name}: {command}, typed: {typed.decode().splitlines()[0]}",
            lines[-30:])


def run_by(tap, name, block, folder):
    """Commands that another file runs must be there."""
    by = block.about[3:]
    for command in commands_of(block):
        if command in INTERACTIVE:
            run_interactive(tap, name, command, folder)
        else:
            here = os.path.exists(os.path.join(TOP, by)) and command.split()[-1] in read(by)
            tap.say(here, f"{name}: {command} is run by {by}", [f"{by} does not name it"])


def wants_gdb(block):
    return any(re.search(r"make debug|tools/debug", command) for command in commands_of(block))


def run_block(tap, name, block, folder):
    if wants_gdb(block) and not shutil.which("gdb"):
        tap.say(True, f"{name}: {commands_of(block)[-1]} # SKIP gdb is not here (make doctor)")
    elif block.about.startswith("by "):
        run_by(tap, name, block, folder)
    elif block.about:
        write_file(block, folder)
    elif block.language == "sh":
        run_script(tap, name, block, folder)
    elif block.language == "console":
        run_console(tap, name, block, folder)


# ---- Looking up what they name ------------------------------------------------------------------

def slug(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def dead_links(name, text):
    """Links to files or headings that are not there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(text)):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        if not os.path.exists(os.path.join(TOP, path)):
            yield f"{target} is not there"
        elif anchor and anchor not in map(slug, re.findall(r"^#+ (.*)$", read(path), re.M)):
            yield f"{target} is not a heading"


def dead_paths(name, text):
    """Paths in code spans whose first folder is one of ours, but which lead nowhere."""
    folders = ("", os.path.dirname(name), "kernel", "libc", "libc/include", os.path.dirname(BUILD))
    bases = [os.path.join(TOP, folder) for folder in folders]
    for span in spans_of(text):
        if not re.fullmatch(r"[\w.+-]+(?:/[\w.+-]+)+/?|[\w.+-]+/", span):
            continue
        ours = any(os.path.isdir(os.path.join(base, span.split("/")[0])) for base in bases)
        there = any(os.path.exists(os.path.join(base, span)) for base in bases)
        if ours and not there and not span.startswith("build/"):
            yield f"{span} is not there"


def all_sources():
    texts = []
    roots = ["kernel", "libc", "tests", *(f"{BUILD}/{name}" for name in ("gen", "libc", "include"))]
    for root in roots:
        for folder, _, names in os.walk(os.path.join(TOP, root)):
            texts += [read(os.path.join(folder, each)) for each in names
                      if each.endswith((".c", ".h", ".S"))]
    return "\n".join(texts)


def unknown_functions(text, sources):
    known = set(re.findall(r"\b([a-z_]\w*)\(", sources))
    named = re.findall(r"\b([a-z_]\w*)\(\)", text)
    return [f"there is no {name}()" for name in named if name not in known]


def os_table():
    """{name: prototype} of libc/os.tbl, without the '+' that marks names of C's own."""
    rows = [line.split("|") for line in read("libc/os.tbl").splitlines()
            if "|" in line and line[0] != "#"]
    return {row[0].strip().lstrip("+"): row[1].strip() for row in rows}


def unknown_os_names(text, table):
    for span in spans_of(text):
        name = re.fullmatch(r"os\.([\w.]+?)(?:\(.*\))?", span)
        if name and name[1] not in table and name[1] not in ("h", "tbl", "environ", "path"):
            yield f"os.{name[1]} is not in libc/os.tbl"


def wrong_prototypes(text, table):
    """Rows `os.name(...)` | `prototype` that are not as the table has them."""
    for name, prototype in re.findall(r"^\| `os\.(\w+)\(.*?\)` \| `(.*?)` \|", text, re.M):
        if table.get(name) != prototype.replace("os.", ""):
            yield f"os.{name} is {table.get(name)}"


def wrong_figures(text):
    calls = len(re.findall(r"^\d+ \|", read("kernel/syscall/syscall.tbl"), re.M))
    said_in = re.compile(r"\b(?:has|are) (\d+) (?:system )?calls|system calls \| (\d+),")
    for said in said_in.findall(text):
        if calls != int("".join(said)):
            yield f"{''.join(said)} calls, but there are {calls}"


def unrun_commands(text, ran, helps):
    """Commands in sentences that nothing runs; options that a tool's --help does not know."""
    known = {*ran, *HARMLESS, *ELSEWHERE, *LONG, *INTERACTIVE}
    for span in spans_of(text):
        words = span.split()
        if words[0] == "make" and len(words) > 1 and span not in known:
            yield f"nothing runs `{span}`"
        if re.match(r"(tools|tests)/\w+$", words[0]):
            if not os.path.isfile(os.path.join(TOP, words[0])):
                continue
            for option in re.findall(r"--[a-z][\w-]*", span):
                if option not in helps(words[0]):
                    yield f"{words[0]} --help does not know {option}"


def tool_help(tool, known={}):
    """What a tool prints for --help; asked once."""
    if tool not in known:
        known[tool] = shell(f"{tool} --help", TOP)[1] + " --help"
    return known[tool]


def png_size(path):
    with open(path, "rb") as file:
        head = file.read(24)
    return struct.unpack(">II", head[16:24]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


# ---- All of it ----------------------------------------------------------------------------------

def check_words(tap, name, text, known):
    problems = [*dead_links(name, text), *dead_paths(name, text)]
    tap.say(not problems, f"{name}: what links and paths point to is there", problems)
    problems = [*unknown_functions(text, known["sources"]), *unknown_os_names(text, known["os"]),
                *wrong_prototypes(text, known["os"]), *wrong_figures(text)]
    tap.say(not problems, f"{name}: functions, names, figures are those of the sources", problems)
    problems = [*unrun_commands(text, known["ran"], tool_help)]
    tap.say(not problems, f"{name}: each command that it names is run", problems)


def main():
    texts = {name: read(name) for name in find_documents()}
    blocks = [(name, block) for name, text in texts.items() for block in blocks_of(text)]
    known = {"sources": all_sources(), "os": os_table(),
             "ran": {command for _, block in blocks for command in commands_of(block)}}
    with Tap() as tap, tempfile.TemporaryDirectory(prefix="ouros-docs-") as folder:
        for name, text in texts.items():
            check_words(tap, name, text, known)
        copy_tree(folder)
        shell("make all iso", folder)
        status, output = shell("make all iso", folder)
        lines = output.splitlines()
        tap.say(status == 0 and len(lines) == 1, "a second make has nothing to do", lines)
        for command in HARMLESS:
            status, output = shell(command, folder)
            tap.say(status == 0, command, output.splitlines()[-10:])
        for name, block in blocks:
            run_block(tap, name, block, folder)
        kept, made = [png_size(os.path.join(root, "docs/screenshot.png")) for root in (TOP, folder)]
        tap.say(made and kept == made, "docs/screenshot.png is a picture like the one made now",
                [f"{kept}, {made}"])


main()
