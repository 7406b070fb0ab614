/* The memory of other processes: words of a tracee, and process_vm_readv and process_vm_writev. */
#include "abi/uio.h"
#include "local.h"

/* ---- Words of a tracee ---- */

/* The space of a stopped thread, referenced. As on Linux, a program that may not be looked into
 * shows its memory only to a tracer that was root. 0, -ESRCH or -EIO. */
static int tracee_space(struct thread *self, int tid, struct space **space)
{
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        return -ESRCH;
    *space = tracee->process->dumpable == 1 || tracee->rights ? tracee->thread->space : NULL;
    if (*space)
        space_ref(*space);
    spin_unlock(&proc_lock);
    return *space ? 0 : -EIO;
}

long ptrace_peek(struct thread *self, int tid, uint64_t at, uaddr_t to)
{
    struct space *space;
    uint64_t word;
    int error = tracee_space(self, tid, &space);
    if (error)
        return error;
    bool whole = space_peek_all(space, at, &word, sizeof(word)) == sizeof(word);
    space_unref(space);
    return whole ? user_copy_out(to, &word, sizeof(word)) : -EIO;
}

long ptrace_poke(struct thread *self, int tid, uint64_t at, uint64_t value)
{
    struct space *space;
    int error = tracee_space(self, tid, &space);
    if (error)
        return error;
    bool whole = space_poke_all(space, at, &value, sizeof(value)) == sizeof(value);
    space_unref(space);
    return whole ? 0 : -EIO;
}

/* ---- process_vm_readv, process_vm_writev ---- */

enum { PIECE = 256 }; /* what crosses the kernel's stack at a time */

/* Pieces of the other process's memory, on this side as an io; how far it is. */
struct far {
    struct space *space;
    const struct segment *segments;
    size_t n, done_in_segment;
};

/* Where the next piece lies in the other space; how long it may be, 0 at the end. */
static size_t next_piece(struct far *far, uint64_t *at)
{
    while (far->n && far->done_in_segment == far->segments->n_bytes) {
        far->segments++;
        far->n--;
        far->done_in_segment = 0;
    }
    if (!far->n)
        return 0;
    *at = far->segments->base + far->done_in_segment;
    return min(far->segments->n_bytes - far->done_in_segment, (uint64_t)PIECE);
}

/* Moves a piece; how much of it. */
static size_t move_piece(struct far *far, struct io *io, uint64_t at, size_t n, bool write)
{
    char bytes[PIECE];
    n = min(n, io->left);
    if (write)
        return space_poke(far->space, at, bytes, io_get(io, bytes, n));
    n = space_peek(far->space, at, bytes, n);
    return io_put(io, bytes, n);
}

/* Moves until one side ends or cannot be reached; bytes, or -EFAULT if none was moved. */
static long move_all(struct far *far, struct io *io, bool write)
{
    uint64_t at;
    long total = 0;
    size_t n;
    while ((n = next_piece(far, &at)) && io->left) {
        n = min(n, io->left);
        size_t done = move_piece(far, io, at, n, write);
        far->done_in_segment += done;
        total += done;
        if (done < n || !thread_breathe(done))
            return total ? total : -EFAULT;
    }
    return total;
}

/* Reads an array of segments into a buffer; their sum, or -EFAULT, -EINVAL. */
static long fetch_segments(struct segment *segments, uaddr_t from, uint64_t n)
{
    uint64_t sum = 0;
    if (user_copy_in(segments, from, n * sizeof(*segments)))
        return -EFAULT;
    for (uint64_t i = 0; i < n; i++) {
        if (segments[i].n_bytes > INT64_MAX - sum)
            return -EINVAL;
        sum += segments[i].n_bytes;
    }
    return (long)sum;
}

/* The space of a process that the caller may look into, referenced. 0, -ESRCH or -EPERM. */
static int space_of(int pid, struct space **space)
{
    struct process *process = process_get(pid);
    if (!process)
        return -ESRCH;
    mutex_lock(&process->exec_lock);
    int error = !ptrace_may_look(process, true) ? -EPERM : !process->space ? -ESRCH : 0;
    if (!error) {
        *space = process->space;
        space_ref(*space);
    }
    mutex_unlock(&process->exec_lock);
    process_unref(process);
    return error;
}

/* With both lists in kernel memory, at most UIO_MAXIOV each: four pages and four. */
static long transfer(int pid, struct segment *near, uint64_t n_near, struct segment *there,
                     uint64_t n_there, long n_bytes, bool write)
{
    struct far far = {.segments = there, .n = n_there};
    struct io io = {
        .segments = near, .n_segments = (uint32_t)n_near, .user = true, .left = (size_t)n_bytes};
    if (!n_bytes || !n_there)
        return 0;
    int error = space_of(pid, &far.space);
    if (error)
        return error;
    long result = move_all(&far, &io, write);
    space_unref(far.space);
    return result;
}

static long process_vm(pid_t pid, uaddr_t local, uint64_t n_local, uaddr_t remote,
                       uint64_t n_remote, unsigned long flags, bool write)
{
    if (flags || n_local > UIO_MAXIOV || n_remote > UIO_MAXIOV)
        return -EINVAL;
    struct segment *segments = kmalloc((n_local + n_remote + 1) * sizeof(*segments));
    if (!segments)
        return -ENOMEM;
    long n_bytes = fetch_segments(segments, local, n_local);
    long there = n_bytes < 0 ? n_bytes : fetch_segments(segments + n_local, remote, n_remote);
    long result =
        there < 0 ? there
                  : transfer(pid, segments, n_local, segments + n_local, n_remote, n_bytes, write);
    kfree(segments);
    return result;
}

long sys_process_vm_readv(struct thread *self, pid_t pid, uaddr_t local, unsigned long n_local,
                          uaddr_t remote, unsigned long n_remote, unsigned long flags)
{
    (void)self;
    return process_vm(pid, local, n_local, remote, n_remote, flags, false);
}

long sys_process_vm_writev(struct thread *self, pid_t pid, uaddr_t local, unsigned long n_local,
                           uaddr_t remote, unsigned long n_remote, unsigned long flags)
{
    (void)self;
    return process_vm(pid, local, n_local, remote, n_remote, flags, true);
}
