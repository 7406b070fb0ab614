/* Transfers: moves bytes between the kernel and the memory of a reader or writer.
 *
 * A struct io describes that memory as a list of segments, like readv's, and the progress so far.
 * So a file's read and write operations are the same for user memory and kernel memory, and for one
 * buffer and many. User memory may be unmapped at any point: a transfer then moves fewer bytes than
 * it was asked to, and its caller reports what was moved, or -EFAULT if that is nothing. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

void uio_init_user(struct uio *uio, struct kvec *one, uaddr_t base, size_t n_bytes)
{
    *one = (struct kvec){.base = base.at, .n_bytes = n_bytes};
    *uio = (struct uio){.vecs = one, .user = true, .left = n_bytes};
}

void uio_init_kernel(struct uio *uio, struct kvec *one, void *base, size_t n_bytes)
{
    *one = (struct kvec){.base = (uint64_t)base, .n_bytes = n_bytes};
    *uio = (struct uio){.vecs = one, .left = n_bytes};
}

enum direction { PUT, PUT_ZEROS, GET };
enum { PIECE = 1 << 16 }; /* bytes that are moved before others may run */

/* Moves n bytes within one segment. How many were moved. */
static size_t move(const struct uio *uio, uint64_t at, void *with, size_t n,
                   enum direction direction)
{
    if (uio->user) {
        switch (direction) {
        case PUT: return user_copy_out_some(uaddr(at), with, n);
        case PUT_ZEROS: return user_clear_some(uaddr(at), n);
        case GET: return user_copy_in_some(with, uaddr(at), n);
        }
    }
    switch (direction) {
    case PUT: memcpy((void *)at, with, n); break;
    case PUT_ZEROS: memset((void *)at, 0, n); break;
    case GET: memcpy(with, (const void *)at, n); break;
    }
    return n;
}

/* Moves up to n bytes, across segments. Stops where memory cannot be accessed. */
static size_t transfer(struct uio *uio, void *with, size_t n, enum direction direction)
{
    size_t total = 0;
    n = min(n, uio->left);
    while (total < n && !uio->cut) {
        size_t room = uio->vecs->n_bytes - uio->done_in_vec;
        if (room == 0) { /* the segment is done, or it was empty */
            uio->vecs++;
            uio->done_in_vec = 0;
            continue;
        }
        size_t want = min(min(n - total, room), (size_t)PIECE);
        size_t done =
            move(uio, uio->vecs->base + uio->done_in_vec, (char *)with + total, want, direction);
        total += done;
        uio->done_in_vec += done;
        if (done < want)
            break;
        uio->cut = !thread_resched(done);
    }
    uio->left -= total;
    return total;
}

size_t uio_put(struct uio *uio, const void *from, size_t n)
{
    return transfer(uio, (void *)from, n, PUT);
}

size_t uio_get(struct uio *uio, void *to, size_t n)
{
    return transfer(uio, to, n, GET);
}

size_t uio_put_zeros(struct uio *uio, size_t n)
{
    return transfer(uio, NULL, n, PUT_ZEROS);
}
