/* Registers by the set: those of the processor, of its old vector unit, and all that XSAVE knows.
 */
/* SPDX-License-Identifier: MIT */
#include "local.h"

/* Where in XSAVE's VMA a debugger finds which components there may be, and what is not its
 * business. */
enum { XCR0_AT = 464, RESERVED_FROM = 464, RESERVED_END = 512, HEADER_BYTES = 64 };

static size_t bytes_of(unsigned type)
{
    switch (type) {
    case NT_PRSTATUS: return sizeof(struct user_regs_struct);
    case NT_PRFPREG: return sizeof(struct fpstate);
    case NT_X86_XSTATE: return fpu_features ? fpu_state_bytes : 0;
    default: return 0;
    }
}

static size_t unit_of(unsigned type)
{
    return type == NT_PRFPREG ? sizeof(uint32_t) : sizeof(uint64_t);
}

static void get_vector(const struct thread *thread, char *page, size_t n)
{
    memcpy(page, thread->fpu ? thread->fpu : fpu_initial, n);
    memset(page + RESERVED_FROM, 0, RESERVED_END - RESERVED_FROM);
    if (n > sizeof(struct fpstate))
        memcpy(page + XCR0_AT, &fpu_features, sizeof(fpu_features));
}

long ptrace_get_set(struct thread *self, int tid, unsigned type, uaddr_t to, size_t *n)
{
    size_t all = bytes_of(type);
    char *page = buffer_alloc();
    if (!page)
        return -ENOMEM;
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee) {
        buffer_free(page);
        return -ESRCH;
    }
    if (type == NT_PRSTATUS)
        regs_get(tracee->thread, (struct user_regs_struct *)page);
    else if (all)
        get_vector(tracee->thread, page, all);
    spin_unlock(&proc_lock);
    *n = min(*n, all);
    long result = user_copy_out(to, page, *n);
    buffer_free(page);
    return !all ? -EINVAL : result;
}

/* Is it a state that XRSTOR takes? 0 or -EINVAL. */
static int check_vector(const char *page, size_t n)
{
    const uint64_t *header = (const uint64_t *)(page + sizeof(struct fpstate));
    if (n == sizeof(struct fpstate))
        return 0;
    bool good = !(header[0] & ~fpu_features);
    for (size_t i = 1; i < HEADER_BYTES / sizeof(*header); i++)
        good = good && !header[i];
    return good ? 0 : -EINVAL;
}

/* Puts n bytes over the thread's vector state; what makes no sense to the processor is cut off. */
static int set_vector(struct thread *thread, const char *page, size_t n)
{
    enum { X87_AND_SSE = 3 };
    int error = check_vector(page, n);
    if (!error && !thread->fpu && !(thread->fpu = thread_fpu_alloc()))
        error = -ENOMEM;
    if (error)
        return error;
    struct fpu_state *state = thread->fpu;
    uint64_t *held = (uint64_t *)((char *)state + sizeof(struct fpstate));
    uint64_t components = fpu_features ? *held : 0;
    memcpy(state, page, n);
    if (n == sizeof(struct fpstate) && fpu_features)
        fpu_hold(state, components | X87_AND_SSE);
    fpu_sanitize(state, ~0ull); /* and the registers that are still loaded do not count */
    return 0;
}

long ptrace_set_set(struct thread *self, int tid, unsigned type, uaddr_t from, size_t *n)
{
    size_t all = bytes_of(type);
    char *page = buffer_alloc();
    if (!page)
        return -ENOMEM;
    *n = min(*n, all);
    long result = user_copy_in(page, from, *n);
    struct tracee *tracee = tracee_hold(self, tid, true);
    if (!tracee)
        result = -ESRCH;
    else if (!result && type == NT_PRSTATUS)
        result = regs_set(tracee, (unsigned long *)page, 0, *n / sizeof(long));
    else if (!result)
        result = *n == all ? set_vector(tracee->thread, page, *n) : -EFAULT;
    if (tracee)
        spin_unlock(&proc_lock);
    buffer_free(page);
    return result;
}

/* PTRACE_GETREGSET and PTRACE_SETREGSET: an iovec, whose length says afterwards how much there was.
 */
long ptrace_regset(struct thread *self, int tid, unsigned type, uaddr_t iov, bool sets)
{
    struct {
        uint64_t base, length;
    } place;
    if (!tracee_hold(self, tid, true))
        return -ESRCH;
    spin_unlock(&proc_lock);
    if (user_copy_in(&place, iov, sizeof(place)))
        return -EFAULT;
    if (!bytes_of(type) || place.length % unit_of(type) != 0)
        return -EINVAL;
    size_t n = place.length;
    uaddr_t at = uaddr(place.base);
    long result =
        sets ? ptrace_set_set(self, tid, type, at, &n) : ptrace_get_set(self, tid, type, at, &n);
    if (result)
        return result;
    uint64_t length = n;
    return user_copy_out(uaddr_add(iov, sizeof(uint64_t)), &length, sizeof(length));
}
