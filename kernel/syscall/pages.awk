# From the table: a page of the guest's manual for each call. user/man.c says what a page looks like.
# SPDX-License-Identifier: MIT

# What a C programmer writes: the call with libc's types.
function synopsis(i,    text, j) {
    text = declare(result[i] == "never" ? "void" : libc_type[result[i]], name[i]) "("
    for (j = 1; j <= n_args[i]; j++)
        text = text (j > 1 ? ", " : "") declare(libc_type[kind[i, j]], arg[i, j])
    return text (n_args[i] ? ")" : "void)")
}

END {
    if (failed)
        exit 1
    for (i = 1; i <= n_calls; i++) {
        printf "\f%s\t2\t%s\n", name[i], manual[i]
        printf "%s(2)  system call %d\n\n    %s\n\n", name[i], number[i], synopsis(i)
        printf "%s.\n\nFailure is -1 with errno set; errors are Linux's.\n", manual[i]
        printf "In the kernel: %s\n", home[i]
    }
}
