# Makes os.h: libc/os_head.h as it is, then from each row of libc/os.tbl a prototype with its
# description, and the structure `os`.
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

# Prints a comment of lines that fit, from words.
function comment(text,    n, i, words, line) {
    n = split(text, words, " ")
    line = "/*"
    for (i = 1; i <= n; i++) {
        if (length(line) + 1 + length(words[i]) > 97) {
            print line
            line = " *"
        }
        line = line " " words[i]
    }
    print line " */"
}

# The name in a prototype: it is before the first parenthesis that opens the arguments.
function declare(prototype, name, as) {
    sub(name "\\(", as "(", prototype)
    return prototype
}

FNR == NR { print; next }
FNR == 1 { FS = "|"; $0 = $0 }
/^#/ || /^[ \t]*$/ { next }

{
    python = trim($1)
    sub(/^\+/, "", python)
    prototype = trim($2)
    if (prototype == "-" || prototype == "macro")
        next
    room = ""
    name = python
    if (split(python, parts, ".") == 2) {
        room = parts[1]
        name = parts[2]
        if (!(room in members))
            rooms[++n_rooms] = room
    }
    if (index(prototype, "(") == 0) { # a constant: `const char *sep = "/"`
        split(prototype, halves, " = ")
        members[room] = members[room] "    " halves[1] ";\n"
        values[room] = values[room] "    ." name " = " halves[2] ",\n"
        next
    }
    symbol = "os_" (room == "" ? "" : room "_") name
    print ""
    text = "os." python ": " trim($6)
    if (trim($4) != "")
        text = text ". Errors: " trim($4)
    text = text ". Calls: " (trim($3) == "" ? "none" : trim($3)) "."
    source = trim($5)
    if (source !~ /^[=~]/)
        text = text " In libc/" source "."
    comment(text)
    print declare(prototype, name, symbol) ";"
    members[room] = members[room] "    " declare(prototype, name, "(*" name ")") ";\n"
    values[room] = values[room] "    ." name " = " symbol ",\n"
}

END {
    for (i = 1; i <= n_rooms; i++)
        print "\n/* os." rooms[i] " */\nstruct os_" rooms[i] "_module {\n" members[rooms[i]] "};"
    print "\nstruct os_module {\n" members[""] "    char **environ; /* the global's value */"
    for (i = 1; i <= n_rooms; i++)
        print "    struct os_" rooms[i] "_module " rooms[i] ";"
    print "};\n"
    comment("`os` is the table as it is now: os.environ is what the global `environ` is at that" \
            " moment, also after a change by the program. To give the program another list, assign" \
            " to environ.")
    comment("An optimizer sees through a copy of the constant table: what remains of os.mkdir(...)" \
            " is a call of os_mkdir, of os.environ a look at environ. Without one, `os` is the" \
            " object os_table, of which only environ is brought up to date: a debugger steps into" \
            " os_mkdir at once. Each thread has a table of its own, so that no other can set its" \
            " environ back.")
    print "#ifdef __OPTIMIZE__\n#define OS_TABLE const\n#else\n#define OS_TABLE _Thread_local\n#endif"
    print "static OS_TABLE struct os_module os_table __attribute__((unused)) = {\n" values[""] \
          "    .environ = NULL,"
    for (i = 1; i <= n_rooms; i++)
        print "    ." rooms[i] " = {\n" values[rooms[i]] "    },"
    print "};\n#undef OS_TABLE\n\n#ifdef __OPTIMIZE__"
    print "static inline __attribute__((always_inline, unused))"
    print "struct os_module os_now(void)"
    print "{\n    struct os_module now = os_table;\n\n    now.environ = environ;"
    print "    return now;\n}\n#define os (os_now())"
    print "#else"
    print "#define os                                     \\"
    print "    (*__extension__({                          \\"
    print "        os_table.environ = environ;            \\"
    print "        (const struct os_module *)(&os_table); \\"
    print "    }))"
    print "#endif"
}
