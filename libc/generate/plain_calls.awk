# Makes, from libc/plain.tbl, the C functions that are one system call and nothing else.
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

BEGIN {
    print "/* Generated from libc/plain.tbl: functions that are one system call, no more. */"
}

/^#include/ { print; next }
/^#/ || /^[ \t]*$/ { next }

{
    call = ""
    if (split($0, halves, "=") == 2)
        call = trim(halves[2])
    prototype = trim(halves[1])
    open = index(prototype, "(")
    head = substr(prototype, 1, open - 1)
    name = head
    sub(/.*[ *]/, "", name)
    result = trim(substr(head, 1, length(head) - length(name)))
    inside = substr(prototype, open + 1, length(prototype) - open - 1)
    values = ""
    n = inside == "void" ? 0 : split(inside, args, ",")
    for (i = 1; i <= n; i++) {
        value = trim(args[i])
        sub(/\[.*\]/, "", value)
        sub(/.*[ *]/, "", value)
        values = values (i > 1 ? ", " : "") value
    }
    print "\n__attribute__((weak)) " prototype "\n{\n    return (" result ")syscall_ret(sys_" \
          (call == "" ? name : call) "(" values "));\n}"
}
