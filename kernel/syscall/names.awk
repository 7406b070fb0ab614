# From the table: the name of each call, by its number, as the entries of an array.
# SPDX-License-Identifier: MIT

END {
    if (failed)
        exit 1
    print "// Generated from kernel/syscall/syscall.tbl: names of calls, for an array of strings."
    for (i = 1; i <= n_calls; i++)
        print "[" number[i] "] = \"" name[i] "\","
}
