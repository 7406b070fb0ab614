# From libc/os.tbl: a page of the guest's manual for each name of os.h. user/man.c says what a page
# looks like.
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

function row(title, text) {
    if (text != "")
        printf "%-14s %s\n", title ":", text
}

BEGIN { FS = "|" }
/^#/ || /^[ \t]*$/ { next }

{
    name = trim($1)
    prototype = trim($2)
    only_c = sub(/^\+/, "", name)
    if (prototype == "-") # Python has it, C has not
        next
    if (prototype == "macro") {
        printf "\fos.%s\t3\t%s\nos.%s(3)  <os.h>, like Python's os.%s\n\n%s.\n", name, trim($3), name, name, trim($3)
        next
    }
    plain = name
    sub(/.*\./, "", plain)
    shown = prototype
    sub(plain "\\(", "os." name "(", shown)
    printf "\fos.%s\t3\t%s\n", name, trim($6)
    printf "os.%s(3)  <os.h>, %s\n\n    %s\n\n%s.\n\n", name, only_c ? "in C only" : "like Python's os." name, shown, trim($6)
    row("Errors", trim($4))
    row("System calls", trim($3))
    source = trim($5)
    row("In libc", source ~ /^[=~]/ ? "the call itself" : source)
}
