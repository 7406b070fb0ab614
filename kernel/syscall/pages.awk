# From the table: a page of the guest's manual for each call. user/man.c says what a page looks like.
# SPDX-License-Identifier: MIT

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
