/* select and pselect6: poll, with sets of descriptors as bitmaps.
 *
 * The three sets are copied from the user, and each descriptor in any of them becomes one item for
 * poll_wait. Afterwards the bits of descriptors that are not ready are cleared, and the sets are
 * copied back. The calls also write back how much time was left, as on Linux. */
/* SPDX-License-Identifier: MIT */
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/time.h"
#include "proc.h"
#include "syscall_calls.h"
#include "poll.h"

#define READ_BITS  (POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR)
#define WRITE_BITS (POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR)
#define MAX_SELECT 65536

static const uint32_t set_bits[3] = {READ_BITS, WRITE_BITS, POLLPRI};

struct selection {
    uint32_t n;        /* descriptors */
    size_t set_bytes;  /* the size of a set, a multiple of 8 */
    uaddr_t at[3];     /* the user's sets: read, write, except; any may be null */
    uint64_t *sets[3]; /* copies of them, in one block */
    struct poll_item *items;
};

/* Fetches the sets, and gets the files that they name. 0 or -errno; then nothing is held. */
static int selection_fetch(struct fs_context *fs, struct selection *s)
{
    s->set_bytes = (s->n + 63) / 64 * 8;
    s->sets[0] = kzalloc(3 * s->set_bytes + 8);
    s->items = kzalloc((s->n + 1) * sizeof(struct poll_item));
    int err = s->sets[0] && s->items ? 0 : -ENOMEM;
    for (int i = 0; !err && i < 3; i++) {
        s->sets[i] = s->sets[0] + i * s->set_bytes / 8;
        if (!uaddr_is_null(s->at[i]))
            err = user_copy_in(s->sets[i], s->at[i], s->set_bytes);
    }
    for (uint32_t fd = 0; !err && fd < s->n; fd++) {
        uint32_t want = 0;
        poll_breathe(fd);
        for (int i = 0; i < 3; i++)
            want |= bitmap_test(s->sets[i], fd) ? set_bits[i] : 0;
        s->items[fd].want = want;
        if (want && fd_get(fs, (int)fd, &s->items[fd].file)) {
            s->items[fd].file = NULL;
            err = -EBADF;
        }
    }
    if (err) {
        kfree(s->sets[0]);
        if (s->items)
            poll_release(s->items, s->n);
    }
    return err;
}

/* Writes the sets of descriptors that are ready. How many bits are set, or -EFAULT. */
static long selection_give(const struct selection *s)
{
    long n_bits = 0;
    for (int i = 0; i < 3; i++) {
        for (uint32_t fd = 0; fd < s->n; fd++) {
            bool ready = bitmap_test(s->sets[i], fd) && s->items[fd].got & set_bits[i];
            poll_breathe(fd);
            n_bits += ready;
            if (!ready)
                bitmap_clear(s->sets[i], fd);
        }
        if (!uaddr_is_null(s->at[i]) && user_copy_out(s->at[i], s->sets[i], s->set_bytes))
            return -EFAULT;
    }
    return n_bits;
}

static long select_until(struct fs_context *fs, int n, uaddr_t readfds, uaddr_t writefds,
                         uaddr_t exceptfds, uint64_t deadline)
{
    if (n < 0)
        return -EINVAL;
    struct selection s = {
        .n = (uint32_t)min(n, MAX_SELECT),
        .at = {readfds, writefds, exceptfds},
    };
    int err = selection_fetch(fs, &s);
    if (err)
        return err;
    long result = poll_wait(s.items, s.n, deadline);
    if (result >= 0)
        result = selection_give(&s);
    poll_release(s.items, s.n);
    kfree(s.sets[0]);
    return result == -EINTR ? -ERESTARTNOHAND : result;
}

long sys_select(struct fs_context *fs, int nfds, uaddr_t readfds, uaddr_t writefds,
                uaddr_t exceptfds, uaddr_t timeout)
{
    uint64_t ns, deadline = NO_DEADLINE;
    struct timeval t;
    if (!uaddr_is_null(timeout)) {
        if (user_copy_in(&t, timeout, sizeof(t)))
            return -EFAULT;
        if (t.tv_usec < 0 ||
            !time_to_ns(t.tv_sec + t.tv_usec / 1000000, t.tv_usec % 1000000 * 1000, &ns))
            return -EINVAL;
        deadline = deadline_in(ns);
    }
    long result = select_until(fs, nfds, readfds, writefds, exceptfds, deadline);
    if (deadline != NO_DEADLINE) {
        uint64_t left = ns_left(deadline);
        t = (struct timeval){(time_t)(left / NS_PER_SECOND), (suseconds_t)(left / 1000 % 1000000)};
        (void)user_copy_out(timeout, &t, sizeof(t));
    }
    return result;
}

long sys_pselect6(struct fs_context *fs, int nfds, uaddr_t readfds, uaddr_t writefds,
                  uaddr_t exceptfds, uaddr_t timeout, uaddr_t mask)
{
    struct pselect6_mask pair = {0};
    uint64_t deadline;
    int err = uaddr_is_null(mask) ? 0 : user_copy_in(&pair, mask, sizeof(pair));
    if (!err)
        err = fetch_deadline(timeout, &deadline);
    if (!err)
        err = signal_mask_for_call(uaddr(pair.mask), pair.size);
    if (err)
        return err;
    long result = select_until(fs, nfds, readfds, writefds, exceptfds, deadline);
    if (deadline != NO_DEADLINE)
        (void)store_timespec(timeout, ns_left(deadline));
    return result;
}
