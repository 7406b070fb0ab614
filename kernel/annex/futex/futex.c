/* futex: threads wait for a change of a word in a program's memory.
 *
 * A program's lock is a word. Locking and unlocking it without contention needs no system call.
 * Otherwise a thread sets the word to "locked, with waiters" and calls FUTEX_WAIT with the value
 * that it has seen; unlocking changes the word and calls FUTEX_WAKE.
 *
 * A word is known by its key: its backing and offset for shared memory, so that two processes with
 * different addresses mean the same word; its space and address for other memory. Waiters are in a
 * hash table by key.
 *
 * No wake-up is lost: FUTEX_WAIT enters the table first and reads the word afterwards, and sleeps
 * only if it still has the value. A program changes the word first and calls FUTEX_WAKE afterwards.
 * So either the read sees the change, or the wake finds the waiter. The word is read without a
 * lock, because the read may fault. */
/* SPDX-License-Identifier: MIT */
#include "annex/look/look.h"
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/futex.h"
#include "abi/time.h"
#include "futex.h"
#include "sched.h"
#include "syscall_calls.h"

#define BUCKETS   64
#define SECOND_NS 1000000000ull

/* What a word is: the object or space, and the offset or address in it. The pointer is compared,
 * never followed. */
struct futex_key {
    const void *of;
    uint64_t offset;
};

struct futex_waiter {
    struct list node; /* guarded by futex_lock, like the other fields */
    struct futex_key key;
    uint32_t bits;           /* of FUTEX_WAIT_BITSET: it is woken if a bit of the wake's matches */
    bool woken;              /* it was woken, and is in no bucket */
    struct wait_queue queue; /* only this thread sleeps in it */
};

static struct spinlock futex_lock = SPINLOCK("futex", RANK_FUTEX);
static struct list buckets[BUCKETS]; /* guarded by futex_lock; zero before the first use */

static struct list *bucket_of(const struct futex_key *key)
{
    struct list *bucket = &buckets[hash_u64((uint64_t)key->of ^ key->offset) % BUCKETS];
    if (!bucket->next)
        list_init(bucket);
    return bucket;
}

/* Finds the key of a word. 0, -EINVAL or -EFAULT. */
static int find_key(struct space *space, uint64_t address, bool private, struct futex_key *key)
{
    struct vma vma;
    *key = (struct futex_key){space, address};
    if (address % sizeof(uint32_t))
        return -EINVAL;
    if (!uaddr_range_ok(uaddr(address), sizeof(uint32_t)))
        return -EFAULT;
    if (private)
        return 0;
    uint32_t word; /* must be accessible: a page beyond the end of a file is not */
    if (space_peek(space, address, &word, sizeof(word)) < sizeof(word))
        return -EFAULT;
    if (!space_vma_at(space, address, &vma) || (!vma.backing && !(vma.prot & PROT_WRITE)))
        return -EFAULT; /* a word that cannot change cannot be waited for */
    if (vma.backing && vma.flags & VMA_SHARED)
        *key = (struct futex_key){vma.backing, vma.offset + (address - vma.start)};
    if (vma.backing)
        vma.backing->ops->unref(vma.backing);
    return 0;
}

static bool matches(const struct futex_waiter *waiter, const struct futex_key *key)
{
    return waiter->key.of == key->of && waiter->key.offset == key->offset;
}

/* Wakes up to `most` threads of which a bit matches; how many. Lock: futex_lock held. */
static unsigned wake_locked(const struct futex_key *key, unsigned most, uint32_t bits)
{
    struct list *bucket = bucket_of(key);
    struct futex_waiter *waiter, *next;
    unsigned n = 0;
    list_for_each_safe(waiter, next, bucket, node) {
        if (n >= most)
            break;
        if (!matches(waiter, key) || !(waiter->bits & bits))
            continue;
        list_remove(&waiter->node);
        waiter->woken = true;
        if (++n <= WAKES_AT_ONCE)
            wake_all(&waiter->queue);
        else
            wake_later(&waiter->queue);
    }
    if (n > WAKES_AT_ONCE)
        wake_noted();
    return n;
}

int futex_wake(struct space *space, uint64_t address, unsigned most)
{
    struct futex_key key;
    int err = find_key(space, address, false, &key);
    if (err)
        return err;
    spin_lock(&futex_lock);
    unsigned n = wake_locked(&key, most, FUTEX_BITSET_MATCH_ANY);
    spin_unlock(&futex_lock);
    return n;
}

/* Sleeps until woken, and leaves the bucket. 0, -EINTR or -ETIMEDOUT. */
static int sleep_woken(struct futex_waiter *waiter, uint64_t deadline_ns)
{
    int err = 0;
    spin_lock(&futex_lock);
    while (!waiter->woken && !err)
        err = wait_on_spin(&waiter->queue, &futex_lock, WAIT_SIGNALS, deadline_ns, "futex");
    if (waiter->woken)
        err = 0;
    list_remove(&waiter->node);
    spin_unlock(&futex_lock);
    return err;
}

/* Sleeps if the word has the value. 0, -EAGAIN if it has not, -EFAULT, -EINTR or -ETIMEDOUT. */
static int wait(const struct futex_key *key, uint64_t address, uint32_t value, uint32_t bits,
                uint64_t deadline_ns)
{
    struct futex_waiter waiter = {.key = *key, .bits = bits};
    uint32_t found;
    wait_queue_init(&waiter.queue);
    spin_lock(&futex_lock);
    list_add_tail(bucket_of(key), &waiter.node);
    spin_unlock(&futex_lock);
    int err = user_copy_in(&found, uaddr(address), sizeof(found));
    if (!err && found != value)
        err = -EAGAIN;
    if (!err)
        return sleep_woken(&waiter, deadline_ns);
    spin_lock(&futex_lock);
    if (waiter.woken)
        err = 0;
    list_remove(&waiter.node);
    spin_unlock(&futex_lock);
    return err;
}

/* Reads the time-out: relative for FUTEX_WAIT, otherwise absolute. 0, -EFAULT or -EINVAL. */
static int find_deadline(uaddr_t timeout, int op, uint64_t *deadline_ns)
{
    uint64_t ns;
    *deadline_ns = NO_DEADLINE;
    if (uaddr_is_null(timeout))
        return 0;
    int err = fetch_timespec(timeout, &ns);
    if (err || ns == NO_DEADLINE)
        return err;
    if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT)
        ns = deadline_in(ns);
    else if (op & FUTEX_CLOCK_REALTIME)
        ns -= min(ns, clock_boot_realtime_ns());
    *deadline_ns = ns;
    return 0;
}

static long do_wait(const struct futex_key *key, uint64_t address, int op, uint32_t value,
                    uaddr_t timeout, uint32_t bits)
{
    uint64_t deadline_ns;
    int err = find_deadline(timeout, op, &deadline_ns);
    if (!err && bits == 0)
        err = -EINVAL;
    struct thread *self = current_thread();
    deadline_ns = restarted_deadline(self, deadline_ns);
    if (!err)
        err = wait(key, address, value, bits, deadline_ns);
    if (err != -EINTR)
        return err;
    if (deadline_ns == NO_DEADLINE)
        return -ERESTARTSYS;
    return restart_with_deadline(self, deadline_ns);
}

/* Wakes some waiters and makes others wait for another word; how many of both. */
static long requeue(const struct futex_key *from, const struct futex_key *to, unsigned n_wake,
                    unsigned n_move)
{
    struct futex_waiter *waiter, *next;
    spin_lock(&futex_lock);
    unsigned n = wake_locked(from, n_wake, FUTEX_BITSET_MATCH_ANY);
    struct list *bucket = bucket_of(from), moved;
    list_init(&moved);
    list_for_each_safe(waiter, next, bucket, node) {
        if (n_move == 0)
            break;
        if (!matches(waiter, from))
            continue;
        list_remove(&waiter->node);
        list_add_tail(&moved, &waiter->node);
        waiter->key = *to;
        n_move--;
        n++;
    }
    list_splice_tail(bucket_of(to), &moved);
    spin_unlock(&futex_lock);
    return n;
}

static long do_requeue(struct space *space, const struct futex_key *from, uaddr_t word, int op,
                       const unsigned counts[2], uaddr_t word2, uint32_t expected)
{
    struct futex_key to;
    uint32_t found;
    int err = find_key(space, word2.at, op & FUTEX_PRIVATE_FLAG, &to);
    if (err)
        return err;
    if ((int)counts[0] < 0 || (int)counts[1] < 0)
        return -EINVAL;
    if ((op & FUTEX_CMD_MASK) == FUTEX_CMP_REQUEUE) {
        if (user_copy_in(&found, word, sizeof(found)))
            return -EFAULT;
        if (found != expected)
            return -EAGAIN;
    }
    return requeue(from, &to, counts[0], counts[1]);
}

/* Wakes threads that wait for the word; how many, or -EINVAL. */
static long do_wake(const struct futex_key *key, unsigned most, uint32_t bits)
{
    if (bits == 0)
        return -EINVAL;
    spin_lock(&futex_lock);
    long n = wake_locked(key, most, bits);
    spin_unlock(&futex_lock);
    return n;
}

long sys_futex(struct thread *self, uaddr_t word, int op, unsigned int value, uaddr_t timeout,
               uaddr_t word2, unsigned int value3)
{
    struct space *space = self->space;
    struct futex_key key;
    unsigned counts[2] = {value, timeout.at};
    int command = op & FUTEX_CMD_MASK;
    if (op & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT_BITSET)
        return -ENOSYS;
    int err = find_key(space, word.at, op & FUTEX_PRIVATE_FLAG, &key);
    if (err)
        return err;
    switch (command) {
    case FUTEX_WAIT: return do_wait(&key, word.at, op, value, timeout, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET: return do_wait(&key, word.at, op, value, timeout, value3);
    case FUTEX_WAKE: return do_wake(&key, value, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET: return do_wake(&key, value, value3);
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE: return do_requeue(space, &key, word, op, counts, word2, value3);
    default: return -ENOSYS;
    }
}
