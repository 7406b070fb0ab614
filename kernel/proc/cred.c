/* Users and groups: the identity of a process.
 *
 * A process has three user ids. The real one says which user started it. The effective one says
 * whose rights it has; it differs in a set-id program. The saved one is the effective one of its
 * start, to which it may return. Groups have the same three. The file system's rules read them in
 * struct cred (vfs), which is constant once it is published: a change makes a new one, and
 * processes and threads that look at the old one keep a reference to it. The numbers are also
 * copied to struct process, where they can be read with proc_lock alone, to decide about signals,
 * and after the process has become a zombie. process_set_cred() changes both together. The calls
 * that change ids are in the annex `users`. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

bool cred_acts_alike(const struct cred *a, const struct cred *b)
{
    return a->euid == b->euid && a->egid == b->egid && a->fsuid == b->fsuid && a->fsgid == b->fsgid;
}

long sys_getuid(struct thread *self)
{
    return self->process->uid;
}

long sys_geteuid(struct thread *self)
{
    return self->process->euid;
}

long sys_getgid(struct thread *self)
{
    return self->process->gid;
}

long sys_getegid(struct thread *self)
{
    struct cred *cred = fs_cred(&self->fs);
    long egid = cred->egid;
    cred_unref(cred);
    return egid;
}

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
