/* poll: waits until one of several files is ready, on all their wait queues at once.
 *
 * The difficulty is the moment between a check and the sleep. If a file becomes ready after it was
 * checked and before the thread waits on its queue, the wake-up would be lost. So the thread first
 * announces that it is going to sleep (wait_begin). Then each file's poll operation adds a waiter
 * to its queue (poll_add), and only after that looks at its state. An event before the look is seen
 * in the state; an event after it finds the waiter in the queue, and makes wait_sleep return at
 * once.
 *
 * After a wake-up the files are asked again, this time without a table, because the waiters are
 * still in the queues. A wake-up does not say that anything is ready: another thread may have read
 * the bytes first. Then the thread sleeps again, until the deadline, a signal or a kill.
 *
 * Waiters are on the stack for the first four queues and in allocated blocks for more. If there is
 * no memory for a block, the wait could miss events, so poll fails with ENOMEM, unless a file is
 * ready anyway. In the end all waiters are removed from their queues. Until then the files must
 * exist: the poll items hold references to them, also if another thread closes the descriptors. */
/* SPDX-License-Identifier: MIT */
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/time.h"
#include "poll.h"
#include "proc/private.h"
#include "syscall_calls.h"

#define WAITERS_A_BLOCK 4
#define ITEMS_A_BREATH  256 /* items that are looked at between two calls of cond_resched */

struct waiter_block {
    struct waiter_block *next;
    unsigned n_used;
    struct waiter waiters[WAITERS_A_BLOCK];
};

struct table {
    struct poll_table by_add;    /* for poll operations */
    struct waiter_block *blocks; /* the newest first; the last is `first` */
    struct waiter_block first;
    bool failed; /* there was no memory for another block */
};

/* Adds a waiter, unless the last one of the queue is of the calling thread too: false then. A list
 * of polled files may name one file thousands of times, and a wake-up holds the queue's lock for as
 * long as it visits all waiters. */
static bool waiter_add_once(struct waiter *waiter, struct wait_queue *queue)
{
    waiter->queue = queue;
    waiter->thread = current_thread();
    waiter->what = NULL;
    spin_lock(&queue->lock);
    struct list *last = queue->waiters.prev;
    bool adds =
        last == &queue->waiters || list_entry(last, struct waiter, node)->thread != waiter->thread;
    if (adds)
        list_add_tail(&queue->waiters, &waiter->node);
    spin_unlock(&queue->lock);
    return adds;
}

static void table_add(struct poll_table *by_add, struct wait_queue *queue)
{
    struct table *table = container_of(by_add, struct table, by_add);
    if (table->failed)
        return;
    struct waiter_block *block = table->blocks;
    if (block->n_used == WAITERS_A_BLOCK) {
        block = kmalloc(sizeof(*block));
        if (!block) {
            table->failed = true;
            return;
        }
        block->next = table->blocks;
        block->n_used = 0;
        table->blocks = block;
    }
    if (waiter_add_once(&block->waiters[block->n_used], queue))
        block->n_used++;
}

static void table_init(struct table *table)
{
    table->by_add.add = table_add;
    table->blocks = &table->first;
    table->first.next = NULL;
    table->first.n_used = 0;
    table->failed = false;
}

void poll_breathe(size_t i)
{
    if (i % ITEMS_A_BREATH == ITEMS_A_BREATH - 1)
        (void)cond_resched();
}

/* Removes all waiters from their queues. */
static void table_release(struct table *table)
{
    struct waiter_block *next;
    size_t n = 0;
    for (struct waiter_block *block = table->blocks; block; block = next) {
        poll_breathe(n++ * WAITERS_A_BLOCK | (WAITERS_A_BLOCK - 1));
        for (unsigned i = 0; i < block->n_used; i++)
            waiter_remove(&block->waiters[i]);
        next = block->next;
        if (block != &table->first)
            kfree(block);
    }
}

/* Asks each file for its state. How many are ready. After the first that is ready no further
 * waiters are added, because the thread will not sleep. */
static int poll_items(struct poll_item *items, size_t n, struct poll_table *table)
{
    int n_ready = 0;
    for (size_t i = 0; i < n; i++) {
        struct file *file = items[i].file;
        poll_breathe(i);
        if (!file)
            continue;
        uint32_t state = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
        if (file->ops->poll)
            state = file->ops->poll(file, n_ready ? NULL : table);
        items[i].got = state & (items[i].want | POLLERR | POLLHUP);
        n_ready += items[i].got != 0;
    }
    return n_ready;
}

/* Checks with a waiter in each queue, and sleeps if nothing is ready. How many are ready; *err is
 * the result of the sleep. A wake-up removes a waiter from its queue, and another thread may take
 * what was ready before this one runs. So each sleep needs new waiters. */
static int check_or_sleep(struct poll_item *items, size_t n, uint64_t deadline_ns, int *err)
{
    struct table table;
    table_init(&table);
    wait_begin(); /* from here on a wake-up makes wait_sleep return */
    int n_ready = poll_items(items, n, &table.by_add);
    if (n_ready == 0)
        *err = table.failed ? -ENOMEM : wait_sleep(WAIT_SIGNALS, deadline_ns, "poll");
    wait_begin(); /* what came meanwhile is not for the next sleep */
    table_release(&table);
    return n_ready;
}

int poll_wait(struct poll_item *items, size_t n, uint64_t deadline_ns)
{
    int err = 0, n_ready = poll_items(items, n, NULL);
    if (n_ready > 0 || deadline_ns == 0)
        return n_ready;
    while (n_ready == 0 && !err)
        n_ready = check_or_sleep(items, n, deadline_ns, &err);
    if (n_ready == 0)
        n_ready = poll_items(items, n, NULL);
    return n_ready > 0 ? n_ready : err == -ETIMEDOUT ? 0 : err;
}

void poll_release(struct poll_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        poll_breathe(i);
        if (items[i].file)
            file_unref(items[i].file);
    }
    kfree(items);
}

/* ---- poll ---- */

/* Gets the files of the user's list, referenced. How many numbers are not open. */
static int fetch_items(struct fs_context *fs, const struct pollfd *fds, size_t n,
                       struct poll_item *items)
{
    int n_bad = 0;
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct poll_item){.want = (uint16_t)fds[i].events};
        poll_breathe(i);
        if (fds[i].fd < 0)
            continue;
        if (fd_get(fs, fds[i].fd, &items[i].file)) {
            items[i].file = NULL;
            items[i].got = POLLNVAL;
            n_bad++;
        }
    }
    return n_bad;
}

static long poll_until(struct fs_context *fs, uaddr_t list, unsigned n, uint64_t deadline)
{
    if (n > fs->process->limit_files)
        return -EINVAL;
    struct pollfd *fds = kmalloc(max(n, 1u) * sizeof(*fds));
    struct poll_item *items = kmalloc(max(n, 1u) * sizeof(*items));
    long result = fds && items ? 0 : -ENOMEM;
    if (!result && user_copy_in(fds, list, n * sizeof(*fds)))
        result = -EFAULT;
    if (result) {
        kfree(fds);
        kfree(items);
        return result;
    }
    int n_bad = fetch_items(fs, fds, n, items);
    result = poll_wait(items, n, n_bad ? 0 : deadline);
    if (result >= 0) {
        result += n_bad;
        for (unsigned i = 0; i < n; i++)
            fds[i].revents = (short)items[i].got;
        if (user_copy_out(list, fds, n * sizeof(*fds)))
            result = -EFAULT;
    }
    poll_release(items, n);
    kfree(fds);
    return result;
}

/* After a signal without a handler the call continues, with the same deadline. */
long sys_poll(struct fs_context *fs, uaddr_t fds, unsigned nfds, int timeout_ms)
{
    struct thread *self = current_thread();
    uint64_t deadline = timeout_ms < 0 ? NO_DEADLINE : deadline_in(timeout_ms * 1000000ull);
    deadline = restarted_deadline(self, deadline);
    long result = poll_until(fs, fds, nfds, deadline);
    return result == -EINTR ? restart_with_deadline(self, deadline) : result;
}

long sys_ppoll(struct fs_context *fs, uaddr_t fds, unsigned nfds, uaddr_t timeout, uaddr_t mask,
               size_t set_size)
{
    uint64_t deadline;
    int err = fetch_deadline(timeout, &deadline);
    if (!err)
        err = signal_mask_for_call(mask, set_size);
    if (err)
        return err;
    long result = poll_until(fs, fds, nfds, deadline);
    if (deadline != NO_DEADLINE)
        (void)store_timespec(timeout, ns_left(deadline)); /* as on Linux a failure is ignored */
    return result == -EINTR ? -ERESTARTNOHAND : result;
}
