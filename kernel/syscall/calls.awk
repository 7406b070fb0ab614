# From the table: a prototype for the handler of each call.
# SPDX-License-Identifier: MIT

# A handler's declaration up to its closing bracket.
function prototype(i,    text, j) {
    text = "long sys_" name[i] "(" first_parameter[room[i]]
    for (j = 1; j <= n_args[i]; j++)
        text = text ", " declare(kernel_type[kind[i, j]], arg[i, j])
    return text ");"
}

END {
    if (failed)
        exit 1
    print "// Generated from kernel/syscall/syscall.tbl: the handlers of all system calls."
    print "#pragma once\n"
    print "#include \"abi/types.h\""
    print "#include \"x86.h\"\n"
    print "struct fs_context;\nstruct space;\nstruct thread;"
    for (i = 1; i <= n_calls; i++) {
        if (room[i] != last_room)
            print ""
        last_room = room[i]
        print prototype(i)
    }
}
