/* Users and groups: the identity of a process.
 *
 * A process has three user ids. The real one says which user started it. The effective one says
 * whose rights it has; it differs in a set-id program. The saved one is the effective one of its
 * start, to which it may return. Groups have the same three. The file system's rules read them in
 * struct cred (vfs), which is constant once it is published: a change makes a new one, and
 * processes and threads that look at the old one keep a reference to it. The numbers are also
 * copied to struct process, where they can be read with proc_lock alone, to decide about signals,
 * and after the process has become a zombie. process_set_cred() changes both together. The calls
 * that change ids are in an annex. */
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
