"""How often each branch of the kernel was taken, from the machine's memory to gcov's files.

A kernel built with COVERAGE=1 counts in variables that gcc places; the section .gcov_info says
where they are. It does nothing else about them: tools/vm gives QEMU a file as its memory and reads
the counts there when QEMU has ended, however it ended, and adds them up in one file. `make coverage`
then writes the sums as the .gcda files that gcov reads, beside the .gcno files of the build.

usage: coverage.py BUILD        writes the .gcda files of the kernel in that folder
"""
# SPDX-License-Identifier: MIT
import array
import fcntl
import os
import struct
import sys

KERNEL_BASE = 0xFFFFFFFF80000000  # less that, an address of the image is a physical one (kernel.ld)
DATA, FUNCTION, COUNTS, SUMMARY = 0x67636461, 0x01000000, 0x01A10000, 0xA1000000  # gcov's tags


class Function:
    """What gcov tells functions apart by, and the addresses of its counts."""

    def __init__(self, checks, at, n):
        self.checks, self.at, self.n = checks, at, n


class Kernel:
    """The counted functions of an ELF file, by the .gcda file that each belongs to."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.elf = file.read()
        offset, = struct.unpack_from("<Q", self.elf, 40)
        size, n, names = struct.unpack_from("<HHH", self.elf, 58)
        headers = [struct.unpack_from("<IIQQQQ", self.elf, offset + i * size) for i in range(n)]
        self.loaded = [header for header in headers if header[1] == 1]  # kind, address, offset, size
        at = headers[names][4]
        self.files = []
        for name, _, _, address, _, size in headers:
            if self.elf.startswith(b".gcov_info\0", at + name):
                self.files = [self.read_file(info)
                              for info, in struct.iter_unpack("<Q", self.bytes(address, size))]
        self.functions = [each for file in self.files for each in file[3]]

    def bytes(self, address, size):
        for _, _, _, start, offset, length in self.loaded:
            if start <= address < start + length:
                return self.elf[offset + address - start:][:size]
        raise ValueError(f"{address:#x} is in no section")

    def text(self, address):
        return self.bytes(address, 4096).partition(b"\0")[0].decode()

    def read_file(self, info):
        """gcc's struct gcov_info: (version, stamp, checksum), path, and its functions."""
        version, _, stamp, checksum, path = struct.unpack("<IxxxxQIIQ", self.bytes(info, 32))
        release = ((version >> 24) - ord("A")) * 10 + (version >> 16 & 0xFF) - ord("0")
        kinds = 8 if release < 14 else 9
        n, table = struct.unpack("<IxxxxQ", self.bytes(info + 32 + 8 * kinds, 16))
        if release < 12 or n > 10000:
            raise ValueError("the layout of gcov's data is known for gcc from 12 on")
        places = struct.unpack(f"<{n}Q", self.bytes(table, 8 * n))
        return self.text(path), (version, stamp, checksum), info, [
            self.read_function(place, info) for place in places if place]

    def read_function(self, place, info):
        key, ident, lines, flow, n, at = struct.unpack("<QIIIxxxxIxxxxQ", self.bytes(place, 40))
        return Function((ident, lines, flow), at, n if key == info else 0)


def collect(options, memory, path):
    """Adds what one machine counted to the file of sums; `memory` is its open file."""
    kernel = Kernel(options.kernel)
    seen = array.array("Q")
    for function in kernel.functions:
        got = os.pread(memory, 8 * function.n, function.at - KERNEL_BASE)
        seen.frombytes(got.ljust(8 * function.n, b"\0"))
    with open(path, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        sums = array.array("Q", file.read())
        if len(sums) not in (0, len(seen)):
            return  # another kernel's
        file.seek(0)
        file.write(array.array("Q", map(sum, zip(sums, seen))) if sums else seen)


def write(build):
    """The .gcda files, each next to its object's .gcno."""
    kernel = Kernel(os.path.join(build, "ouros.elf"))
    with open(os.path.join(build, "coverage.counts"), "rb") as file:
        sums = array.array("Q", file.read())
    if len(sums) != sum(function.n for function in kernel.functions):
        sys.exit("coverage: no machine has run, or the kernel was built anew since")
    at = 0
    for path, (version, stamp, checksum), _, functions in kernel.files:
        words = [struct.pack("<IIII", DATA, version, stamp, checksum),
                 struct.pack("<IIII", SUMMARY, 8, 1, 0)]
        for function in functions:
            counts = sums[at:at + function.n]
            at += function.n
            words.append(struct.pack("<IIIII", FUNCTION, 12, *function.checks))
            words.append(struct.pack("<II", COUNTS, 8 * function.n) + counts.tobytes())
        with open(path, "wb") as file:
            file.write(b"".join(words))


if __name__ == "__main__":
    import tool
    tool.run("coverage", lambda: write(sys.argv[1]) if sys.argv[1:] else sys.exit(__doc__))
