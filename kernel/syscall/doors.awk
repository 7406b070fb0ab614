# From the table: for each call a door, which fetches what the handler is to get and calls it.
# SPDX-License-Identifier: MIT

# The argument j of call i as the handler takes it.
function argument(i, j,    type) {
    type = kernel_type[kind[i, j]]
    if (is_fetched(kind[i, j]))
        return arg[i, j] ".text"
    if (type == "uaddr_t")
        return "uaddr(frame->" register[j] ")"
    return "(" type ")frame->" register[j]
}

function invocation(i,    text, j) {
    text = "sys_" name[i] "(" first_argument[room[i]]
    for (j = 1; j <= n_args[i]; j++)
        text = text ", " argument(i, j)
    return text ")"
}

# The body of a door that fetches strings first and gives their memory back afterwards.
function fetching_body(i, fetched, n,    j, rule) {
    for (j = 1; j <= n; j++)
        print "    struct path " arg[i, fetched[j]] ";"
    for (j = 1; j <= n; j++)
        print "    " arg[i, fetched[j]] ".page = NULL;"
    for (j = 1; j <= n; j++) {
        rule = kind[i, fetched[j]] ~ /_or_null$/ ? "fetch_path_or_null" : "fetch_path"
        if (j > 1)
            print "    if (result == 0)"
        print (j == 1 ? "    long" : "       ") " result = " rule "(&" arg[i, fetched[j]] \
            ", frame->" register[fetched[j]] ");"
    }
    print "    if (result == 0)"
    print "        result = " invocation(i) ";"
    for (j = n; j >= 1; j--)
        print "    buffer_free(" arg[i, fetched[j]] ".page);"
    print "    return result;"
}

function door(i,    fetched, n, j) {
    for (j = 1; j <= n_args[i]; j++)
        if (is_fetched(kind[i, j]))
            fetched[++n] = j
    print "\nstatic long door_" name[i] "(struct thread *self, const struct trap_frame *frame)\n{"
    if (n_args[i] == 0)
        print "    (void)frame;"
    if (n > 0)
        fetching_body(i, fetched, n)
    else
        print "    return " invocation(i) ";"
    print "}"
}

END {
    if (failed)
        exit 1
    print "// Generated from kernel/syscall/syscall.tbl, for door.c alone: fetch and dispatch."
    for (i = 1; i <= n_calls; i++)
        if (is_built(i))
            door(i)
    print "\nstatic long (*const doors[])(struct thread *self, const struct trap_frame *frame) = {"
    for (i = 1; i <= n_calls; i++)
        if (is_built(i))
            print "    [" number[i] "] = door_" name[i] ","
    print "};"
}
