/* Transfers: moves bytes between the kernel and the memory of a reader or writer.
 *
 * A struct io describes that memory as a list of segments, like readv's, and the progress so far.
 * So a file's read and write operations are the same for user memory and kernel memory, and for one
 * buffer and many. User memory may be unmapped at any point: a transfer then moves fewer bytes than
 * it was asked to, and its caller reports what was moved, or -EFAULT if that is nothing. */
#include "local.h"

void io_init_user(struct io *io, struct segment *one, uaddr_t base, size_t n_bytes)
{
    *one = (struct segment){.base = base.at, .n_bytes = n_bytes};
    *io = (struct io){.segments = one, .n_segments = 1, .user = true, .left = n_bytes};
}

void io_init_kernel(struct io *io, struct segment *one, void *base, size_t n_bytes)
{
    *one = (struct segment){.base = (uint64_t)base, .n_bytes = n_bytes};
    *io = (struct io){.segments = one, .n_segments = 1, .left = n_bytes};
}

enum direction { PUT, PUT_ZEROS, GET };
enum { PIECE = 1 << 16 }; /* bytes that are moved before others may run */

/* Moves n bytes within one segment. How many were moved. */
static size_t move(const struct io *io, uint64_t at, void *with, size_t n, enum direction direction)
{
    if (io->user) {
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
static size_t transfer(struct io *io, void *with, size_t n, enum direction direction)
{
    size_t total = 0;
    n = min(n, io->left);
    while (total < n) {
        size_t room = io->segments->n_bytes - io->done_in_segment;
        if (room == 0) { /* the segment is done, or it was empty */
            io->segments++;
            io->n_segments--;
            io->done_in_segment = 0;
            continue;
        }
        size_t want = min(min(n - total, room), (size_t)PIECE);
        size_t done = move(io, io->segments->base + io->done_in_segment, (char *)with + total, want,
                           direction);
        total += done;
        io->done_in_segment += done;
        if (done < want || !thread_breathe(done))
            break;
    }
    io->left -= total;
    return total;
}

size_t io_put(struct io *io, const void *from, size_t n)
{
    return transfer(io, (void *)from, n, PUT);
}

size_t io_get(struct io *io, void *to, size_t n)
{
    return transfer(io, to, n, GET);
}

size_t io_put_zeros(struct io *io, size_t n)
{
    return transfer(io, NULL, n, PUT_ZEROS);
}
