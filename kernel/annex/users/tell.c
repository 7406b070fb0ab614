/* getresuid, getresgid, getgroups: the ids of a process besides those that every program asks for.
 */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"

static long tell_three(uint32_t a, uint32_t b, uint32_t c, uaddr_t to_a, uaddr_t to_b, uaddr_t to_c)
{
    return user_copy_out(to_a, &a, 4) || user_copy_out(to_b, &b, 4) || user_copy_out(to_c, &c, 4)
               ? -EFAULT
               : 0;
}

long sys_getresuid(struct thread *self, uaddr_t ruid, uaddr_t euid, uaddr_t suid)
{
    struct cred *cred = fs_cred(&self->fs);
    uint32_t uid = cred->uid, effective = cred->euid, saved = cred->suid;
    cred_unref(cred);
    return tell_three(uid, effective, saved, ruid, euid, suid);
}

long sys_getresgid(struct thread *self, uaddr_t rgid, uaddr_t egid, uaddr_t sgid)
{
    struct cred *cred = fs_cred(&self->fs);
    uint32_t gid = cred->gid, effective = cred->egid, saved = cred->sgid;
    cred_unref(cred);
    return tell_three(gid, effective, saved, rgid, egid, sgid);
}

long sys_getgroups(struct thread *self, int size, uaddr_t groups)
{
    struct cred *cred = fs_cred(&self->fs);
    long n = cred->n_groups, result = n;
    if (size < 0 || (size > 0 && size < n))
        result = -EINVAL;
    else if (size > 0 && user_copy_out(groups, cred->groups, n * sizeof(gid_t)))
        result = -EFAULT;
    cred_unref(cred);
    return result;
}
