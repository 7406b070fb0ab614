/* The memory of other processes: words of a tracee, and process_vm_readv and process_vm_writev. */
/* SPDX-License-Identifier: MIT */
#include "abi/uio.h"
#include "annex/look/look.h"
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
    const struct kvec *vecs;
    size_t n, done_in_vec;
};

/* Where the next piece lies in the other space; how long it may be, 0 at the end. */
static size_t next_piece(struct far *far, uint64_t *at)
{
    while (far->n && far->done_in_vec == far->vecs->n_bytes) {
        far->vecs++;
        far->n--;
        far->done_in_vec = 0;
    }
    if (!far->n)
        return 0;
    *at = far->vecs->base + far->done_in_vec;
    return min(far->vecs->n_bytes - far->done_in_vec, (uint64_t)PIECE);
}

/* Moves a piece; how much of it. */
static size_t move_piece(struct far *far, struct uio *uio, uint64_t at, size_t n, bool write)
{
    char bytes[PIECE];
    n = min(n, uio->left);
    if (write)
        return space_poke(far->space, at, bytes, uio_get(uio, bytes, n));
    n = space_peek(far->space, at, bytes, n);
    return uio_put(uio, bytes, n);
}

/* Moves until one side ends or cannot be reached; bytes, or -EFAULT if none was moved. */
static long move_all(struct far *far, struct uio *uio, bool write)
{
    uint64_t at;
    long total = 0;
    size_t n;
    while ((n = next_piece(far, &at)) && uio->left) {
        n = min(n, uio->left);
        size_t done = move_piece(far, uio, at, n, write);
        far->done_in_vec += done;
        total += done;
        if (done < n || !thread_resched(done))
            return total ? total : -EFAULT;
    }
    return total;
}

/* Reads an array of segments into a buffer; their sum, or -EFAULT, -EINVAL. */
static long fetch_vecs(struct kvec *vecs, uaddr_t from, uint64_t n)
{
    uint64_t sum = 0;
    if (user_copy_in(vecs, from, n * sizeof(*vecs)))
        return -EFAULT;
    for (uint64_t i = 0; i < n; i++) {
        if (vecs[i].n_bytes > INT64_MAX - sum)
            return -EINVAL;
        sum += vecs[i].n_bytes;
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
static long transfer(int pid, struct kvec *near, struct kvec *there, uint64_t n_there, long n_bytes,
                     bool write)
{
    struct far far = {.vecs = there, .n = n_there};
    struct uio uio = {.vecs = near, .user = true, .left = (size_t)n_bytes};
    if (!n_bytes || !n_there)
        return 0;
    int error = space_of(pid, &far.space);
    if (error)
        return error;
    long result = move_all(&far, &uio, write);
    space_unref(far.space);
    return result;
}

static long process_vm(pid_t pid, uaddr_t local, uint64_t n_local, uaddr_t remote,
                       uint64_t n_remote, unsigned long flags, bool write)
{
    if (flags || n_local > UIO_MAXIOV || n_remote > UIO_MAXIOV)
        return -EINVAL;
    struct kvec *vecs = kmalloc((n_local + n_remote + 1) * sizeof(*vecs));
    if (!vecs)
        return -ENOMEM;
    long n_bytes = fetch_vecs(vecs, local, n_local);
    long there = n_bytes < 0 ? n_bytes : fetch_vecs(vecs + n_local, remote, n_remote);
    long result = there < 0 ? there : transfer(pid, vecs, vecs + n_local, n_remote, n_bytes, write);
    kfree(vecs);
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
