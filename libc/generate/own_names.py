#!/usr/bin/env python3
"""Lets a program have functions of its own under any name that an archive of ELF objects defines.

usage: libc/generate/own_names.py ARCHIVE

All that the archive defines becomes weak, so that the program's own functions win. What its objects
use of each other, and of themselves, they use by a second name, __libc_NAME, which is added where
NAME is defined: so they get the archive's function, not the program's. Only the heap is one for all:
a program that brings its own malloc brings it for getline, too.

objcopy cannot do that: its --weaken makes what an object only uses weak too, and a linker does not
look into an archive for the sake of a weak name. The archive's index must be made anew (ar s).
"""
# SPDX-License-Identifier: MIT
import struct
import sys

SYMTAB, RELA, GLOBAL, WEAK, UNDEFINED = 2, 4, 1, 2, 0
SECTION, SYMBOL, RELOCATION = 64, struct.Struct("<IBBHQQ"), struct.Struct("<QQq")
MAGIC = b"!<arch>\n"
HEAP = {"malloc", "free", "calloc", "realloc", "aligned_alloc"}


class Object:
    """The symbols and relocations of one relocatable object."""

    def __init__(self, data):
        self.data = bytearray(data)
        (self.table,) = struct.unpack_from("<Q", data, 40)
        width, count, _ = struct.unpack_from("<HHH", data, 58)
        assert width == SECTION
        self.sections = [self.table + n * SECTION for n in range(count)]
        self.at = next(at for at in self.sections if self.kind(at) == SYMTAB)
        offset, size = self.place(self.at)
        self.symbols = [list(SYMBOL.unpack_from(data, offset + n)) for n in range(0, size, SYMBOL.size)]
        self.strings_at = self.sections[struct.unpack_from("<I", data, self.at + 40)[0]]
        offset, size = self.place(self.strings_at)
        self.strings = bytearray(data[offset:offset + size])

    def kind(self, section):
        return struct.unpack_from("<I", self.data, section + 4)[0]

    def place(self, section):
        return struct.unpack_from("<QQ", self.data, section + 24)

    def name(self, symbol):
        start = symbol[0]
        return self.strings[start:self.strings.index(0, start)].decode()

    def globals(self):
        """(number, symbol, name) of each symbol that other objects see."""
        return [(n, s, self.name(s)) for n, s in enumerate(self.symbols) if s[1] >> 4 in (GLOBAL, WEAK)]

    def defines(self):
        return {name for _, symbol, name in self.globals() if symbol[3] != UNDEFINED}

    def uses(self):
        return {name for _, symbol, name in self.globals() if symbol[3] == UNDEFINED}

    def relocations(self):
        for section in self.sections:
            if self.kind(section) == RELA:
                offset, size = self.place(section)
                yield from range(offset, offset + size, RELOCATION.size)

    def add_string(self, text):
        self.strings += text.encode() + b"\0"
        return len(self.strings) - len(text) - 1

    def separate(self, shared, wanted):
        """Names of `shared` are used by their second names, which are added for those of `wanted`."""
        second = {}
        for number, symbol, name in self.globals():
            if symbol[3] == UNDEFINED:
                if name in shared:
                    symbol[0] = self.add_string("__libc_" + name)
                continue
            symbol[1] = WEAK << 4 | (symbol[1] & 15)
            if name in shared:
                second[number] = name
        used = {RELOCATION.unpack_from(self.data, at)[1] >> 32 for at in self.relocations()}
        numbers = {}
        for number, name in second.items():
            if number in used or name in wanted:
                numbers[number] = len(self.symbols)
                self.symbols.append([self.add_string("__libc_" + name), *self.symbols[number][1:]])
        for at in self.relocations():
            offset, info, addend = RELOCATION.unpack_from(self.data, at)
            if info >> 32 in numbers:
                info = numbers[info >> 32] << 32 | info & 0xFFFFFFFF
                RELOCATION.pack_into(self.data, at, offset, info, addend)

    def bytes(self):
        """The object, with the longer tables at its end."""
        table = b"".join(SYMBOL.pack(*symbol) for symbol in self.symbols)
        for section, content in (self.at, table), (self.strings_at, bytes(self.strings)):
            self.data += bytes(-len(self.data) % 8)
            struct.pack_into("<QQ", self.data, section + 24, len(self.data), len(content))
            self.data += content
        return bytes(self.data)


def members(data):
    """(header, contents) of each member of the archive but its index."""
    at = len(MAGIC)
    while at + 60 <= len(data):
        header, size = data[at:at + 60], int(data[at + 48:at + 58])
        if header[:2] != b"/ ":
            yield header, data[at + 60:at + 60 + size]
        at += 60 + size + size % 2


def main():
    with open(sys.argv[1], "rb") as archive:
        parts = [[header, content] for header, content in members(archive.read())]
    objects = {n: Object(part[1]) for n, part in enumerate(parts) if part[1][:4] == b"\x7fELF"}
    defined = set().union(*(each.defines() for each in objects.values()))
    shared = {name for name in defined - HEAP if not name.startswith("_")}
    wanted = set().union(*(each.uses() for each in objects.values()))
    for number, each in objects.items():
        each.separate(shared, wanted)
        parts[number][1] = each.bytes()
    with open(sys.argv[1], "wb") as archive:
        archive.write(MAGIC)
        for header, content in parts:
            archive.write(header[:48] + b"%-10d" % len(content) + header[58:] + content)
            archive.write(b"\n" * (len(content) % 2))


main()
