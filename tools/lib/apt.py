"""apt-get with lists, settings and a store of its own: it needs no rights and changes no system."""
# SPDX-License-Identifier: MIT

import os
import shutil
import subprocess

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
MIRROR = "http://deb.debian.org/debian"


class Store:
    """A folder in which apt keeps what it knows and has fetched."""

    def __init__(self, folder):
        self.folder = os.path.join(os.path.abspath(folder), "apt")

    def lacks(self):
        """Why apt cannot work here, and the remedy; None if it can."""
        if not shutil.which("apt-get"):
            return "apt-get is not here, which fetches packages", "use Debian, Ubuntu or one like them"
        if not os.access(KEYS, os.R_OK):
            return "Debian's keys are not here", "install the package debian-archive-keyring"
        return None

    def prepare(self, kinds, suites):
        """Writes the settings: which kinds of packages (deb, deb-src) of which suites there are."""
        for folder in "lists/partial", "archives/partial":
            os.makedirs(os.path.join(self.folder, folder), exist_ok=True)
        with open(os.path.join(self.folder, "sources.list"), "w", encoding="ascii") as file:
            for kind in kinds:
                for suite in suites:
                    file.write(f"{kind} [signed-by={KEYS}] {MIRROR} {suite} main\n")
        with open(os.path.join(self.folder, "status"), "w", encoding="ascii"):
            pass

    def command(self, *words):
        state = self.folder
        options = {"Dir::State": state, "Dir::State::status": state + "/status", "Dir::Cache": state,
                   "Dir::Etc::sourcelist": state + "/sources.list", "Dir::Etc::sourceparts": "-",
                   "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
                   "Acquire::Languages": "none", "Acquire::Check-Valid-Until": "false",
                   "APT::Sandbox::User": "root", "APT::Architecture": "amd64",
                   "Acquire::http::Timeout": "20", "Acquire::Retries": "1"}
        return ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items()), *words]

    def run(self, *words, cwd=None):
        """(Whether it went well, its trouble or last line, all that it said.)"""
        done = subprocess.run(self.command(*words), cwd=cwd, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL)
        said = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
        troubles = ([line for line in said if line.startswith("E:")] or
                    [line for line in said if line.startswith("W:")] or said)
        good = done.returncode == 0 and not any(line.startswith("E:") for line in said)
        return good, troubles[0], done.stdout
