#!/usr/bin/env python3
"""Our small programs: the same on Linux and on Ouros, and as the host's own; no BusyBox needed."""
# SPDX-License-Identifier: MIT
# needs: procfs
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
from programs import Tap

BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
LIMIT_SECONDS = 120
ENVIRONMENT = {"PATH": "/ouros/bin", "HOME": "/root", "TERM": "dumb"}

# Each case runs in an empty folder, under osh: a name, and a script. `#host` after the name: the
# host's own commands must print the same.
CASES = """
pwd #host | pwd
pwd in a folder below | mkdir a; cd a; pwd
echo #host | echo one  two; echo -n no newline; echo; echo ""
true and false #host | true; echo $?; false; echo $?
cat #host | echo one > a; echo two > b; cat a b; cat < a; cat a - < b
cat of what is not there | echo one > a; cat a missing; echo $?
cat of a folder | mkdir d; cat d; echo $?
mkdir #host | mkdir a b; mkdir -p c/d/e c/d/e; ls; ls c/d
mkdir -m #host | mkdir -m 700 a; mkdir -m 1755 b; ls -l | cat > /dev/null; ls
mkdir of what is there | mkdir a; mkdir a; echo $?; mkdir x/y; echo $?
mkdir -p over a file | echo x > a; mkdir -p a/b; echo $?; mkdir -p a; echo $?
mkdir, used wrongly | mkdir -x; echo $?
rmdir #host | mkdir -p a/b/c; rmdir a/b/c; ls a/b; rmdir -p a/b; ls
rmdir of what is not empty | mkdir -p a/b; rmdir a; echo $?; ls; rmdir missing; echo $?
rmdir of a file | echo > f; rmdir f; echo $?
rmdir -p up to what is not empty | mkdir -p a/b/c a/x; rmdir -p a/b/c; echo $?; ls a
ls #host | echo > b; echo > a; echo > .hidden; mkdir c; ls; ls a; ls c
ls -a | echo > .hidden; echo > seen; ls -a
ls of what is not there | ls missing; echo $?
ls of several | echo > a; mkdir d; echo > d/e; ls a d
ls -l: modes, links, sizes | mkdir -m 750 d; echo 12345 > f; ln -s f l; ln f g; ls -l
rm #host | echo > a; echo > b; rm a; ls; rm b; ls
rm -r #host | mkdir -p d/e/f; echo > d/e/g; ln -s / d/link; rm -r d; ls
rm of what is not there | rm missing; echo $?; mkdir d; rm d; echo $?; ls
mv #host | echo one > a; mv a b; cat b; mkdir d; mv b d; ls d; mv d e; ls e
mv over a file #host | echo one > a; echo two > b; mv a b; cat b; ls
mv of what is not there | mv missing x; echo $?; mv; echo $?
mv of a folder into itself | mkdir a; mv a a/b; echo $?
ln #host | echo one > a; ln a b; cat b; ln -s b c; cat c; rm a; cat b c
ln over what is there | echo > a; echo > b; ln a b; echo $?; ln; echo $?
ln -s to nothing | ln -s nowhere l; cat l; echo $?; ls -l l
touch #host | touch a b; ls; cat a; echo one > c; touch c; cat c
touch where it cannot be | touch x/y; echo $?
env, all of it | env -i A=1 B=two /ouros/bin/env
env: set, unset, run | env -u HOME -u TERM -u PATH -u LANG A=1 /ouros/bin/env; env X=y osh -c 'echo $X'
env of what is not there | env missing; echo $?; env -x; echo $?
env, exit status | env osh -c 'exit 7'; echo $?
export, seen by a program | export A=1; env A=2 osh -c 'echo $A'; echo $A
sleep #host | sleep 0; sleep 0.01; echo $?
sleep, used wrongly | sleep; echo $?; sleep x; echo $?; sleep -1; echo $?
kill, used wrongly | kill; echo $?; kill -NOSUCH 99999999; echo $?
kill what is not there | kill 99999999; echo $?
tree | mkdir -p a/b c; echo > a/f; echo > .h; ln -s a l; tree; tree a; tree missing; echo $?
a pipeline of them | echo one | cat | cat; mkdir d; ls | cat
many files | mkdir d; cd d; touch a b c d e f g h i j k l m n o p; ls | cat; cd ..; rm -r d; ls
long names | mkdir -p {long}/{long}; ls {long}; pwd; rmdir -p {long}/{long}; ls
names with blanks #host | echo one > 'a b'; mkdir 'c d'; mv 'a b' 'c d'; ls 'c d'; cat 'c d/a b'
a name that is too long | touch {toolong}; echo $?; mkdir {toolong}; echo $?
""".replace("{long}", "n" * 200).replace("{toolong}", "n" * 256)


def cases():
    for line in CASES.strip().splitlines():
        name, _, script = line.partition(" | ")
        yield name.replace(" #host", ""), name.endswith("#host"), script


def clean(text, folder):
    """Without what may differ: the folder's own name, and the sizes and links of folders."""
    text = text.decode("utf-8", "backslashreplace").replace(folder, "HERE")
    return re.sub(r"(?m)^(d[-rwxst]{9}) +\d+ +(\d+ +\d+) +\d+ ", r"\1 \2 ", text)


def on_terminal(command, **more):
    """Runs it with a terminal for output and errors, so that they come in order; (text, status)."""
    master, slave = pty.openpty()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                          **more) as run:
        os.close(slave)
        text = b""
        while select.select([master], [], [], LIMIT_SECONDS)[0]:
            try:
                text += os.read(master, 65536)
            except OSError:  # the end
                break
        else:
            run.kill()
    os.close(master)
    return text.replace(b"\r", b""), run.returncode


def on_linux(programs, script):
    """The script's output in an empty folder, with our programs."""
    with tempfile.TemporaryDirectory() as folder:
        script = script.replace("/ouros/bin/", programs + "/")
        text, _ = on_terminal([os.path.join(programs, "osh"), "-c", script], cwd=folder,
                              env=dict(ENVIRONMENT, PATH=programs), umask=0o022)
        owner = f" {os.getuid():4} {os.getgid():4} "  # in Ouros we are root
        text = text.replace(owner.encode(), f" {0:4} {0:4} ".encode())
        return clean(text, folder).replace(programs, "/ouros/bin")


def by_the_host(script):
    """The script's output in an empty folder, with the host's shell and programs."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["/bin/sh", "-c", script], cwd=folder, stdout=subprocess.PIPE,
                              env=dict(ENVIRONMENT, PATH="/bin:/usr/bin", LC_ALL="C"),
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
        return clean(done.stdout, folder)


def in_guest(cpus, rootfs, folder):
    """({number: what the case prints}, status), all of them in one run, without BusyBox."""
    path = os.path.join(folder, "cases")
    with open(path, "w", encoding="utf-8") as file:
        for number, (_, _, script) in enumerate(cases()):
            quoted = script.replace("'", "'\"'\"'")
            file.write(f"echo '== {number}'\nmkdir /tmp/{number}; cd /tmp/{number}\n"
                       f"osh -c '{quoted}'\n")
    command = [os.path.join(TOP, "tools/vm"), "--cpus", str(cpus), "--rootfs", rootfs, "--add",
               path + ":/etc/cases"]
    command += [f"--env={name}={value}" for name, value in ENVIRONMENT.items()]
    text, status = on_terminal([*command, "--", "osh", "/etc/cases"])
    parts = {}
    for part in text.split(b"== ")[1:]:
        number, _, rest = part.partition(b"\n")
        parts[int(number)] = clean(rest, f"/tmp/{int(number)}")
    return parts, status


def compare(tap, programs, rootfs, folder):
    guests = [(cpus, *in_guest(cpus, rootfs, folder)) for cpus in (1, 4)]
    for cpus, _, status in guests:
        tap.say(status == 0, f"{cpus} cpus: the script of all cases ends well", [str(status)])
    for number, (name, host_too, script) in enumerate(cases()):
        wanted = on_linux(programs, script)
        if host_too:
            tap.same(wanted, by_the_host(script), f"as the host's own: {name}")
        for cpus, parts, _ in guests:
            tap.same(parts.get(number, "(nothing)"), wanted, f"{cpus} cpus: {name}")


def only_there(tap, rootfs):
    """What has no double on Linux: the machine's own names, its processes, its end."""
    def check(what, words, pattern, status=0):
        done = subprocess.run([os.path.join(TOP, "tools/vm"), "--rootfs", rootfs, *words],
                              capture_output=True, text=True, check=False, timeout=60,
                              stdin=subprocess.DEVNULL)
        good = done.returncode == status and re.search(pattern, done.stdout + done.stderr)
        tap.say(bool(good), what, [str(done.returncode), *done.stdout.splitlines(),
                                   *done.stderr.splitlines()])
    check("uname", ["--", "uname"], r"^Ouros ")
    check("ps: pid, parent, state, size, name, cwd", ["--cwd", "/etc", "--", "osh", "-c", "ps"],
          r"(?m)^ +1 +0 [SR] +\d+ init +/$(?s:.*)^ +\d+ +\d+ R +\d+ ps +/etc$")
    check("kill, by ps's number", ["--", "osh", "-c", "sleep 50 & kill -KILL 3; wait; ps"],
          r"\A(?s:(?!sleep).)*\Z")
    check("sh is osh where there is no BusyBox", ["--", "sh", "-c", "echo $?; help"], "osh runs")
    check("and it is the shell without a program", [], r"Ouros")
    for name in ("poweroff", "halt", "reboot"):
        check(name, ["--", name], "before the program ended", 126)
        check(f"/sbin/{name}", ["--", "/sbin/" + name], "before the program ended", 126)


def main():
    with Tap() as tap, tempfile.TemporaryDirectory() as folder:
        programs = os.path.join(folder, "bin")
        os.mkdir(programs)
        for name in os.listdir(os.path.join(BUILD, "image")):
            shutil.copy(os.path.join(BUILD, "image", name), programs)
        rootfs = os.path.join(folder, "rootfs.cpio")
        subprocess.run([os.path.join(TOP, "tools/mkrootfs"), "-o", rootfs, "-s",
                        os.path.join(TOP, "user/root"),
                        *(os.path.join(programs, name) for name in os.listdir(programs))],
                       check=True)
        compare(tap, programs, rootfs, folder)
        only_there(tap, rootfs)


main()
