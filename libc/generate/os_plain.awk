# Makes the os functions that only call another function: in their row of libc/os.tbl the source is
# `= NAME`, a function of libc or a stub sys_NAME; or `~ NAME`, which is called again after EINTR.
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

BEGIN {
    FS = "|"
    print "/* Generated from libc/os.tbl: os functions that are another function, no more. */"
    print "#include <grp.h>\n#include <os.h>\n#include <string.h>\n#include <sys/sendfile.h>"
    print "#include <sys/statvfs.h>\n#include <sys/time.h>\n#include \"syscall.h\""
}

/^#/ || trim($5) !~ /^[=~]/ { next }

{
    python = trim($1)
    sub(/^\+/, "", python)
    prototype = trim($2)
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
    split(trim($5), words, " ")
    call = words[2] "(" values ")"
    print "\n" result (result ~ /\*$/ ? "" : " ") "os_" name "(" inside ")\n{"
    if (words[2] !~ /^sys_/)
        print "    " (result == "void" ? "" : "return ") call ";\n}"
    else if (words[1] == "=")
        print "    " (result == "void" ? "" : "return (" result ")") "syscall_ret(" call ");\n}"
    else
        print "    long result;\n\n    do\n        result = " call ";\n" \
              "    while (result == -EINTR);\n    return (" result ")syscall_ret(result);\n}"
}
