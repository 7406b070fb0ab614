/* /proc/PID/{cmdline,environ,auxv,mem}: read from the process's memory as it is at that moment. */
/* SPDX-License-Identifier: MIT */
#include "abi/env.h"
#include "annex/look/look.h"
#include "nodes.h"

#define CHUNK 256 /* bytes that are on the kernel's stack at a time */

/* Copies [start + pos, end) of the memory to the reader. The number of bytes; 0 past the end.
 * Releases the reference to the space. */
static long read_range(struct space *space, uint64_t start, uint64_t end, struct uio *uio,
                       uint64_t pos)
{
    char bytes[CHUNK];
    long total = 0;
    uint64_t at = start + pos;
    while (at >= start && at < end && uio->left > 0) {
        size_t n = min(min((uint64_t)CHUNK, end - at), (uint64_t)uio->left);
        n = space_peek(space, at, bytes, n);
        size_t done = uio_put(uio, bytes, n);
        at += done;
        total += done;
        if (done < n && total == 0)
            total = -EFAULT;
        if (done < n || n == 0)
            break;
    }
    space_unref(space);
    return total;
}

long proc_live_cmdline(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    struct space *space = process_space(of->process, false);
    return space ? read_range(space, space->args_start, space->args_end, uio, pos) : 0;
}

long proc_live_auxv(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    struct space *space = program_space(of);
    return space ? read_range(space, space->auxv_start, space->auxv_end, uio, pos) : 0;
}

/* The text of the environment block. The program may have written anything to its header, so the
 * length there counts only within the area. */
long proc_live_environ(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    struct env_block block = {0};
    struct space *space = program_space(of);
    if (!space)
        return 0;
    uint64_t text = space->env_block + sizeof(block);
    if (!space->env_block ||
        space_peek(space, space->env_block, &block, sizeof(block)) != sizeof(block))
        block.used = 0;
    uint64_t used = min(block.used, (uint64_t)ENV_AREA_SIZE - sizeof(block));
    return read_range(space, text, text + used, uio, pos);
}

/* ---- mem: all memory, by address ---- */

/* Moves one chunk between the space and the caller. How much was moved; -EIO if the process itself
 * could not access it; -EFAULT if the caller's buffer is bad. */
static long move_chunk(struct space *space, struct uio *uio, uint64_t at, bool write)
{
    char bytes[CHUNK];
    size_t n = min(uio->left, sizeof(bytes)), done;
    if (write && uio_get(uio, bytes, n) < n)
        return -EFAULT;
    done = write ? space_poke_all(space, at, bytes, n) : space_peek_all(space, at, bytes, n);
    if (done == 0)
        return -EIO;
    if (!write && uio_put(uio, bytes, done) < done)
        return -EFAULT;
    return (long)done;
}

/* Moves as much as possible. An error only if that is nothing. */
static long move(const struct proc_inode *of, struct uio *uio, uint64_t pos, bool write)
{
    struct space *space = program_space(of);
    long total = 0, n = 0;
    if (!space)
        return 0;
    while (uio->left > 0 && n >= 0) {
        n = move_chunk(space, uio, pos + total, write);
        if (n >= 0)
            total += n;
        if (n >= 0 && !thread_resched(n))
            break;
        if (n >= 0 && n < CHUNK)
            break; /* the end of the memory, or of what was asked for */
    }
    space_unref(space);
    return total > 0 ? total : n;
}

long proc_live_mem(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    return move(of, uio, pos, false);
}

/* Private memory that the process may not write to becomes a copy for it, as for a debugger. */
long proc_put_mem(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    return move(of, uio, pos, true);
}
