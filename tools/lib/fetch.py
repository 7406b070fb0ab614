"""Brings files and folders out of the machine: --get, and --keep, which puts them in before.

When the program has ended, init (user/init.c) ends all others and sends an archive on the line of
the standard output, after a mark that only this run has. It is kept until it is whole; before that
nothing here changes. The guest is not trusted: no name leads out of the place that the user named,
and no link, of the guest's or of this machine, is followed on the way.
"""
# SPDX-License-Identifier: MIT

import mmap
import os
import stat

import newc
from check import Trouble
from tool import Progress, say


class Wanted:
    """One --get or --keep: a path there, a path here, and what --keep had put in."""

    def __init__(self, option, guest, host, keep):
        self.option, self.guest, self.host, self.keep = option, guest, host, keep
        self.before = {}  # name below the folder: is it a folder?


class Fetch:
    def __init__(self, options):
        self.wanted = [get_of(each, options.cwd) for each in options.get]
        self.wanted += [keep_of(each) for each in options.keep]
        self.begin()

    def begin(self):
        """For one run of the machine."""
        self.mark = os.urandom(16).hex().encode()
        self.held, self.spool, self.progress = b"", None, None
        for each in self.wanted:
            if each.keep:
                each.before = below(each.host)

    def orders(self):
        """What init is told."""
        words = [f"get={each.guest}" for each in self.wanted]
        return words + [f"mark={self.mark.decode()}"] if words else []

    def take(self, data):
        """Takes what came on the line; what of it is the program's, to be passed on."""
        if self.spool is not None:
            self.write(data)
            return b""
        data = self.held + data
        at = data.find(self.mark)
        if at >= 0:
            from session import anonymous_file
            self.held, self.spool = b"", anonymous_file()
            self.progress = Progress("tools/vm: bringing files out")
            self.write(data[at + len(self.mark):])
            return data[:at]
        keep = next((n for n in range(min(len(self.mark) - 1, len(data)), 0, -1)
                     if data.endswith(self.mark[:n])), 0)
        self.held = data[len(data) - keep:]
        return data[:len(data) - keep]

    def write(self, data):
        self.progress.more(len(data))
        view = memoryview(data)
        while view:
            view = view[os.write(self.spool, view):]

    def finish(self):
        """Writes what came; True if all of it is here."""
        if not self.wanted:
            return True
        if self.spool is None or os.fstat(self.spool).st_size == 0:
            return self.nothing_came()
        self.progress.end()
        with mmap.mmap(self.spool, 0, access=mmap.ACCESS_READ) as archive:
            try:
                found = list(newc.entries(archive))
            except (ValueError, IndexError):
                found = []
            if not found or found[-1][0] != newc.TRAILER:
                return self.nothing_came()
            good = [unpack(archive, found, number, each) for number, each in enumerate(self.wanted)]
        os.close(self.spool)
        return all(good)

    def nothing_came(self):
        for each in self.wanted:
            say(f"tools/vm: {each.option}: the machine ended before it had sent {each.guest}; "
                f"{each.host} is as it was")
        return False


def split_colon(each):
    """GUEST[:HOST] or HOST[:GUEST] taken apart at its last colon."""
    first, colon, second = each.rpartition(":")
    return (first, second) if colon and first else (each, "")


def get_of(each, cwd):
    guest, host = split_colon(each)
    name = os.path.basename(os.path.normpath(guest))
    option = f"--get {each}"
    if name in ("", "/", "..", ".") and (not host or os.path.isdir(host)):
        raise Trouble(f"{option}: that has no name to be given here", "say GUESTPATH:HOSTPATH")
    host = host or name
    if os.path.isdir(host):
        host = os.path.join(host, name)
    check_place(option, host)
    guest = os.path.normpath(os.path.join(cwd or "/root", guest))
    return Wanted(option, guest, host, False)


def keep_of(each):
    host, guest = split_colon(each)
    option = f"--keep {each}"
    if not os.path.isdir(host):
        check_place(option, host)
        os.mkdir(host)
    if not os.access(host, os.R_OK | os.W_OK | os.X_OK):
        raise Trouble(f"{option}: {host} cannot be read and written", "check its permissions")
    return Wanted(option, os.path.normpath(os.path.join("/root", guest or ".")), host, True)


def check_place(option, host):
    """Raises Trouble if there is no folder in which to make that name."""
    folder = os.path.dirname(host.rstrip("/")) or "."
    if not os.path.isdir(folder):
        raise Trouble(f"{option}: {folder} is not there", "make the folder first: mkdir -p")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Trouble(f"{option}: {folder} cannot be written", "name another place after the colon")


def below(folder):
    """What is in a folder: {name below it: is it a folder?}"""
    names = {}
    for top, folders, files in os.walk(folder):
        for each in folders + files:
            path = os.path.join(top, each)
            names[os.path.relpath(path, folder)] = os.path.isdir(path) and not os.path.islink(path)
    return names


def unpack(archive, found, number, wanted):
    """Writes what belongs to one --get; True if all of it could be."""
    mine, reasons = {}, []
    for name, mode, mtime, at, size in found:
        index, _, rest = name.partition("/")
        if index != str(number):
            continue
        if mode == 0:
            where = "/".join(filter(None, (wanted.guest.rstrip("/"), rest)))
            reasons.append(f"{where}: {archive[at:at + size].decode(errors='replace')}")
        elif any(step in ("", ".", "..") for step in rest.split("/")) and rest:
            reasons.append(f"{wanted.guest}: the machine sent a name that is none: {rest!r}")
        else:
            mine[rest] = (mode, mtime, at, size)
    try:
        if wanted.keep and not reasons:
            remove_lost(wanted, mine)
        write_all(archive, wanted, mine)
    except OSError as error:
        reasons.append(f"{error.filename or wanted.host}: {error.strerror}")
    for reason in reasons:
        say(f"tools/vm: {wanted.option}: {reason}")
    return not reasons


def remove_lost(wanted, mine):
    """Removes here what was put in and is no longer there; nothing else."""
    for rest in sorted(wanted.before, reverse=True):
        was_folder = wanted.before[rest]
        if rest in mine and not (was_folder and not stat.S_ISDIR(mine[rest][0])):
            continue
        try:
            (os.rmdir if was_folder else os.unlink)(os.path.join(wanted.host, rest))
        except OSError:
            pass  # somebody has changed it meanwhile


def write_all(archive, wanted, mine):
    top = os.path.realpath(wanted.host) if os.path.isdir(wanted.host) else wanted.host
    folders = set()  # those that are real folders, here, now
    for rest, (mode, mtime, at, size) in mine.items():
        path = os.path.join(top, rest) if rest else top
        if rest and os.path.dirname(rest) not in folders:
            raise OSError(0, "the machine sent a name without its folder", path)
        if stat.S_ISDIR(mode):
            make_folder(path)
            folders.add(rest)
        else:
            replace(path, archive, mode, mtime, at, size)
    for rest in sorted(folders, reverse=True):
        path, (mode, mtime, _, _) = os.path.join(top, rest) if rest else top, mine[rest]
        if rest or not wanted.keep:  # the user's own folder keeps its permissions
            os.chmod(path, mode & 0o777)
        os.utime(path, (mtime, mtime))


def make_folder(path):
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path)):
        os.unlink(path)
    if not os.path.isdir(path):
        os.mkdir(path, 0o700)
    elif not os.access(path, os.W_OK | os.X_OK):
        os.chmod(path, 0o700)


def replace(path, archive, mode, mtime, at, size):
    """Puts a file, a link or a FIFO in the place of what has that name, whole or not at all."""
    new = os.path.join(os.path.dirname(path), f".new-{os.getpid()}")
    try:
        if stat.S_ISLNK(mode):
            os.symlink(archive[at:at + size], os.fsencode(new))
        elif stat.S_ISFIFO(mode):
            os.mkfifo(new, mode & 0o777)
        else:
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(number, "wb", buffering=0) as file:
                view = memoryview(archive)
                try:
                    for begin in range(at, at + size, newc.CHUNK):
                        file.write(view[begin:min(begin + newc.CHUNK, at + size)])
                finally:
                    view.release()
            os.chmod(new, mode & 0o777)
            os.utime(new, (mtime, mtime))
        os.rename(new, path)
    except OSError as error:
        if os.path.lexists(new):
            os.unlink(new)
        raise OSError(error.errno, error.strerror, path) from None
