# From the table: what the tracer knows of each kind and each call.

# A kind's description, once, before the first call that needs it.
function need(kind_name) {
    if (kind_name in needed)
        return
    needed[kind_name] = 1
    printf "static const struct trace_kind kind_%s = {trace_%s, %s, %s};\n", kind_name, \
        printer[kind_name], (when[kind_name] == "out" ? "true" : "false"), \
        (names[kind_name] == "" ? "NULL" : "names_" names[kind_name])
}

END {
    if (failed)
        exit 1
    print "// Generated from kernel/syscall/syscall.tbl, for trace.c alone: calls and their kinds."
    for (i = 1; i <= n_calls; i++) {
        need(result[i])
        for (j = 1; j <= n_args[i]; j++)
            need(kind[i, j])
    }
    print "\nstatic const struct trace_description descriptions[] = {"
    for (i = 1; i <= n_calls; i++) {
        printf "    [%d] = {\"%s\", &kind_%s, %d, {", number[i], name[i], result[i], n_args[i]
        for (j = 1; j <= n_args[i]; j++)
            printf "%s&kind_%s", (j > 1 ? ", " : ""), kind[i, j]
        print "}},"
    }
    print "};"
}
