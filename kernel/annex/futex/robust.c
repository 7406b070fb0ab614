/* Robust locks: when a thread ends, the locks that it still holds are marked, so that others can
 * take them over.
 *
 * The C library keeps a list of these locks in the program's memory and tells its address by
 * set_robust_list. At the thread's end the kernel walks the list: in each word that still holds the
 * thread's number, it sets FUTEX_OWNER_DIED and wakes a waiter, whose lock then returns EOWNERDEAD.
 * The list is the program's: it may be a ring, or point anywhere, so the walk is limited and each
 * access may fail. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "futex.h"
#include "proc/private.h"

int cmpxchg_user(uint32_t *at, uint32_t expected, uint32_t desired, uint32_t *old);

/* If the word is `expected` it becomes `desired`, in one step; *old is what it was. 0 or -EFAULT.
 */
static int exchange(uaddr_t at, uint32_t expected, uint32_t desired, uint32_t *old)
{
    if (!uaddr_range_ok(at, 4) || at.at % 4 != 0)
        return -EFAULT;
    return cmpxchg_user((uint32_t *)at.at, expected, desired, old) == 0 ? 0 : -EFAULT;
}

long sys_set_robust_list(struct thread *self, uaddr_t head, size_t length)
{
    if (length != sizeof(struct robust_list_head))
        return -EINVAL;
    self->robust_list = head;
    return 0;
}

static bool futex_word_of(uint64_t entry, int64_t offset, uint64_t *word)
{
    *word = entry + offset;
    return *word % 4 == 0 && *word < USER_END;
}

/* Marks a lock that the thread holds and wakes a waiter. False if its memory cannot be accessed. */
static bool release_robust(struct thread *thread, uint64_t word)
{
    uint32_t value, seen;
    if (user_copy_in(&value, uaddr(word), sizeof(value)))
        return false;
    while ((value & FUTEX_TID_MASK) == (uint32_t)thread->tid) {
        uint32_t left = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
        if (exchange(uaddr(word), value, left, &seen))
            return false;
        if (seen == value) {
            if (value & FUTEX_WAITERS)
                futex_wake(thread->space, word, 1);
            break;
        }
        value = seen;
    }
    return true;
}

/* Walks the thread's list. */
static void release_robust_list(struct thread *thread)
{
    enum { MOST = 2048, PAUSE_EVERY = 16 };
    struct robust_list_head head;
    uaddr_t at = thread->robust_list;
    uint64_t word;
    thread->robust_list = uaddr(0);
    if (uaddr_is_null(at) || user_copy_in(&head, at, sizeof(head)))
        return;
    uint64_t entry = head.next & ~1ull;
    for (int i = 0; i < MOST && entry != at.at; i++) {
        if (entry != head.pending && futex_word_of(entry, head.futex_offset, &word) &&
            !release_robust(thread, word))
            return;
        if (user_copy_in(&entry, uaddr(entry), sizeof(entry)))
            return;
        entry &= ~1ull;
        if (i % PAUSE_EVERY == PAUSE_EVERY - 1)
            (void)cond_resched();
    }
    if (head.pending && futex_word_of(head.pending & ~1ull, head.futex_offset, &word))
        release_robust(thread, word);
}

static void word_cleared(struct space *space, uint64_t address)
{
    futex_wake(space, address, 1);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.thread_leaves_memory = release_robust_list;
    annex_hooks.word_cleared = word_cleared;
}

ANNEX(futex, ANNEX_START, start);
