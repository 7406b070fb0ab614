"""Finds wrong options and missing files before QEMU does, to name the remedy."""
# SPDX-License-Identifier: MIT

import os
import re

MAX_CPUS = 8
MEGABYTE = 1 << 20
SMALLEST = 8 * MEGABYTE  # the kernel, and an image of 2.5 MB beside its archive
UNITS = {"": MEGABYTE, "k": 1 << 10, "m": MEGABYTE, "g": 1 << 30, "t": 1 << 40}
CD_MARK = (32769, b"CD001")  # where an ISO 9660 image says what it is


class Trouble(Exception):
    """The run cannot start, or QEMU failed: what happened and the remedy."""

    def __init__(self, what, remedy):
        super().__init__(what)
        self.what, self.remedy = what, remedy


def check_options(o):
    """Raises Trouble about the first option that cannot be meant."""
    if not re.fullmatch(r"\d+", o.cpus) or not 1 <= int(o.cpus) <= MAX_CPUS:
        raise Trouble(f"--cpus {o.cpus} is not a number of processors",
                      f"Ouros runs on 1 to {MAX_CPUS}; for example: --cpus 4")
    if o.timeout is not None and not re.fullmatch(r"\d+(\.\d+)?", o.timeout):
        raise Trouble(f"--timeout {o.timeout} is not a number of seconds",
                      "for example: --timeout 10; 0 = never")
    for each in o.env:
        if each.find("=") < 1:
            raise Trouble(f"--env {each} is not NAME=VALUE", "for example: --env LANG=C")
    if o.machine.partition(",")[0] not in ("q35", "pc"):
        raise Trouble(f"--machine {o.machine} is no board of ours", "it is q35 or pc")
    check_memory(o.mem, 0)
    check_files(o)


def memory_bytes(text):
    """How much --mem is."""
    size = re.fullmatch(r"(\d+)([kmgt]?)b?", text, re.IGNORECASE)
    if not size:
        raise Trouble(f"--mem {text} is not a size", "for example: --mem 128M, --mem 1G")
    return int(size[1]) * UNITS[size[2].lower()]


def check_memory(text, image_size):
    """Is --mem a size that holds the kernel and what of the image lies in it?"""
    needed = max(SMALLEST, image_size + 3 * MEGABYTE)
    if memory_bytes(text) < needed:
        for_it = f" for an image of {image_size >> 20} MB" if image_size else ""
        raise Trouble(f"--mem {text} is too little{for_it}",
                      f"use at least --mem {-(-needed // MEGABYTE)}M")


def make_iso(o):
    """The CD of this build, which only --iso wants, is made when it is asked for first."""
    if not os.path.isfile(o.rootfs):
        return  # nothing was built: check_files says so
    import subprocess
    tool_folder = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    settings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    settings.pop("MFLAGS", None)
    done = subprocess.run(["make", "-s", "-C", os.path.dirname(tool_folder), f"BUILD={o.build}",
                           "iso"], env=settings, stdout=2, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Trouble(f"{o.iso} is not there and cannot be made", "make iso")


def check_files(o):
    """Are the files there that the machine boots from?"""
    if o.iso and o.iso == o.own_iso and not os.path.isfile(o.iso):
        make_iso(o)
    for path in (o.rootfs, o.iso or o.kernel):
        if not os.path.isfile(path):
            raise Trouble(f"{path} is not there", f"make {'iso' if path == o.iso else 'all'}")
    if o.iso:
        with open(o.iso, "rb") as file:
            file.seek(CD_MARK[0])
            if file.read(len(CD_MARK[1])) != CD_MARK[1]:
                raise Trouble(f"{o.iso} is not a CD image", "make iso")
