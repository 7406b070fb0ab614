"""Debian's packages: which ones a list needs, their files, and what their scripts would have made.

apt resolves and fetches the packages and checks their signatures; dpkg-deb takes them apart. No
script of a package runs. What the scripts of those that people use here make is known: links of
alternatives are read from the scripts themselves, users come from base-passwd's own list. Manuals,
documents and translations are left out.
"""
# SPDX-License-Identifier: MIT

import fcntl
import os
import re
import shutil
import stat
import subprocess
import tarfile
import tempfile

import newc
from apt import Store
from check import Trouble

ALWAYS = ["base-files", "base-passwd", "libc-bin", "ncurses-base"]
MERGED = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
ALTERNATIVE = re.compile(r"--(install|slave)\s+(/\S+)\s+(\S+)\s+(/\S+)(?:\s+(\d+))?")
LEFT_OUT = re.compile(r"usr/share/(doc|man|info|locale|lintian|bug|doc-base)/.")
MASTERS = {"usr/share/base-passwd/passwd.master": "etc/passwd",
           "usr/share/base-passwd/group.master": "etc/group"}


def resolve(store, packages):
    """The names of the archives of the packages and of all that they need, in apt's order."""
    good, said, listing = store.run("install", "--simulate", "--no-install-recommends", *packages)
    if not good:
        raise Trouble(f"apt cannot find these packages together: {said.removeprefix('E: ')}",
                      "check the names: https://packages.debian.org")
    found = re.findall(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", listing, re.MULTILINE)
    return [f"{name.partition(':')[0]}_{version.replace(':', '%3a')}_{machine}.deb"
            for name, version, machine in found]


def fetch(folder, suite, packages, say):
    """Fetches packages with all that they need; the paths of their archives."""
    store = Store(folder)
    if store.lacks():
        raise Trouble(*store.lacks())
    if not shutil.which("dpkg-deb"):
        raise Trouble("dpkg-deb is not here, which takes packages apart", "install the package dpkg")
    store.prepare(["deb"], [suite])
    lock = open(os.path.join(store.folder, "lock"), "w", encoding="ascii")
    fcntl.flock(lock, fcntl.LOCK_EX)  # another run would make apt fail
    say("asking Debian's archive what there is")
    good, said, _ = store.run("update")
    if not good:
        raise Trouble(f"Debian's archive cannot be reached: {said}", "check the network")
    names = resolve(store, packages)
    say(f"fetching {len(names)} packages")
    good, said, _ = store.run("install", "--download-only", "--yes", "--no-install-recommends", *packages)
    if not good:
        raise Trouble(f"not all packages came: {said}", "try again")
    lock.close()
    return [os.path.join(store.folder, "archives", name) for name in names]


class Root:
    """A root file system that grows in an archive (newc.Archive)."""

    def __init__(self, archive):
        self.archive = archive
        self.alternatives = {}  # link: (priority, [(link, name, path)])
        self.extra = {}         # path: contents that a script would have made
        for folder in ("usr", *MERGED.values()):
            archive.directory(folder)
        for link, target in MERGED.items():
            archive.add(link, newc.LINK | 0o777, target.encode())

    def deb(self, path):
        """Adds the files of a package."""
        self.read_script(path)
        with tempfile.TemporaryFile() as spool:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", path], stdout=spool, check=True)
            spool.seek(0)
            with tarfile.open(fileobj=spool) as tar:
                self.members(tar)

    def members(self, tar):
        links = {}
        for member in tar:
            if member.islnk():
                links.setdefault(member.linkname, []).append(member.name)
        for member in tar:
            name = os.path.normpath(member.name).lstrip("/")
            if name != "." and not member.islnk() and not LEFT_OUT.match(name):
                self.member(tar, member, name, links.get(member.name, []))

    def member(self, tar, member, name, others):
        archive = self.archive
        if member.isdir():
            real = archive.names.real(name)
            if real in archive.names.folders:
                return None
            return self.put(archive.parents(real), newc.DIR | member.mode, b"", member)
        place = archive.parents(name)
        if member.issym():
            return self.put(place, newc.LINK | 0o777, os.fsencode(member.linkname), member)
        if not member.isfile():
            return None
        names = [archive.parents(each) for each in others]
        for number, each in enumerate(names):
            archive.head(each, newc.FILE | member.mode, 0, member.mtime, owner=(member.uid, member.gid),
                         links=1 + len(names), same=number > 0)
            archive.names.note(each, newc.FILE)
        archive.head(place, newc.FILE | member.mode, member.size, member.mtime,
                     owner=(member.uid, member.gid), links=1 + len(names), same=bool(names))
        archive.copy(tar.extractfile(member), member.size)
        archive.pad()
        archive.names.note(place, newc.FILE)
        if name in MASTERS:
            self.extra[MASTERS[name]] = tar.extractfile(member).read()
        return None

    def put(self, name, mode, data, member):
        self.archive.head(name, mode, len(data), member.mtime, owner=(member.uid, member.gid))
        self.archive.write(data)
        self.archive.pad()
        self.archive.names.note(name, mode, os.fsdecode(data) if stat.S_ISLNK(mode) else "")

    def read_script(self, path):
        """Notes the alternatives that a package's script would have set up."""
        done = subprocess.run(["dpkg-deb", "--info", path, "postinst"], capture_output=True, text=True,
                              check=False, errors="replace")
        for command in done.stdout.replace("\\\n", " ").splitlines():
            rows = ALTERNATIVE.findall(command) if "update-alternatives" in command else []
            if not rows or rows[0][0] != "install":
                continue
            priority, link = int(rows[0][4] or 0), rows[0][1]
            if link not in self.alternatives or self.alternatives[link][0] < priority:
                self.alternatives[link] = (priority, [row[1:4] for row in rows])

    def finish(self):
        """Adds what the scripts would have made."""
        for _, rows in self.alternatives.values():
            for link, name, path in rows:
                if not self.archive.names.exists(path):
                    continue
                self.archive.add(self.archive.parents(link), newc.LINK | 0o777, f"/etc/alternatives/{name}".encode())
                self.archive.add(self.archive.parents(f"etc/alternatives/{name}"), newc.LINK | 0o777, path.encode())
        for path, data in self.extra.items():
            self.archive.add(self.archive.parents(path), newc.FILE | 0o644, data)

    def ours(self, image):
        """Adds what an image of ours has and the packages have not: init, the shell, BusyBox's names."""
        for name, mode, mtime, at, length in newc.entries(image):
            if name == newc.TRAILER or stat.S_ISDIR(mode) and self.archive.names.exists(name):
                continue
            own = name.startswith(("ouros/", "sbin/init", "etc/profile", "etc/motd"))
            real = self.archive.names.real(name, last=False)
            names = self.archive.names
            if not own and (real in names.links or real in names.others or real in names.folders):
                continue
            self.archive.add(self.archive.parents(name), mode, image[at:at + length], mtime)
