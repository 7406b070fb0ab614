/* The calls by which a process becomes another user, or changes its groups.
 *
 * Each call makes a copy of the credentials (cred_begin), checks and changes it, and either
 * publishes the copy (cred_commit) or frees it (cred_drop). exec_lock is held all the time:
 * otherwise another thread that changes them meanwhile could bring back a right that this one gives
 * up. Readers see the old credentials or the new ones, never a mixture. */
/* SPDX-License-Identifier: MIT */
#include "proc/private.h"
#include "user.h"

enum { KEEP = -1 }; /* an argument that leaves a number as it is */

/* Copies the caller's credentials, with room for n_groups. NULL if memory is out. Takes exec_lock
 * and keeps it if it succeeds; may sleep. */
static struct cred *cred_begin(struct thread *self, uint32_t n_groups, bool keep_groups)
{
    mutex_lock(&self->process->exec_lock);
    struct cred *now = self->process->fs.cred;
    struct cred *copy = cred_copy(now, keep_groups ? now->n_groups : n_groups);
    if (!copy)
        mutex_unlock(&self->process->exec_lock);
    return copy;
}

/* Frees the copy. The result is the error. Releases exec_lock. */
static long cred_drop(struct thread *self, struct cred *cred, long err)
{
    cred_unref(cred);
    mutex_unlock(&self->process->exec_lock);
    return err;
}

/* Publishes the copy. A user that has reached RLIMIT_NPROC gets this process, too, because programs
 * do not expect setuid to fail; but its exec is refused (see tasks.c). 0, or -EAGAIN if
 * there is no memory for the counts of a new user. Takes fs.lock and proc_lock; releases exec_lock.
 */
static long cred_commit(struct thread *self, struct cred *cred)
{
    struct process *process = self->process;
    if (cred->uid != process->uid && cred_set_user(cred) < 0)
        return cred_drop(self, cred, -EAGAIN);
    bool alike = cred_acts_alike(process->fs.cred, cred);
    if (!alike)
        process->parent_death_signal = 0;
    process_set_cred(process, cred, alike && process->dumpable);
    mutex_unlock(&process->exec_lock);
    return 0;
}

static bool is_one_of(uint32_t id, uint32_t a, uint32_t b, uint32_t c)
{
    return id == (uint32_t)KEEP || id == a || id == b || id == c;
}

static void set_unless_kept(uint32_t *to, uint32_t id)
{
    if (id != (uint32_t)KEEP)
        *to = id;
}

/* ---- Users ---- */

long sys_setresuid(struct thread *self, uid_t ruid, uid_t euid, uid_t suid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    if (cred->euid != 0 && !(is_one_of(ruid, cred->uid, cred->euid, cred->suid) &&
                             is_one_of(euid, cred->uid, cred->euid, cred->suid) &&
                             is_one_of(suid, cred->uid, cred->euid, cred->suid)))
        return cred_drop(self, cred, -EPERM);
    set_unless_kept(&cred->uid, ruid);
    set_unless_kept(&cred->euid, euid);
    set_unless_kept(&cred->suid, suid);
    cred->fsuid = cred->euid;
    return cred_commit(self, cred);
}

long sys_setuid(struct thread *self, uid_t uid)
{
    if (uid == (uid_t)KEEP)
        return -EINVAL;
    return self->process->euid == 0 ? sys_setresuid(self, uid, uid, uid)
           : uid == self->process->uid || uid == self->process->suid
               ? sys_setresuid(self, KEEP, uid, KEEP)
               : -EPERM;
}

long sys_setreuid(struct thread *self, uid_t ruid, uid_t euid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    if (cred->euid != 0 && !(is_one_of(ruid, cred->uid, cred->euid, cred->euid) &&
                             is_one_of(euid, cred->uid, cred->euid, cred->suid)))
        return cred_drop(self, cred, -EPERM);
    uint32_t old_uid = cred->uid;
    set_unless_kept(&cred->uid, ruid);
    set_unless_kept(&cred->euid, euid);
    if (ruid != (uid_t)KEEP || (euid != (uid_t)KEEP && euid != old_uid))
        cred->suid = cred->euid;
    cred->fsuid = cred->euid;
    return cred_commit(self, cred);
}

/* The result is the old id, whether or not it changed: the call cannot report an error. */
long sys_setfsuid(struct thread *self, uid_t uid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    uint32_t old = cred->fsuid;
    if (uid != (uid_t)KEEP &&
        (cred->euid == 0 || uid == old || is_one_of(uid, cred->uid, cred->euid, cred->suid)))
        cred->fsuid = uid;
    cred_commit(self, cred);
    return old;
}

/* ---- Groups ---- */

long sys_setresgid(struct thread *self, gid_t rgid, gid_t egid, gid_t sgid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    if (cred->euid != 0 && !(is_one_of(rgid, cred->gid, cred->egid, cred->sgid) &&
                             is_one_of(egid, cred->gid, cred->egid, cred->sgid) &&
                             is_one_of(sgid, cred->gid, cred->egid, cred->sgid)))
        return cred_drop(self, cred, -EPERM);
    set_unless_kept(&cred->gid, rgid);
    set_unless_kept(&cred->egid, egid);
    set_unless_kept(&cred->sgid, sgid);
    cred->fsgid = cred->egid;
    return cred_commit(self, cred);
}

long sys_setgid(struct thread *self, gid_t gid)
{
    if (gid == (gid_t)KEEP)
        return -EINVAL;
    if (self->process->euid == 0)
        return sys_setresgid(self, gid, gid, gid);
    struct cred *cred = fs_cred(&self->fs);
    bool may = gid == cred->gid || gid == cred->sgid;
    cred_unref(cred);
    return may ? sys_setresgid(self, KEEP, gid, KEEP) : -EPERM;
}

long sys_setregid(struct thread *self, gid_t rgid, gid_t egid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    if (cred->euid != 0 && !(is_one_of(rgid, cred->gid, cred->egid, cred->egid) &&
                             is_one_of(egid, cred->gid, cred->egid, cred->sgid)))
        return cred_drop(self, cred, -EPERM);
    uint32_t old_gid = cred->gid;
    set_unless_kept(&cred->gid, rgid);
    set_unless_kept(&cred->egid, egid);
    if (rgid != (gid_t)KEEP || (egid != (gid_t)KEEP && egid != old_gid))
        cred->sgid = cred->egid;
    cred->fsgid = cred->egid;
    return cred_commit(self, cred);
}

long sys_setfsgid(struct thread *self, gid_t gid)
{
    struct cred *cred = cred_begin(self, 0, true);
    if (!cred)
        return -ENOMEM;
    uint32_t old = cred->fsgid;
    if (gid != (gid_t)KEEP &&
        (cred->euid == 0 || gid == old || is_one_of(gid, cred->gid, cred->egid, cred->sgid)))
        cred->fsgid = gid;
    cred_commit(self, cred);
    return old;
}

/* ---- Supplementary groups ---- */

/* Moves groups[at] down in a heap of n, in which each entry is at least as large as the two at
 * twice its index. */
static void sink(uint32_t *groups, uint32_t at, uint32_t n)
{
    uint32_t group = groups[at], below;
    while ((below = 2 * at + 1) < n) {
        if (below + 1 < n && groups[below + 1] > groups[below])
            below++;
        if (groups[below] <= group)
            break;
        groups[at] = groups[below];
        at = below;
    }
    groups[at] = group;
}

/* Heapsort: makes a heap, and removes the largest entry again and again. */
static void sort_groups(uint32_t *groups, uint32_t n)
{
    enum { WORK = 64 }; /* groups that take about 0.1 ms */
    for (uint32_t i = n / 2; i-- > 0;) {
        sink(groups, i, n);
        if (i % WORK == 0)
            cond_resched();
    }
    while (n-- > 1) {
        uint32_t largest = groups[0];
        groups[0] = groups[n];
        groups[n] = largest;
        sink(groups, 0, n);
        if (n % WORK == 0)
            cond_resched();
    }
}

long sys_setgroups(struct thread *self, int size, uaddr_t groups)
{
    if (self->process->euid != 0)
        return -EPERM;
    if (size < 0 || size > NGROUPS_MAX)
        return -EINVAL;
    struct cred *cred = cred_begin(self, size, false);
    if (!cred)
        return -ENOMEM;
    if (cred->euid != 0) /* another thread has given up the right meanwhile */
        return cred_drop(self, cred, -EPERM);
    if (user_copy_in(cred->groups, groups, size * sizeof(gid_t)))
        return cred_drop(self, cred, -EFAULT);
    cred->n_groups = size;
    sort_groups(cred->groups, size);
    return cred_commit(self, cred);
}
