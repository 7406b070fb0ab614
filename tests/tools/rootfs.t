#!/bin/sh
# tools/rootfs: a root of Debian's packages boots, with links, users and settings as their scripts would have made
# them; what is wrong is said in a line.
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

is() { # WHAT WANTED GOT
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        printf 'not ok %s - %s\n' "$count" "$1"
        printf '%s\n' "wanted: $2" "got: $3" | sed 's/^/#   /'
    fi
}

is 'without packages it says how it is called' 'usage: tools/rootfs [--suite NAME] -o FILE.cpio PACKAGE...' \
    "$(tools/rootfs -o "$work/none.cpio" 2>&1 | grep '^usage')"

packages="bash gawk perl-base passwd"
root=${BUILD:-build}/roots/$(printf %s "$packages" | tr ' ' +).cpio
mkdir -p "$(dirname "$root")"
# shellcheck disable=SC2086
if ! tools/rootfs -o "$root" $packages > "$work/said" 2>&1; then
    if grep -q 'cannot be reached\|is not here\|are not here' "$work/said"; then
        echo "1..$count # $(tail -2 "$work/said" | tr '\n' ' '): nothing more can be tested"
        exit
    fi
    is 'an image is made' '' "$(cat "$work/said")"
fi
# shellcheck disable=SC2086
is 'a second time there is nothing to do' '' "$(tools/rootfs -o "$root" $packages 2>&1)"
is 'a package that is not there' 'status 126, Unable to locate package no-such-package: no image' \
    "$(tools/rootfs -o "$work/none.cpio" no-such-package > "$work/said" 2>&1
    printf 'status %s, %s' $? "$(grep -o 'Unable to locate package no-such-package' "$work/said")"
    [ -e "$work/none.cpio" ] || printf ': no image')"
is 'make run boots it' 'perl 42' "$(make -s run ROOTFS="$packages" RUN="perl -e 'print qq(perl ), 6 * 7'")"
if [ -n "$THOROUGH" ]; then
    echo 'print(sum(range(10)))' > "$work/sum.py"
    is 'make python runs a program' '45' "$(make -s python RUN="$work/sum.py" 2>/dev/null)"
fi

run() { tools/vm --rootfs "$root" -- "$@" 2>&1; }
is "Debian's bash runs, found through links" '/bin -> usr/bin, bash 5' \
    "$(run bash -c 'printf "/bin -> %s, bash %s" "$(readlink /bin)" "${BASH_VERSINFO[0]}"')"
is 'the best alternative is linked' 'awk: /usr/bin/gawk 3' \
    "$(run bash -c 'printf "awk: %s " "$(readlink -f /usr/bin/awk)"; awk "BEGIN { print 1 + 2 }"')"
is 'users come from the list of Debian' 'www-data daemon' "$(run bash -c 'id -nu 33 daemon >/dev/null 2>&1
    awk -F: "\$3 == 33 || \$3 == 1 { print \$1 }" /etc/passwd | sort -r | tr "\n" " " | sed "s/ \$//"')"
is 'the loader has its list of libraries, owners and set-id bits stay' '/etc/ld.so.cache, -rwsr-xr-x root root' \
    "$(run bash -c 'printf "%s, " /etc/ld.so.c[a]che; stat -c "%A %U %G" /usr/bin/passwd')"
is 'names of one file are one file' 'yes' "$(run bash -c '[ /usr/bin/perl -ef /usr/bin/perl5.36.0 ] && perl -e "print q(yes)"')"
is 'what no package brings is of BusyBox' '3' "$(run bash -c 'seq 3 | tail -1')"
echo "1..$count"
