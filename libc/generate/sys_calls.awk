# Makes, from the kernel's table of system calls, the numbers (-v want=numbers, a public header) or
# the stubs (-v want=stubs, typed inline functions sys_NAME for libc's own files).
# SPDX-License-Identifier: MIT

function trim(text) {
    gsub(/^[ \t]+|[ \t]+$/, "", text)
    return text
}

BEGIN {
    FS = "|"
    if (want == "numbers")
        print "/* Generated from kernel/syscall/syscall.tbl: the number of each system call. */"
    else
        print "/* Generated from kernel/syscall/syscall.tbl: one stub a call; -errno on failure. */"
    print "#pragma once\n"
    if (want == "stubs") {
        n = split("fcntl dirent mman poll resource sched signal stat statfs sysinfo termios time " \
                  "times uio utsname", headers, " ")
        for (i = 1; i <= n; i++)
            print "#include <abi/" headers[i] ".h>"
        print "#include <syscall_numbers.h>"
        print "#include \"syscall_arch.h\""
    }
}

/^kind / {
    split(trim($1), words, /[ \t]+/)
    type[words[2]] = trim($3)
    next
}

/^[0-9]/ {
    number = trim($1)
    name = trim($2)
    if (want == "numbers") {
        print "#define SYS_" name " " number
        print "#define __NR_" name " " number
        next
    }
    n = trim($5) == "" ? 0 : split($5, args, ",")
    parameters = values = ""
    for (i = 1; i <= n; i++) {
        split(trim(args[i]), words, /[ \t]+/)
        if (!(words[1] in type)) {
            print FILENAME ": " name ": no kind " words[1] > "/dev/stderr"
            exit 1
        }
        parameters = parameters (i > 1 ? ", " : "") type[words[1]] " " words[2]
        values = values ", (long)" words[2]
    }
    gsub(/\* /, "*", parameters)
    never = trim($3) == "never"
    print "\nstatic inline " (never ? "_Noreturn void" : "long") " sys_" name \
          "(" (n ? parameters : "void") ")\n{"
    if (never)
        print "    for (;;)\n        call" n "(SYS_" name values ");\n}"
    else
        print "    return call" n "(SYS_" name values ");\n}"
}
