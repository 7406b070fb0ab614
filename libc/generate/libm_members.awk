# Lists the objects of musl's archive that <math.h> and <complex.h> need. Input: these headers; then
# what `nm -g` says of our libc.a, to a file NAME/ours; then what it says of musl's archive.
#
# What ours has and musl's would only help with is taken from ours: memcpy, <fenv.h>, the end of a
# program whose stack is damaged. What neither has is the compiler's.
# SPDX-License-Identifier: MIT

FILENAME ~ /\.h$/ { # prototypes, and `extern int signgam;`
    while (match($0, /[a-z_0-9]+[(;]/)) {
        public[substr($0, RSTART, RLENGTH - 1)] = 1
        $0 = substr($0, RSTART + RLENGTH)
    }
    next
}

# nm's lines: `member.o:`, then for each of its names an address, unless it is undefined, a letter
# and the name.
NF == 1 { member = substr($1, 1, length($1) - 1) }
FILENAME ~ /\/ours$/ { if (NF == 3) ours[$3] = 1; next }
NF == 2 { needs[member] = needs[member] " " $2 }
NF == 3 && !($3 in home) { home[$3] = member }

END {
    for (name in public)
        if (name in home)
            want(home[name])
    for (member in wanted)
        print member | "sort"
}

function want(member,    names, n, i) {
    if (member in wanted)
        return
    wanted[member] = 1
    n = split(needs[member], names, " ")
    for (i = 1; i <= n; i++)
        if (names[i] in home && (names[i] in public || !(names[i] in ours)))
            want(home[names[i]])
}
