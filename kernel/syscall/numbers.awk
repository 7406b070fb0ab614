# From the table: SYS_NAME for each call.
# SPDX-License-Identifier: MIT

END {
    if (failed)
        exit 1
    print "// Generated from kernel/syscall/syscall.tbl: the numbers of the system calls."
    print "#pragma once\n"
    for (i = 1; i <= n_calls; i++)
        print "#define SYS_" name[i] " " number[i]
}
