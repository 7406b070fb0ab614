/* The capacity of pipes: F_SETPIPE_SZ, and how many pages the pipes of one user may have. */
/* SPDX-License-Identifier: MIT */
#include "pipes.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "annex.h"
#include "ipc/pipe.h"
#include "proc.h"

/* Changes the capacity to n_slots. 0, -EBUSY if more slots are in use, -ENOMEM. */
static int resize(struct pipe *pipe, uint32_t n_slots)
{
    if (pipe->tail - pipe->head > n_slots)
        return -EBUSY;
    struct pipe_slot *slots = kzalloc(n_slots * sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (uint64_t i = pipe->head; i < pipe->tail; i++)
        slots[i & (n_slots - 1)] = *pipe_slot_at(pipe, i);
    kfree(pipe->slots);
    pipe->slots = slots;
    pipe->n_slots = n_slots;
    return 0;
}

/* Counts n pages instead of `former` for the user of a pipe. False: that exceeds the user's limit,
 * and nothing has changed. Root has no limit. */
static bool count_pages(struct user *user, bool privileged, uint32_t former, uint32_t n)
{
    if (!user)
        return true;
    uint32_t now = __atomic_add_fetch(&user->n_pipe_pages, n - former, __ATOMIC_RELAXED);
    if (n <= former || now <= PIPE_USER_PAGES || privileged)
        return true;
    __atomic_fetch_sub(&user->n_pipe_pages, n - former, __ATOMIC_RELAXED);
    return false;
}

/* The user that the caller's pipes count for, referenced, and whether the limit applies to it. As
 * on Linux the real user pays, and the effective one decides. NULL for the kernel itself. */
static struct user *calling_user(bool *privileged)
{
    struct thread *self = current_thread();
    if (!self || !self->process)
        return NULL;
    struct cred *cred = fs_cred(&self->fs);
    struct user *user = cred->user;
    user_ref(user);
    *privileged = cred->euid == 0;
    cred_unref(cred);
    return user;
}

static size_t capacity(const struct pipe *pipe)
{
    return (size_t)pipe->n_slots * PAGE_SIZE;
}

/* resize within the limits; -EPERM if one is exceeded. After an error nothing has changed. */
static int resize_counted(struct pipe *pipe, uint32_t n_slots)
{
    bool privileged = false;
    uint32_t former = pipe->n_slots;
    struct user *caller = calling_user(&privileged);
    if (caller)
        user_unref(caller);
    if (n_slots > former && n_slots > PIPE_MOST_PAGES)
        return -EPERM;
    if (!count_pages(pipe->user, privileged, former, n_slots))
        return -EPERM;
    int err = resize(pipe, n_slots);
    if (err)
        count_pages(pipe->user, true, n_slots, former);
    return err;
}

/* F_SETPIPE_SZ: at least n_bytes, rounded up to a power of two of pages. The limits do not apply if
 * the pipe becomes smaller. The new capacity in bytes, or -errno. */
static long set_capacity(struct pipe *pipe, uint32_t n_bytes)
{
    uint32_t n_slots = 1;
    if (n_bytes > 1u << 31)
        return -EINVAL;
    while ((uint64_t)n_slots * PAGE_SIZE < n_bytes)
        n_slots *= 2;
    mutex_lock(&pipe->lock);
    int err = resize_counted(pipe, n_slots);
    long size = (long)capacity(pipe);
    mutex_unlock(&pipe->lock);
    if (err)
        return err;
    wake_all(&pipe->writable);
    return size;
}

static long pipe_fcntl(struct pipe *pipe, unsigned command, uint64_t arg)
{
    switch (command) {
    case F_GETPIPE_SZ: return capacity(pipe);
    case F_SETPIPE_SZ: return set_capacity(pipe, (uint32_t)arg);
    default: return -EINVAL;
    }
}

/* Sets the capacity of a new pipe: less if its user has too many pages already, as on Linux. */
static void count_new(struct pipe *pipe)
{
    bool privileged = false;
    pipe->user = calling_user(&privileged);
    pipe->n_slots = PIPE_PAGES;
    if (count_pages(pipe->user, privileged, 0, PIPE_PAGES))
        return;
    pipe->n_slots = PIPE_LEAST_PAGES;
    count_pages(pipe->user, true, 0, PIPE_LEAST_PAGES);
}

static void uncount(struct pipe *pipe)
{
    count_pages(pipe->user, true, pipe->n_slots, 0);
    user_unref(pipe->user);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.pipe_fcntl = pipe_fcntl;
    annex_hooks.pipe_count = count_new;
    annex_hooks.pipe_uncount = uncount;
}

ANNEX(pipes, ANNEX_START, start);
