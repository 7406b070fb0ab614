/* Memory that stays in memory, and that of another process. */
/* SPDX-License-Identifier: MIT */
#include <sys/mman.h>
#include <sys/uio.h>
#include "syscall.h"

int mlock(const void *at, size_t size)
{
    return (int)syscall_ret(sys_mlock((void *)at, size));
}

int mlock2(const void *at, size_t size, unsigned int flags)
{
    return (int)syscall_ret(sys_mlock2((void *)at, size, flags));
}

int munlock(const void *at, size_t size)
{
    return (int)syscall_ret(sys_munlock((void *)at, size));
}

ssize_t process_vm_readv(pid_t pid, const struct iovec *local, unsigned long n_local,
                         const struct iovec *remote, unsigned long n_remote, unsigned long flags)
{
    return syscall_ret(
        sys_process_vm_readv(pid, (void *)local, n_local, (void *)remote, n_remote, flags));
}

ssize_t process_vm_writev(pid_t pid, const struct iovec *local, unsigned long n_local,
                          const struct iovec *remote, unsigned long n_remote, unsigned long flags)
{
    return syscall_ret(
        sys_process_vm_writev(pid, (void *)local, n_local, (void *)remote, n_remote, flags));
}
