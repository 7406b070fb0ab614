/* Credentials: user and group ids of processes, shared between them and not changed while shared.
 */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Root's user always exists, so that root's calls cannot fail for lack of memory for it. The first
 * reference is never dropped. */
struct user root_user = {.refs = 1};

void user_ref(struct user *user)
{
    __atomic_fetch_add(&user->refs, 1, __ATOMIC_RELAXED);
}

void user_unref(struct user *user)
{
    uint32_t refs = __atomic_load_n(&user->refs, __ATOMIC_RELAXED);
    while (refs > 1)
        if (__atomic_compare_exchange_n(&user->refs, &refs, refs - 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return;
    annex_hooks.user_unref_last(user);
}

static size_t cred_bytes(uint32_t n_groups)
{
    return sizeof(struct cred) + n_groups * sizeof(uint32_t);
}

struct cred *cred_create_root(void)
{
    struct cred *cred = kzalloc(cred_bytes(0));
    if (!cred)
        return NULL;
    cred->refs = 1;
    cred->user = &root_user;
    user_ref(cred->user);
    return cred;
}

struct cred *cred_copy(const struct cred *cred, uint32_t n_groups)
{
    struct cred *copy = kmalloc(cred_bytes(n_groups));
    if (!copy)
        return NULL;
    uint32_t kept = min(n_groups, cred->n_groups);
    memcpy(copy, cred, cred_bytes(kept));
    memset(copy->groups + kept, 0, (n_groups - kept) * sizeof(uint32_t));
    copy->n_groups = n_groups;
    copy->refs = 1;
    user_ref(copy->user);
    return copy;
}

void cred_ref(struct cred *cred)
{
    __atomic_fetch_add(&cred->refs, 1, __ATOMIC_RELAXED);
}

void cred_unref(struct cred *cred)
{
    if (__atomic_sub_fetch(&cred->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    user_unref(cred->user);
    kfree(cred);
}

bool cred_in_group(const struct cred *cred, uint32_t gid)
{
    uint32_t low = 0, high = cred->n_groups;
    if (cred->fsgid == gid)
        return true;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (cred->groups[middle] < gid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < cred->n_groups && cred->groups[low] == gid;
}
