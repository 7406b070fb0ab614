/* The users that the kernel counts for: what all processes of one real user id hold together.
 *
 * A user exists as long as something refers to it. The tree of users does not count as a reference,
 * so a lookup must not find a user whose last reference is just being dropped: see
 * user_unref_last. */
/* SPDX-License-Identifier: MIT */
#include "user.h"

#include "abi/errno.h"
#include "annex.h"
#include "hooks.h"

static OBJECT_CACHE(user_cache, struct user);
static struct spinlock users_lock = SPINLOCK("users", RANK_USERS);
static struct tree users; /* guarded by users_lock: all but root's, by user id */

static struct user *find_locked(uint32_t uid)
{
    struct tree_node *node = tree_floor(&users, uid);
    return node && node->key == uid ? container_of(node, struct user, node) : NULL;
}

/* If the user does not exist yet one is made without the lock, and looked up again: another thread
 * may have made it meanwhile. */
static struct user *user_get(uint32_t uid)
{
    struct user *fresh = NULL;
    if (uid == 0) {
        user_ref(&root_user);
        return &root_user;
    }
    for (;;) {
        spin_lock(&users_lock);
        struct user *user = find_locked(uid);
        if (!user && fresh) {
            tree_insert(&users, &fresh->node, uid);
            user = fresh;
            fresh = NULL;
        }
        if (user)
            user_ref(user);
        spin_unlock(&users_lock);
        if (fresh)
            object_free(&user_cache, fresh);
        if (user)
            return user;
        fresh = object_alloc_zeroed(&user_cache);
        if (!fresh)
            return NULL;
    }
}

/* The hook: drops what may be the last reference. The count falls to 0 only with the lock held, so
 * a user that is found with the lock held has at least one reference. */
static void user_unref_last(struct user *user)
{
    spin_lock(&users_lock);
    bool last = __atomic_sub_fetch(&user->refs, 1, __ATOMIC_ACQ_REL) == 0;
    if (last)
        tree_remove(&users, &user->node);
    spin_unlock(&users_lock);
    if (last)
        object_free(&user_cache, user);
}

int cred_set_user(struct cred *cred)
{
    struct user *user = user_get(cred->uid);
    if (!user)
        return -EAGAIN;
    user_unref(cred->user);
    cred->user = user;
    return 0;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.user_unref_last = user_unref_last;
}

ANNEX(users, ANNEX_START, start);
