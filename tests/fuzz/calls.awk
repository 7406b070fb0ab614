# From kernel/syscall/syscall.tbl (read by table.awk): calls.h, what the fuzzer knows of each call.
# SPDX-License-Identifier: MIT

END {
    if (failed)
        exit 1
    print "/* Generated from kernel/syscall/syscall.tbl: the kinds, and the calls with theirs. */"
    print "#pragma once\n"
    print "enum kind {"
    for (i = 1; i <= n_kinds; i++)
        print "    KIND_" kind_names[i] ","
    print "};\n"
    print "static const struct call_row {\n    int number;\n    const char *name;"
    print "    int n_args;\n    unsigned char kinds[6];\n} call_rows[] = {"
    for (i = 1; i <= n_calls; i++) {
        printf "    {%d, \"%s\", %d, {", number[i], name[i], n_args[i]
        for (j = 1; j <= n_args[i]; j++)
            printf "%sKIND_%s", (j > 1 ? ", " : ""), kind[i, j]
        print "}},"
    }
    print "};"
}
