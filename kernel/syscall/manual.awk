# From the table: kernel/SYSCALLS.md, the page for people.
# SPDX-License-Identifier: MIT

END {
    if (failed)
        exit 1
    print "# The system calls of Ouros\n"
    print "Generated from `kernel/syscall/syscall.tbl` by `make kernel/SYSCALLS.md`; do not edit.\n"
    print "Numbers, arguments and meaning are those of Linux on x86-64: number in rax, arguments in"
    print "rdi, rsi, rdx, r10, r8, r9, result in rax (-4095 to -1: an error number, negated)."
    print "There are " n_calls " calls; every other number gives ENOSYS. So does a call whose handler is in a"
    print "folder of `annex`, in a kernel that is built without that annex.\n"
    print "| number | call | what it does | handler | test |"
    print "|---:|---|---|---|---|"
    for (i = 1; i <= n_calls; i++)
        printf "| %d | `%s` | %s | `%s` | `tests/%s` |\n", number[i], synopsis(i), manual[i], home[i],
            test[i]
}
