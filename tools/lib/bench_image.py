"""What the bench boots: Debian's kernel, the one archive for all kernels, and CDs with GRUB."""
# SPDX-License-Identifier: MIT

import glob
import os
import stat
import subprocess
import sys
import tempfile

import newc

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PACKAGE = "linux-image-cloud-amd64"


def megabytes(size):
    """A size as QEMU takes it: 512M, 2G."""
    return int(size[:-1]) * {"M": 1, "G": 1024}[size[-1].upper()]


def depends(package):
    """The package of the newest kernel, on which the one without a number depends."""
    said = subprocess.run(["apt-cache", "depends", package], capture_output=True, text=True,
                          check=True).stdout
    return next(line.split()[1] for line in said.splitlines() if "Depends: linux-image" in line)


def linux(build):
    """Debian's kernel image: unpacked beside the build, never installed."""
    if os.environ.get("LINUX"):
        return os.environ["LINUX"]
    folder = os.path.join(build, "linux")
    found = glob.glob(os.path.join(folder, "boot/vmlinuz-*"))
    if not found:
        os.makedirs(folder, exist_ok=True)
        sys.stderr.write("tools/bench: getting Debian's kernel (27 MB)\n")
        subprocess.run(["apt-get", "download", "-q", depends(PACKAGE)], cwd=folder, check=True,
                       stdout=sys.stderr, stderr=subprocess.DEVNULL)
        for package in glob.glob(os.path.join(folder, "*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
            os.unlink(package)
        found = glob.glob(os.path.join(folder, "boot/vmlinuz-*"))
    return found[0]


def busybox():
    """The static BusyBox, as for the image."""
    for path in ("/bin/busybox", "/usr/bin/busybox", "/usr/sbin/busybox"):
        if os.path.exists(path):
            return path
    raise SystemExit("tools/bench: no busybox: make setup")


def device(archive, name, major, minor):
    """A character device's node, which takes no root to make in an archive."""
    archive.add(name, stat.S_IFCHR | 0o600, device=(major, minor))


def root(build):
    """The archive that every kernel starts from."""
    path = os.path.join(build, "bench.cpio")
    with open(path + ".new", "wb", buffering=0) as file:
        write_root(newc.Archive(file.fileno()), build)
    os.replace(path + ".new", path)
    return path


def write_root(archive, build):
    for name in ("bin", "dev", "proc", "tmp"):
        archive.directory(name)
    device(archive, "dev/console", 5, 1)
    device(archive, "dev/ttyS2", 4, 66)
    for name in ("bench", "tiny"):
        archive.file(f"bin/{name}", os.path.join(build, "tests/bench", name))
    archive.file("bin/busybox", busybox())
    archive.finish()


MENU = """insmod newc
set timeout=0
menuentry "bench" {{
{load}
}}
"""


def iso(build, kernel, mem):
    """A CD whose GRUB starts that kernel with the same archive."""
    words = f"{kernel.words} mb={megabytes(mem)} rows=none"
    if kernel.name == "ouros":
        load = f"    multiboot2 /boot/ouros.elf {words}\n    module2 /boot/rootfs.cpio"
        modules, image = "multiboot2", os.path.join(build, "ouros.boot")
        strip = [os.environ.get("OBJCOPY", "objcopy"), "--strip-debug", kernel.image, image]
        subprocess.run(strip, check=True)
    else:
        load = f"    linux /boot/ouros.elf {words}\n    initrd /boot/rootfs.cpio"
        modules, image = "linux", kernel.image
    path = os.path.join(build, f"bench-{kernel.name}.iso")
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as menu:
        menu.write(MENU.format(load=load))
        menu.flush()
        subprocess.run([os.path.join(TOP, "tools/mkiso"), path, image, root(build), menu.name,
                        f"biosdisk iso9660 {modules} newc normal configfile test"], check=True)
    return path
