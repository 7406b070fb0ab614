"""Writes and lists cpio archives of the format newc, as the kernel's boot module wants them."""

import os
import stat

DIR, FILE, LINK = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK
EPOCH = 1767225600  # 2026-01-01: the time of all files that have no time of their own


class Archive:
    """A growing archive; entries are root's, in the order in which they were added."""

    def __init__(self):
        self.parts = []
        self.names = set()
        self.inode = 0

    def add(self, name, mode, data=b"", mtime=EPOCH, device=(0, 0)):
        """Appends one entry; an entry of the same name that came earlier is overwritten by it."""
        path = os.fsencode(name.strip("/")) or b"."
        self.inode += 1
        links = 2 if stat.S_ISDIR(mode) else 1
        root = 0
        fields = (self.inode, mode, root, root, links, int(mtime), len(data), 0, 0, *device,
                  len(path) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + path + b"\0"
        self.parts += [head, bytes(-len(head) % 4), data, bytes(-len(data) % 4)]
        self.names.add(os.fsdecode(path))

    def directory(self, name, mode=0o755):
        self.add(name, DIR | mode)

    def parents(self, name, known=()):
        """Adds the directories above `name` that neither this archive nor `known` has."""
        steps = name.strip("/").split("/")[:-1]
        for depth in range(1, len(steps) + 1):
            path = "/".join(steps[:depth])
            if path not in self.names and path not in known:
                self.directory(path)

    def file(self, name, host_path):
        """Adds what stands at host_path, whatever its kind, with its mode bits and time."""
        info = os.lstat(host_path)
        data = b""
        if stat.S_ISREG(info.st_mode):
            with open(host_path, "rb") as source:
                data = source.read()
        elif stat.S_ISLNK(info.st_mode):
            data = os.fsencode(os.readlink(host_path))
        elif not (stat.S_ISDIR(info.st_mode) or stat.S_ISFIFO(info.st_mode)):
            raise ValueError(f"{host_path} is neither a file, a folder, a link nor a FIFO")
        self.add(name, info.st_mode, data, info.st_mtime)

    def tree(self, name, host_path, known=()):
        """Adds a folder and all in it, in sorted order; directories in `known` stay as they are."""
        for top, folders, files in os.walk(host_path):
            folders.sort()
            below = os.path.relpath(top, host_path)
            inside = name if below == "." else f"{name}/{below}"
            if inside not in known:
                self.file(inside, top)
            links = [each for each in folders if os.path.islink(os.path.join(top, each))]
            for each in sorted(files + links):
                self.file(f"{inside}/{each}", os.path.join(top, each))

    def bytes(self):
        """The whole archive, with its trailer."""
        path = b"TRAILER!!!\0"
        head = b"070701" + b"00000000" * 11 + b"%08X" % len(path) + b"00000000" + path
        return b"".join(self.parts) + head + bytes(-len(head) % 4)


def directories(archive):
    """The names of the directories in an archive (or several that stand one after the other)."""
    found, at = {""}, 0
    while at + 110 <= len(archive):
        if archive[at] == 0:
            at += 4
            continue
        if archive[at:at + 5] != b"07070":
            raise ValueError("not a cpio archive of the format newc")
        mode, size, name_size = (int(archive[at + k:at + k + 8], 16) for k in (14, 54, 94))
        if stat.S_ISDIR(mode):
            found.add(os.fsdecode(archive[at + 110:at + 109 + name_size]).strip("/"))
        at += 110 + name_size
        at += -at % 4 + size
        at += -at % 4
    return found
