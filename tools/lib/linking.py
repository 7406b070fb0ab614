"""Dynamically linked programs: which loader and libraries they want, and how to add those."""
# SPDX-License-Identifier: MIT

import os
import shutil
import struct
import subprocess

PT_INTERP = 3


def loader_of(path):
    """The loader that an ELF file names; None where it is static or no ELF file."""
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
            if head[:5] != b"\x7fELF\2":
                return None
            (table,) = struct.unpack_from("<Q", head, 32)
            size, count = struct.unpack_from("<HH", head, 54)
            for each in range(count):
                kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", head,
                                                                   table + each * size)
                if kind == PT_INTERP:
                    file.seek(offset)
                    return os.fsdecode(file.read(length).rstrip(b"\0"))
    except (OSError, struct.error):
        pass
    return None


def wanted_files(path):
    """The loader and the libraries that this machine would load for a program."""
    files = [loader_of(path)]
    if shutil.which("ldd"):
        said = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
        words = [word for word in said.split() if word.startswith("/")]
        files += [word for word in words if word not in files]
    return files


def advice(command, added, names):
    """Lines about a program that was added without what it is linked with; none where that is not
    so. `added` are pairs of paths here and in the image, `names` the image's."""
    for source, target in added:
        called = command in ("/" + target, target, os.path.basename(target))
        if not called or not loader_of(source):
            continue
        missing = [path for path in wanted_files(source) if not names.exists(path)]
        if not missing:
            continue
        options = " ".join(f"--add {path}:{path}" for path in missing)
        return [f"{source} is dynamically linked, and the image lacks " + ", ".join(missing),
                f"  type: tools/vm {options} --add {source}:/{target} -- {command}",
                "  or link it statically: tools/cc FILE.c -o PROGRAM, or gcc -static"]
    return []
