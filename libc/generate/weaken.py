#!/usr/bin/env python3
"""Makes all that an archive of ELF objects defines weak, so that a program's own functions win.

usage: libc/generate/weaken.py ARCHIVE

objcopy --weaken would make what an object only uses weak too, and a linker does not look into an
archive for the sake of a weak name.
"""
# SPDX-License-Identifier: MIT
import struct
import sys

SYMTAB, GLOBAL, WEAK, UNDEFINED = 2, 1, 2, 0
SYMBOL_BYTES = 24


def members(data):
    """Where each member of the archive begins."""
    at = len(b"!<arch>\n")
    while at + 60 <= len(data):
        size = int(data[at + 48:at + 58])
        yield at + 60
        at += 60 + size + size % 2


def weaken(data, start):
    """Turns the global symbols that the object at `start` defines into weak ones."""
    if data[start:start + 4] != b"\x7fELF":
        return
    (table,) = struct.unpack_from("<Q", data, start + 40)
    width, count = struct.unpack_from("<HH", data, start + 58)
    for section in range(start + table, start + table + count * width, width):
        (kind,) = struct.unpack_from("<I", data, section + 4)
        offset, size = struct.unpack_from("<QQ", data, section + 24)
        if kind != SYMTAB:
            continue
        for symbol in range(start + offset, start + offset + size, SYMBOL_BYTES):
            info, home = data[symbol + 4], struct.unpack_from("<H", data, symbol + 6)[0]
            if info >> 4 == GLOBAL and home != UNDEFINED:
                data[symbol + 4] = WEAK << 4 | (info & 15)


with open(sys.argv[1], "r+b") as archive:
    content = bytearray(archive.read())
    for member in members(content):
        weaken(content, member)
    archive.seek(0)
    archive.write(content)
