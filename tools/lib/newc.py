"""Writes and lists cpio archives of the format newc, as the kernel's boot module wants them."""
# SPDX-License-Identifier: MIT

import itertools
import os
import stat

DIR, FILE, LINK = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK
EPOCH = 1767225600  # 2026-01-01: the time of all files that have no time of their own
CHUNK = 1 << 20
PAGE = 4096
LONGEST_NAME = 4096  # what Linux takes; contents after a longer one are copied
UNIT = 8192  # what QEMU takes as memory is a multiple of that
MOST_LINKS = 40  # that one name may lead through, as in the kernel
HEAD_BYTES, SIZE_AT = 110, 54
TRAILER = "TRAILER!!!"


class Names:
    """The names of an image by kind: folders, links with their targets, and all others."""

    def __init__(self):
        self.folders, self.links, self.others = {""}, {}, set()

    def note(self, path, mode, target=""):
        """One more entry; a later one of the same name replaces it."""
        self.links.pop(path, None)
        self.others.discard(path)
        if stat.S_ISDIR(mode):
            self.folders.add(path)
        elif stat.S_ISLNK(mode):
            self.links[path] = target
        else:
            self.others.add(path)

    def real(self, path, last=True):
        """The name that a path has without links; where `last` is false, its last step stays."""
        done, left, followed = [], path.strip("/").split("/")[::-1], 0
        while left:
            step = left.pop()
            if step in ("", "."):
                continue
            if step == "..":
                del done[-1:]
                continue
            target = self.links.get("/".join(done + [step])) if left or last else None
            if target is None:
                done.append(step)
                continue
            followed += 1
            if followed > MOST_LINKS:
                raise ValueError(f"/{path} leads through too many links")
            if target.startswith("/"):
                done = []
            left += target.split("/")[::-1]
        return "/".join(done)

    def exists(self, path):
        """Whether there is anything under the name, at the end of links."""
        real = self.real(path)
        return real in self.folders or real in self.others


class Archive:
    """An archive that grows in an open file; entries are root's, in the order of their coming.

    What a file contains begins on a page, so that the kernel can use it where it lies. For that
    the name before it is followed by zeros.

    `names` are those that the image has already, of earlier archives too: a name that leads
    through a link of the image goes where the link points to, as it would with cp.
    """

    def __init__(self, number, names=None, progress=None):
        self.number, self.at, self.inode = number, 0, 0
        self.origin = 0  # of pages: where the image begins
        self.names = names or Names()
        self.progress = progress

    def write(self, data):
        """Appends bytes; a file may take less than all of them at once."""
        self.at += len(data)
        data = memoryview(data)
        while data:
            data = data[os.write(self.number, data):]

    def head(self, name, mode, size, mtime=EPOCH, device=(0, 0), owner=(0, 0), links=0, same=False):
        """Appends the header of an entry whose contents come next. A file with several names has an
        entry for each, `same` for all but the first, of which the last has the contents."""
        path = (os.fsencode(name.strip("/")) or b".") + b"\0"
        room = (self.origin - self.at - HEAD_BYTES - len(path)) % PAGE
        if size and stat.S_ISREG(mode) and len(path) + room <= LONGEST_NAME:
            path += bytes(room)
        self.inode += not same
        links = links or (2 if stat.S_ISDIR(mode) else 1)
        if size > 0xffffffff:
            raise ValueError("a file of an archive has less than 4 GB")
        fields = (self.inode, mode, *owner, links, int(mtime) & 0xffffffff, size, 0, 0, *device,
                  len(path), 0)
        self.write(b"070701" + b"".join(b"%08X" % field for field in fields) + path)
        self.pad()

    def pad(self, unit=4):
        if self.at % unit:
            self.write(bytes(-self.at % unit))

    def add(self, name, mode, data=b"", mtime=EPOCH, device=(0, 0)):
        """Appends one entry; an entry of the same name that came earlier is overwritten by it."""
        self.head(name, mode, len(data), mtime, device)
        self.write(data)
        self.pad()
        self.names.note(name.strip("/"), mode, os.fsdecode(data) if stat.S_ISLNK(mode) else "")

    def directory(self, name, mode=0o755):
        self.add(name, DIR | mode)

    def parents(self, name):
        """The name without links on the way, for which all folders are there; adds missing ones."""
        above, slash, last = name.strip("/").rpartition("/")
        path = self.names.real(above)
        steps = path.split("/") if path else []
        for depth in range(1, len(steps) + 1):
            folder = "/".join(steps[:depth])
            if folder in self.names.others:
                raise ValueError(f"/{folder} is no folder in the image")
            if folder not in self.names.folders:
                self.directory(folder)
        return f"{path}/{last}" if path else last

    def copy(self, source, size):
        """Appends that many bytes of an open file."""
        while size:
            block = source.read(min(size, CHUNK))
            if not block:
                raise ValueError("it became shorter while it was read")
            self.write(block)
            size -= len(block)
            if self.progress:
                self.progress.more(len(block))

    def file(self, name, host_path):
        """Adds what is at host_path, whatever its kind, with its mode bits and time."""
        info = os.lstat(host_path)
        kind = stat.S_IFMT(info.st_mode)
        if name in self.names.folders and kind != DIR:
            raise ValueError(f"/{name} is a folder in the image")
        if kind == FILE:
            with open(host_path, "rb", buffering=0) as source:
                self.head(name, info.st_mode, info.st_size, info.st_mtime)
                self.copy(source, info.st_size)
                self.pad()
                self.names.note(name, info.st_mode)
        elif kind == LINK:
            self.add(name, info.st_mode, os.fsencode(os.readlink(host_path)), info.st_mtime)
        elif kind in (DIR, stat.S_IFIFO):
            self.add(name, info.st_mode, b"", info.st_mtime)
        else:
            raise ValueError(f"{host_path} is neither a file, a folder, a link nor a FIFO")

    def tree(self, name, host_path):
        """Adds a folder and all in it, in sorted order; folders of the image stay as they are."""
        def stop(error):
            raise error
        for top, folders, files in os.walk(host_path, onerror=stop):
            folders.sort()
            below = os.path.relpath(top, host_path)
            inside = self.names.real(name if below == "." else f"{name}/{below}")
            self.parents(inside)
            if inside in self.names.others:
                raise ValueError(f"/{inside} is no folder in the image")
            if inside not in self.names.folders:
                self.file(inside, top)
            links = [each for each in folders if os.path.islink(os.path.join(top, each))]
            for each in sorted(files + links):
                path = f"{inside}/{each}".lstrip("/")
                self.file(path, os.path.join(top, each))

    def finish(self):
        """Appends the trailer, and zeros up to what QEMU takes as memory."""
        path = TRAILER.encode() + b"\0"
        self.write(b"070701" + b"00000000" * 11 + b"%08X" % len(path) + b"00000000" + path)
        self.pad(UNIT)


def entries(archive):
    """Of each entry in an archive (or several, one after the other): name, mode, time, where its
    contents begin, and their length."""
    at, size = 0, len(archive)
    while at + HEAD_BYTES <= size:
        head = archive[at:at + HEAD_BYTES]
        if head[0] == 0:
            at += 4
            continue
        if head[:5] != b"07070":
            raise ValueError("not a cpio archive of the format newc")
        mode, mtime, length, name_size = (int(head[k:k + 8], 16) for k in (14, 46, 54, 94))
        name = archive[at + HEAD_BYTES:at + HEAD_BYTES + name_size].split(b"\0", 1)[0]
        at += HEAD_BYTES + name_size
        at += -at % 4
        yield os.fsdecode(name), mode, mtime, at, length
        at += length
        at += -at % 4


def is_paged(archive):
    """Whether contents begin on pages, so that they can be used in place; the first few tell."""
    starts = (at for _, mode, _, at, length in entries(archive) if stat.S_ISREG(mode) and length)
    first = list(itertools.islice(starts, 4))
    return not first or any(at % PAGE == 0 for at in first)


def read_names(archive):
    """The names in an archive (or several, one after the other), given as bytes or a mapping."""
    names = Names()
    for path, mode, _, at, length in entries(archive):
        if path != TRAILER:
            if path[:1] in ("/", "."):
                path = os.path.normpath("/" + path)[1:]
            link = os.fsdecode(archive[at:at + length]) if stat.S_ISLNK(mode) else ""
            names.note(path, mode, link)
    return names
