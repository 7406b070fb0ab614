#!/usr/bin/env python3
"""A file of the root archive keeps its pages: it reads, grows, shrinks and goes as any other, and what lies after it
in the archive never shows. An image needs no memory beside its own, and stays as it is on the host.

needs: holes
"""
# SPDX-License-Identifier: MIT
import hashlib
import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
sys.path.insert(0, os.path.join(TOP, "tools/lib"))
import newc

FILE = 0o100644
TEXT = bytes(range(1, 251)) * 20  # 5,000 bytes, none of them 0
LARGE = [os.urandom(1 << 20) * 10 for _ in range(12)]
SCRIPT = r"""
sum() { md5sum < "$1" | cut -c1-32; }
is() { [ "$2" = "$3" ] && echo "yes $1" || echo "no $1: $2, not $3"; }
is read "$(sum /a)" TEXT_SUM
is size "$(stat -c '%s %b' /a)" '5000 16'
truncate -s 6000 /a
is 'grown by truncate' "$(tail -c 1000 /a | tr -d '\0' | wc -c)" 0
fallocate -l 9000 /b
is 'grown by fallocate' "$(tail -c 4000 /b | tr -d '\0' | wc -c)" 0
echo x | dd of=/c bs=1 seek=7000 conv=notrunc 2>/dev/null
is 'written after its end' "$(tail -c 2002 /c | tr -d '\0' | wc -c)" 2
printf more >> /d
is appended "$(tail -c 8 /d | od -An -tx1)" ' f7 f8 f9 fa 6d 6f 72 65'
truncate -s 5010 /d
is 'grown after that' "$(tail -c 6 /d | tr -d '\0' | wc -c)" 0
truncate -s 100 /e; truncate -s 5000 /e
is 'cut and grown' "$(tail -c 4900 /e | tr -d '\0' | wc -c)" 0
is 'the later of one name' "$(cat /twice)" second
used() { df /tmp | tail -1 | awk '{print $3}'; }
before=$(used)
for i in 0 1 2 3 4 5 6 7 8 9 10 11; do sum /large$i; done
rm /large3
is 'removed: 10 MB' $((before - $(used))) 10240
dd if=/dev/zero of=/large4 bs=1M count=1 conv=notrunc 2>/dev/null
dd if=/dev/zero of=/tmp/new bs=1M count=10 2>/dev/null
is 'room for as much again' "$(stat -c %s /tmp/new)" 10485760
"""


def image(path):
    """Some small files, and 120 MB."""
    with open(path, "wb", buffering=0) as out, open(os.path.join(BUILD, "rootfs.cpio"), "rb") as base:
        archive = newc.Archive(out.fileno())
        archive.write(base.read())
        for name in "abcde":
            archive.add(name, FILE, TEXT)
        archive.add("twice", FILE, b"first, and longer" * 1000)
        archive.add("twice", FILE, b"second")
        for number, data in enumerate(LARGE):
            archive.add(f"large{number}", FILE, data)
        archive.finish()


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.md5(file.read()).hexdigest()


def main():
    failed = number = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "root.cpio")
        image(path)
        before = checksum(path)
        script = SCRIPT.replace("TEXT_SUM", hashlib.md5(TEXT).hexdigest())
        command = [os.path.join(TOP, "tools/vm"), "--mem", "64M", "--rootfs", path, "--", "sh", "-c", script]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        said = done.stdout.splitlines()
        results = [(line[4:] if line.startswith("yes ") else line, line.startswith("yes "))
                   for line in said if line.startswith(("yes ", "no "))]
        sums = [hashlib.md5(data).hexdigest() for data in LARGE]
        results.append(("120 MB read in a machine of 64 MB", [line for line in said if line in sums] == sums))
        results.append(("the script ran to its end", len(results) == SCRIPT.count("\nis ") + 1))
        results.append(("the image is as it was", checksum(path) == before))
    for number, (what, good) in enumerate(results, 1):
        failed += not good
        print(f"{'' if good else 'not '}ok {number} - {what}")
    if failed:
        print("# " + (done.stdout + done.stderr)[-3000:].replace("\n", "\n# "))
    print(f"1..{number}")
    sys.exit(1 if failed else 0)


main()
