#!/usr/bin/env python3
"""tools/setup on machines that lack a tool, made of a PATH: what it installs, says and leaves."""
# SPDX-License-Identifier: MIT
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

LACKING = "xorriso"
OURS = ("apt-get", "sudo", "id", LACKING)
# It notes how it was called, and an installation brings what is lacking.
APT = """#!/bin/sh
echo "$*" >>"$NOTES"
case $* in
install*) ln -s "$LACKING" "$MACHINE/" ;;
esac
"""
APT_STALE = APT.replace("install*)", "install*) grep -q update \"$NOTES\" || exit 100;")
APT_EMPTY = "#!/bin/sh\n"
ROOT, USER = "#!/bin/sh\necho 0\n", "#!/bin/sh\necho 1000\n"
SUDO, SUDO_REFUSES = '#!/bin/sh\nexec "$@"\n', "#!/bin/sh\nexit 1\n"
REMEDY = f"  apt-get install --no-install-recommends {LACKING}\n"


def link_commands(folder):
    """Links to all commands of this machine but OURS."""
    for place in os.environ["PATH"].split(":") + ["/usr/bin", "/bin", "/usr/sbin"]:
        for name in os.listdir(place) if os.path.isdir(place) else []:
            if name not in OURS and not os.path.lexists(os.path.join(folder, name)):
                os.symlink(os.path.join(place, name), os.path.join(folder, name))


class Machine:
    """The commands of this machine but OURS; those that it has of them, a test gives as texts."""

    def __init__(self, folder, others, **commands):
        self.bin, self.others, self.notes = folder, others, os.path.join(folder, "notes")
        for name, text in commands.items():
            path = os.path.join(self.bin, name.replace("_", "-"))
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
                os.chmod(path, 0o755)

    def setup(self, level="run"):
        """(status, what it said, how apt-get was called meanwhile)."""
        with open(self.notes, "w", encoding="utf-8"):
            pass
        environment = {**os.environ, "PATH": f"{self.bin}:{self.others}",
                       "MACHINE": self.bin, "NOTES": self.notes,
                       "LACKING": shutil.which(LACKING) or "/none"}
        done = subprocess.run([os.path.join(TOP, "tools/setup"), level], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        with open(self.notes, encoding="utf-8") as file:
            return done.returncode, done.stdout, file.read()


def tell(tap, good, what, found):
    tap.say(good, what, [line for part in found for line in str(part).splitlines()])


def test_root(tap, machine):
    status, said, calls = found = machine(apt_get=APT, id=ROOT).setup()
    last = calls.splitlines()[-1].split()
    tell(tap, status == 0 and f"missing: {LACKING}" in said and last[0] == "install"
         and last[-1] == LACKING and "-y" in last, "root: it says what is missing, installs it",
         found)


def test_second(tap, machine):
    once = machine(apt_get=APT, id=ROOT)
    once.setup()
    found = once.setup()
    tell(tap, found == (0, "", ""), "a second time: nothing is said, nothing is done", found)


def test_stale_lists(tap, machine):
    status, _, calls = found = machine(apt_get=APT_STALE, id=ROOT).setup()
    tell(tap, status == 0 and "update" in calls and calls.count("install ") >= 1,
         "the lists are stale: they are renewed, and then it installs", found)


def test_nothing_comes(tap, machine):
    status, said, _ = found = machine(apt_get=APT_EMPTY, id=ROOT).setup()
    tell(tap, status == 1 and "still missing" in said and LACKING in said,
         "what the installation did not bring is said", found)


def test_sudo(tap, machine):
    status, _, calls = found = machine(apt_get=APT, id=USER, sudo=SUDO).setup()
    tell(tap, status == 0 and "install" in calls, "a user: through sudo", found)


def test_no_root(tap, machine):
    for what, commands in (("is not there", {}), ("refuses", {"sudo": SUDO_REFUSES})):
        status, said, calls = found = machine(apt_get=APT, id=USER, **commands).setup()
        tell(tap, status == 1 and calls == "" and said.count(REMEDY) == 1,
             f"a user, and sudo {what}: who is root is told what to do", found)


def test_other_systems(tap, machine):
    status, said, _ = found = machine(id=ROOT).setup()
    tell(tap, status == 1 and "dnf install xorriso" in said and "pacman -S libisoburn" in said
         and "brew install xorriso" in said, "no apt: packages of Fedora, Arch, Homebrew", found)


def test_what_a_system_lacks(tap, machine):
    """Homebrew has no BusyBox and no strace: setup does without them there, not on Debian."""
    gone = {name: "#!/bin/sh\n# ld-linux\n" for name in ("busybox", LACKING)}
    has_brew = machine(id=ROOT, brew="#!/bin/sh\n", **gone)
    tell(tap, has_brew.setup() == (0, "", ""), "Homebrew has no BusyBox: nothing is missing",
         has_brew.setup())
    status, said, _ = found = machine(id=ROOT, dnf="#!/bin/sh\n", **gone).setup()
    tell(tap, status == 1 and "dnf install busybox \n" in said, "Fedora has: it is named", found)


def test_usage(tap, machine):
    status, said, _ = found = machine(apt_get=APT, id=ROOT).setup("other")
    tell(tap, status == 2 and "run|test" in said, "no such level: usage", found)


def main():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    with Tap() as tap, tempfile.TemporaryDirectory(prefix="ouros-setup-") as folder:
        others = tempfile.mkdtemp(dir=folder)
        link_commands(others)

        def machine(**commands):
            return Machine(tempfile.mkdtemp(dir=folder), others, **commands)

        for test in tests:
            test(tap, machine)


main()
