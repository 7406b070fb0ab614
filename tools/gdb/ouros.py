"""Commands for gdb: what the kernel knows, read from its memory. `help ouros` lists them."""
# SPDX-License-Identifier: MIT

import os
import re

import gdb

BUILD = os.environ.get("OUROS_BUILD", "build")
MODULE = gdb.COMMAND_DATA
STATES = {"PROCESS_ALIVE": "alive", "PROCESS_ZOMBIE": "zombie", "PROCESS_REAPED": "reaped"}


# ---- Reading the kernel's structures ------------------------------------------------------------

def value(expression):
    return gdb.parse_and_eval(expression)


def container_of(pointer, type_name, member):
    """The structure of which `pointer` points to a member."""
    kind = gdb.lookup_type(type_name)
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == member)
    return (pointer.cast(gdb.lookup_type("char").pointer()) - offset).cast(kind.pointer())


def each_in_list(head, type_name, member):
    """The entries of a `struct list`."""
    at = head["next"]
    while at and at != head.address:
        yield container_of(at, type_name, member)
        at = at["next"]


def each_in_tree(node):
    """The nodes of a `struct tree`, in order."""
    if node:
        yield from each_in_tree(node["left"])
        yield node
        yield from each_in_tree(node["right"])


def text(pointer):
    return pointer.string(errors="backslashreplace") if pointer else ""


def processes():
    """Every process, by pid."""
    for node in each_in_tree(value("pid_slots")["root"]):
        slot = container_of(node, "struct pid", "node")
        if slot["process"]:
            yield slot["process"]


def process_by_pid(words):
    """The process that the argument names; without one, the processor's current one."""
    if words:
        pid = int(words[0], 0)
        found = [each for each in processes() if int(each["pid"]) == pid]
        if not found:
            raise gdb.GdbError(f"there is no process {pid}")
        return found[0]
    for cpu in cpus():
        if cpu["thread"] and cpu["thread"]["process"]:
            return cpu["thread"]["process"]
    raise gdb.GdbError("no process runs; name one by its pid")


def cpus():
    for number in range(int(value("n_cpus"))):
        yield value("cpus")[number]


def threads(process):
    return each_in_list(process["threads"], "struct thread", "process_node")


def dentry_name(dentry):
    """A short name is in the dentry itself, a longer one in a block of its own."""
    place = dentry["name"]
    return text(place["inside"] if dentry["name_len"] < place.type.sizeof else place["block"])


def mounts():
    """(root, dentry that it hides) of the file systems that are mounted."""
    rows = value("'kernel/vfs/mount.c'::mounts")
    for at in range(int(value("'kernel/vfs/mount.c'::n_mounts"))):
        if rows[at]["covers"]:
            yield rows[at]["at"], rows[at]["covers"]


def path(dentry):
    """The path of a dentry, through mounts, up to the root."""
    if not dentry:
        return "?"
    names, deleted = [], " (deleted)" if dentry["dead"] else ""
    hidden = {int(root): covers for root, covers in mounts()}
    while True:
        while int(dentry) in hidden:
            dentry = hidden[int(dentry)]
        if not dentry["parent"] or dentry["parent"] == dentry:
            break
        names.append(dentry_name(dentry))
        dentry = dentry["parent"]
    return "/" + "/".join(reversed(names)) + deleted


def name_of(enumerator):
    """An enumeration's value without the prefix that all of them have."""
    return str(enumerator).rsplit("_", 1)[-1].lower()


def permissions(prot, flags):
    """As /proc/PID/maps shows them."""
    letters = [letter if prot & bit else "-" for letter, bit in (("r", 1), ("w", 2), ("x", 4))]
    return "".join(letters) + ("s" if flags & 1 else "p")


# ---- The commands -------------------------------------------------------------------------------

def first_thread(process):
    """The thread whose names and descriptors are shown as the process's; None in a zombie."""
    return next(iter(threads(process)), None)


def table_of(process):
    """Its table of descriptors, or None."""
    thread = first_thread(process)
    return thread["fs"]["fds"] if thread and thread["fs"]["fds"] else None


class Command(gdb.Command):
    """A command whose help is its class's documentation."""

    def __init__(self):
        super().__init__(self.name, MODULE)

    def invoke(self, argument, from_tty):
        try:
            self.run(gdb.string_to_argv(argument))
        except gdb.MemoryError:  # before paging is on, the kernel's addresses mean nothing yet
            raise gdb.GdbError("the kernel's memory cannot be read here: it has not started yet. Try: "
                               "hbreak proc_start_init, continue, and then again") from None


class Ouros(Command):
    """ouros: lists the commands that know Ouros."""
    name = "ouros"

    def run(self, words):
        for command in COMMANDS:
            print(command.__doc__.splitlines()[0])


class Ps(Command):
    """ps: processes and threads: pid, parent, state, what it waits for, name, working directory."""
    name = "ps"

    def run(self, words):
        print(f"{'PID':>5} {'PPID':>5} {'TID':>5} {'STATE':8} {'WAITS FOR':14} {'NAME':12} CWD")
        for process in processes():
            parent = process["parent"]["pid"] if process["parent"] else 0
            shown = False
            for thread in threads(process):
                names = thread["fs"]["names"]
                where = path(names["cwd"]) if names else ""
                state, waits = name_of(thread["state"]), text(thread["waits_for"])
                print(f"{int(process['pid']):5} {int(parent):5} {int(thread['tid']):5} {state:8} "
                      f"{waits:14} {text(thread['name']):12} {where}")
                shown = True
            if not shown:
                state = STATES.get(str(process["state"]), "?")
                print(f"{int(process['pid']):5} {int(parent):5} {'-':>5} {state}")


class Fds(Command):
    """fds [PID]: the open descriptors of a process: number, flags, position, what is open."""
    name = "fds"

    def run(self, words):
        table = table_of(process_by_pid(words))
        for number, file in descriptors(table) if table else ():
            flags, position = int(file["flags"]), int(file["pos"])
            mode = ("r", "w", "rw", "-")[flags & 3]
            print(f"{number:4} {mode:2} flags {flags:#o} at {position:<8} {path(file['dentry'])}")


def vmas(node):
    """The VMAs below a node of a space's tree, in the order of their addresses."""
    way = []
    while node or way:
        while node:
            way.append(node)
            node = node["child"][0]
        node = way.pop()
        yield container_of(node, "struct vma", "by_address")
        node = node["child"][1]


class VMAs(Command):
    """vmas [PID]: the areas of memory of a process, as /proc/PID/maps shows them."""
    name = "vmas"
    KINDS = ((2, "[stack]"), (4, "[heap]"), (8, "[env]"), (16, "[special]"))

    def run(self, words):
        space = process_by_pid(words)["space"]
        if not space:
            raise gdb.GdbError("it has no address space any more")
        for vma in vmas(space["vmas"]["root"]):
            flags = int(vma["flags"])
            kind = next((label for bit, label in self.KINDS if flags & bit), "")
            what = kind or ("file" if vma["backing"] else "")
            print(f"{int(vma['start']):012x}-{int(vma['end']):012x} "
                  f"{permissions(int(vma['prot']), flags)} {int(vma['offset']):8x} {what}")


class Calls(Command):
    """calls: the last system calls of each processor, oldest first, with their first arguments."""
    name = "calls"

    def run(self, words):
        for cpu in cpus():
            print(f"processor {int(cpu['id'])}:")
            size = cpu["last_calls"].type.range()[1] + 1
            last = int(cpu["last_call"])
            for at in range(max(0, last - size), last):
                number, *arguments = (int(cpu["last_calls"][at % size][k]) for k in range(4))
                print(f"  {call_name(number)}({', '.join(hex(each) for each in arguments)})")


class Program(Command):
    """program NAME|FILE: reads a program's symbols, so that breakpoints can be set in it."""
    name = "program"

    def run(self, words):
        if len(words) != 1:
            raise gdb.GdbError("usage: program NAME|FILE")
        file = words[0]
        if not os.path.exists(file):
            file = os.path.join(BUILD, "user", os.path.basename(file))
        gdb.execute(f"add-symbol-file {file}", to_string=True)
        print(f"symbols of {file}; `hbreak NAME` stops there, for example `hbreak main`")


class Type(Command):
    """type LINE: types a line to the shell in the guest; then `continue` lets it run."""
    name = "type"

    def invoke(self, argument, from_tty):
        keyboard = os.environ.get("OUROS_KEYBOARD")
        if not keyboard:
            raise gdb.GdbError("only under make debug")
        with open(keyboard, "w", encoding="utf-8") as file:
            file.write(argument + "\n")


# ---- Page tables --------------------------------------------------------------------------------

DIRECT_MAP = 0xFFFF888000000000
KERNEL_BASE = 0xFFFFFFFF80000000
ADDRESS_BITS = 0x000FFFFFFFFFF000
PTE_BITS = ((0, "present"), (1, "writable"), (2, "user"), (5, "accessed"), (6, "dirty"),
            (7, "large"), (8, "global"), (9, "shared"), (63, "no-execute"))


def entry_at(table, address, level):
    """The entry of a page table that decodes the address; level 4 is the root's."""
    index = address >> 12 + 9 * (level - 1) & 511
    where = gdb.Value(DIRECT_MAP + table + 8 * index)
    return index, int(where.cast(gdb.lookup_type("unsigned long").pointer()).dereference())


class Walk(Command):
    """walk ADDRESS [PID]: the page-table entries on the way to an address, to its frame."""
    name = "walk"

    def run(self, words):
        if not words:
            raise gdb.GdbError("usage: walk ADDRESS [PID]")
        address = int(value(words[0])) & 0xFFFFFFFFFFFFFFFF
        root = int(value("kernel_root"))
        table = root - (KERNEL_BASE if root >= KERNEL_BASE else DIRECT_MAP)
        if words[1:] or address < 1 << 47:
            space = process_by_pid(words[1:])["space"]
            if not space:
                raise gdb.GdbError("it has no address space any more")
            table = int(space["root"])
        for level in (4, 3, 2, 1):
            index, pte = entry_at(table, address, level)
            bits = " ".join(name for bit, name in PTE_BITS if pte >> bit & 1)
            print(f"level {level} table {table:#x} entry {index:3}: {pte:#018x} {bits}")
            if not pte & 1:
                print("not mapped")
                return
            table = pte & ADDRESS_BITS
            if level == 1 or pte & 1 << 7 and level < 4:
                break
        span = 1 << 12 + 9 * (level - 1)
        frame = table & ~(span - 1)
        refs = int(value("frames")[frame >> 12]["refs"])
        print(f"physical {frame | address & span - 1:#x}, in a frame with {refs} reference"
              f"{'' if refs == 1 else 's'}")


# ---- Locks --------------------------------------------------------------------------------------

def global_locks():
    """(name, lock) of the locks that are variables, of all files."""
    for kind in ("spinlock", "mutex"):
        file = ""
        for line in gdb.execute(f"info variables -q -t {kind}", to_string=True).splitlines():
            variable = re.search(rf"struct {kind} (\w+);", line)
            if line.startswith("File "):
                file = line[5:].rstrip(":")
            elif variable:
                yield variable[1], value(f"'{file}'::{variable[1]}")


def process_locks(process):
    """The locks of one process and of what it has open."""
    pid = f"process {int(process['pid'])}'s"
    yield f"{pid} exec_lock", process["exec_lock"]
    yield f"{pid} signal_lock", process["signal_lock"]
    yield f"{pid} fs.lock", process["fs"]["lock"]
    table = table_of(process)
    if process["space"]:
        yield f"{pid} space->lock", process["space"]["lock"]
    if table:
        yield f"{pid} fds->lock", table["lock"]
        for number, file in descriptors(table):
            yield f"{pid} file {number}'s pos_lock", file["pos_lock"]
            yield f"{pid} file {number}'s inode->lock", file["inode"]["lock"]


def every_lock():
    yield from global_locks()
    for process in processes():
        yield from process_locks(process)


def owner_of(lock):
    """In words; "" when it is free."""
    if lock.type.name == "spinlock":
        return f"processor {int(lock['taken']) - 1}" if lock["taken"] else ""
    thread = lock["owner"]
    return f"thread {int(thread['tid'])} ({text(thread['name'])})" if thread else ""


class Locks(Command):
    """locks [all]: the locks that are held, by which processor or thread, and the ranks that each processor holds."""
    name = "locks"

    def run(self, words):
        n_held, seen = 0, set()
        for name, lock in every_lock():
            owner = owner_of(lock)
            if int(lock.address) in seen or not (owner or words):
                continue
            seen.add(int(lock.address))
            n_held += bool(owner)
            print(f"{name} ({text(lock['name'])}, rank {int(lock['rank'])}): {owner or 'free'}")
        for cpu in cpus():
            ranks = [rank for rank in range(64) if int(cpu["spin_ranks"]) >> rank & 1]
            print(f"processor {int(cpu['id'])} holds spinlocks of ranks {ranks or 'none'}")
        print(f"{n_held} locks are held")


# ---- The RAM file system ------------------------------------------------------------------------

FILE_TYPES = {0o040000: "/", 0o120000: "@", 0o010000: "|", 0o140000: "=", 0o020000: "%"}


def radix_words(node, height, size):
    """The words of a radix tree, in order of their index."""
    if height == 0:
        yield node
    elif node:
        words = gdb.Value(node).cast(gdb.lookup_type("unsigned long").pointer())
        for at in range(size):
            yield from radix_words(int(words[at]), height - 1, 64)


def children(entry):
    """The entries of a directory, in the order that a listing has; none if it is not ramfs."""
    if str(entry["inode"]["fs"]["type"].string()) not in ("ramfs", "devtmpfs"):
        return
    slots = container_of(entry["inode"], "struct ramfs_inode", "inode")["dir"]["slots"]
    kind = gdb.lookup_type("struct dentry").pointer()
    for word in radix_words(int(slots["root"]), int(slots["height"]), 1 << int(slots["top_bits"])):
        if word and not word & 1:
            yield gdb.Value(word).cast(kind)


def is_directory(entry):
    return int(entry["inode"]["mode"]) & 0o170000 == 0o040000


def below(entry):
    """What is mounted on an entry, or it itself."""
    roots = {int(covers): root for root, covers in mounts()}
    while int(entry) in roots:
        entry = roots[int(entry)]
    return entry


class Tree(Command):
    """tree [PATH [DEPTH]]: the RAM file system: inode, mode, links, size and name of each file."""
    name = "tree"

    def run(self, words):
        at = below(self.root())
        for name in (words[0] if words else "/").strip("/").split("/"):
            if name:
                found = [each for each in children(at) if dentry_name(each) == name]
                if not found:
                    raise gdb.GdbError(f"{path(at)} has no {name}")
                at = below(found[0])
        self.show(at, "", int(words[1], 0) if words[1:] else 16)

    @staticmethod
    def root():
        for process in processes():
            thread = first_thread(process)
            if thread and thread["fs"]["names"]:
                return thread["fs"]["names"]["root"]
        raise gdb.GdbError("no process has a root directory")

    def show(self, directory, margin, depth):
        for entry in children(directory):
            inode = below(entry)["inode"]
            mode = int(inode["mode"])
            print(f"{int(inode['ino']):6} {mode:06o} {int(inode['nlink']):3} "
                  f"{int(inode['size']):9} {margin}{dentry_name(entry)}"
                  f"{FILE_TYPES.get(mode & 0o170000, '')}")
            if is_directory(below(entry)) and depth > 1:
                self.show(below(entry), margin + "  ", depth - 1)


# ---- Helpers of several -------------------------------------------------------------------------

def descriptors(table):
    """(number, file) of each descriptor in use; bit 0 of a slot says close-on-exec."""
    kind = gdb.lookup_type("struct file").pointer()
    for number in range(int(table["size"])):
        slot = int(table["slots"][number]) & ~1
        if slot:
            yield number, gdb.Value(slot).cast(kind)


def call_name(number):
    """A system call's name, by the row of the kernel's table."""
    try:
        return text(value("'door.c'::call_names")[number])
    except (gdb.error, gdb.MemoryError):
        return f"call {number}"


COMMANDS = [command() for command in (Ouros, Ps, Fds, VMAs, Walk, Calls, Locks, Tree,
                                    Program, Type)]
