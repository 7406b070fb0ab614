#!/bin/sh
# The newest static BusyBox of Debian's archive (unstable) runs as the image's shell and commands, as the host's does.
# Its package is taken apart here, not installed; it is fetched again when it is a week old. A mirror may be behind:
# what it has is the newest that it has.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
skip() {
    echo "1..0 # SKIP $1"
    exit
}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || skip 'apt-get and dpkg-deb are not here'
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r $keys ] || skip "Debian's keys are not here: they are in the package debian-archive-keyring"
here=$(cd "${BUILD:-build}" && pwd)/newest-busybox
busybox=$here/bin/busybox

fetch() {
    rm -rf "$here"
    mkdir -p "$here/apt/lists/partial" "$here/apt/cache/archives/partial"
    echo "deb [signed-by=$keys] http://deb.debian.org/debian unstable main" >"$here/apt/sources.list"
    : >"$here/apt/status"
    set -- -q -o Dir::State="$here/apt" -o Dir::State::status="$here/apt/status" -o Dir::Cache="$here/apt/cache" \
        -o Dir::Etc::sourcelist="$here/apt/sources.list" -o Dir::Etc::sourceparts=- -o APT::Architecture=amd64 \
        -o Acquire::Languages=none -o APT::Sandbox::User=root -o Acquire::http::Timeout=20 -o Acquire::Retries=0 \
        -o Acquire::Check-Valid-Until=false
    apt-get "$@" update && (cd "$here" && apt-get "$@" download busybox-static) &&
        dpkg-deb -x "$here"/busybox-static_*.deb "$here" &&
        if [ ! -e "$busybox" ]; then mkdir -p "$here/bin" && mv "$here/usr/bin/busybox" "$busybox"; fi
}
if [ -z "$(find "$busybox" -mtime -7 2>/dev/null)" ]; then
    fetch >"$here.log" 2>&1 || skip "the archive cannot be reached: $(tail -n 1 "$here.log")"
    touch "$busybox"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
tools/mkrootfs -o "$work/rootfs.cpio" -s user/root -b "$busybox" "${BUILD:-build}"/image/* || exit 1
commands='busybox | head -n 1; mkdir -p a/b && cd a/b && pwd; seq 1 1000 | sort -rn | head -n 1
    echo hi | tr a-z A-Z; printf "b\na\n" | sort | tr "\n" " "; echo $((6 * 7)); find /etc -name passwd
    ls -ld /tmp | cut -c 1-10; dmesg | grep -c "dev: ready"; ps | grep -q init && echo ps
    awk "BEGIN { print 2 * 512 }"; sleep 0.1 & wait; grep -c root /etc/passwd; tar cf - . | wc -c; exit 3'
for cpus in 1 4; do
    tools/vm --rootfs "$work/rootfs.cpio" --cpus $cpus -- sh -c "$commands" >"$work/out" 2>&1
    echo "status $?" >>"$work/out"
    printf '%s\n' /root/a/b 1000 HI 'a b 42' /etc/passwd drwxrwxrwt 1 ps 1024 1 1536 'status 3' >"$work/wanted"
    sed 1d "$work/out" | diff "$work/wanted" - >"$work/differences" || printf 'not '
    echo "ok $cpus - $cpus processors: $(head -n 1 "$work/out" | cut -d ' ' -f 1-4)" | sed "s/ok 4/ok 2/"
    sed 's/^/# /' "$work/differences"
done

# Its shell finds that it has a terminal, by whatever call its libc makes, and shows a prompt.
if command -v expect >/dev/null; then
    ROOT="$work/rootfs.cpio" expect - <<'END'
        log_user 0
        set timeout 120
        spawn tools/vm --rootfs $env(ROOT)
        expect {
            -re {ouros:[^ ]*# } {}
            timeout { exit 1 }
            eof { exit 2 }
        }
        send {test -t 0 && exit 7 || exit 3}
        send "\r"
        expect eof
        exit [lindex [wait] 3]
END
    status=$?
    [ $status = 7 ] || printf 'not '
    echo "ok 3 - its prompt on a terminal, and what is typed there"
    [ $status = 7 ] || echo "# status $status, wanted 7"
else
    echo "ok 3 - its prompt on a terminal # SKIP expect is not here"
fi
echo 1..3
